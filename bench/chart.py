# SPDX-License-Identifier: MIT
"""The chart of a kept result: one SVG file that stands alone and follows the reader's light or dark.

A panel a case, a bar a contender, the bare table on top, then the fastest first; the length is the ratio to the bare
table of the same round, from zero. Bars beyond the scale are cut, visibly, and say by how much in their label. Two lower panels show bytes and ns."""
from xml.sax.saxutils import escape

from figures import BARE, ORDERS, OURS

WIDTH, MARGIN, GUTTER = 1080, 40, 48
PANEL = (WIDTH - 2 * MARGIN - GUTTER) / 2
NAMES, LABELS = 148, 104  # left and right of the bars
STEP, BAR, HEAD = 21, 13, 40
CUT = 8.0  # ratios beyond are cut

STYLE = """
  svg { --paper: #fdfcf9; --ink: #22262b; --soft: #6c737c; --line: #dcd9d1; --peer: #b3bac3; --bare: #7d8792;
        --ours: #d9480f; --goal: #2b8a3e; color-scheme: light dark }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #16191d; --ink: #e9e7e2; --soft: #98a0aa; --line: #31363d; --peer: #4a525c; --bare: #7f8a96;
          --ours: #ff7a3d; --goal: #69db7c }
  }
  text { font: 12px system-ui, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif; fill: var(--ink) }
  .title { font-size: 23px; font-weight: 650 } .soft { fill: var(--soft) } .case { font-size: 13px; font-weight: 600 }
  .end { text-anchor: end } .number { font-variant-numeric: tabular-nums } .small { font-size: 10.5px }
  .ours { fill: var(--ours) } .peer { fill: var(--peer) } .bare { fill: var(--bare) }
  text.ours { font-weight: 650 } .goal { fill: var(--goal) }
  .rule { stroke: var(--line) } .one { stroke: var(--soft); stroke-dasharray: 2 3 }
  .mark { stroke: var(--goal); stroke-width: 2 }
  .cut { stroke: var(--paper); stroke-width: 3 }
""".strip("\n")


def text(x, y, content, classes=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{classes}">{escape(content)}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def kind_of(name):
    return "ours" if name.startswith(OURS) else "bare" if name == BARE else "peer"


def panel(x, y, title, note, bars, most, one=None, goal=None):
    """bars: (name, length, label), drawn on a scale up to `most`; `one` and `goal`: lines at these lengths."""
    left, room = x + NAMES, PANEL - NAMES - LABELS
    bottom = y + HEAD + len(bars) * STEP
    out = [text(x, y + 12, title, "case"), text(x + PANEL, y + 12, note, "soft end number"),
           line(x, y + 20, x + PANEL, y + 20, "rule")]
    for row, (name, length, label) in enumerate(bars):
        top, kind = y + HEAD + row * STEP - BAR + 4, kind_of(name)
        width = max(1.5, min(length, most) / most * room)
        bold = "ours" if kind == "ours" else ""
        out.append(text(left - 10, top + BAR - 3, name, f"end {bold}"))
        out.append(f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{BAR}" rx="2" class="{kind}"/>')
        if length > most:
            for at in (width - 16, width - 10):
                out.append(line(left + at, top + BAR + 1, left + at + 5, top - 1, "cut"))
        out.append(text(left + width + 7, top + BAR - 3, label, f"number {bold}"))
    if one:
        at = left + one / most * room
        out.append(line(at, y + 27, at, bottom - 4, "one"))
    for row, (name, _, _) in enumerate(bars):
        if goal and name == OURS:
            at, middle = left + goal / most * room, y + HEAD + row * STEP - 2
            out.append(line(at, middle - 11, at, middle + 10, "mark"))
    return out


def hit_panels(result):
    bars = {figure["name"]: figure["bar"] for figure in result["figures"] if figure["group"] == ORDERS["hit"]}
    shown, cases = [hit for hit in result["hits"] if hit["order"] == "hit"], {}
    for hit in shown:
        cases.setdefault(hit["case"], []).append(hit)
    most = min(CUT, max((hit["ratio"] for hit in shown), default=1))
    for case, hits in cases.items():
        hits.sort(key=lambda hit: hit["ratio"])
        bare = next(hit["ns"] for hit in hits if hit["contender"] == BARE)
        rows = [(hit["contender"], hit["ratio"], f"\u00d7{hit['ratio']:.2f} \u00b7 {hit['ns']:.0f} ns") for hit in hits
                if hit["contender"] != BARE]
        rows.insert(0, (BARE, 1.0, f"{bare:.0f} ns"))
        entries, keys = case.split(",")[0].rsplit(" ", 1)
        title = f"{entries} entries, {keys},{case.split(',')[1]}"
        yield {"title": title, "note": "", "bars": rows, "most": most, "one": 1.0, "goal": bars.get(case)}


def other_panels(result):
    for scenario, key, title, note, unit in (
            ("memory", "bytes", "memory over key and value", "bytes an entry", "B"),
            ("evict", "ns", "insert into a full cache", "t87s: a whole query that misses, or token and set", "ns")):
        rows = sorted(((run["contender"], run[key]) for run in result["medians"] if run["scenario"] == scenario),
                      key=lambda row: row[1])
        if rows:
            yield {"title": title, "note": note, "bars": [(name, value, f"{value:.0f} {unit}") for name, value in rows],
                   "most": max(value for _, value in rows)}


def svg(result):
    panels = [*hit_panels(result), *other_panels(result)]
    body, y = [], 128
    for at in range(0, len(panels), 2):
        pair = panels[at:at + 2]
        for column, one in enumerate(pair):
            body += panel(MARGIN + column * (PANEL + GUTTER), y, **one)
        y += HEAD + max(len(one["bars"]) for one in pair) * STEP + 26
    height = y + 12
    head = [
        text(MARGIN, 52, "What a hit costs", "title"),
        text(MARGIN, 76, "16-byte key, 64 bytes copied out and used before the next is asked for, as a multiple of "
                         "a bare read-only table in the same round", "soft"),
        text(MARGIN, 95, "t87s through the wrapper t87sc generates, one tag an entry. ck_ht and rculfhash evict "
                         "nothing, the bare table cannot be written.", "soft"),
        line(WIDTH - MARGIN - 84, 43, WIDTH - MARGIN - 84, 56, "mark"),
        text(WIDTH - MARGIN - 76, 53, "bar for t87s", "soft"),
        text(MARGIN, height - 8, f"{result['machine']}; scale: {result['scale']}", "soft small"),
    ]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
        f'height="{height:.0f}" role="img" aria-label="What a hit costs: t87s beside its peers">',
        f"<style>\n{STYLE}\n</style>",
        f'<rect width="{WIDTH}" height="{height:.0f}" style="fill: var(--paper)"/>',
        *head, *body, "</svg>", ""])
