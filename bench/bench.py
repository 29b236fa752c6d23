#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: bench.py BUILD: times t87sc on generated schemas against wc on the same file, then runs the runtime's bench.

Whole processes, by wall clock, the median of several rounds after one that warms the page cache. Nothing is asserted.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 5


def schema(queries):
    """So many cached queries over a tenth as many branches of the tag tree, with a mutation for each branch."""
    lines = ["schema bench;", "", "root {"]
    branches = queries // 10
    for branch in range(branches):
        lines.append(f"    branch_{branch}: Wild(branch_id: u64) {{ parts: Wild(part_id: u64); about: Static; }}")
    lines += ["}", ""]
    for query in range(queries):
        branch = query % branches
        if query % 2:
            lines += [
                f"cached read_{query}(branch_id: u64) -> u64",
                f"    tagged branch_{branch}(branch_id).about ttl 30s grace 5m;",
            ]
        else:
            lines += [
                f"cached read_{query}(branch_id: u64, part_id: u64) -> bytes",
                f"    tagged branch_{branch}(branch_id).parts(part_id) ttl 10m;",
            ]
    for branch in range(branches):
        lines.append(f"mutation write_{branch}(branch_id: u64) invalidates branch_{branch}(branch_id);")
    return "\n".join(lines) + "\n"


def run(command):
    """(seconds, peak MiB) of one whole process."""
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ,
                           file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"bench: failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def median(command):
    run(command)
    rounds = [run(command) for _ in range(ROUNDS)]
    return statistics.median(seconds for seconds, _ in rounds), max(peak for _, peak in rounds)


def bench_compiler(t87sc):
    print(f"t87sc, whole process, median of {ROUNDS}\n")
    print(f"{'queries':>9} {'schema':>9} {'wc':>9} {'check':>9} {'gen':>9} {'peak':>9} {'header':>9} {'gen per query':>14}")
    with tempfile.TemporaryDirectory() as folder:
        for queries in SIZES:
            source = os.path.join(folder, f"bench_{queries}.tags")
            header = source + ".h"
            with open(source, "w", encoding="utf-8") as out:
                out.write(schema(queries))
            wc, _ = median(["/usr/bin/wc", source])
            check, _ = median([t87sc, "check", source])
            gen, peak = median([t87sc, "gen", "-o", header, source])
            sizes = [os.path.getsize(path) / 1e6 for path in (source, header)]
            print(f"{queries:>9} {sizes[0]:>6.1f} MB {wc * 1e3:>6.1f} ms {check * 1e3:>6.1f} ms {gen * 1e3:>6.1f} ms "
                  f"{peak:>5.0f} MiB {sizes[1]:>6.1f} MB {gen / queries * 1e6:>11.2f} us", flush=True)


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__.splitlines()[0])
    build = arguments[0]
    bench_compiler(os.path.join(build, "compiler", "t87sc"))
    print(flush=True)
    subprocess.run([os.path.join(build, "bench", "bench-runtime")], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
