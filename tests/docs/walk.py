#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: walk.py DOCUMENT.md FOLDER: does what a reader of the document would do, from top to bottom, in the folder.

  a block whose first line is a comment with a file's name   is written to that file
  ```console                                                 each "$ command" is run ("> " goes on), in one shell; what
                                                             it prints is what stands below; "..." is any lines
  ```c without a name                                        compiles as the inside of a function that has `cache`
  ```sh without a name                                       is what the tests of the installation do; only read
  ```text                                                    is a picture

Any other block is a mistake. With T87S_UPDATE_GOLDEN set, what commands really print is written into the document."""
import os
import re
import signal
import subprocess
import sys
import threading

import yaml

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
NAME = re.compile(r"(?://|#|/\*) (\S+\.[\w.]+|\S*/\S+|Makefile)(?: \*/)?\n")
MARK = "-- the end of what it said --"

INSIDE = """#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "{header}"
void inside(struct {schema}_cache *cache);
void inside(struct {schema}_cache *cache) {{
{body}
}}
"""


class Shell:
    """One bash for the whole document, so that a cd and a $? live on."""

    def __init__(self, folder):
        self.process = subprocess.Popen(["bash", "--norc"], cwd=folder, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def run(self, command):
        """What the command prints, as lines."""
        read = subprocess.run(["bash", "-n"], input=command, text=True, capture_output=True, check=False)
        if read.returncode != 0 or read.stderr:
            raise RuntimeError(f"`{command}` is not whole: {read.stderr}")
        hangs = threading.Timer(60, os.killpg, (self.process.pid, signal.SIGKILL))
        hangs.start()
        self.process.stdin.write(f"(exit ${{status:-0}}); {{ {command}\n}} </dev/null\n"
                                 f"status=$?; printf '\\n%s\\n' '{MARK}'\n")
        self.process.stdin.flush()
        said = []
        while (line := self.process.stdout.readline()) and line != MARK + "\n":
            said.append(line.rstrip("\n"))
        hangs.cancel()
        if not line:
            raise RuntimeError(f"the shell is gone after `{command}`")
        return said[:-1] if said[-1] == "" else said


def fits(said, shown):
    """Whether the lines are those that are shown, where "..." is any number of them."""
    if not shown:
        return not said
    if shown[0] == "...":
        return any(fits(said[skipped:], shown[1:]) for skipped in range(len(said) + 1))
    return bool(said) and said[0].rstrip() == shown[0] and fits(said[1:], shown[1:])


def commands_of(block):
    """The commands of a console block, each with the lines it shall print."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif (line + " ").startswith("> ") and found and not found[-1][1]:
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1].append(line)
    return found


class Walk:
    def __init__(self, folder):
        self.folder = folder
        self.shell = Shell(folder)
        self.headers = {}
        self.updating = "T87S_UPDATE_GOLDEN" in os.environ
        self.failed = 0

    def complain(self, line, what):
        print(f"line {line}: {what}")
        self.failed += 1

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        if text.startswith("#!") or "/" in name and "." not in os.path.basename(name):
            os.chmod(path, 0o755)
        if name.endswith((".yml", ".yaml")):
            yaml.safe_load(text)
        if name.endswith(".tags") and (schema := re.search(r"^schema (\w+);", text, re.M)):
            self.headers[schema.group(1)] = name + ".h"

    def console(self, line, block):
        """Gives the block as it should be."""
        right = []
        for command, shown in commands_of(block):
            said = [line.rstrip() for line in self.shell.run(command)]
            right += ["$ " + command.replace("\n", "\n> ").replace("> \n", ">\n")] + (shown if fits(said, shown) else said)
            if not fits(said, shown) and not self.updating:
                self.complain(line, f"`{command}` prints\n" + "\n".join(said))
        return "".join(line + "\n" for line in right)

    def inside(self, line, body):
        schema = [name for name in self.headers if name + "_" in body][-1]
        source = os.path.join(self.folder, "inside.c")
        with open(source, "w", encoding="utf-8") as out:
            out.write(INSIDE.format(body=body, schema=schema, header=self.headers[schema]))
        compiler = os.environ["T87S_CC"].split()
        flags = subprocess.run(["pkg-config", "--cflags", "t87s"], text=True, capture_output=True, check=True).stdout
        run = subprocess.run(compiler + ["-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused", "-fsyntax-only",
                                         "inside.c"] + flags.split(), cwd=self.folder, text=True, capture_output=True,
                             check=False)
        os.remove(source)
        if run.returncode != 0:
            self.complain(line, run.stderr)

    def block(self, line, language, text):
        """Gives the block as it should be."""
        name = NAME.match(text.removeprefix("#!/bin/sh\n"))
        if language == "console":
            return self.console(line, text)
        if name:
            self.write(name.group(1), text)
        elif language == "c":
            self.inside(line, text)
        elif language == "sh":
            if subprocess.run(["sh", "-n"], input=text, text=True, check=False).returncode != 0:
                self.complain(line, "not a script")
        elif language != "text":
            self.complain(line, f"nobody tries this block ({language})")
        return text


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = file.read()
    walk = Walk(sys.argv[2])
    right, count, at = [], 0, 0
    for found in BLOCK.finditer(document):
        line = document[:found.start()].count("\n") + 1
        right += [document[at:found.start(2)], walk.block(line, found.group(1), found.group(2))]
        at = found.end(2)
        count += 1
    if count == 0:
        sys.exit("there is nothing to try")
    if walk.updating:
        with open(sys.argv[1], "w", encoding="utf-8") as file:
            file.write("".join(right) + document[at:])
    print(f"{count} blocks")
    sys.exit(1 if walk.failed else 0)


main()
