#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What an editor offers beside a diagnostic, and how the diagnostics of a client that can more look."""
import os
import re
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from editor import Editor, apply, covered  # noqa: E402

LINTED = """\
schema s;
root {
    a: Wild(id: u64) { x: Static; } // why
    b: Static;
}
cached q(id: u64) -> bytes
    tagged a(id)
    grace 2d ttl 0s; // \U0001F980
mutation m(id: u64) invalidates a;
"""


class Actions(unittest.TestCase):
    def start(self, text, capabilities=None):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.editor = Editor(folder)
        self.addCleanup(self.editor.server.kill)
        self.editor.begin(capabilities)
        self.editor.open("s.tags", text)
        return self.editor.diagnostics("s.tags")

    def actions(self, first, last, only=None):
        context = {"diagnostics": []} if only is None else {"diagnostics": [], "only": only}
        return self.editor.ask("textDocument/codeAction", {
            "textDocument": {"uri": self.editor.uri("s.tags")}, "context": context,
            "range": {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}})

    def test_a_warning_can_be_allowed_and_its_reason_has_to_be_written(self):
        for text in (LINTED, LINTED.replace("\n", "\r\n")):
            before = [each["code"] for each in self.start(text)]
            self.assertEqual(before, ["T1001", "T1001", "T1007", "T1008", "T1011"])
            actions = self.actions(0, 99)
            self.assertEqual([re.search("T1[0-9]+", each["title"])[0] for each in actions], before)
            for i, action in enumerate(actions):
                self.assertFalse(action["isPreferred"])
                allowed = apply(text, action["edit"]["changes"][self.editor.uri("s.tags")])
                self.editor.change("s.tags", allowed)
                self.assertIn("T1101", [each["code"] for each in self.editor.diagnostics("s.tags")])
                self.editor.change("s.tags", re.sub(r"allow\((T\d+)\) *(?=\r?\n)", r"allow(\1) because", allowed))
                self.assertEqual([each["code"] for each in self.editor.diagnostics("s.tags")],
                                 before[:i] + before[i + 1:])
            self.assertEqual(self.editor.end(), (0, b""))

    def test_what_is_too_much_is_taken_away(self):
        text = "schema s;\nroot { a: Static; };\ncached f() -> u64 tagged a;\nmutation m() invalidates a;\n"
        self.assertEqual([each["code"] for each in self.start(text)], ["T0106"])
        actions = self.actions(0, 99)
        self.assertEqual([each["title"] for each in actions], ["take it away"])
        mended = apply(text, actions[0]["edit"]["changes"][self.editor.uri("s.tags")])
        self.assertEqual(mended, text.replace("};", "}"))
        self.editor.change("s.tags", mended)
        self.assertEqual(self.editor.diagnostics("s.tags"), [])
        self.assertEqual(self.editor.end(), (0, b""))

    def test_only_what_is_asked_for_is_offered(self):
        self.start(LINTED)
        self.assertEqual(len(self.actions(7, 7)), 0)
        self.assertEqual(len(self.actions(7, 8)), 2)
        self.assertEqual(len(self.actions(3, 3, ["quickfix"])), 0)
        self.assertEqual(len(self.actions(3, 4, ["quickfix"])), 1)
        self.assertEqual(len(self.actions(3, 4, [""])), 1)
        self.assertEqual(self.actions(3, 4, ["refactor"]), [])
        self.editor.change("s.tags", LINTED.replace("tagged a", "tagged aa"))
        self.editor.diagnostics("s.tags")
        self.assertEqual([each["title"] for each in self.actions(0, 99)], ["write 'a'"])
        self.assertEqual(self.editor.end(), (0, b""))

    def test_what_is_not_needed_is_marked_for_those_who_show_it_faintly(self):
        found = self.start(LINTED, {"textDocument": {"publishDiagnostics": {"tagSupport": {"valueSet": [1, 2]}}}})
        self.assertEqual([each.get("tags") for each in found], [[1], [1], None, None, None])
        self.assertEqual(covered(LINTED, found[1]["range"]), "b")
        self.assertEqual(self.editor.end(), (0, b""))
        self.assertTrue(all("tags" not in each for each in self.start(LINTED, {})))
        self.assertEqual(self.editor.end(), (0, b""))

    def test_a_client_that_can_watch_files_is_asked_to(self):
        can = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
        self.start("import \"other.tags\";\nschema s;\nroot { a: Static; }\n", can)
        asked = [each for each in self.editor.published if each["method"] == "client/registerCapability"]
        self.assertEqual([each["method"] for each in asked[0]["params"]["registrations"]],
                         ["workspace/didChangeWatchedFiles"])
        self.editor.send({"jsonrpc": "2.0", "id": asked[0]["id"], "result": None})
        self.editor.save("other.tags", "tags T { }\n")
        self.editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": self.editor.uri("other.tags"), "type": 1}]})
        self.assertNotIn("T0124", [each["code"] for each in self.editor.diagnostics("s.tags")])
        self.assertEqual(self.editor.end(), (0, b""))


if __name__ == "__main__":
    unittest.main()
