#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: bars.py BENCH-REDIS [--tiny | RESULT.json]

Runs the bench over Redis and prints its rows with their bars; keeps them in RESULT.json."""
import json
import os
import platform
import subprocess
import sys


def rows_of(command):
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            yield json.loads(line)
    if child.returncode:
        sys.exit(child.returncode)


def verdict(row):
    if row["kind"] == "at most":
        return "ok" if row["value"] <= row["bar"] else "NOT OK"
    if row["kind"] == "at least":
        return "ok" if row["value"] >= row["bar"] else "NOT OK"
    return ""


def show(row):
    value, half, bar = f"{row['value']:.1f} {row['unit']}", "", ""
    if row["of"] == "ratio":
        value, half = f"x{row['value']:.2f}", f"{row['low']:.2f} .. {row['high']:.2f}"
    if row["kind"]:
        sign = "x" if row["of"] == "ratio" else ""
        bar = f"{row['kind']} {sign}{row['bar']:g}"
    theirs = f"{row['theirs']:.2f}" if row["beside"] else ""
    print(f"{row['name']:<52}{row['ours']:>9.2f}  {row['beside']:<26}{theirs:>9} {row['unit']:<4}{value:>9}{half:>15}"
          f"{bar:>16}  {verdict(row)}", flush=True)


def main():
    program, *options = sys.argv[1:]
    tiny = options == ["--tiny"]
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), model)
    machine = f"{os.cpu_count()} x {model}, {platform.system()} {platform.release()}"
    print(f"over a unix socket, values of 1 KiB; {machine}; load {os.getloadavg()[0]:.1f}\n")
    print(f"{'':<52}{'t87s':>9}  {'beside':<35} {'':<4}{'figure':>9}{'middle half':>15}{'bar':>16}")
    rows = []
    for row in rows_of([program] + ["--tiny"] * tiny):
        show(row)
        rows.append(dict(row, verdict=verdict(row)))
    if options and not tiny:
        result = {"machine": machine, "load": round(os.getloadavg()[0], 1), "rows": rows}
        with open(options[0], "w", encoding="utf-8") as out:
            json.dump(result, out, indent=1)
            out.write("\n")
        print(f"\nwritten: {os.path.relpath(options[0])}")


if __name__ == "__main__":
    main()
