# SPDX-License-Identifier: MIT
"""A session about a schema that has something of everything, for tests to derive from."""
import shutil
import tempfile
import unittest

from editor import Editor

SHOP = """\
schema shop;

import "common.tags";

enum carrier { post, courier }

/// What hangs below one customer.
tags Customer {
    orders:  Wild(order_id: u64) {
        parcels: Wild(sent_by: carrier);
    }
    profile: Static;
}

root {
    customers: Wild(customer_id: u64) Customer;
    articles:  Wild(sku: str) Talk;
}

/// One row.
cached get_customer(customer_id: u64) -> struct customer
    tagged customers(customer_id).profile
    ttl 30s grace 5m;

cached get_order(customer_id: u64, order_id: u64) -> bytes
    tagged customers(customer_id).orders(order_id);

cached parcels_of(customer_id: u64, order_id: u64, sent_by: carrier) -> u64
    tagged customers(customer_id).orders(order_id).parcels(sent_by);

cached get_article(sku: str) -> bytes tagged articles(sku);

mutation rename(customer_id: u64) invalidates customers(customer_id);

mutation restock(sku: str) invalidates articles(sku);

mutation sweep(customer_id: u64) invalidates customers(customer_id).orders exact;
"""

COMMON = """\
/// What people say.
tags Talk {
    reviews: Wild(review_id: u64);
}
"""

QUIET = ("-W", "none")


class ShopSession(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.editor = None

    def start(self, *options, capabilities=None):
        self.editor = Editor(self.folder, *options)
        self.addCleanup(self.editor.server.kill)
        return self.editor.begin(capabilities)

    def shop(self):
        self.start(*QUIET)
        self.editor.save("common.tags", COMMON)
        self.editor.open("shop.tags", SHOP)
        self.assertEqual(self.editor.diagnostics("shop.tags"), [])
        return self.editor

    def end(self):
        self.assertEqual(self.editor.end(), (0, b""))
