#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What t87s-inspect makes of a Redis that holds strange things, allows little, or goes away; and that it only reads."""
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from inspected import INSPECT, SCHEMA, Inspected, await_look, environment, look, main, run

# What it may use. A server refuses all else.
READING = ["-@all", "+@read", "+@connection", "+info", "+time", "+subscribe"]


def entry_names(it):
    return [name for name in it.redis.names() if name.startswith(b"t87s:t87s:e:")]


def test_it_needs_to_read_and_nothing_more():
    with Inspected() as it:
        it.world().do("ask", "hard users/7")
        it.worlds.pop().close()
        it.redis.call("ACL", "SETUSER", "admin", "on", ">secret", "~*", "&*", "+@all")
        it.redis.account = "admin", "secret"
        it.redis.call("ACL", "SETUSER", "default", "resetkeys", "%R~t87s:*", "resetchannels", "&t87s:*", *READING)
        seen = look(it.redis)
        assert seen["keys"]["entries"] == 8 and len(seen["invalidations"]) == 1
        # An operator who allows less is told so.
        it.redis.call("ACL", "SETUSER", "default", "-scan")
        done = run("--redis", it.redis.uri, "--once", SCHEMA)
        assert done.returncode == 3 and b"it does not allow SCAN" in done.stderr, done.stderr
        it.redis.call("ACL", "SETUSER", "default", "-time")
        done = run("--redis", it.redis.uri, "--once", SCHEMA)
        assert done.returncode == 3 and b"INFO and TIME have to be allowed" in done.stderr, done.stderr


def test_nothing_is_changed():
    with Inspected() as it:
        it.world().do("ask", "hard users/7", "large 5")
        it.worlds.pop().close()
        for name in it.redis.names():
            if b":hb:" in name:
                it.redis.call("PERSIST", name)
        before = {name: it.redis.call("DUMP", name) for name in it.redis.names()}
        it.redis.call("CONFIG", "RESETSTAT")
        look(it.redis)
        after = {name: it.redis.call("DUMP", name) for name in it.redis.names()}
        assert before == after
        used = it.redis.call("INFO", "commandstats").decode()
        for command in ("keys", "set", "del", "eval", "zadd", "unlink", "expire"):
            assert command == "keys" or f"cmdstat_{command}:" not in used, used


def test_entries_that_are_none_are_broken():
    with Inspected() as it:
        it.world().do("ask 1", "ask 2", "ask 3")
        names = entry_names(it)
        whole = it.redis.call("GET", names[0])
        it.redis.call("SET", names[0], whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:], "KEEPTTL")
        it.redis.call("SET", names[1], whole[:30], "KEEPTTL")
        it.redis.call("DEL", names[2])
        it.redis.call("SADD", names[2], "a set")
        it.redis.call("SET", "t87s:t87s:e:", "no key")
        it.redis.call("SET", b"t87s:t87s:e:g\xff\x00\x1b[2J", "x")
        it.redis.call("SET", b"t87s:t87s:e:hand", whole)
        it.redis.call("SET", names[0] + b"x", whole)
        seen = look(it.redis)
        states = sorted((entry["kind"], entry["state"]) for entry in seen["entries"])
        assert states == [("broken", "broken"), ("broken", "broken"), ("by hand", "unknown"), ("query", "broken"),
                          ("query", "broken"), ("query", "broken")], states
        assert "\\\\x1b[2J" in json.dumps(seen) and "\\u001b" not in json.dumps(seen)


def test_keys_of_others_are_counted_and_left_alone():
    with Inspected() as it:
        it.world().do("ask 1")
        for name in ("t87s:t87s", "t87s:t87s:", "t87s:t87s:x", "t87s:t87s:hb", "t87s:other:e:g", "elsewhere"):
            it.redis.call("SET", name, "x")
        it.redis.call("SET", "t87s:t87s:hb:1", "none of ours")
        it.redis.call("SADD", "t87s:t87s:hb:2", "nor that")
        seen = await_look(it.redis, lambda seen: seen["processes"])
        assert seen["keys"]["entries"] == 1
        assert seen["keys"]["foreign"] == 5, seen["keys"]
        assert len(seen["processes"]) == 1


def test_a_bucket_that_is_none_outdates():
    with Inspected() as it:
        it.world().do("ask 1")
        assert look(it.redis)["entries"][0]["state"] == "fresh"
        it.redis.call("DEL", "t87s:t87s:t:{0}")
        entry = look(it.redis)["entries"][0]
        assert entry["state"] == "outdated" and entry["because"].startswith("Redis has lost what it knew"), entry
        it.redis.call("SET", "t87s:t87s:t:{0}", "x")
        assert look(it.redis)["entries"][0]["state"] == "outdated"


