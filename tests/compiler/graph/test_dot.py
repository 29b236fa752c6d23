#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `t87sc graph` makes for Graphviz, laid out by Graphviz: each box and each line is there, and says what the
schema says. Skipped where there is no dot."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
from expected import SCHEMAS, Schema, t87sc  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}title"


def laid_out(path):
    """The SVG that dot makes, and what it complains of."""
    done = subprocess.run(["dot", "-Tsvg"], input=t87sc("graph", path), text=True, capture_output=True, check=False)
    return xml.fromstring(done.stdout), done.stderr


def groups(svg, kind):
    """Of the nodes or edges title and texts; Graphviz puts the title's words and the label's lines one by one."""
    for group in svg.iter(SVG + "g"):
        if group.get("class") == kind:
            yield group.find(SVG + "title").text, [text.text for text in group.iter(SVG + "text")], group


class Dot(unittest.TestCase):
    def check_picture(self, path):
        schema = Schema(path)
        svg, complaints = laid_out(path)
        self.assertEqual(complaints, "")
        labels = {title: texts for title, texts, _ in groups(svg, "node")}
        self.assertEqual(len(labels), 1 + len(schema.tags) + len(schema.queries) + len(schema.mutations))
        for i, tag in enumerate(schema.tag_objects.values()):
            last = tag["segments"][-1]
            name = f"<{last['wild']}: {last['type']}>" if "wild" in last else last["static"]
            self.assertEqual(labels[f"t{i + 1}"], [name])
        for i, name in enumerate(schema.queries):
            self.assertEqual(labels[f"q{i}"][0], name)
        for i, name in enumerate(schema.mutations):
            n, of = len(schema.by_mutation(name)), len(schema.queries)
            words = f"reaches {n} of {of} quer{'y' if of == 1 else 'ies'}" if n else "reaches no query"
            self.assertEqual(labels[f"m{i}"], [name, words])
        self.assertEqual({(title, *texts) for title, texts, _ in groups(svg, "edge")}, set(schema.lines("->")))

    def test_the_schemas_of_the_house(self):
        for name in ["blog", "kitchen_sink"]:
            self.check_picture(os.path.join(SCHEMAS, name + ".tags"))

    def test_names_that_are_words_of_dot(self):
        with tempfile.NamedTemporaryFile("w", suffix=".tags") as file:
            file.write("schema digraph;\n"
                       "root { node: Wild(edge: str) { graph: Static; subgraph: Static; } strict: Static; }\n"
                       "cached shape(edge: str) -> bytes tagged node(edge).graph, strict, node(edge);\n"
                       "mutation label() invalidates node, strict exact, node soft;\n"
                       "mutation none() invalidates node exact;\n")
            file.flush()
            self.check_picture(file.name)

    def test_a_doc_comment_is_a_tooltip_of_the_same_text(self):
        doc = "back\\slash \\N \\n \\\\G \\\" \\, \"quoted\", &amp; &lt; <b>, {a|b}, \u00fcber"
        with tempfile.NamedTemporaryFile("w", suffix=".tags", encoding="utf-8") as file:
            file.write(f"schema s;\nroot {{ a: Static; }}\n/// {doc}\ncached q() -> bytes tagged a;\n")
            file.flush()
            svg, complaints = laid_out(file.name)
        self.assertEqual(complaints, "")
        node = next(group for title, _, group in groups(svg, "node") if title == "q0")
        seen = next(link.get(XLINK) for link in node.iter(SVG + "a"))
        self.assertEqual(seen.replace("\u2060", ""), doc)


if __name__ == "__main__":
    if not shutil.which("dot"):
        print("no dot")
        sys.exit(77)
    unittest.main()
