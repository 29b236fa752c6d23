#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What t87s-inspect says of a known Redis, as JSON and as text: tests/golden/expected/inspect.json and .txt, with times,
sizes of memory and names of machines left out."""
import json
import os
import re
import sys

from inspected import Inspected, await_look, look, main, run, SCHEMA

FOLDER = os.path.join(os.environ["T87S_SOURCE_ROOT"], "tests", "golden", "expected")


def expect_golden(name, text):
    path = os.path.join(FOLDER, name)
    if os.environ.get("T87S_UPDATE_GOLDEN"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return
    with open(path, encoding="utf-8") as file:
        expected = file.read()
    if text != expected:
        for number, (is_so, should_be) in enumerate(zip(text.splitlines(), expected.splitlines()), 1):
            assert is_so == should_be, f"{name}:{number}: {is_so!r}, expected {should_be!r}"
        raise AssertionError(f"{name}: {len(text.splitlines())} lines, expected {len(expected.splitlines())}")


def without_times(value, name=""):
    """Ages and what is left of a time become "ms", what a machine or a run decides "..."."""
    if isinstance(value, dict):
        return {key: without_times(inside, key) for key, inside in value.items()}
    if isinstance(value, list):
        return [without_times(inside, name) for inside in value]
    if name in ("id", "host", "pid", "redis", "address") or (name == "version" and value[0] in "67"):
        return "..."
    if name.endswith("_ms") and name not in ("window_ms", "store_bound_ms", "grace_ms") and value is not None:
        return "ms"
    if name in ("bytes_used", "store_losses", "store_heard"):
        return "..."
    return value


def scene(it):
    """Every type of argument, every state, every kind of invalidation; nothing happens any more when it returns."""
    one, other = it.world(), it.world()
    one.do("ask", "ask 1", "ask 2", "ask 3", "hand page:1", "hand page:2", "large 5")
    one.do("hard users/1", "soft users/2", "exact users", "delete page:2", "hard config")
    other.do("ask 3", "ask 3", "ask 3")
    def has_all(seen):
        counters = sorted(([process["counters"][name] for name in ("store_reads", "fresh_hits", "invalidations")]
                           for process in seen["processes"]))
        return counters == [[1, 3, 0], [14, 0, 4]]
    return await_look(it.redis, has_all)


def test_as_json():
    with Inspected() as it:
        seen = without_times(scene(it))
        for process in seen["processes"]: # one after the other, whatever their pids
            process["counters"] = {name: count for name, count in process["counters"].items()
                                   if count and name != "entries"} # that leave some time after they were outdated
        seen["processes"].sort(key=lambda process: process["counters"]["store_reads"])
        expect_golden("inspect.json", json.dumps(seen, indent=2, ensure_ascii=False) + "\n")


def test_as_text():
    with Inspected() as it:
        scene(it)
        done = run("--redis", it.redis.uri, "--once", SCHEMA)
        assert done.returncode == 0 and done.stderr == b""
        text = done.stdout.decode()
        assert "\x1b" not in text
        text = re.sub(r"in unix://\S+,", "in REDIS,", text)
        text = re.sub(r"Redis [\d.]+", "Redis 7", text)
        text = re.sub(r"(?m)^\S+:\d+ world *", "HOST:PID world ", text)
        text = re.sub(r" *-?[\d.]+ (ms|s|min|h)\b", " TIME", text)
        heads, entries = text.split("\nENTRIES")
        processes = sorted(line for line in heads.splitlines() if line.startswith("HOST"))
        heads = "\n".join(processes.pop(0) if line.startswith("HOST") else line for line in heads.splitlines())
        title, *rows = entries.splitlines()
        tags, stamps = heads.split("\nTAGS")[0], heads.split("\nTAGS")[1]
        stamps, *stamped = stamps.splitlines()
        expect_golden("inspect.txt", f"{tags}\nTAGS{stamps}\n" + "\n".join(sorted(stamped)) + "\n\nENTRIES" + title +
                      "\n" + "\n".join(sorted(rows)) + "\n")


def test_ages_are_told_by_the_clock_of_redis():
    with Inspected() as it:
        it.world().do("ask 7")
        entry = look(it.redis)["entries"][0]
        assert 0 <= entry["age_ms"] < 60000
        assert entry["age_ms"] + entry["fresh_ms"] == 3600000
        assert 7100000 < entry["expires_ms"] <= 7200000


def test_the_limit_is_kept_and_the_rest_is_counted():
    with Inspected() as it:
        it.world().do(*(f"ask {user}" for user in range(130)))
        for limit in (0, 1, 50, 129):
            seen = look(it.redis, "--limit", str(limit))
            assert seen["keys"] == {"entries": 130, "looked_into": limit, "whole": True, "foreign": 0}, seen["keys"]
            assert len(seen["entries"]) == limit
        assert look(it.redis)["keys"]["looked_into"] == 130


def test_two_caches_are_kept_apart():
    with Inspected() as it:
        it.world().do("ask 7")
        assert look(it.redis, "--cache", "other")["keys"]["entries"] == 0
        assert look(it.redis, "--prefix", "t87")["keys"]["entries"] == 0
        assert look(it.redis, "--prefix", "t87s", "--cache", "t87s")["keys"]["entries"] == 1


if __name__ == "__main__":
    sys.exit(main(globals()))
