#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""t87s-inspect over a cluster, whose masters are all looked at."""
import sys

from inspected import Inspected, await_look, look, main
from redis import Cluster
from test_screen import Terminal


def test_all_masters_are_looked_at():
    with Inspected(Cluster) as it:
        world = it.world()
        world.do("ask", *(f"ask {user}" for user in range(100, 160)), "hard users/100", "soft users/101", "hard config")
        seen = await_look(it.redis, lambda seen: seen["processes"])
        assert len(seen["servers"]) == 3 and {server["role"] for server in seen["servers"]} == {"master"}
        assert seen["keys"] == {"entries": 68, "looked_into": 68, "whole": True, "foreign": 0}, seen["keys"]
        states = {entry["name"]: (entry["state"], entry["because"]) for entry in seen["entries"]}
        assert states["get_user(100)"] == ("outdated", "users/100"), states
        assert states["get_user(101)"] == ("soft", "users/101"), states
        assert states["get_config()"] == ("outdated", "config"), states
        assert sum(state == "fresh" for state, _ in states.values()) == 64, states
        assert sorted(one["name"] for one in seen["invalidations"]) == ["config", "users/100", "users/101"]
        world.do("hard users", "hard prices")
        states = {entry["state"] for entry in look(it.redis)["entries"] if "users" in entry["tags"][0]}
        assert states == {"outdated"}, states

        terminal = Terminal(it.redis.uri)
        terminal.await_line(r"^Redis .*, 3 masters; 68 entries")
        def is_heard():
            world.do("hard users/99")
            terminal.take(0.2)
            return any("users/99" in line for line in terminal.screen())
        terminal.await_(is_heard, "users/99")
        terminal.press("q")
        assert terminal.end() == 0


if __name__ == "__main__":
    sys.exit(main(globals()))
