#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The problem matchers of VS Code and of GitHub find in the letters of t87sc what their JSON says, and nothing else."""
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.environ["T87S_SOURCE_ROOT"]


def matcher(*path):
    with open(os.path.join(ROOT, "editors", *path), encoding="utf-8") as file:
        top = json.load(file)
    found = top["contributes"]["problemMatchers"] if "contributes" in top else top["problemMatcher"]
    pattern = found[0]["pattern"]
    return pattern[0] if isinstance(pattern, list) else pattern


def check(*flags):
    """What is said about all schemas of tests/checks: JSON on standard output, letters on standard error."""
    schemas = sorted(glob.glob("tests/checks/*.tags", root_dir=ROOT))
    run = subprocess.run([os.environ["T87SC"], "check", "--color", "never", "--max-errors", "0", *flags, *schemas],
                         cwd=ROOT, text=True, capture_output=True, check=False)
    assert run.returncode == 1, run.stderr
    return (run.stdout + run.stderr).splitlines()


def main():
    parts = ["file", "line", "column", "severity", "message", "code"]
    said = check()
    told = [[str(letter[part]) for part in parts] for letter in map(json.loads, check("--format", "json"))]
    assert len({letter[-1] for letter in told}) > 30
    for path in [("vscode", "package.json"), ("github", "t87sc-matcher.json")]:
        pattern = matcher(*path)
        found = [match for line in said if (match := re.search(pattern["regexp"], line))]
        assert [[match.group(pattern[part]) for part in parts] for match in found] == told, path
        for other in ["main.c:3:4: error: expected ';' before 'return'", "t87sc: error: out of memory"]:
            assert not re.search(pattern["regexp"], other), (path, other)


sys.exit(main())
