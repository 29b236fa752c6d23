#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts single tests over meson test logs: usage: tally.py [LABEL=]testlog.json...

A Check runner counts by its closing line ("100%: Checks: 12, Failures: 0, Errors: 0"), any other test as one. A program
that crashed or was killed adds a failure to whatever it printed; one that ran no checks at all is a failure as well.
Prints one line per log, then `N passed, N failed` over all; exit 1 if any failed or none ran. Before that: what failed,
and what it said of it, for a log of which only the end is kept.
"""
import json
import os
import re
import sys

LINES_SHOWN = 20
CHECK_FAILURE = re.compile(r"^\S+:\d+:[FE]:")
CLOSING = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)", re.M)


def count(record):
    """(passed, failed) of one meson test."""
    if record["result"] == "SKIP":
        return 0, 0
    ran_well = record["result"] in ("OK", "EXPECTEDFAIL")
    closings = [tuple(map(int, found)) for found in CLOSING.findall(record.get("stdout", ""))]
    if not closings:
        return (1, 0) if ran_well else (0, 1)
    passed = failed = 0
    for checks, failures, errors in closings:
        passed += checks - failures - errors
        failed += failures + errors if checks else 1
    if not ran_well and not failed:
        failed = 1
    return passed, failed


def complaint(record):
    """The lines of Check that name a failure, or the last ones of everything that was said."""
    said = (record.get("stdout", "") + record.get("stderr", "")).splitlines()
    return ([line for line in said if CHECK_FAILURE.match(line)] or said)[-LINES_SHOWN:]


def tally(path):
    passed = failed = 0
    try:
        with open(path, encoding="utf-8") as log:
            records = [json.loads(line) for line in log if line.strip()]
    except (OSError, ValueError) as problem:
        print(f"tally: {path}: {problem}", file=sys.stderr)
        return 0, 1
    for record in records:
        ok, bad = count(record)
        if bad:
            print(f"  failed: {record['name']} ({record['result']})")
            for line in complaint(record):
                print(f"    {line}")
        passed, failed = passed + ok, failed + bad
    return passed, failed


def main(arguments):
    total_passed = total_failed = 0
    for argument in arguments:
        label, equals, path = argument.partition("=")
        if not equals:
            label, path = os.path.dirname(argument), argument
        passed, failed = tally(path)
        print(f"{label:<14} {passed:>5} passed, {failed} failed")
        total_passed, total_failed = total_passed + passed, total_failed + failed
    print(f"{total_passed} passed, {total_failed} failed")
    return 1 if total_failed or not total_passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
