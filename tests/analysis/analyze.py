#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Static analysis of compiler/ and runtime/: usage: analyze.py BUILD ANALYZER-BUILD

Runs cppcheck and clang-tidy (.clang-tidy says with what) over the sources as BUILD compiles them, and gcc's analyzer by
building ANALYZER-BUILD anew. What they find must be in known.txt beside this file, with the reason why it is wrong; and
what stands there must still be found. Exit 1 otherwise.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TRACKED = frozenset(subprocess.check_output(["git", "ls-files", "compiler", "runtime"], cwd=ROOT, text=True).split())
FINDING = re.compile(r"^(\S+?):(\d+):(?:\d+:)? (?:warning|error|style|performance|portability): (.*) \[([\w.,=+-]+)\]$", re.M)


def relative(path, folder):
    path = os.path.normpath(os.path.join(folder, path))
    return os.path.relpath(path, ROOT)


def run(command, folder=ROOT):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def findings(text, folder=ROOT):
    found = {}
    for path, line, message, checks in FINDING.findall(text):
        path = relative(path, folder)
        if path in TRACKED:  # what re2c and lemon write is theirs
            found.setdefault((path, checks.removeprefix("-W")), f"{path}:{line}: {message}")
    return found


def sources(build):
    commands = json.loads((build / "compile_commands.json").read_text())
    paths = {relative(each["file"], each["directory"]) for each in commands}
    return sorted(path for path in paths & TRACKED if path.endswith(".c"))


def cppcheck(build):
    text = run(["cppcheck", f"--project={build}/compile_commands.json", "--file-filter=*/compiler/*",
                "--file-filter=*/runtime/*", "-j2", "--quiet", "--inline-suppr",
                "--enable=warning,performance,portability", "--suppress=varFuncNullUB",
                "--template={file}:{line}: {severity}: {message} [{id}]"])
    return findings(text)


def clang_tidy(build):
    def one(path):
        return run(["clang-tidy", "-p", str(build), "--quiet", str(ROOT / path)])

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        texts = list(pool.map(one, sources(build)))
    found = {}
    for text in texts:
        found.update(findings(text, build))
    return found


def gcc_analyzer(build):
    run(["ninja", "-C", str(build), "-t", "clean"])
    return findings(run(["ninja", "-C", str(build)]), build)


def known():
    rows = {}
    for line in (HERE / "known.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            path, check, reason = line.split(None, 2)
            rows[path, check] = reason
    return rows


def main(build, analyzer_build):
    found = {}
    for tool, work in (("cppcheck", lambda: cppcheck(build)), ("clang-tidy", lambda: clang_tidy(build)),
                       ("gcc -fanalyzer", lambda: gcc_analyzer(analyzer_build))):
        new = work()
        print(f"{tool}: {len(new)} findings", flush=True)
        found.update(new)
    accepted = known()
    for key, text in sorted(found.items()):
        if key not in accepted:
            print(f"{text} [{key[1]}]")
    for path, check in sorted(accepted.keys() - found.keys()):
        print(f"known.txt: {path} {check}: no longer found; take it out")
    wrong = found.keys() ^ accepted.keys()
    print(f"{len(found)} findings, {len(found.keys() & accepted.keys())} of them known to be wrong, {len(wrong)} to look at")
    return 1 if wrong else 0


sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()))
