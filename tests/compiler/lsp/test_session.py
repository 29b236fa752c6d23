#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sessions of an editor with `t87sc lsp`: what it types, and what it gets to see."""
import glob
import json
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from editor import Editor, apply, covered, position_of  # noqa: E402
from shop import COMMON, QUIET, SHOP, ShopSession  # noqa: E402

ROOT = os.environ["T87S_SOURCE_ROOT"]


class Session(ShopSession):
    def hover(self, mark, into=0, path="shop.tags"):
        found = self.editor.ask("textDocument/hover", self.editor.at(path, mark, into))
        return found and found["contents"]["value"]

    def definition(self, mark, into=0, path="shop.tags"):
        """The place it leads to: a file's name, and what the range covers there."""
        found = self.editor.ask("textDocument/definition", self.editor.at(path, mark, into))
        if not found:
            return None
        name = os.path.basename(found["uri"])
        text = self.editor.texts.get(name, COMMON)
        return name, covered(text, found["range"]), found["range"]["start"]["line"]

    # ---- a whole session ----

    def test_a_mistake_is_typed_told_mended_and_the_rest_of_the_language_is_there(self):
        editor = self.shop()
        name = "shop.tags"
        start = SHOP.index("customers(customer_id).profile")
        span = {"start": position_of(SHOP, start), "end": position_of(SHOP, start + len("customers"))}
        editor.edit(name, [{"range": span, "newText": "costumers"}])
        found = editor.diagnostics(name)
        self.assertEqual([(each["code"], each["severity"], each["source"]) for each in found], [("T0203", 1, "t87sc")])
        self.assertEqual(covered(editor.texts[name], found[0]["range"]), "costumers")
        self.assertIn("did you mean 'customers'?", found[0]["message"])
        note = found[0]["relatedInformation"][0]
        self.assertEqual((note["location"]["uri"], note["message"]),
                         (editor.uri(name), "the first segments are declared here"))

        actions = editor.ask("textDocument/codeAction", {"textDocument": {"uri": editor.uri(name)},
                                                         "range": found[0]["range"], "context": {"diagnostics": found}})
        self.assertEqual([(action["title"], action["kind"]) for action in actions], [("write 'customers'", "quickfix")])
        editor.edit(name, actions[0]["edit"]["changes"][editor.uri(name)])
        self.assertEqual(editor.texts[name], SHOP)
        self.assertEqual(editor.diagnostics(name), [])

        self.assertIn("customers(customer_id: u64).profile", self.hover("customer_id).profile", 15))
        self.assertEqual(self.definition("customer_id).profile", 15), (name, "profile", 11))

        messy = SHOP.replace("    articles:  Wild", "  articles :Wild").replace("\n\nmutation rename", "\n\n\n\nmutation rename")
        editor.change(name, messy)
        self.assertEqual(editor.diagnostics(name), [])
        edits = editor.ask("textDocument/formatting", {"textDocument": {"uri": editor.uri(name)},
                                                       "options": {"tabSize": 8, "insertSpaces": True}})
        canonical = subprocess.run([os.environ["T87SC"], "fmt", "-"], input=messy, stdout=subprocess.PIPE, text=True,
                                   check=True).stdout
        self.assertEqual(apply(messy, edits), canonical)
        self.assertTrue(all(edit["range"]["end"]["line"] - edit["range"]["start"]["line"] < 5 for edit in edits))
        editor.change(name, canonical)
        self.assertEqual(editor.ask("textDocument/formatting", {"textDocument": {"uri": editor.uri(name)},
                                                                "options": {}}), [])
        editor.close(name)
        self.end()

    # ---- diagnostics ----

    def test_what_is_published_is_what_check_says(self):
        """Every schema that is there to be wrong, opened as it is."""
        schemas = sorted(glob.glob(os.path.join(ROOT, "tests", "checks", "*.tags")) +
                         glob.glob(os.path.join(ROOT, "tests", "golden", "*", "*.tags")) +
                         glob.glob(os.path.join(ROOT, "schemas", "*.tags")))
        self.assertGreater(len(schemas), 60)
        self.start(capabilities={"general": {"positionEncodings": ["utf-8", "utf-16"]}})
        for path in schemas:
            with open(path, encoding="utf-8", newline="") as file:
                text = file.read()
            run = subprocess.run([os.environ["T87SC"], "check", "--format", "json", "--max-errors", "0", path],
                                 stdout=subprocess.PIPE, check=False)
            told = [json.loads(line) for line in run.stdout.splitlines()]
            if all(each["code"] in ("T0214", "T0216") for each in told) and "root" not in text:
                continue  # a part of others: it is not looked at as a schema
            expected = [(each["code"], each["line"] - 1, "\nhelp: ".join([each["message"]] + each["help"]))
                        for each in told if each["file"] == path]
            uri = "file://" + path
            self.editor.open(uri, text)
            found = self.editor.diagnostics(uri)
            self.assertEqual([(each["code"], each["range"]["start"]["line"], each["message"]) for each in found],
                             expected, path)
            self.editor.close(uri)
            if found:
                self.assertEqual(self.editor.diagnostics(uri), [])
        self.end()

    def test_lints_are_warnings_and_can_be_switched_off(self):
        text = "schema s;\nroot { a: Static; b: Static; }\ncached q() -> bytes tagged a;\nmutation m() invalidates a;\n"
        self.start()
        self.editor.open("s.tags", text)
        found = self.editor.diagnostics("s.tags")
        self.assertTrue(found and all(each["severity"] == 2 and each["code"].startswith("T1") for each in found), found)
        self.end()
        self.start(*QUIET)
        self.editor.open("s.tags", text)
        self.assertEqual(self.editor.diagnostics("s.tags"), [])
        self.end()

    def test_an_open_text_stands_in_the_place_of_its_file_for_imports_too(self):
        editor = self.shop()
        editor.open("common.tags", COMMON.replace("Talk", "Gossip"))
        found = editor.diagnostics("shop.tags")
        self.assertEqual([each["code"] for each in found], ["T0201"])
        self.assertEqual(editor.diagnostics("common.tags"), [])  # a part: nobody misses its root
        editor.change("common.tags", COMMON.replace("u64", "u65"))
        self.assertEqual(editor.diagnostics("shop.tags"), [])
        self.assertEqual([each["code"] for each in editor.diagnostics("common.tags")], ["T0202"])
        editor.close("common.tags")  # nothing was saved
        self.assertEqual(editor.diagnostics("common.tags"), [])
        self.end()

    def test_what_is_wrong_in_an_import_that_is_not_open_is_told_there_and_taken_back(self):
        self.start(*QUIET)
        self.editor.save("common.tags", COMMON.replace("u64", "u65"))
        self.editor.open("shop.tags", SHOP)
        self.assertEqual([each["code"] for each in self.editor.diagnostics("common.tags")], ["T0202"])
        self.editor.save("common.tags", COMMON)
        self.editor.notify("workspace/didChangeWatchedFiles", {"changes": []})
        self.assertEqual(self.editor.diagnostics("common.tags"), [])
        os.remove(os.path.join(self.folder, "common.tags"))
        self.editor.notify("textDocument/didSave", {"textDocument": {"uri": self.editor.uri("shop.tags")}})
        self.editor.published.clear()
        found = self.editor.diagnostics("shop.tags")
        while not found:
            found = self.editor.diagnostics("shop.tags")
        self.assertEqual([each["code"] for each in found], ["T0124"])
        self.editor.open("common.tags", COMMON)  # before it is ever saved
        self.assertEqual(self.editor.diagnostics("shop.tags"), [])
        self.end()

    def test_a_text_without_a_file_is_looked_at_by_itself(self):
        self.start(*QUIET)
        self.editor.open("untitled:Untitled-1", "schema s;\nroot { a: Wild; }\ncached q() -> bytes tagged b;\n")
        self.assertEqual([each["code"] for each in self.editor.diagnostics("untitled:Untitled-1")], ["T0203"])
        self.end()

    def test_imports_are_found_by_the_folders_of_the_option(self):
        os.mkdir(os.path.join(self.folder, "parts"))
        self.start("-I", "parts", *QUIET)
        self.editor.save("parts/common.tags", COMMON)
        self.editor.open("shop.tags", SHOP)
        self.assertEqual(self.editor.diagnostics("shop.tags"), [])
        self.assertEqual(self.definition("common.tags")[0], "common.tags")
        self.assertEqual(self.definition("Talk;"), ("common.tags", "Talk", 1))
        self.end()

    def test_a_text_too_many_is_told_and_does_no_harm(self):
        self.start(*QUIET)
        for i in range(1000):
            self.editor.open(f"untitled:{i}", "schema s;\nroot { a: Static; }\n" if i else "schema")
            if i % 100 == 99:  # what the server has to say is read now and then, or both would wait for the other
                self.editor.ask("textDocument/hover", self.editor.at(f"untitled:{i}", "schema"))
        self.editor.open("untitled:more", "")
        message = self.editor.receive()
        while message["method"] != "window/showMessage":
            message = self.editor.receive()
        self.assertIn("untitled:more", message["params"]["message"])
        refused = self.editor.request("textDocument/hover", {"textDocument": {"uri": "untitled:more"},
                                                             "position": {"line": 0, "character": 0}})
        self.assertEqual(refused["error"]["code"], -32602)
        self.editor.close("untitled:0")
        self.editor.open("untitled:more", "schema s")
        self.assertEqual([each["code"] for each in self.editor.diagnostics("untitled:more")], ["T0216", "T0106"])
        self.end()

    def test_what_is_known_already_is_not_published_again(self):
        self.start(*QUIET)
        self.editor.open("a.tags", "schema a;\nroot { x: Static; }\ncached q() -> bytes tagged y;\n")
        self.assertEqual(len(self.editor.diagnostics("a.tags")), 1)
        for i in range(5):
            self.editor.open(f"b{i}.tags", "schema b;\nroot { x: Static; }\n")
            self.assertEqual(self.editor.diagnostics(f"b{i}.tags"), [])
            self.editor.notify("textDocument/didSave", {"textDocument": {"uri": self.editor.uri("a.tags")}})
            self.editor.ask("textDocument/hover", self.editor.at("a.tags", "x: Static"))
        self.assertEqual(self.editor.published, [])
        self.editor.change("a.tags", self.editor.texts["a.tags"] + "\n")
        self.assertEqual(len(self.editor.diagnostics("a.tags")), 1)  # as old as before, of a new version
        self.end()

    # ---- positions ----

    def test_positions_count_in_the_units_that_were_agreed_on(self):
        text = "schema s;\nroot { a: Static; }\ninclude \"\U0001D11E\u00f6.h\"; cached q() -> bytes tagged nope;\n"
        column = text.split("\n")[2].index("nope")
        for offered, agreed, units in ((["utf-8", "utf-16"], "utf-8", 4), (["utf-16"], "utf-16", 1),
                                       (["utf-32"], "utf-16", 1), (None, "utf-16", 1)):
            capabilities = {"general": {"positionEncodings": offered}} if offered else {}
            result = self.start(*QUIET, capabilities=capabilities)
            self.assertEqual(result["capabilities"]["positionEncoding"], agreed)
            self.editor.open("s.tags", text)
            span = self.editor.diagnostics("s.tags")[0]["range"]
            self.assertEqual((span["start"]["character"], span["end"]["character"]),
                             (column + units, column + units + 4))
            self.editor.notify("textDocument/didChange", {
                "textDocument": {"uri": self.editor.uri("s.tags"), "version": 2},
                "contentChanges": [{"range": span, "text": "a"}]})
            self.assertEqual(self.editor.diagnostics("s.tags"), [])
            self.end()

    def test_changes_are_made_one_after_the_other_and_senseless_ones_change_nothing(self):
        editor = self.shop()
        line = {"line": 0, "character": 0}
        far = {"line": 10 ** 9, "character": 10 ** 12}
        editor.notify("textDocument/didChange", {
            "textDocument": {"uri": editor.uri("shop.tags"), "version": 2},
            "contentChanges": [{"text": "\r\n"}, {"range": {"start": far, "end": far}, "text": "root { }"},
                               {"range": {"start": line, "end": {"line": 1, "character": 0}}, "text": "schema s;\r"},
                               {"range": {"start": far, "end": line}, "text": "no"}, {"range": {}, "text": "no"},
                               {"text": 7}, {}, None]})
        found = editor.diagnostics("shop.tags")
        self.assertEqual([(each["code"], each["range"]["start"]["line"]) for each in found], [("T0101", 0)])
        editor.notify("textDocument/didChange", {"textDocument": {"uri": "file:///elsewhere"}, "contentChanges": []})
        editor.notify("textDocument/didChange", {})
        editor.notify("textDocument/didOpen", {"textDocument": {"uri": 1}})
        editor.notify("textDocument/didClose", [])
        self.end()

    # ---- hover ----

    def test_hovering_over_a_tag_tells_its_place_and_who_has_to_do_with_it(self):
        self.shop()
        said = self.hover("customer_id).orders(order_id);", 14)
        self.assertIn("customers(customer_id: u64).orders(order_id: u64)\n", said)
        self.assertIn("`customers/<customer_id>/orders/<order_id>`: 2 wilds, `shop_tag_customers_orders()` in C", said)
        self.assertIn("- carried by `get_order`\n", said)
        self.assertIn("- below it carried by `parcels_of`\n", said)
        self.assertIn("- invalidated from above by `rename`\n", said)
        self.assertNotIn("sweep", said)  # exactly the tag above
        self.assertEqual(said, self.hover("orders:  Wild", 2))
        self.assertIn("- invalidated by `sweep`\n", self.hover("orders exact", 2))
        self.assertIn("- no query carries it\n- invalidated from above by `restock`\n",
                      self.hover("reviews", path=self.open_common()))
        self.end()

    def open_common(self):
        self.editor.open("common.tags", COMMON)
        return "common.tags"

    def test_hovering_over_the_rest(self):
        self.shop()
        said = self.hover("get_customer", 3)
        for part in ("cached get_customer(customer_id: u64) -> struct customer\n", "One row.", "- key: `customer_id`\n",
                     "- tags: `customers(customer_id).profile`\n", "- ttl: 30s\n", "- grace: 5m\n",
                     "- invalidated by `rename`\n"):
            self.assertIn(part, said)
        self.assertIn("- ttl: the cache's default\n", self.hover("get_order"))
        said = self.hover("mutation rename", 10)
        self.assertIn("- invalidates `customers(customer_id)`\n", said)
        self.assertIn("- makes wrong: `get_customer`, `get_order`, `parcels_of`\n", said)
        self.assertIn("- reaches no query\n", self.hover("sweep"))
        for mark, into, part in (("Customer;", 0, "What hangs below one customer."), ("carrier) ->", 0, "enum carrier { post, courier }"),
                                 ("post, courier", 0, "enum carrier"), ("sent_by: carrier) ->", 0, "sent_by: carrier"),
                                 ("str) Talk", 0, "Text of 1 to 255 bytes"), ("ttl 30s", 1, "`ttl 30s`"),
                                 ("exact;", 0, "this very tag"), ("struct customer", 9, "`struct customer`"),
                                 ("-> struct", 4, "A complete C struct"), ("mutation sweep", 2, "A change"),
                                 ("schema shop", 8, "The schema `shop`: 11 tags."), ("(sent_by)", 3, "A parameter of `parcels_of`")):
            self.assertIn(part, self.hover(mark, into), mark)
        self.assertIsNone(self.hover("30s"))
        self.assertIsNone(self.hover("One row"))
        self.end()

    def test_a_segment_of_a_group_is_told_with_all_its_places_and_long_lists_are_cut(self):
        self.start(*QUIET)
        many = "".join(f"cached q{i}() -> u64 tagged a0.x;\n" for i in range(23))
        text = "schema s;\ntags G { x: Static; }\nroot {\n" + \
            "".join(f"    a{i}: Static G;\n" for i in range(24)) + "}\n" + many
        self.editor.open("s.tags", text)
        said = self.hover("x: Static", path="s.tags")
        self.assertIn("a0.x\n", said)
        self.assertIn("- also `a1/x`, `a2/x`, ", said)
        self.assertIn("`a20/x` and 3 more\n", said)
        self.assertIn("`q19` and 3 more\n", said)
        self.end()

    def test_a_schema_that_is_wrong_elsewhere_is_still_known(self):
        editor = self.shop()
        editor.change("shop.tags", SHOP + "cached half(customer_id: u64) -> bytes tagged customers(customer_id).;\n"
                                          "cached other() -> nonsense tagged nowhere;\n")
        said = self.hover("customer_id).orders(order_id);", 14)
        self.assertIn("- carried by `get_order`\n", said)
        self.assertNotIn("in C", said)
        self.assertEqual(self.definition("(order_id).parcels(", 13), ("shop.tags", "parcels", 9))
        self.end()

    # ---- definition ----

    def test_definitions_are_found_in_this_file_and_in_others(self):
        editor = self.shop()
        self.assertEqual(self.definition("Customer;"), ("shop.tags", "Customer", 7))
        self.assertEqual(self.definition("Talk;"), ("common.tags", "Talk", 1))
        self.assertEqual(self.definition("carrier) ->"), ("shop.tags", "carrier", 4))
        self.assertEqual(self.definition("articles(sku);\n\nmutation rename", 3), ("shop.tags", "articles", 16))
        self.assertEqual(self.definition("(sent_by)", 2)[1:], ("sent_by", 27))
        self.assertEqual(self.definition("common.tags", 4), ("common.tags", "", 0))
        self.assertEqual(self.definition("get_article"), ("shop.tags", "get_article", 30))
        for mark in ("u64) -> struct", "struct customer", "30s", "mutation rename"):
            self.assertIsNone(self.definition(mark), mark)
        editor.save("types.h", "struct customer { int id; };\n")
        editor.change("shop.tags", SHOP.replace("enum carrier", "include \"types.h\";\ninclude <stdint.h>;\nenum carrier", 1))
        found = editor.ask("textDocument/definition", editor.at("shop.tags", "types.h"))
        self.assertTrue(found["uri"].endswith("/types.h"))
        self.assertIsNone(self.definition("stdint.h"))
        self.end()

    # ---- symbols ----

    def test_the_outline_holds_the_declarations_and_their_segments(self):
        editor = self.shop()
        symbols = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": editor.uri("shop.tags")}})
        self.assertEqual([symbol["name"] for symbol in symbols],
                         ["shop", "carrier", "Customer", "root", "get_customer", "get_order", "parcels_of",
                          "get_article", "rename", "restock", "sweep"])
        self.assertEqual(covered(SHOP, symbols[4]["range"])[-9:], "grace 5m;")
        self.assertEqual(symbols[4]["detail"], "(customer_id: u64)")
        customer = symbols[2]
        self.assertEqual([child["name"] for child in customer["children"]], ["orders", "profile"])
        self.assertEqual(covered(SHOP, customer["range"])[-2:], "\n}")
        self.assertEqual([child["name"] for child in customer["children"][0]["children"]], ["parcels"])

        def nested(symbol):
            self.assertIn(covered(SHOP, symbol["selectionRange"]), covered(SHOP, symbol["range"]))
            for child in symbol["children"]:
                self.assertIn(covered(SHOP, child["range"]), covered(SHOP, symbol["range"]))
                nested(child)

        for symbol in symbols:
            nested(symbol)
        self.end()

    # ---- the protocol ----

    def test_methods_are_refused_when_it_is_not_their_time(self):
        self.editor = Editor(self.folder)
        self.addCleanup(self.editor.server.kill)

        def refused(method, params=None):
            return self.editor.request(method, params)["error"]["code"]

        self.assertEqual(refused("textDocument/hover"), -32002)
        self.editor.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///x", "text": "", "version": 1}})
        self.editor.begin()
        self.assertEqual(refused("initialize"), -32600)
        self.assertEqual(refused("textDocument/moniker"), -32601)
        self.assertEqual(refused("textDocument/didOpen"), -32600)
        self.assertEqual(refused("textDocument/hover"), -32602)
        for method in ("hover", "definition", "completion", "references", "documentHighlight", "prepareRename", "rename",
                       "formatting", "documentSymbol", "codeAction"):
            self.assertEqual(refused("textDocument/" + method,
                                     {"textDocument": {"uri": "file:///x"}, "position": {"line": 0, "character": 0},
                                      "newName": "x"}), -32602)
        self.editor.open("a.tags", "")
        document = {"textDocument": {"uri": self.editor.uri("a.tags")}}
        for position in ({}, {"line": -1, "character": 0}, {"line": 0}, {"line": "0", "character": 0}, []):
            self.assertEqual(refused("textDocument/definition", {**document, "position": position}), -32602)
        self.assertEqual(refused("textDocument/codeAction", document), -32602)
        self.editor.notify("$/cancelRequest", {"id": 1})
        self.editor.notify("nonsense")
        self.editor.send({"jsonrpc": "2.0", "id": 77, "result": None})
        self.assertIsNone(self.editor.ask("shutdown"))
        self.assertEqual(refused("shutdown"), -32600)
        self.editor.notify("textDocument/didOpen", {})
        self.editor.notify("exit")
        self.assertEqual(self.editor.wait(), (0, b""))

    def test_an_end_without_a_shutdown_is_told_by_the_exit_code(self):
        self.start()
        self.editor.notify("exit")
        self.assertEqual(self.editor.wait()[0], 1)
        self.start()
        self.assertEqual(self.editor.wait()[0], 1)
        self.editor = Editor(self.folder)
        self.addCleanup(self.editor.server.kill)
        self.assertEqual(self.editor.wait(), (1, b""))


if __name__ == "__main__":
    unittest.main()
