#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page that `t87sc graph --format html` makes, in a headless Chromium: what is clicked, typed and lit. Skipped
where there is no Chromium."""
import os
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import browser  # noqa: E402
from expected import SCHEMAS, Schema, t87sc  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "look.js"), encoding="utf-8") as script:
    LOOK = script.read()


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="t87s-page-")
        cls.browser = browser.Browser(browser.find())

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.folder.cleanup()

    def setUp(self):
        self.browser.complaints.clear()
        self.browser.size(1400, 900)
        self.browser.media()

    def tearDown(self):
        self.assertEqual(self.browser.complaints, [])

    def open(self, schema, fragment=""):
        """Opens the page of a schema of the house, or of the text of one."""
        path = os.path.join(SCHEMAS, schema + ".tags")
        if "\n" in schema:
            path = os.path.join(self.folder.name, "text.tags")
            with open(path, "w", encoding="utf-8") as file:
                file.write(schema)
        page = os.path.join(self.folder.name, "page.html")
        t87sc("graph", "--format", "html", "-o", page, path)
        self.browser.open("about:blank")
        self.browser.open(page, fragment)
        self.browser.eval(LOOK + "; 0")
        return path

    def look(self, expression):
        return self.browser.eval("look." + expression)

    def js(self, expression):
        return self.browser.eval(expression)

    def selected(self):
        return self.js("[...document.querySelectorAll('.box.selected')].map(look.nameOf)[0] || null")

    def focused(self):
        return self.js("document.activeElement.closest('.box') && look.nameOf(document.activeElement)")

    def is_in_view(self):
        return self.js("""(() => {
            const { top, bottom } = document.querySelector('.box.selected').getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight; })()""")

    def headline(self):
        return self.js("document.getElementById('headline').textContent")

    # ---- what is stale ----

    def check_headline(self, headline, n, schema, ways, words):
        queries = len(schema.queries)
        self.assertTrue(headline.startswith(f"{n} of {queries} quer"), headline)
        told = {way: 0 for way in words}
        for way in ways.values():
            told[way] += 1
        for way, phrase in words.items():
            found = re.search(rf"(\d+) {phrase}", headline)
            self.assertEqual(int(found[1]) if found else 0, told[way], headline)

    def check_all(self, path):
        schema = Schema(path)
        words = {"prefix": "gone by prefix", "exact": "gone exactly", "soft": "soft"}
        for name in schema.mutations:
            seen, expected = self.look(f"select('mutation', '{name}')"), schema.by_mutation(name)
            self.assertEqual(seen["queries"], expected, name)
            self.check_headline(seen["headline"], len(expected), schema, expected, words)
        words = {"exact": "by this very tag", "prefix": "below it"}
        for tag in schema.tags:
            seen, expected = self.look(f"select('tag', '{tag}')"), schema.by_tag(tag)
            self.assertEqual(seen["queries"], expected, tag)
            self.assertEqual(seen["mutations"], schema.of_tag(tag), tag)
            self.check_headline(seen["headline"], len(expected), schema, expected, words)
            wilds = schema.tag_objects[tag]["wilds"]
            self.assertIn(f"{wilds} wild{'' if wilds == 1 else 's'} on its path", seen["details"])
        for name in schema.queries:
            seen, expected = self.look(f"select('query', '{name}')"), schema.of_query(name)
            self.assertEqual(seen["mutations"], expected, name)
            self.assertIn(f"{len(expected)} mutation" if expected else "No mutation", seen["headline"])

    def test_of_the_blog_what_is_selected_lights_up_what_goes_stale(self):
        self.check_all(self.open("blog"))

    def test_of_every_construct_what_is_selected_lights_up_what_goes_stale(self):
        self.check_all(self.open("kitchen_sink"))

    def test_each_way_by_itself_and_the_strongest_of_several(self):
        self.check_all(self.open(
            "schema s;\n"
            "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); profile: Static; } config: Static; }\n"
            "cached user(user_id: u64) -> bytes tagged users(user_id);\n"
            "cached post(user_id: u64, post_id: u64) -> bytes tagged users(user_id).posts(post_id), users(user_id);\n"
            "cached profile(user_id: u64) -> bytes tagged users(user_id).profile, config;\n"
            "cached both(a: u64, b: u64) -> bytes tagged users(a), users(b);\n"
            "cached config() -> bytes tagged config;\n"
            "cached all() -> bytes tagged users;\n"
            "mutation every() invalidates users;\n"
            "mutation pages() invalidates users exact;\n"
            "mutation one(user_id: u64) invalidates users(user_id) exact;\n"
            "mutation softly(user_id: u64) invalidates users(user_id) soft, config exact;\n"
            "mutation twice(user_id: u64) invalidates users soft, users(user_id) exact, users(user_id).profile;\n"))

    def test_a_mutation_says_which_answers(self):
        self.open("blog")
        details = self.look("select('mutation', 'edit_post')")["details"]
        self.assertIn("those with that post_id", details)
        self.assertIn("exact", details)
        details = self.look("select('tag', 'users/<user_id>')")["details"]
        self.assertIn("those with author_id = user_id", details)

    def test_the_panel_tells_what_the_schema_says(self):
        self.open("kitchen_sink")
        details = self.look("select('query', 'get_customer')")["details"]
        for part in ["One customer's row.", "cached get_customer(customer_id: u64)", "-> struct customer", "30s", "5m",
                     "10s", "10%", "250ms", "1%", "kitchen_sink.tags:", "customers/<customer_id>/profile"]:
            self.assertIn(part, details)
        self.assertIn("key at_hour: u32", self.look("select('query', 'is_open')")["details"])
        self.assertIn("one of eu, us, asia", self.look("select('tag', 'prices/<zone>')")["details"])
        self.assertIn("The customer's whole subtree is wrong now.",
                      self.look("select('mutation', 'rename_customer')")["details"])

    # ---- pointer, keys, search, address ----

    def test_a_click_selects_and_another_takes_it_back(self):
        self.open("kitchen_sink")
        self.browser.click(*self.look("center(look.find('mutation', 'place_order'))"))
        self.assertEqual(self.selected(), "place_order")
        self.assertEqual(self.js("document.querySelectorAll('.link.alive').length"), 3)
        self.assertEqual(self.js("document.querySelectorAll('.band').length"), 3)
        self.assertEqual(self.js("document.querySelectorAll('.selected[aria-selected=true]').length"), 1)
        self.browser.click(*self.look("center(look.find('mutation', 'place_order'))"))
        self.assertIsNone(self.selected())
        self.assertIn("Select a tag or a mutation", self.headline())

    def test_a_thing_in_the_panel_leads_to_its_box(self):
        self.open("kitchen_sink", "#mutation=place_order")
        self.js("""[...document.querySelectorAll('#details .to')]
            .find((to) => to.textContent === 'best_sellers').click()""")
        self.assertEqual(self.selected(), "best_sellers")
        self.assertEqual(self.focused(), "best_sellers")
        self.assertTrue(self.is_in_view())

    def test_the_keys_walk_open_close_and_select(self):
        self.open("kitchen_sink")
        self.js("document.querySelector('[role=listbox][aria-label=Mutations] [tabindex=\"0\"]').focus()")
        self.assertEqual(self.focused(), "tick")
        self.browser.key("ArrowDown")
        self.assertEqual(self.focused(), "rename_customer")
        self.browser.key("Enter", "\r")
        self.assertEqual(self.selected(), "rename_customer")
        self.browser.key("ArrowRight")
        self.assertEqual(self.focused(), "customers/<customer_id>")
        n = self.js("look.boxes().length")
        self.browser.key("ArrowLeft")
        self.assertEqual(self.js("document.activeElement.getAttribute('aria-expanded')"), "false")
        self.assertLess(self.js("look.boxes().length"), n)
        self.assertIn("4 stale", self.js("document.activeElement.textContent"))
        self.browser.key("ArrowRight")
        self.assertEqual(self.js("document.activeElement.getAttribute('aria-expanded')"), "true")
        self.assertEqual(self.js("look.boxes().length"), n)
        self.browser.key("ArrowRight")
        self.assertEqual(self.focused(), "customers/<customer_id>/addresses")
        self.browser.key("ArrowLeft")
        self.browser.key("ArrowLeft")
        self.assertEqual(self.focused(), "customers/<customer_id>")
        self.browser.key("ArrowLeft")
        self.browser.key("ArrowLeft")
        self.browser.key("ArrowLeft")
        self.assertEqual(self.focused(), "customers")
        self.browser.key("End")
        self.assertEqual(self.focused(), "version")
        self.browser.key("ArrowUp")
        self.assertEqual(self.focused(), "cached")
        self.browser.key("Home")
        self.browser.key(" ", " ")
        self.assertEqual(self.selected(), "customers")
        self.browser.key("Escape")
        self.assertIsNone(self.selected())

    def test_the_focused_box_has_a_ring(self):
        self.open("blog")
        self.js("document.querySelector('[role=tree] [tabindex=\"0\"]').focus()")
        self.browser.key("ArrowDown")
        ring = "getComputedStyle(document.activeElement.querySelector('.ring')).stroke"
        self.assertNotEqual(self.js(ring), "none")

    def test_tab_goes_through_search_buttons_and_both_lists(self):
        self.open("blog")
        stops = []
        for _ in range(7):
            self.browser.key("Tab")
            stops.append(self.js("document.activeElement.id || document.activeElement.className"))
        self.assertEqual(stops[:4], ["search", "expand", "collapse", "scheme"])
        self.assertTrue(stops[4].startswith("m") and stops[5].startswith("t"), stops)

    def test_who_does_not_see_the_picture_is_told_of_it(self):
        self.open("kitchen_sink", "#mutation=place_order")
        nodes = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        told = {}
        for node in nodes:
            if not node.get("ignored"):
                told.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
        self.assertEqual(told["tree"], ["Tags and their queries"])
        self.assertIn("Mutations", told["listbox"])
        boxes = self.js("look.boxes().map((box) => [box.getAttribute('role'), box.getAttribute('aria-label')])")
        for role in ["treeitem", "option"]:
            self.assertEqual(sorted(told[role]), sorted(label for of, label in boxes if of == role))
        self.assertIn("tag customers/<customer_id>, wild, u64", told["treeitem"])
        for label in ["query order_total, gone", "query usual_carrier, gone, exactly",
                      "query best_sellers, stale, softly", "query get_price"]:
            self.assertIn(label, told["treeitem"])

    def test_search_finds_and_goes_there(self):
        self.open("kitchen_sink")
        self.browser.key("/", "/")
        self.assertEqual(self.js("document.activeElement.id"), "search")
        self.browser.type("order")
        found = self.js("[...document.querySelectorAll('#results [role=option] span')].map((each) => each.textContent)")
        self.assertEqual(found[:3], ["customers/<customer_id>/orders", "customers/<customer_id>/orders/<order_id>",
                                     "order_total"])
        self.assertIn("place_order", found)
        self.assertEqual(self.js("document.getElementById('search').getAttribute('aria-expanded')"), "true")
        at = found.index("order_total")
        for _ in range(at):
            self.browser.key("ArrowDown")
        active = self.js("document.getElementById('search').getAttribute('aria-activedescendant')")
        self.assertEqual(active, f"found-{at}")
        self.browser.key("Enter", "\r")
        self.assertEqual(self.selected(), "order_total")
        self.assertTrue(self.js("document.getElementById('results').hidden"))
        self.browser.key("Escape")
        self.js("document.activeElement.blur()")
        self.browser.key("/", "/")
        self.browser.type("no such thing")
        self.assertIn("nothing of that name", self.js("document.getElementById('results').textContent"))
        self.browser.key("Escape")
        self.assertTrue(self.js("document.getElementById('results').hidden"))

    def test_on_a_phone_what_is_found_can_be_read_to_its_end(self):
        self.browser.size(390, 844)
        self.open("kitchen_sink")
        self.js("document.getElementById('search').focus()")
        self.browser.type("order")
        self.assertGreater(self.js("document.querySelectorAll('#results span').length"), 5)
        self.assertEqual(self.js("""[...document.querySelectorAll('#results span, #results small')]
            .filter((each) => each.getBoundingClientRect().right > innerWidth - 12).map((each) => each.textContent)"""), [])

    def test_the_address_has_the_selection_and_back_works(self):
        self.open("kitchen_sink", "#tag=customers%2F%3Ccustomer_id%3E")
        self.assertEqual(self.selected(), "customers/<customer_id>")
        self.look("select('mutation', 'tick')")
        self.assertEqual(self.js("location.hash"), "#mutation=tick")
        self.js("new Promise((done) => { addEventListener('popstate', done); history.back(); })")
        self.assertEqual(self.selected(), "customers/<customer_id>")
        self.open("kitchen_sink", "#tag=cached")
        self.assertTrue(self.is_in_view())
        self.open("kitchen_sink", "#tag=%ZZ")
        self.assertIsNone(self.selected())

    # ---- how it looks ----

    def ground(self):
        return self.js("getComputedStyle(document.body).backgroundColor")

    def test_light_and_dark_follow_the_system_until_the_button_says_otherwise(self):
        self.open("blog")
        light = self.ground()
        self.browser.media(scheme="dark")
        dark = self.ground()
        self.assertNotEqual(light, dark)
        self.js("document.getElementById('scheme').click()")
        self.assertEqual(self.ground(), light)
        self.browser.media(scheme="light")
        self.assertEqual(self.ground(), light)
        self.js("document.getElementById('scheme').click()")
        self.assertEqual(self.ground(), dark)
        self.assertIn("light", self.js("document.getElementById('scheme').getAttribute('aria-label')"))

    def test_every_text_can_be_read_in_both_schemes(self):
        for scheme in ["light", "dark"]:
            self.browser.media(scheme=scheme)
            self.open("kitchen_sink")
            self.assertEqual(self.look("faint()"), [], scheme)
            for kind, name in [("mutation", "place_order"), ("tag", "articles"), ("query", "get_price")]:
                self.look(f"select('{kind}', '{name}')")
                self.assertEqual(self.look("faint()"), [], f"{scheme}, {name}")
            self.js("document.getElementById('collapse').click()")
            self.assertEqual(self.look("faint()"), [], f"{scheme}, closed")

    def test_boxes_stand_in_the_picture_and_none_on_another(self):
        for schema in ["blog", "kitchen_sink"]:
            self.open(schema)
            for width, height in [(1400, 900), (1000, 700), (761, 600), (400, 800), (320, 600)]:
                self.browser.size(width, height)
                self.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
                self.assertEqual(self.look("misplaced()"), [], f"{schema}, {width}")
                self.assertLessEqual(self.js("document.documentElement.scrollWidth"), width)

    def test_on_half_a_screen_the_picture_has_more_room_than_the_panel(self):
        self.browser.size(800, 600)
        self.open("kitchen_sink")
        room = self.js("['picture', 'details'].map((id) => document.getElementById(id).getBoundingClientRect().width)")
        self.assertGreater(room[0], 1.5 * room[1])

    def test_on_a_phone_the_details_fold_away(self):
        self.browser.size(400, 800)
        self.open("blog", "#mutation=edit_post")
        self.js("document.getElementById('fold').click()")
        self.assertTrue(self.js("document.getElementById('details').hidden"))
        self.assertIn("3 of 5", self.headline())
        self.js("document.getElementById('fold').click()")
        self.assertFalse(self.js("document.getElementById('details').hidden"))

    def test_in_print_everything_is_there_but_the_controls(self):
        self.open("kitchen_sink", "#mutation=place_order")
        self.browser.media(kind="print", scheme="dark")
        self.assertEqual(self.js("getComputedStyle(document.querySelector('.search')).display"), "none")
        self.assertEqual(self.js("getComputedStyle(document.getElementById('picture')).overflowY"), "visible")
        self.assertEqual(self.ground(), "rgb(255, 255, 255)")
        self.js("document.getElementById('scheme').click()")
        self.assertEqual(self.ground(), "rgb(255, 255, 255)")

    def test_in_print_the_answer_stands_before_the_picture_and_not_in_it(self):
        """Else a picture that is taller than what is left of the first page leaves that page blank."""
        self.open("kitchen_sink", "#mutation=place_order")
        self.browser.media(kind="print")
        for width in [1400, 720]:
            self.browser.size(width, 900)
            answer, end, picture = self.js("""[document.getElementById('headline').getBoundingClientRect().top,
                document.getElementById('details').getBoundingClientRect().bottom,
                document.getElementById('picture').getBoundingClientRect().top]""")
            self.assertLess(answer, 200)
            self.assertLessEqual(end, picture)

    # ---- what may come ----

    def test_a_doc_comment_is_only_text(self):
        doc = ("</script><script>document.title=1</script><!-- <script> &amp; \"quoted\" 'too' \\u0041 \u2028 \u2029 "
               "]]> <b>")
        self.open(f"schema s;\nroot {{\n/// {doc}\nusers: Static; }}\n"
                  f"/// {doc}\ncached q() -> bytes tagged users;\n/// {doc}\nmutation m() invalidates users;\n")
        for kind, name in [("tag", "users"), ("query", "q"), ("mutation", "m")]:
            self.look(f"select('{kind}', '{name}')")
            self.assertEqual(self.js("document.querySelector('#details .doc').textContent").strip(), doc)
        self.assertEqual(self.js("document.title"), "s: what goes stale")

    def test_a_schema_of_nothing_has_a_page(self):
        self.open("schema s;\nroot { }\n")
        self.assertEqual(self.js("look.boxes().length"), 0)
        self.open("schema s;\nroot { a: Static; }\nmutation m() invalidates a;\n", "#mutation=m")
        self.assertIn("0 of 0 queries", self.headline())

    def test_names_of_every_length_stay_in_the_picture(self):
        long = "n" * 64
        self.browser.size(400, 800)
        self.open(f"schema s;\nroot {{ {long}: Wild({long}: u64) {{ {long}: Static; }} }}\n"
                  f"cached {long}({long}: u64) -> bytes tagged {long}({long}).{long};\n"
                  f"mutation m{long[1:]}({long}: u64) invalidates {long}({long});\n")
        self.assertEqual(self.look("misplaced()"), [])
        self.assertLessEqual(self.js("document.documentElement.scrollWidth"), 400)

    def test_a_schema_of_ten_thousand_queries_begins_closed_and_shows_what_is_looked_for(self):
        parts = [f"p{i}: Wild(a: u64) {{ {' '.join(f's{j}: Static;' for j in range(9))} }}" for i in range(300)]
        queries = [f"cached q{i}(a: u64) -> bytes tagged p{i % 300}(a).s{i % 7};" for i in range(10000)]
        self.open("schema s;\nroot {\n" + "\n".join(parts) + "}\n" + "\n".join(queries)
                  + "\nmutation all(a: u64) invalidates p299(a);\n")
        self.assertLess(self.js("look.boxes().length"), 2500)
        self.assertIn("10,000 queries", self.js("document.getElementById('counts').textContent"))
        self.browser.key("/", "/")
        self.browser.type("q9899")
        self.browser.key("Enter", "\r")
        self.assertEqual(self.selected(), "q9899")
        self.assertIn("1 mutation of 1", self.headline())
        more = "[...document.querySelectorAll('.box.more')].pop()"
        n = self.js("look.boxes().length")
        self.js(more + ".dispatchEvent(new MouseEvent('click', { bubbles: true }))")
        self.assertGreater(self.js("look.boxes().length"), n)

    def test_what_all_mutations_reach_is_not_found_out_where_that_is_much(self):
        for n, counted in [(300, True), (2100, False)]:
            self.open("schema s;\nroot { a: Static; }\n" + "".join(
                f"cached q{i}() -> bytes tagged a;\nmutation m{i}() invalidates a;\n" for i in range(n)))
            self.assertEqual(self.js("document.querySelectorAll('.count').length > 0"), counted)
            self.assertEqual("Mutations that reach most" in self.js("document.body.innerText"), counted)
            self.assertIn(f"{n:,} of {n:,} queries", self.look("select('mutation', 'm7')")["headline"])

    def test_who_collapses_all_still_sees_the_tree(self):
        parts = "".join(f"part{i}: Wild(id: u64) {{ a: Static; b: Static; c: Static; }}" for i in range(30))
        calls = "".join(f"cached q{i}(id: u64) -> bytes tagged part{i}(id).a;\n"
                        f"mutation m{i}(id: u64) invalidates part{i}(id);\n" for i in range(30))
        in_view = """(() => {
            const { bottom } = document.querySelector('[role=tree]').lastElementChild.getBoundingClientRect();
            return bottom > 0; })()"""
        self.open(f"schema s;\nroot {{ {parts} }}\n{calls}", "#tag=part29%2F%3Cid%3E%2Fc")
        self.assertGreater(self.js("document.getElementById('picture').scrollTop"), 1000)
        self.js("document.getElementById('collapse').click()")
        self.assertEqual(self.js("document.getElementById('picture').scrollTop"), 0)
        self.look("select('mutation', 'm29')")
        self.js("document.getElementById('expand').click()")
        self.js("document.getElementById('picture').scrollTo(0, 1e6)")
        self.js("document.getElementById('collapse').click()")
        self.assertTrue(self.is_in_view() and self.js(in_view))

    def test_what_is_deep_makes_the_picture_wider_and_it_scrolls(self):
        self.browser.size(320, 600)
        depth = 15
        self.open("schema s;\nroot { " + "".join(f"a_rather_long_name_{i}: Static {{ " for i in range(depth))
                  + "last: Static;" + "}" * depth + " }\ncached q() -> bytes tagged "
                  + ".".join(f"a_rather_long_name_{i}" for i in range(depth)) + ".last;\n")
        self.assertEqual(self.look("misplaced()"), [])
        self.assertEqual(self.js("document.documentElement.scrollWidth"), 320)
        width = self.js("document.getElementById('picture').scrollWidth")
        self.assertGreater(width, 320)
        self.js("document.getElementById('collapse').click()")
        self.assertEqual(self.look("misplaced()"), [])
        self.assertLess(self.js("document.getElementById('picture').scrollWidth"), width)

    def test_the_page_is_closed_to_the_network_and_to_foreign_scripts(self):
        self.open("blog")
        refused = self.js("""new Promise((done) => {
            const refused = [];
            addEventListener('securitypolicyviolation', (event) => {
                refused.push(event.effectiveDirective);
                if (refused.length === 3) done(refused.sort());
            });
            new Image().src = 'http://127.0.0.1:9/';
            fetch('http://127.0.0.1:9/').catch(() => 0);
            const script = Object.assign(document.createElement('script'), { textContent: 'window.foreign = 1' });
            document.body.append(script);
        })""")
        self.assertEqual(refused, ["connect-src", "img-src", "script-src-elem"])
        self.assertIsNone(self.js("window.foreign || null"))
        self.browser.complaints.clear()


if __name__ == "__main__":
    if not browser.find():
        print("no chromium")
        sys.exit(77)
    unittest.main()
