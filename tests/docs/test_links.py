#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every link of a document to a file or a heading of this tree leads there; every document of docs/ is in its index."""
import os
import re
import sys

ROOT = os.environ["T87S_SOURCE_ROOT"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return re.sub(r"^```.*?^```$", "", file.read(), flags=re.M | re.S)


def anchors(path):
    """What GitHub calls the headings."""
    for heading in re.findall(r"^#+ (.*)$", read(path), re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def main():
    documents = [os.path.join(ROOT, folder, name) for folder in ("", "docs", "editors")
                 for name in os.listdir(os.path.join(ROOT, folder)) if name.endswith(".md")]
    links, failed = 0, 0
    for document in documents:
        for target in re.findall(r"\]\(([^)\s]+)\)", read(document)):
            if re.match(r"\w+:", target):
                continue
            links += 1
            path, _, anchor = target.partition("#")
            file = os.path.join(os.path.dirname(document), path) if path else document
            if not os.path.exists(file) or anchor and anchor not in anchors(file):
                print(f"{os.path.relpath(document, ROOT)}: {target} leads nowhere")
                failed += 1
    index = read(os.path.join(ROOT, "docs", "README.md"))
    for name in os.listdir(os.path.join(ROOT, "docs")):
        if name.endswith(".md") and name != "README.md" and f"({name})" not in index:
            print(f"docs/README.md does not lead to {name}")
            failed += 1
    assert links > 10, links
    sys.exit(1 if failed else 0)


main()
