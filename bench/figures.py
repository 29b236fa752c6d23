# SPDX-License-Identifier: MIT
"""From measurements to figures: medians, ratios to the bare table of the same round, and what they should be."""
import collections
import statistics

BARE, OURS, CLOCK = "bare table", "t87s", "RocksDB HyperClock"

# value, and the middle half of the rounds; bar and aim are upper bounds or None
Figure = collections.namedtuple("Figure", "group name value low high unit bar aim")


def short(number):
    """10000 -> 10 k"""
    for size, letter in ((1_000_000, " M"), (1_000, " k")):
        if number >= size and number % size == 0:
            return f"{number // size}{letter}"
    return str(number)


def spread(values):
    """(median, lower quartile, upper quartile)"""
    if len(values) < 2:
        return (values[0],) * 3
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return middle, low, high


def rows_of(rows, scenario):
    return [row for row in rows if row["scenario"] == scenario]


def grouped(rows, *keys):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys)].append(row)
    return groups


def hit_table(rows, scenario="hit"):
    """{(entries, keys, threads): {contender: (ns, (ratio, low, high))}}, all in the order they were measured."""
    table = {}
    for case, runs in grouped(rows_of(rows, scenario), "entries", "keys", "threads").items():
        rounds = {(run["round"], run["contender"]): run["ns"] for run in runs}
        table[case] = {
            name: (
                statistics.median(run["ns"] for run in own),
                spread([run["ns"] / rounds[run["round"], BARE] for run in own]),
            )
            for (name,), own in sorted(grouped(runs, "contender").items(), key=lambda item: item[0][0] != BARE)
        }
    return table


def case_name(case):
    entries, keys, threads = case
    return f"{short(entries)} {keys}, {threads} thread{'s' if threads > 1 else ''}"


ORDERS = {"hit": "hit, each used before the next", "stream": "hits in a known order"}


def hits(rows):
    for scenario, group in ORDERS.items():
        for case, by_name in hit_table(rows, scenario).items():
            # the issue names two sizes; on another scale the smaller of a run stands for the first
            small = case[0] == min(row["entries"] for row in rows_of(rows, scenario))
            bar, aim = (1.35, 1.15) if small else (1.20, 1.10)
            yield Figure(group, case_name(case), *by_name[OURS][1], "x", bar, aim)
    for case, by_name in hit_table(rows, "disturbed").items():
        yield Figure("hit, 10 k unrelated invalidations a second", case_name(case), *by_name[OURS][1], "x", 1.45, 1.20)


def own(rows):
    for (entries,), runs in grouped(rows_of(rows, "invalidate"), "entries").items():
        values = spread([run["ns"] for run in runs])
        yield Figure("invalidate", f"{short(entries)} entries below the tag", *values, "ns", 60, 40)
    for run in rows_of(rows, "memory"):
        if run["contender"].startswith(OURS):
            alone = run["contender"] == OURS
            name = "a unique leaf tag an entry" if alone else "one tag for all"
            bar, aim = (115, 107) if alone else (72, 64)
            yield Figure("memory over key and value", name, *spread([run["bytes"]]), "B", bar, aim)
    evict = {name: spread([run["ns"] for run in runs])
             for (name,), runs in grouped(rows_of(rows, "evict"), "contender").items()}
    for contender, what in (("t87s_set", "token and set"), (OURS, "a whole query that misses")):
        if contender in evict:
            entries = rows_of(rows, "evict")[0]["entries"]
            bar = evict[CLOCK][0] if CLOCK in evict else None
            yield Figure(f"insert with eviction (bar: {CLOCK}'s insert)", f"{short(entries)} entries, {what}",
                         *evict[contender], "ns", bar, None)
    for run in rows_of(rows, "misses"):
        name = f"zipf {run['zipf']}{' + scans' if run['scans'] else ''}, {run['share']:.2%} held"
        yield Figure("miss ratio (bar: S3-FIFO + 2 %)", name, *spread([run["misses"]]), "", run["reference"] * 1.02,
                     run["reference"])
    opens = [run["ns"] / 1000 for run in rows_of(rows, "open")]
    if opens:
        yield Figure("lifetime", "open + close of an empty cache", *spread(opens), "us", 200, None)


def compilers(rows):
    for run in rows_of(rows, "compiler"):
        queries, last = run["queries"], run["queries"] == 100_000
        yield Figure("compiler", f"t87sc gen, {short(queries)} queries", *spread([run["gen_s"] * 1e3]), "ms", None,
                     150 if last else None)
        if last:
            yield Figure("compiler", "its peak memory", *spread([run["gen_mib"]]), "MiB", None, 200)
        if "gcc_s" in run:
            beside = f" (protobuf-c's: {run['protoc_gcc_s'] * 1e3:.0f} ms)" if "protoc_gcc_s" in run else ""
            yield Figure("compiler", f"gcc on the header of {short(queries)}{beside}", *spread([run["gcc_s"] * 1e3]),
                         "ms", None, 60)


def figures(rows):
    return [*hits(rows), *own(rows), *compilers(rows)]


def verdict(figure):
    if figure.aim is not None and figure.value <= figure.aim:
        return "aim"
    if figure.bar is None:
        return "not yet" if figure.aim is not None else ""
    return "ok" if figure.value <= figure.bar else "NOT OK"
