#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What SARIF 2.1.0 asks of a log, as far as its schema cannot say it, and as far as t87sc uses it.

The schema itself is looked at by test_sarif_schema.py, which needs it from outside.
"""
import os
import re
import sys
import unittest
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sarif_logs  # noqa: E402

# object: (what it must have, what it may have besides); the standard allows more, t87sc writes no more
SHAPES = {
    "log": ({"$schema", "version", "runs"}, set()),
    "run": ({"tool", "invocations", "columnKind", "results"}, set()),
    "driver": ({"name", "semanticVersion", "rules"}, set()),
    "rule": ({"id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration"}, set()),
    "result": ({"ruleId", "ruleIndex", "level", "message", "locations"}, {"relatedLocations", "fixes", "suppressions"}),
    "suppression": ({"kind", "justification", "location"}, set()),
    "location": ({"physicalLocation"}, {"message"}),
    "physical": ({"artifactLocation", "region"}, set()),
    "region": ({"startLine", "startColumn"}, {"endColumn"}),
    "fix": ({"artifactChanges"}, set()),
    "change": ({"artifactLocation", "replacements"}, set()),
    "replacement": ({"deletedRegion", "insertedContent"}, set()),
}


class Log(unittest.TestCase):
    def shape(self, kind, thing):
        must, may = SHAPES[kind]
        self.assertLessEqual(must, set(thing), kind)
        self.assertLessEqual(set(thing), must | may, kind)
        return thing

    def region(self, region):
        self.shape("region", region)
        self.assertGreaterEqual(region["startLine"], 1)
        self.assertGreaterEqual(region["startColumn"], 1)
        self.assertGreaterEqual(region.get("endColumn", region["startColumn"]), region["startColumn"])

    def artifact(self, artifact):
        self.assertEqual(set(artifact), {"uri"})
        parsed = urllib.parse.urlparse(artifact["uri"])
        self.assertEqual((parsed.scheme, parsed.netloc, parsed.query, parsed.fragment), ("", "", "", ""))
        self.assertRegex(artifact["uri"], r"\A([A-Za-z0-9._~/-]|%[0-9A-F]{2})+\Z")
        return urllib.parse.unquote(artifact["uri"])

    def message(self, message):
        self.assertEqual(set(message), {"text"})
        self.assertTrue(message["text"])
        # 3.11.5: a brace that stands for itself is doubled
        self.assertNotRegex(re.sub(r"\{\{|\}\}", "", message["text"]), r"[{}]")

    def location(self, location, is_note):
        self.shape("location", location)
        physical = self.shape("physical", location["physicalLocation"])
        self.region(physical["region"])
        self.assertEqual("message" in location, is_note)
        if is_note:
            self.message(location["message"])
        return self.artifact(physical["artifactLocation"])

    def result(self, result, rules):
        self.shape("result", result)
        self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
        self.assertIn(result["level"], ("error", "warning", "note"))
        self.message(result["message"])
        self.assertEqual(len(result["locations"]), 1)
        self.assertNotEqual(result.get("relatedLocations"), [])
        for note in result.get("relatedLocations", []):
            self.location(note, True)
        for suppression in result.get("suppressions", []):
            self.shape("suppression", suppression)
            self.location(suppression["location"], False)
        for fix in result.get("fixes", []):
            for change in self.shape("fix", fix)["artifactChanges"]:
                self.artifact(self.shape("change", change)["artifactLocation"])
                for replacement in change["replacements"]:
                    region = self.shape("replacement", replacement)["deletedRegion"]
                    self.region(region)
                    # A fix that puts nothing in takes something away.
                    self.assertTrue(replacement["insertedContent"]["text"] or
                                    region["endColumn"] > region["startColumn"])
        return self.location(result["locations"][0], False)

    def check(self, name, exit_code):
        code, log = LOGS[name]
        self.assertEqual(code, exit_code)
        self.assertEqual(self.shape("log", log)["version"], "2.1.0")
        self.assertEqual(len(log["runs"]), 1)
        run = self.shape("run", log["runs"][0])
        self.assertEqual(run["columnKind"], "unicodeCodePoints")
        self.assertEqual(run["invocations"], [{"executionSuccessful": exit_code < 2, "exitCode": exit_code}])
        rules = self.shape("driver", run["tool"]["driver"])["rules"]
        for rule in rules:
            self.shape("rule", rule)
            self.assertIn(rule["id"], rule["help"]["text"])
            self.assertEqual(rule["help"]["markdown"].count("```\n"), 4)
        self.assertEqual(len({rule["id"] for rule in rules}), len(rules))
        files = [self.result(result, rules) for result in run["results"]]
        self.assertEqual({result["ruleId"] for result in run["results"]}, {rule["id"] for rule in rules})
        return run["results"], files

    def test_every_finding_of_many_schemas_is_in_one_log(self):
        results, files = self.check("all", 1)
        self.assertGreater(len({result["ruleId"] for result in results}), 50)
        self.assertTrue(any("fixes" in result for result in results))
        self.assertTrue(any("relatedLocations" in result for result in results))
        self.assertIn("tests/golden/diagnostics/syntax.tags", files)

    def test_a_fine_schema_gives_a_log_without_results(self):
        self.assertEqual(self.check("fine", 0), ([], []))

    def test_a_schema_that_is_not_there_is_a_result_of_a_run_that_failed(self):
        results, files = self.check("missing", 3)
        self.assertEqual([result["ruleId"] for result in results], ["T0120"])
        self.assertEqual(files, ["no such%file.tags"])

    def test_what_a_schema_allows_is_suppressed_with_its_reason(self):
        results, _ = self.check("allowed", 1)
        reasons = [suppression["justification"] for result in results for suppression in result.get("suppressions", [])]
        self.assertEqual(sorted(reasons), ["a post shows the name that its author had", "configuration is read once",
                                           "configuration is read once"])
        self.assertTrue(all(suppression["kind"] == "inSource" for result in results
                            for suppression in result.get("suppressions", [])))
        self.assertEqual([result["level"] for result in results if "suppressions" in result], ["error"] * 3)


if __name__ == "__main__":
    LOGS = sarif_logs.logs()
    unittest.main()
