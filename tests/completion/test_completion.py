#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: test_completion.py SHELL: the script that t87sc prints for a shell, in that shell. What has to be offered is
taken from the help of t87sc, and from its list of rules. Skipped where the shell is missing."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from shells import SHELLS

T87SC = os.environ["T87SC"]


def say(*arguments):
    return subprocess.run([T87SC, *arguments], text=True, capture_output=True, check=True).stdout


def verbs():
    """Each verb with its summary's line, from the help."""
    return dict(re.findall(r"^  ([a-z]+) +(.*)$", say("--help").split("\n\n")[1], re.M))


def options(verb):
    """The options of a verb ([]: before any), each with its argument or an empty string."""
    found = re.findall(r"^  (?:(-\w), )?(-{1,2}[\w-]+)(?: ([^ a-z][^ ]*))? +\S", say(*verb, "--help"), re.M)
    assert found, f"no options in the help of {verb}"
    return {name: argument for short, long, argument in found for name in (short, long) if name}


def rules():
    """All codes, and the names of those that -W switches."""
    rows = [line.split()[:3] for line in say("rules").splitlines()]
    return [code for code, _, _ in rows], [name for code, _, name in rows if code.startswith("T1")]


class Line:
    """What a shell made of a line: the words behind those that were typed, without --option= and the / of folders."""

    def __init__(self, shell):
        self.shell = shell
        self.failed = 0

    def expect(self, line, offers):
        typed = line.split()[1:] if line.endswith(" ") else line.split()[1:-1]
        words = self.shell.complete(line)
        got = sorted(re.sub(r"^--[\w-]+=(?=.)", "", word).rstrip("/") for word in words[len(typed):])
        if words[:len(typed)] != typed or got != sorted(offers):
            print(f"`{line}`: {words}\n  expected {typed} and {sorted(offers)}")
            self.failed += 1


def fill(folder):
    for name in ["shop.tags", "my blog.tags", "notes.txt", "below/inner.tags"]:
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        with open(os.path.join(folder, name), "w", encoding="utf-8"):
            pass


def check(line):
    schemas = ["below", "my blog.tags", "shop.tags"]
    files = schemas + ["notes.txt"]
    codes, warnings = rules()
    line.expect("t87sc ", verbs())
    line.expect("t87sc expl", ["explain"])
    line.expect("t87sc --", [option for option in options([]) if option.startswith("--")])
    for verb, meaning in verbs().items():
        # A lone - may also be the beginning of a file's name.
        long_options = [option for option in options([verb]) if option.startswith("--")]
        line.expect(f"t87sc {verb} --", long_options)
        for option, argument in options([verb]).items():
            if option == "--against":
                line.expect(f"t87sc {verb} {option} ", schemas)
            elif argument == "FILE":
                line.expect(f"t87sc {verb} {option} ", files)
            elif option == "--category":
                line.expect(f"t87sc {verb} {option} ", ["SOURCE", "KEY", "INVALIDATION"])
            elif argument == "DIR":
                line.expect(f"t87sc {verb} {option} ", ["below"])
            elif argument == "WHEN":
                line.expect(f"t87sc {verb} {option} ", ["always", "auto", "never"])
                line.expect(f"t87sc {verb} {option}=a", ["always", "auto"])
            elif argument == "FORMAT":
                value = Formats(verb)
                line.expect(f"t87sc {verb} {option} ", value.words)
                line.expect(f"t87sc {verb} {option}=", value.words)
            elif option == "-W":
                line.expect(f"t87sc {verb} {option} ", ["all", "none"] + warnings + ["no-" + name for name in warnings])
        if "SCHEMA" in meaning:
            line.expect(f"t87sc {verb} s", ["shop.tags"])
            line.expect(f"t87sc {verb} my", ["my blog.tags"])
            line.expect(f"t87sc {verb} below/", ["below/inner.tags"])
            line.expect(f"t87sc {verb} -- ", schemas)
        if "SCHEMA..." in meaning:
            line.expect(f"t87sc {verb} shop.tags ", schemas)
    line.expect("t87sc explain T", codes)
    line.expect("t87sc explain T010", [code for code in codes if code.startswith("T010")])
    line.expect("t87sc completion ", list(SHELLS))
    line.expect("t87sc gen --max-errors ", [])
    line.expect("t87sc nothing-like-this ", [])


class Formats:
    """The words that --format of a verb accepts: of all there are, those it does not call wrong."""

    def __init__(self, verb):
        everything = ["text", "json", "sarif", "github", "dot", "mermaid", "html"]
        self.words = [word for word in everything
                      if subprocess.run([T87SC, verb, "--format", word, "--help"],
                                        capture_output=True, check=False).returncode == 0]


def main():
    name = sys.argv[1]
    if not shutil.which(name):
        print(f"no {name} here")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        script, work = os.path.join(folder, "script"), os.path.join(folder, "work")
        with open(script, "w", encoding="utf-8") as out:
            out.write(say("completion", name))
        fill(work)
        if name == "zsh":
            shell = SHELLS[name](script, work, sourced=True)
            sourced = Line(shell)
            sourced.expect("t87sc expl", ["explain"])
            shell.close()
            assert sourced.failed == 0
        shell = SHELLS[name](script, work)
        line = Line(shell)
        check(line)
        shell.close()
    sys.exit(1 if line.failed else 0)


main()
