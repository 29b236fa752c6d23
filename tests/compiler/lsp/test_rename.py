#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""References and renames as an editor asks for them: every schema that is open follows, and what would not check is
refused."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from editor import Editor, apply, covered, position_of  # noqa: E402

ROOT = os.environ["T87S_SOURCE_ROOT"]

SHOP = """\
schema shop;
import "common.tags";
tags Customer { orders: Wild(order_id: u64); profile: Static; }
root {
    customers: Wild(customer_id: u64) Customer;
    others:    Wild(other_id: u64) Customer;
    articles:  Wild(sku: kind) Talk; // \U0001F980 orders
}
cached q(customer_id: u64, order_id: u64) -> struct row
    tagged customers(customer_id).orders(order_id), others(order_id).orders(order_id);
cached k(key sort: kind) -> kind tagged customers;
cached r() -> struct row tagged customers ttl 1h;
mutation m(customer_id: u64) invalidates customers(customer_id).orders exact, others().orders;
"""
COMMON = "enum kind { paper, wood }\ntags Talk { reviews: Wild(of: kind); }\n"
OTHER = "schema other;\nimport \"common.tags\";\nroot { x: Static Talk; }\ncached z(a: kind) -> kind tagged x.reviews(a);\n"


class Rename(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.editor = Editor(self.folder, "-W", "none")
        self.addCleanup(self.editor.server.kill)
        self.editor.begin({"textDocument": {"rename": {"prepareSupport": True}}})
        self.texts = {"shop.tags": SHOP, "common.tags": COMMON, "other.tags": OTHER}
        for name, text in self.texts.items():
            self.editor.save(name, text)
        self.open("shop.tags")

    def open(self, name):
        self.editor.open(name, self.texts[name])
        self.assertEqual(self.editor.diagnostics(name), [])

    def end(self):
        self.assertEqual(self.editor.end(), (0, b""))

    def at(self, mark, into=0, path="shop.tags"):
        return self.editor.at(path, mark, into)

    def rename(self, mark, into, name, path="shop.tags"):
        """What becomes of the files that change."""
        answer = self.editor.request("textDocument/rename", {**self.at(mark, into, path), "newName": name})
        if "error" in answer:
            self.assertEqual(answer["error"]["code"], -32803)
            return answer["error"]["message"]
        changes = {os.path.basename(uri): edits for uri, edits in answer["result"]["changes"].items()}
        return {name: apply(self.texts[name], edits) for name, edits in changes.items()}

    def references(self, mark, into=0, path="shop.tags", declaration=True):
        """By file the lines, from 1, of what is found."""
        found = self.editor.ask("textDocument/references",
                                {**self.at(mark, into, path), "context": {"includeDeclaration": declaration}})
        lines = {}
        for each in found:
            lines.setdefault(os.path.basename(each["uri"]), []).append(each["range"]["start"]["line"] + 1)
        return lines

    # ---- references ----

    def test_references_lead_to_every_place_that_names_the_same(self):
        self.assertEqual(self.references("orders: Wild"), {"shop.tags": [3, 10, 10, 13, 13]})
        self.assertEqual(self.references("orders exact", declaration=False), {"shop.tags": [10, 10, 13, 13]})
        self.assertEqual(self.references("q(customer_id", 4), {"shop.tags": [9, 10]})
        self.assertEqual(self.references("Customer {"), {"shop.tags": [3, 5, 6]})
        self.assertEqual(self.references("struct row\n    tagged", 8), {"shop.tags": [9, 12]})
        self.assertEqual(self.references("sku: kind", 6), {"shop.tags": [7, 11, 11], "common.tags": [1, 2]})
        self.assertEqual(self.references("mutation m", 9), {"shop.tags": [13]})
        self.assertEqual(self.references("mutation m", 9, declaration=False), {})
        self.assertEqual(self.references("u64) Customer;\n    articles"), {})
        self.assertEqual(self.references("exact,"), {})
        self.end()

    def test_references_are_looked_for_in_every_open_schema(self):
        self.open("other.tags")
        expected = {"shop.tags": [7, 11, 11], "other.tags": [4, 4], "common.tags": [1, 2]}
        self.assertEqual(self.references("sku: kind", 6), expected)
        self.assertEqual(self.references("a: kind", 4, path="other.tags"), expected)
        self.open("common.tags")
        self.assertEqual(self.references("kind {", path="common.tags"), expected)
        self.assertEqual(self.references("reviews", path="common.tags"), {"other.tags": [4], "common.tags": [2]})
        self.end()

    def test_uses_in_the_text_are_highlighted_and_the_declaration_told_apart(self):
        found = self.editor.ask("textDocument/documentHighlight", self.at("order_id: u64) ->"))
        self.assertEqual([(covered(SHOP, each["range"]), each["range"]["start"]["line"], each["kind"])
                          for each in found],
                         [("order_id", 8, 3)] + [("order_id", 9, 2)] * 3)
        self.assertEqual(self.editor.ask("textDocument/documentHighlight", self.at("1h")), [])
        self.end()

    # ---- renames ----

    def dump(self, path):
        """The resolved schema, without its places and what is made of names."""
        run = subprocess.run([os.environ["T87SC"], "dump", "--format", "json", path], stdout=subprocess.PIPE, check=True)

        def strip(value):
            if isinstance(value, dict):
                return {key: strip(each) for key, each in value.items() if key not in ("line", "column", "fingerprint")}
            return [strip(each) for each in value] if isinstance(value, list) else value

        return json.dumps(strip(json.loads(run.stdout)))

    def test_any_name_of_a_schema_can_be_another_and_nothing_else_changes(self):
        shutil.copytree(os.path.join(ROOT, "schemas"), os.path.join(self.folder, "schemas"))
        n = 0
        for name in ("blog.tags", "kitchen_sink.tags"):
            path = os.path.join(self.folder, "schemas", name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.editor.open("file://" + path, text)
            before, seen = self.dump(path), set()
            for match in re.finditer(r"[A-Za-z_]\w*", text):
                answer = self.editor.request("textDocument/rename", {
                    "textDocument": {"uri": "file://" + path}, "position": position_of(text, match.start()),
                    "newName": "zz_fresh"})
                if "error" in answer:
                    continue
                changes = answer["result"]["changes"]
                files = {uri[len("file://"):]: edits for uri, edits in changes.items()}
                if str(changes) in seen:
                    continue
                seen.add(str(changes))
                old = {}
                for each, edits in files.items():
                    with open(each, encoding="utf-8") as file:
                        old[each] = file.read()
                    self.assertEqual({covered(old[each], edit["range"]) for edit in edits}, {match[0]})
                    self.editor.save(each, apply(old[each], edits))
                self.assertEqual(self.dump(path).replace("zz_fresh", match[0]), before, match[0])
                for each, content in old.items():
                    self.editor.save(each, content)
                n += 1
        self.assertGreater(n, 100)
        self.end()

    def test_a_segment_a_parameter_and_a_function_are_renamed_where_they_are_meant(self):
        self.assertEqual(self.rename("orders exact", 2, "purchases"),
                         {"shop.tags": SHOP.replace("orders", "purchases").replace("\U0001F980 purchases",
                                                                                   "\U0001F980 orders")})
        head, query, rest = SHOP.partition("cached q(customer_id: u64, order_id: u64) -> struct row\n"
                                           "    tagged customers(customer_id).")
        self.assertEqual(self.rename("tagged customers(customer_id)", 18, "who"),
                         {"shop.tags": head + query.replace("customer_id", "who") + rest})
        self.assertEqual(self.rename("cached r", 7, "rows"), {"shop.tags": SHOP.replace("cached r(", "cached rows(")})
        self.assertEqual(self.rename("order_id: u64);", 0, "nr"),
                         {"shop.tags": SHOP.replace("Wild(order_id", "Wild(nr")})
        self.assertEqual(self.rename("schema shop", 8, "store"), {"shop.tags": SHOP.replace("schema shop", "schema store")})
        self.assertEqual(self.rename("Customer {", 0, "Client"), {"shop.tags": SHOP.replace("Customer", "Client")})
        self.end()

    def test_a_rename_goes_through_the_imports_and_to_the_other_schemas(self):
        self.open("other.tags")
        self.assertEqual(self.rename("sku: kind", 6, "stuff"),
                         {name: text.replace("kind", "stuff") for name, text in self.texts.items()})
        self.assertEqual(self.rename("Talk;", 0, "Speech"),
                         {name: text.replace("Talk", "Speech") for name, text in self.texts.items()})
        self.open("common.tags")
        self.assertEqual(self.rename("paper", 0, "Paper", "common.tags"),
                         {"common.tags": COMMON.replace("paper", "Paper")})
        self.end()

    def test_what_would_not_check_is_refused_and_says_why(self):
        self.assertIn("declared twice", self.rename("q(customer_id", 4, "order_id"))
        self.assertIn("declared twice", self.rename("orders: Wild", 0, "profile"))
        self.assertIn("'int'", self.rename("q(customer_id", 4, "int"))
        self.assertIn("65 bytes", self.rename("Customer {", 0, "n" * 65))
        for name in ("", "a b", "a;", "1", "a.b", "// a", "a\0", " a", "a "):
            self.assertIn("this is no name", self.rename("Customer {", 0, name))
        answer = self.editor.request("textDocument/rename", self.at("Customer {"))
        self.assertEqual(answer["error"]["code"], -32602)
        self.end()

    def test_what_another_open_schema_would_not_check_is_refused(self):
        text = OTHER + "enum stuff { a }\n"
        self.editor.open("other.tags", text)
        self.assertEqual(self.editor.diagnostics("other.tags"), [])
        self.assertIn("'stuff' would not check", self.rename("sku: kind", 6, "stuff"))
        self.end()

    def test_a_schema_with_mistakes_is_renamed_in_unless_something_could_not_be_read(self):
        wrong = SHOP + "cached w() -> bytes tagged nowhere;\n"
        self.editor.change("shop.tags", wrong)
        self.texts["shop.tags"] = wrong
        self.assertEqual(self.rename("Customer {", 0, "Client"), {"shop.tags": wrong.replace("Customer", "Client")})
        self.assertIn("more errors", self.rename("orders: Wild", 0, "profile"))
        self.editor.change("shop.tags", SHOP + "cached w(customer_id: u64) -> bytes tagged customers(")
        self.assertIn("cannot be read", self.rename("others:", 0, "them"))
        self.end()

    def test_what_can_be_renamed_is_said_beforehand(self):
        found = self.editor.ask("textDocument/prepareRename", self.at("others().", 3))
        self.assertEqual((covered(SHOP, found["range"]), found["placeholder"]), ("others", "others"))
        for mark, into, why in (("struct row tagged", 8, "declared in C"), ("common.tags", 3, "a file"),
                                ("u64) Customer;\n    articles", 1, "no schema declares 'u64'"), ("1h", 1, "no name here")):
            answer = self.editor.request("textDocument/prepareRename", self.at(mark, into))
            self.assertEqual(answer["error"]["code"], -32803)
            self.assertIn(why, answer["error"]["message"])
            self.assertIn(why, self.rename(mark, into, "better"))
        self.end()


if __name__ == "__main__":
    unittest.main()
