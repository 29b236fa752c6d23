# SPDX-License-Identifier: MIT
"""The figures as text."""
from figures import BARE, ORDERS, OURS, grouped, hit_table, rows_of, short, spread, verdict


def number(value, unit):
    if unit == "x":
        return f"x{value:.2f}"
    if unit == "":
        return f"{value:.4f}"
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"


def print_hits(rows, scenario):
    table = hit_table(rows, scenario)
    if not table:
        return
    print(f"\n{ORDERS[scenario]}: ns (ratio to the bare table of the same round)\n")
    names = list(dict.fromkeys(name for by_name in table.values() for name in by_name))
    heads = [(short(entries), keys, f"{threads} T") for entries, keys, threads in table]
    for line in range(3):
        print(" " * 22 + "".join(f"{head[line]:>15}" for head in heads))
    for name in names:
        cells = []
        for by_name in table.values():
            ns, (ratio, _, _) = by_name[name]
            cells.append(f"{ns:.0f} ({'1' if name == BARE else f'x{ratio:.2f}'})")
        print(f"{name:<22}" + "".join(f"{cell:>15}" for cell in cells))


# What stands behind one insert of ours; the peers put in what the caller has, and nothing else.
INSERTS = {
    OURS: "a query that misses: single flight, the call of the fetch, a tag of its own",
    f"{OURS}, one tag for all": "the same, one tag for all",
    f"{OURS}_set": "a token, then a set under one tag for all",
}


def print_peers(rows):
    memory, evict = rows_of(rows, "memory"), grouped(rows_of(rows, "evict"), "contender")
    if memory:
        print(f"\nmemory over key and value at {short(memory[0]['entries'])} entries, bytes an entry\n")
        print(" " * 22 + f"{'heap':>9}{'resident':>10}{'counted':>9}  of which entries, table, tags")
        for run in memory:
            counted = ""
            if "counted" in run:
                counted = (f"{run['counted']:>9.1f}  {run['counted_entries']:.1f}, {run['counted_table']:.1f}, "
                           f"{run['counted_tags']:.1f}")
            print(f"{run['contender']:<22}{run['bytes']:>9.1f}{run['resident']:>10.1f}{counted}")
    if evict:
        print("\ninsert with eviction, ns\n")
        for (name,), runs in evict.items():
            middle, low, high = spread([run["ns"] for run in runs])
            print(f"{name:<22}{middle:>9.0f}  ({low:.0f} to {high:.0f})  {INSERTS.get(name, 'a plain insert')}")
        for run in rows_of(rows, "evict share"):
            print(f"  ({OURS} held {run['share']:.1%} of the entries its bytes were meant for)")


def print_compilers(rows):
    runs = rows_of(rows, "compiler")
    if not runs:
        return
    print("\nwhole compilers, medians (protoc-c: as many messages)\n")
    heads = (("queries", 9), ("schema", 10), ("header", 10), ("check", 10), ("gen", 10), ("peak", 10), ("protoc-c", 12),
             ("its peak", 10))
    print("".join(f"{head:>{width}}" for head, width in heads))
    for run in runs:
        protoc = ["", ""]
        if "protoc_s" in run:
            slow = run["protoc_s"] is None
            protoc = ["too slow", ""] if slow else [f"{run['protoc_s'] * 1e3:.1f} ms", f"{run['protoc_mib']:.0f} MiB"]
        print(f"{short(run['queries']):>9}{run['schema_mb']:>7.1f} MB{run['header_mb']:>7.1f} MB"
              f"{run['check_s'] * 1e3:>7.1f} ms{run['gen_s'] * 1e3:>7.1f} ms{run['gen_mib']:>6.0f} MiB"
              f"{protoc[0]:>12}{protoc[1]:>10}")


def print_figures(figures):
    print(f"\n{'figures to reach':<52}{'measured':>11}{'middle half':>18}{'bar':>10}{'aim':>10}")
    group = None
    for figure in figures:
        if figure.group != group:
            group = figure.group
            print(f"\n{group}")
        half = "" if figure.low == figure.high else f"{figure.low:.2f} .. {figure.high:.2f}"
        bounds = ["-" if bound is None else number(bound, figure.unit) for bound in (figure.bar, figure.aim)]
        print(f"  {figure.name:<50}{number(figure.value, figure.unit):>11}{half:>18}{bounds[0]:>10}{bounds[1]:>10}"
              f"  {verdict(figure)}")


def print_wrong(rows):
    """Hits that were none: an evicting peer may lose some, and then its figure means less."""
    for case, runs in grouped([row for row in rows if row.get("wrong")], "entries", "contender").items():
        worst = max(run["wrong"] for run in runs)
        print(f"note: {case[1]} at {short(case[0])}: up to {worst} hits a round were misses")


def print_all(rows, figures):
    for scenario in ORDERS:
        print_hits(rows, scenario)
    print_peers(rows)
    print_compilers(rows)
    print_figures(figures)
    print()
    print_wrong(rows)
    for run in rows_of(rows, "disturbed rate")[-1:]:
        print(f"note: {run['invalidations_a_second']:.0f} unrelated invalidations a second were reached")
