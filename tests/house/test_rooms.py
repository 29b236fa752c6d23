#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each room is compiled with the include folders of itself and the rooms before it, so a wrong include is an error."""
import json
import os
import shlex
import sys

ROOMS = {
    "runtime/redis": ["wire", "servers", "."],
    "runtime": ["include", "mutants", "base", "tags", "store", "flight", "tier", "cache"],
    "compiler": ["base", "report", "syntax", "format", "model", "lint", "emit", "graph", "diff", "lsp", "cli"],
}


# What another house may see of this one.
OPEN = {"runtime": ["include", "mutants"]}


def place(path, roots):
    """(house, room) of a path in the source tree or the build tree, or None; the room is None for the house itself."""
    for root in roots:
        parts = os.path.relpath(path, root).split(os.sep)
        for house, rooms in ROOMS.items():
            depth = len(house.split("/"))
            if "/".join(parts[:depth]) == house:
                room = parts[depth] if len(parts) > depth and parts[depth] in rooms else None
                return house, room or ("." if "." in rooms else None)
    return None


def include_folders(command, folder):
    for word in shlex.split(command):
        if word.startswith("-I"):
            yield os.path.normpath(os.path.join(folder, word[2:]))


def main():
    source, build = os.environ["T87S_SOURCE_ROOT"], os.environ["T87S_BUILD_ROOT"]
    roots = [build, source]
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as commands:
        entries = json.load(commands)
    checked, wrong = 0, set()
    for entry in entries:
        here = place(os.path.normpath(os.path.join(entry["directory"], entry["file"])), roots)
        if not here or not here[1]:
            continue
        checked += 1
        for folder in include_folders(entry["command"], entry["directory"]):
            there = place(folder, roots)
            if not there or not there[1]:
                continue
            order = ROOMS[here[0]]
            if there[0] != here[0]:
                allowed = there[1] in OPEN.get(there[0], [])
            else:
                allowed = order.index(there[1]) <= order.index(here[1])
            if not allowed:
                wrong.add(f"{'/'.join(here)} can include from {'/'.join(there)}")
    for line in sorted(wrong):
        print(line)
    if not checked:
        print("no room was compiled")
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
