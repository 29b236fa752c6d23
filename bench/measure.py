# SPDX-License-Identifier: MIT
"""Runs whole processes: the compilers, and the runtime's bench, whose every line is one measurement."""
import json
import os
import statistics
import subprocess
import sys
import time


def process(command, limit_s=None):
    """(seconds by the wall clock, peak MiB) of one process; None when it took longer than limit_s."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG if limit_s else 0)
        if pid:
            break
        if time.perf_counter() - start > limit_s:
            child.kill()
            child.wait()
            return None
        time.sleep(0.002)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"bench: failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def median_process(command, rounds, limit_s=None):
    """The medians over the rounds, after one that warms the page cache unless that was slow already."""
    first = process(command, limit_s)
    if first is None or first[0] > 2:
        return first
    runs = [process(command) for _ in range(rounds)]
    return statistics.median(seconds for seconds, _ in runs), max(peak for _, peak in runs)


def runtime(program, arguments):
    """The measurements of bench-runtime; says on stderr where it is."""
    lines, scenario = [], None
    with subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            lines.append(json.loads(line))
            if lines[-1]["scenario"] != scenario and sys.stderr.isatty():
                scenario = lines[-1]["scenario"]
                print(f"... {scenario}", file=sys.stderr)
    if child.returncode != 0:
        sys.exit(f"bench: {program} ended with {child.returncode}")
    return lines
