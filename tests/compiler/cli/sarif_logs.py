# SPDX-License-Identifier: MIT
"""The logs that both tests of SARIF look at: of every wrong schema in the tree, of a fine one, of none at all, and of a change."""
import glob
import json
import os
import subprocess

SOURCE = os.environ["T87S_SOURCE_ROOT"]


def log(*schemas, verb=("check",)):
    run = subprocess.run([os.environ["T87SC"], *verb, "--format", "sarif", "--max-errors", "0", *schemas],
                         cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return run.returncode, json.loads(run.stdout)


def logs():
    wrong = [os.path.relpath(path, SOURCE) for folder in ("tests/checks", "tests/golden/diagnostics")
             for path in sorted(glob.glob(os.path.join(SOURCE, folder, "*.tags")))]
    return {"all": log(*wrong), "fine": log("schemas/blog.tags"), "missing": log("no such%file.tags"),
            "allowed": log("tests/golden/diff/allowed.new.tags",
                           verb=("diff", "--against", "tests/golden/diff/allowed.old.tags"))}
