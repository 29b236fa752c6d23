#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the library once with each mistake of runtime/mutants/mutants.h and shows that the tests see it.

usage: run.py BUILD-FOLDER [--all] [MUTANT...]

Each mutant is tested until a first test fails, with --all by every test; one that none catches within a minute of
testing is a failure, and so is a test that fails without any mutant. The build folder is the caller's, configured with
the tests and the option `yields`.
"""
import argparse
import os
import re
import subprocess
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LIMIT = 60.0

# Of the shared tier: the mistakes behind the first of these, and what they are tested with besides.
SHARED_FROM = "PENDING_DROPPED"
SHARED_TESTS = [
    ("laws of a store in Redis", "tests/store_laws/laws_redis", []),
    ("stories, shared", "tests/stories/test_shared", []),
    ("stories, fleet", "tests/stories/test_fleet", []),
    ("stories, near", "tests/stories/test_near", []),
    ("redis, caches", "tests/redis/test_redis_caches", []),
    ("redis, orders", "tests/redis/test_redis_orders", []),
    ("redis, listener", "tests/redis/test_redis_listener", []),
    ("redis, wire", "tests/redis/test_redis_wire", []),
    ("redis, faults", "tests/redis/test_redis_faults", []),
    ("redis, answers", "tests/redis/test_redis_answers", []),
    ("processes", "tests/processes/processes", ["1000000"]),
]

# The quickest first. A history is long enough for the minute; a mutant ends it early.
TESTS = [
    ("staged with yields", "tests/stress/test_yields", []),
    ("staged validation", "tests/stress/test_validation", []),
    ("staged readers", "tests/stress/test_readers", []),
    ("thread rows", "tests/runtime/base/test_thread_rows", []),
    ("time word", "tests/runtime/base/test_time_word", []),
    ("epochs", "tests/runtime/tags/test_epochs", []),
    ("tag tree", "tests/runtime/tags/test_tag_tree", []),
    ("entry", "tests/runtime/store/test_entry", []),
    ("entry table", "tests/runtime/store/test_entry_table", []),
    ("eviction", "tests/runtime/store/test_eviction", []),
    ("retired", "tests/runtime/store/test_retired", []),
    ("stories, in flight", "tests/stories/test_in_flight", []),
    ("stories, flights", "tests/stories/test_flights", []),
    ("stories, tags", "tests/stories/test_tags", []),
    ("stories, forgotten", "tests/stories/test_forgotten", []),
    ("stories, grace", "tests/stories/test_grace", []),
    ("model", "tests/model/model", ["20000"]),
    ("history", "tests/stress/history", ["100000000", "87", "4"]),
]
SHORT = {"history": ["500000", "87", "4"]}  # without a mutant


def mutants():
    """The rows of the header: name, sentence."""
    with open(os.path.join(ROOT, "runtime", "mutants", "mutants.h"), encoding="utf-8") as header:
        return re.findall(r'\bX\(([A-Z_0-9]+), "(.*)"\)', header.read())


def tests_of(rows, mutant):
    """What a mutant is tested with."""
    names = [name for name, _ in rows]
    return SHARED_TESTS if names.index(mutant) >= names.index(SHARED_FROM) else TESTS


def build(folder, mutant, tests):
    subprocess.run(["meson", "configure", folder, f"-Dmutant={mutant}"], check=True, stdout=subprocess.DEVNULL)
    targets = [path for _, path, _ in tests] + ["tests/redis/libset_clock.so"]
    done = subprocess.run(["ninja", "-C", folder] + targets, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{mutant or 'the library itself'} does not build:\n{done.stdout[-3000:]}")


def fails(folder, path, arguments, seconds):
    """Whether a test fails within its time; one that is not through by then has found nothing."""
    environment = dict(os.environ, CK_VERBOSITY="silent", CK_TIMEOUT_MULTIPLIER="1",
                       T87S_SET_CLOCK=os.path.abspath(os.path.join(folder, "tests/redis/libset_clock.so")))
    try:
        return subprocess.run([os.path.join(folder, path)] + arguments, env=environment, timeout=seconds,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0
    except subprocess.TimeoutExpired:
        return False


def hunt(folder, every, tests):
    """(test, seconds since the first test began) for each test that caught the mutant."""
    caught, spent = [], 0.0
    for name, path, arguments in tests:
        began = time.monotonic()
        found = fails(folder, path, arguments, LIMIT if every else max(1.0, LIMIT - spent))
        took = time.monotonic() - began
        spent += took
        if found:
            caught.append((name, took if every else spent))
            if not every:
                break
    return caught


def main():
    parser = argparse.ArgumentParser(prog="./dev mutants")
    parser.add_argument("folder", help=argparse.SUPPRESS)
    parser.add_argument("--all", action="store_true", help="every test, not only up to the first that catches it")
    parser.add_argument("mutant", nargs="*")
    options = parser.parse_args()
    rows = mutants()
    unknown = set(options.mutant) - {name for name, _ in rows}
    if not rows or unknown:
        sys.exit(f"no such mutant: {' '.join(sorted(unknown))}")

    build(options.folder, "", TESTS + SHARED_TESTS)
    for name, path, arguments in TESTS + SHARED_TESTS:
        if fails(options.folder, path, SHORT.get(name, arguments), LIMIT):
            sys.exit(f"without any mutant, {name} fails")
    print("no mutant                 every test passes", flush=True)
    missed = 0
    for mutant, sentence in rows:
        if options.mutant and mutant not in options.mutant:
            continue
        tests = tests_of(rows, mutant)
        build(options.folder, mutant, tests)
        caught = hunt(options.folder, options.all, tests)
        missed += not caught
        where = ", ".join(f"{name} ({seconds:.1f} s)" for name, seconds in caught)
        print(f"{mutant:<25} {'caught by ' + where if caught else 'NOT CAUGHT'}: {sentence}", flush=True)
    build(options.folder, "", TESTS + SHARED_TESTS)
    print(f"{missed} not caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
