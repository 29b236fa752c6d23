#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the compiler and the runtime beside their peers: a table, a JSON file and a chart."""
import argparse
import json
import os
import platform
import statistics
import sys

import chart
import compilers
import figures
import measure
import table

HERE = os.path.dirname(os.path.abspath(__file__))
PROCESSES = {"tiny": 2, "quick": 2, "normal": 5, "full": 5}
ROUNDS_MOST = 1000


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("build", help=argparse.SUPPRESS)
    scale = parser.add_mutually_exclusive_group()
    for name, text in (("quick", "fewer rounds, smaller sizes: less than a minute"),
                       ("full", "also 10 M entries below a tag"),
                       ("tiny", "numbers without a meaning, to see that it runs")):
        scale.add_argument(f"--{name}", dest="scale", action="store_const", const=name, default="normal", help=text)
    parser.add_argument("--only", metavar="SCENARIO", help="hit, disturbed, invalidate, memory, evict, misses, open, "
                                                           "or compiler")
    parser.add_argument("--no-peers", action="store_true", help="the bare table and t87s alone")
    parser.add_argument("--name", default="latest", help="of the result (default: latest)")
    parser.add_argument("--results", default=os.path.join(HERE, "results"), help="folder of the results")
    parser.add_argument("--chart", metavar="RESULT.json", help="draw a kept result again, measure nothing")
    return parser.parse_args()


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{os.cpu_count()} x {model}, {platform.system()} {platform.release()}"


def hits_again(program, scale):
    """The hits of the bare table and ours in more processes. Where the system puts their memory is another matter in each,
    and stays so for all rounds of one."""
    rows = []
    for process in range(1, PROCESSES[scale]):
        rows += [dict(row, round=row["round"] + process * ROUNDS_MOST)
                 for row in measure.runtime(program, [scale, "--no-peers", "hit"])]
    return rows


def collect(options):
    build, peers = options.build, not options.no_peers
    rows = []
    if options.only != "compiler":
        program = os.path.join(build, "bench", "runtime", "bench-runtime")
        flags = [options.scale] + ["--no-peers"] * (not peers) + ([options.only] if options.only else [])
        rows += measure.runtime(program, flags)
        if options.only in (None, "hit"):
            rows += hits_again(program, options.scale)
    if options.only in (None, "compiler"):
        include = os.path.join(HERE, "..", "runtime", "include")
        rows += compilers.measure(os.path.join(build, "compiler", "t87sc"), include, options.scale, peers)
    return rows


def summary(rows):
    """The rounds of a measurement as one: each number its median."""
    out = []
    for runs in figures.grouped([dict(row, **{key: row.get(key) for key in ("keys", "threads", "entries", "zipf",
                                 "scans", "asked_share", "queries")}) for row in rows],
                                "scenario", "entries", "keys", "threads", "zipf", "scans", "asked_share", "queries",
                                "contender").values():
        one = {key: value for key, value in runs[0].items() if value is not None and key != "round"}
        for key in one:
            if isinstance(one[key], float):
                one[key] = round(statistics.median(run[key] for run in runs), 6)
        if len(runs) > 1:
            one["rounds"] = len(runs)
        out.append(one)
    return out


def write_result(options, rows, reached):
    os.makedirs(options.results, exist_ok=True)
    stem = os.path.join(options.results, options.name)
    result = {
        "machine": machine(),
        "scale": options.scale,
        "figures": [dict(figure._asdict(), verdict=figures.verdict(figure)) for figure in reached],
        "hits": [
            {"order": order, "case": figures.case_name(case), "contender": name, "ns": round(ns, 2),
             "ratio": round(ratio, 4), "low": round(low, 4), "high": round(high, 4)}
            for order in figures.ORDERS for case, by_name in figures.hit_table(rows, order).items()
            for name, (ns, (ratio, low, high)) in by_name.items()
        ],
        "medians": summary([row for row in rows if row["scenario"] not in figures.ORDERS]),
    }
    with open(stem + ".json", "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1)
        out.write("\n")
    draw(result, stem)
    print(f"\nwritten: {os.path.relpath(stem)}.json and .svg")


def draw(result, stem):
    with open(stem + ".svg", "w", encoding="utf-8") as out:
        out.write(chart.svg(result))


def main():
    options = arguments()
    if options.chart:
        with open(options.chart, encoding="utf-8") as kept:
            draw(json.load(kept), os.path.splitext(options.chart)[0])
        return 0
    rows = collect(options)
    reached = figures.figures(rows)
    print(f"t87s on {machine()}; scale: {options.scale}")
    table.print_all(rows, reached)
    write_result(options, rows, reached)
    lost = [row for row in rows if row.get("wrong") and row["contender"] == figures.OURS]
    if lost:
        print("bench: t87s missed where it should have hit", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
