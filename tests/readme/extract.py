#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: extract.py README.md FOLDER: writes every fenced block that opens with a comment naming a file to that file."""
import os
import re
import sys

BLOCK = re.compile(r"^```\w*\n(?:// (\S+)|/\* (\S+) \*/|# (\S+))\n(.*?)^```$", re.M | re.S)

with open(sys.argv[1], encoding="utf-8") as readme:
    blocks = BLOCK.findall(readme.read())
if not blocks:
    sys.exit("no block names a file")
for *names, text in blocks:
    name = os.path.basename("".join(names))
    with open(os.path.join(sys.argv[2], name), "w", encoding="utf-8") as out:
        out.write(text)
    print(name)