def test_what_a_cache_would_not_serve_is_not_fresh():
    with Inspected() as it:
        one = it.world()
        one.do("ask 1", "ask 2", "ask 3")
        one.do("hard users/1", "soft users/2")
        seen = {entry["name"]: (entry["state"], entry["because"]) for entry in look(it.redis)["entries"]}
        assert seen == {"get_user(1)": ("outdated", "users/1"), "get_user(2)": ("soft", "users/2"),
                        "get_user(3)": ("fresh", None)}, seen
        one.do("hard users")
        assert {entry["because"] for entry in look(it.redis)["entries"]} == {"users"}


def test_what_is_no_stamp_outdates():
    with Inspected() as it:
        one = it.world()
        one.do("hard users/1", "ask 1")
        assert look(it.redis)["entries"][0]["state"] == "fresh"
        bucket = "t87s:t87s:t:{0}"
        tag = next(member for member in it.redis.call("ZRANGE", bucket, 0, -1) if member[:1] == b"h")
        it.redis.call("ZADD", bucket, "inf", tag)
        assert look(it.redis)["entries"][0]["state"] == "outdated"


def test_another_schema_knows_no_names():
    with Inspected() as it, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "other.tags")
        with open(path, "w", encoding="utf-8") as file:
            file.write("schema other;\nroot { a: Static; }\ncached q() -> u64 tagged a;\n")
        it.world().do("ask", "hard users/7")
        seen = look(it.redis, schema=path)
        assert {entry["kind"] for entry in seen["entries"]} == {"of another schema"}
        assert {entry["state"] for entry in seen["entries"]} == {"unknown"}
        assert all(entry["tags"] == [] and entry["name"].endswith("(...)") for entry in seen["entries"])
        assert [recent["name"] for recent in seen["invalidations"]] == [None]
        assert {row["name"]: row["entries"] for row in seen["queries"]} == {"q": 0, "(of another schema)": 8}


def test_many_invalidations_are_bounded():
    with Inspected() as it:
        it.world().do(*(f"hard users/{user}" for user in range(450)))
        seen = look(it.redis)
        assert len(seen["invalidations"]) <= 400
        assert len(seen["invalidations"]) + seen["invalidations_left_out"] >= 450
        assert seen["stamps"] >= 450


def test_a_redis_that_stands_still_is_told_in_time():
    with Inspected() as it:
        it.world().do("ask 1")
        it.redis.process.send_signal(19)
        begun = time.monotonic()
        done = run("--redis", it.redis.uri, "--once", SCHEMA)
        took = time.monotonic() - begun
        it.redis.process.send_signal(18)
        assert done.returncode == 3 and b"it does not answer in time" in done.stderr, done.stderr
        assert took < 20, took


def lines_of(process, lines):
    for line in process.stdout:
        lines.append(json.loads(line))


def await_lines(lines, wanted):
    until = time.monotonic() + 60
    while len(lines) < wanted:
        assert time.monotonic() < until, "in vain"
        time.sleep(0.01)


def test_without_a_terminal_it_goes_on_line_by_line_whatever_becomes_of_redis():
    with Inspected() as it:
        it.world().do("ask 1")
        it.worlds.pop().close()
        process = subprocess.Popen([INSPECT, "--redis", it.redis.uri, "--format", "json", "--interval", "100", SCHEMA],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        lines = []
        reader = threading.Thread(target=lines_of, args=(process, lines))
        reader.start()
        try:
            await_lines(lines, 2)
            it.redis.kill()
            assert b"it cannot be reached" in process.stderr.readline()
            it.redis.start()
            await_lines(lines, len(lines) + 2)
            assert lines[0]["keys"]["entries"] == 1 and lines[-1]["keys"]["entries"] == 0
        finally:
            process.terminate()
            assert process.wait() == -15
            reader.join()
            process.stdout.close()
            process.stderr.close()


def test_who_reads_no_more_ends_it():
    with Inspected() as it:
        process = subprocess.Popen([INSPECT, "--redis", it.redis.uri, "--interval", "100", SCHEMA],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        assert process.stdout.readline().startswith(b"world in unix://")
        process.stdout.close()
        assert process.wait(timeout=60) == 3
        assert b"standard output: Broken pipe" in process.stderr.read()
        process.stderr.close()


if __name__ == "__main__":
    sys.exit(main(globals()))
