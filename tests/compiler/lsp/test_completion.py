#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What an editor offers while somebody types."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from editor import apply, position_of  # noqa: E402
from shop import COMMON, QUIET, SHOP, ShopSession  # noqa: E402


class Completion(ShopSession):
    def complete(self, line, before="", path="shop.tags"):
        """What the items make of the line, which is put at the end with the cursor behind it, or where `|` is."""
        start, _, rest = line.partition("|")
        text = SHOP + before + start + rest
        self.editor.change(path, text)
        position = position_of(text, len(text) - len(rest))
        found = self.editor.ask("textDocument/completion", {"textDocument": {"uri": self.editor.uri(path)},
                                                            "position": position})
        self.assertFalse(found["isIncomplete"])
        return [apply(text, [item["textEdit"]])[len(SHOP) + len(before):] for item in found["items"]]

    def test_segments_and_parameters_are_completed_inside_of_tags(self):
        self.shop()
        head = "cached q(customer_id: u64, no: u32, name: str) -> bytes\n    tagged "
        self.assertEqual(self.complete("", head), ["customers(customer_id)", "customers", "articles(name)", "articles"])
        self.assertEqual(self.complete("cu", head), ["customers(customer_id)", "customers"])
        self.assertEqual(self.complete("customers(customer_id).", head),
                         ["customers(customer_id).orders(${1:order_id})", "customers(customer_id).orders",
                          "customers(customer_id).profile"])  # the only parameter of its type is taken
        self.assertEqual(self.complete("customers().orders(customer_id).pa", head),
                         ["customers().orders(customer_id).parcels(${1:sent_by})",
                          "customers().orders(customer_id).parcels"])
        self.assertEqual(self.complete("articles(", head), ["articles(name"])
        self.assertEqual(self.complete("articles(name), cust", head),
                         ["articles(name), customers(customer_id)", "articles(name), customers"])
        self.assertEqual(self.complete("nowhere.", head), [])
        self.assertEqual(self.complete("customers(customer_id) t", head), ["customers(customer_id) " + word
                                                                           for word in ("ttl", "timeout")])
        self.assertEqual(self.complete("cus|omers(customer_id)", head), ["customers(customer_id)"])
        self.assertEqual(self.complete("customers(customer_id).or|x", head),
                         ["customers(customer_id).orders(${1:order_id})", "customers(customer_id).orders"])
        head = "cached q(other: u64, customer_id: u64, order_id: u64) -> bytes\n    tagged "
        self.assertEqual(self.complete("customers(", head), ["customers(customer_id", "customers(other", "customers(order_id"])
        self.assertEqual(self.complete("customers(customer_id).orders(", head),
                         ["customers(customer_id).orders(" + name for name in ("order_id", "other", "customer_id")])
        self.assertEqual(self.complete("articles(sku) e", "mutation m(sku: str) invalidates "), ["articles(sku) exact"])
        self.end()

    def test_keywords_types_and_groups_are_completed_where_they_can_stand(self):
        self.shop()
        self.assertIn("cached", self.complete("ca"))
        self.assertEqual(self.complete("default "), ["default ttl", "default grace"])
        self.assertEqual(self.complete("tags T { a: "), ["tags T { a: Static", "tags T { a: Wild"])
        self.assertEqual(self.complete("tags T { a: Wild(x: u"), ["tags T { a: Wild(x: " + name
                                                                  for name in ("u32", "u64", "uuid")])
        self.assertEqual(self.complete("tags T { a: Wild(x: car"), ["tags T { a: Wild(x: carrier"])
        self.assertEqual(self.complete("tags T { a: Static; b: Wild "), ["tags T { a: Static; b: Wild Customer",
                                                                         "tags T { a: Static; b: Wild Talk"])
        self.assertEqual(self.complete("cached q(k"), ["cached q(key"])
        self.assertEqual(self.complete("cached q(a: b"), ["cached q(a: bool"])
        self.assertEqual(self.complete("cached q("), ["cached q(" + param for param in (
            "key", "customer_id: u64", "order_id: u64", "sent_by: carrier", "sku: str", "review_id: u64")])
        self.assertEqual(self.complete("mutation m(sku: str, s|"), ["mutation m(sku: str, sent_by: carrier"])
        self.assertEqual(self.complete("cached q() -> struct "), ["cached q() -> struct customer"])
        self.assertEqual(self.complete("cached q() -> codec cu|;"), ["cached q() -> codec customer;"])
        self.assertEqual(self.complete("cached q(a: u64, key b: u32) -> c"),
                         ["cached q(a: u64, key b: u32) -> codec", "cached q(a: u64, key b: u32) -> carrier"])
        self.assertEqual(self.complete("cached q() -> struct x ve"), ["cached q() -> struct x verify",
                                                                      "cached q() -> struct x version"])
        self.assertEqual(self.complete("cached q() -> struct x fleet ver"), ["cached q() -> struct x fleet verify",
                                                                             "cached q() -> struct x fleet version"])
        self.assertEqual(self.complete("cached q() -> struct x fleet 2s fl"), [])
        self.assertEqual(self.complete("cached q() -> struct x ttl 1s ve"), ["cached q() -> struct x ttl 1s verify",
                                                                             "cached q() -> struct x ttl 1s version"])
        self.assertEqual(self.complete("cached q() -> struct x ttl 1s version 2 grace 1s tagged customers ve"),
                         ["cached q() -> struct x ttl 1s version 2 grace 1s tagged customers verify"])
        self.assertEqual(self.complete("mutation m() invalidates customers exact "), [])
        self.assertEqual(self.complete("mutation m(a: u64) i"), ["mutation m(a: u64) invalidates"])
        for line in ("schema ", "cached ", "cached q(a", "// cached q() -> ", "include \"", "import \"common.tags\"", "enum e { ", "tags ", "default ttl 30",
                     "cached q() -> bytes ttl ", "cached q(key ", "cached q() -> struct x"):
            self.assertEqual(self.complete(line), [], line)
        self.end()

    def test_files_are_completed_in_the_quotes_of_an_import(self):
        for path in ("sub/deep.tags", "sub/other.txt", "lib/common.tags", "lib/library.tags", "lib/more/x.tags", ".hidden.tags",
                     "a\"b.tags", os.fsdecode(b"b\xff.tags")):
            os.makedirs(os.path.dirname(os.path.join(self.folder, path)), exist_ok=True)
            with open(os.path.join(self.folder, path), "w", encoding="utf-8"):
                pass
        self.start(*QUIET, "-I", "lib", "-I", "nowhere")
        self.editor.save("common.tags", COMMON)
        self.editor.open("shop.tags", SHOP)
        offered = [f'import "{name}' for name in ("common.tags", "lib/", "sub/", "library.tags", "more/")]
        self.assertEqual(self.complete('import "'), offered)
        self.assertEqual(self.complete('import  "|\";\ncached'), [each.replace(" ", "  ") + '";\ncached' for each in offered])
        self.assertEqual(self.complete('import "lib/co|xyz"'), ['import "lib/common.tags"'])
        self.assertEqual(self.complete('import "lib/more/'), ['import "lib/more/x.tags'])
        self.assertEqual(self.complete(f'import "{self.folder}/s'), [f'import "{self.folder}/sub/'])
        for line in ('import |"sub"', 'import "nowhere/', 'import "common.tags"|', 'import "\n|', "import <"):
            self.assertEqual(self.complete(line), [], line)
        self.end()

    def test_a_client_without_snippets_gets_plain_text(self):
        self.start(*QUIET, capabilities={})
        self.editor.save("common.tags", COMMON)
        self.editor.open("shop.tags", SHOP)
        self.assertEqual(self.complete("cust", "cached q() -> bytes tagged "), ["customers(customer_id)", "customers"])
        self.end()


if __name__ == "__main__":
    unittest.main()
