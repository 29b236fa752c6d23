#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The bench measures everything it promises, judges it by the bars, and draws it."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
BENCH = os.path.join(os.environ["T87S_SOURCE_ROOT"], "bench")
sys.path.insert(0, BENCH)
import chart  # noqa: E402
import figures  # noqa: E402


def hit(contender, ns, lap):
    return {"scenario": "hit", "entries": 10000, "keys": "uniform", "threads": 1, "contender": contender, "round": lap,
            "ns": ns, "wrong": 0}


class Judgement(unittest.TestCase):
    def test_a_ratio_is_to_the_bare_table_of_the_same_round(self):
        rows = [hit("bare table", 10, 0), hit("t87s", 12, 0), hit("bare table", 100, 1), hit("t87s", 120, 1)]
        self.assertEqual([figure.value for figure in figures.hits(rows)], [1.2])

    def test_the_chart_keeps_the_order_of_speed_and_cuts_what_is_too_long(self):
        hits = [{"order": "hit", "case": "10 k uniform, 1 thread", "contender": name, "ns": ns, "ratio": ratio}
                for name, ns, ratio in (("slow", 900, 90), ("bare table", 10, 1), ("t87s", 20, 2))]
        drawn = chart.svg({"machine": "m", "scale": "s", "figures": [], "medians": [], "hits": hits})
        places = [drawn.index(f">{name}<") for name in ("bare table", "t87s", "slow")]
        self.assertEqual(places, sorted(places))
        self.assertEqual(drawn.count('class="cut"'), 2)

    def test_a_figure_reaches_its_aim_or_its_bar_or_neither(self):
        for ns, verdict in ((11.4, "aim"), (13.4, "ok"), (13.6, "NOT OK")):
            rows = [hit("bare table", 10, 0), hit("t87s", ns, 0)]
            self.assertEqual([figures.verdict(figure) for figure in figures.hits(rows)], [verdict])


class WholeRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run([sys.executable, "-B", os.path.join(BENCH, "bench.py"), os.environ["T87S_BUILD_ROOT"],
                                  "--tiny", "--no-peers", "--name", "smoke", "--results", folder],
                                 capture_output=True, text=True, check=False)
            cls.status, cls.table, cls.complaints = run.returncode, run.stdout, run.stderr
            with open(os.path.join(folder, "smoke.json"), encoding="utf-8") as result:
                cls.result = json.load(result)
            cls.chart = ElementTree.parse(os.path.join(folder, "smoke.svg"))

    def test_it_ends_well(self):
        self.assertEqual((self.status, self.complaints), (0, ""))

    def test_every_figure_of_the_table_is_there(self):
        groups = [figure["group"] for figure in self.result["figures"]]
        self.assertEqual({group: groups.count(group) for group in groups},
                         {"hit, each used before the next": 8, "hits in a known order": 8,
                          "hit, 10 k unrelated invalidations a second": 2, "invalidate": 2,
                          "memory over key and value": 2, f"insert with eviction (bar: {figures.CLOCK}'s insert)": 2,
                          "miss ratio (bar: S3-FIFO + 2 %)": 12, "lifetime": 1, "compiler": 2})
        for figure in self.result["figures"]:
            self.assertGreater(figure["value"], 0, figure)
            self.assertIn(figure["name"], self.table)

    def test_every_bar_of_the_chart_is_there(self):
        bars = [shape for shape in self.chart.iter("{http://www.w3.org/2000/svg}rect") if shape.get("class")]
        self.assertEqual(len(bars), 8 * 2 + 3 + 3)  # hits of two contenders, memory of three, eviction of three
        for bar in bars:
            self.assertGreater(float(bar.get("width")), 0)
            self.assertLess(float(bar.get("x")) + float(bar.get("width")), chart.WIDTH)


if __name__ == "__main__":
    unittest.main()
