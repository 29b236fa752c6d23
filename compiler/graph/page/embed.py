#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the page together and writes it as C: embed.py OUT.c page.html page.css SCRIPT.js...

page.html says where things go: @STYLE@ and @SCRIPT@, their hashes for the Content-Security-Policy, and @SCHEMA@ and
@DATA@, where page.c cuts the page to put the schema in. Only the style and the script whose hashes stand in the page
are ever run by a browser.
"""
import base64
import hashlib
import pathlib
import sys


def policy_hash(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def main(out, html, style, *scripts):
    page, style, *scripts = (pathlib.Path(path).read_text("ascii") for path in (html, style, *scripts))
    style = "\n" + style
    script = '\n(() => {\n"use strict";\n' + "\n".join(scripts) + "})();\n"
    for text, ending in ((style, "</style"), (script, "</script")):
        if ending in text or "<!--" in text:
            sys.exit(f"what ends with {ending}> must not have it inside")
    for name, text in (("@STYLE_HASH@", policy_hash(style)), ("@SCRIPT_HASH@", policy_hash(script)),
                       ("@STYLE@", style), ("@SCRIPT@", script)):
        before, after = page.split(name)
        page = before + text + after
    before_schema, rest = page.split("@SCHEMA@")
    before_data, after_data = rest.split("@DATA@")
    with open(out, "w", encoding="ascii") as file:
        file.write('#include "page_parts.h"\n')
        pieces = {"before_schema": before_schema, "before_data": before_data, "after_data": after_data}
        for name, text in pieces.items():
            numbers = [str(byte) for byte in text.encode()]
            file.write(f"\nstatic const char {name}[] = {{\n")
            for i in range(0, len(numbers), 25):
                file.write(",".join(numbers[i:i + 25]) + ",\n")
            file.write("};\n")
        file.write("\nconst struct page_piece page_parts[PAGE_PARTS] = {\n")
        for name in pieces:
            file.write(f"    [PAGE_{name.upper()}] = {{{name}, sizeof {name}}},\n")
        file.write("};\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
