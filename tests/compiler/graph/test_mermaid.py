#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `t87sc graph --format mermaid` makes, read by the grammar of flowcharts as far as it is used."""
import os
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from expected import SCHEMAS, Schema, t87sc  # noqa: E402

ID = r"[tqm]\d+"
# No character of a label may mean anything to mermaid, to Markdown or to HTML, but for entities and the line break.
LABEL = r'"((?:[A-Za-z0-9_ :]|#\d+;|<br>)*)"'
BOX = re.compile(rf"    ({ID})(?:\[{LABEL}\]:::(?:schema|query)|\({LABEL}\):::(?:static|wild)|>{LABEL}\]:::mutation)")
LINE = re.compile(rf"    ({ID}) (---|-\.-|==>|== exact ==o|-\. soft \.->) ({ID})")
WORDS = {"== exact ==o": ("exact",), "-. soft .->": ("soft",)}


def text_of(label):
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), label.replace("<br>", "\n"))


class Mermaid(unittest.TestCase):
    def check_picture(self, path):
        schema, labels, lines, arrows = Schema(path), {}, [], []
        first, *rest = t87sc("graph", "--format", "mermaid", path).splitlines()
        self.assertEqual(first, "flowchart LR")
        for line in rest:
            box, arrow = BOX.fullmatch(line), LINE.fullmatch(line)
            if box:
                labels[box[1]] = text_of(box[2] or box[3] or box[4]).split("\n")
            elif arrow:
                if arrow[1].startswith("m"):
                    arrows.append(len(lines))
                lines.append((f"{arrow[1]}->{arrow[3]}", *WORDS.get(arrow[2], ())))
            elif line.startswith("    linkStyle "):
                self.assertEqual(line, f"    linkStyle {','.join(map(str, arrows))} stroke:#b3261e")
            else:
                self.assertRegex(line, r"    classDef [a-z]+ [a-z]+:[#a-z0-9]+(,[a-z-]+:[#a-z0-9 ]+)*")
        for i, tag in enumerate(schema.tag_objects.values()):
            last = tag["segments"][-1]
            self.assertEqual(labels[f"t{i + 1}"],
                             [f"<{last['wild']}: {last['type']}>" if "wild" in last else last["static"]])
        for i, name in enumerate(schema.queries):
            self.assertEqual(labels[f"q{i}"][0], name)
        for i, name in enumerate(schema.mutations):
            n, of = len(schema.by_mutation(name)), len(schema.queries)
            self.assertEqual(labels[f"m{i}"][0], name)
            self.assertTrue(labels[f"m{i}"][1].startswith(f"reaches {n} of {of} quer" if n else "reaches no query"))
        self.assertEqual(len(lines), len(set(lines)))
        self.assertEqual(set(lines), set(schema.lines("->")))
        return lines

    def check_text(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".tags") as file:
            file.write(text)
            file.flush()
            return self.check_picture(file.name)

    def test_the_schemas_of_the_house(self):
        for name in ["blog", "kitchen_sink"]:
            self.check_picture(os.path.join(SCHEMAS, name + ".tags"))

    def test_names_that_are_words_of_mermaid(self):
        self.check_text("schema flowchart;\nroot { end: Wild(graph: str) { subgraph: Static; __style__: Static; } }\n"
                        "cached click(graph: str) -> bytes tagged end(graph).subgraph, end(graph), end(graph);\n"
                        "mutation linkStyle() invalidates end, end exact, end soft;\n"
                        "mutation o() invalidates end exact;\n")

    def test_where_counting_would_take_long_there_are_no_counts(self):
        for n, counted in [(500, True), (5800, False)]:
            with tempfile.NamedTemporaryFile("w", suffix=".tags") as file:
                file.write("schema s;\nroot { a: Static; }\n")
                file.writelines(f"cached q{i}() -> bytes tagged a;\nmutation m{i}() invalidates a;\n" for i in range(n))
                file.flush()
                text = t87sc("graph", "--format", "mermaid", file.name)
            self.assertEqual(f'm{n - 1}>"m{n - 1}<br>reaches {n} of {n} queries"]' in text, counted)
            self.assertIn(f"    m{n - 1} ==> t1\n", text)

    def test_more_lines_than_github_draws_are_told_of(self):
        tags = " ".join(f"a{i}: Static;" for i in range(501))
        with tempfile.NamedTemporaryFile("w", suffix=".tags") as file:
            file.write(f"schema s;\nroot {{ {tags} }}\n")
            file.flush()
            first = t87sc("graph", "--format", "mermaid", file.name).splitlines()[0]
        self.assertEqual(first, "%% 501 lines; GitHub draws 500 at most")


if __name__ == "__main__":
    unittest.main()
