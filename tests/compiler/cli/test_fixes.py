#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A fix that a diagnostic brings along mends it: applied alone to the source, that diagnostic is gone."""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ["T87S_SOURCE_ROOT"]


def diagnostics(path):
    run = subprocess.run([os.environ["T87SC"], "check", "--format", "json", "--max-errors", "0", path],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


def kinds(found):
    return collections.Counter((diag["code"], diag["message"]) for diag in found)


def apply(text, fix):
    lines = text.split("\n")
    line = lines[fix["line"] - 1]
    start, end = fix["column"] - 1, fix["end"]["column"] - 1
    assert fix["end"]["line"] == fix["line"] and 0 <= start <= end <= len(line), fix
    lines[fix["line"] - 1] = line[:start] + fix["text"] + line[end:]
    return "\n".join(lines)


def main():
    wrong, tried = [], collections.Counter()
    for folder in ("tests/golden/diagnostics", "tests/checks"):
        with tempfile.TemporaryDirectory() as copy:
            copy = os.path.join(copy, "schemas")
            shutil.copytree(os.path.join(SOURCE, folder), copy)
            for name in sorted(os.listdir(copy)):
                path = os.path.join(copy, name)
                if not name.endswith(".tags"):
                    continue
                before = diagnostics(path)
                with open(path, encoding="utf-8", newline="") as file:
                    text = file.read()
                for diag in before:
                    if not diag["fix"]:
                        continue
                    with open(path, "w", encoding="utf-8", newline="") as file:
                        file.write(apply(text, diag["fix"]))
                    tried[diag["code"]] += 1
                    kind = (diag["code"], diag["message"])
                    if kinds(diagnostics(path))[kind] >= kinds(before)[kind]:
                        wrong.append(f"{name}:{diag['line']}: {diag['message']}: {diag['fix']}")
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
    print("\n".join(wrong) or f"{sum(tried.values())} fixes: {dict(tried)}")
    unknown = {"T0106", "T0201", "T0202", "T0203", "T0204"} - set(tried)
    if unknown:
        print("no fix for", unknown)
    return 1 if wrong or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
