#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The problem matchers of VS Code and of GitHub find what t87sc says, and only the first line of each letter."""
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


def main():
    schema = "tests/checks/T0203_unknown_segment.tags"
    run = subprocess.run([os.environ["T87SC"], "check", "--color", "never", schema], cwd=ROOT, text=True,
                         capture_output=True, check=False)
    letters = [line for line in run.stderr.splitlines() if re.search(r"\[T\d{4}\]$", line)]
    assert run.returncode == 1 and letters, run.stderr
    for path in [("vscode", "package.json"), ("github", "t87sc-matcher.json")]:
        pattern = matcher(*path)
        found = [match for line in run.stderr.splitlines() if (match := re.search(pattern["regexp"], line))]
        assert [match.group(0) for match in found] == letters, (path, run.stderr)
        for match in found:
            assert match.group(pattern["file"]) == schema
            assert match.group(pattern["line"]).isdigit() and match.group(pattern["column"]).isdigit()
            assert match.group(pattern["severity"]) in ("error", "warning")
            assert match.group(pattern["code"]).startswith("T")
            assert match.group(pattern["message"])


sys.exit(main())
