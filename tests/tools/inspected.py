# SPDX-License-Identifier: MIT
"""A Redis, processes over it, and t87s-inspect beside them."""
import json
import os
import subprocess
import time

from redis import Redis

INSPECT = os.environ["T87S_INSPECT"]
HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(HERE, "world.tags")


class World:
    """A process that does what it is told, a line at a time."""

    def __init__(self, uri):
        self.process = subprocess.Popen([os.environ["T87S_WORLD"], uri], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def do(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            said = self.process.stdout.readline()
            assert said == "done\n", f"{line}: {said!r}"

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0
        self.process.stdout.close()


def environment(**more):
    kept = {name: value for name, value in os.environ.items()
            if name not in ("T87S_REDIS", "NO_COLOR", "CLICOLOR_FORCE")}
    return {**kept, **more}


def run(*arguments, env=None):
    return subprocess.run([INSPECT, *arguments], capture_output=True, env=env or environment(), timeout=60,
                          stdin=subprocess.DEVNULL)


def look(redis, *arguments, schema=SCHEMA):
    done = run("--redis", redis.uri, "--once", "--format", "json", *arguments, schema)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b"", done.stderr.decode()
    return json.loads(done.stdout)


def await_look(redis, condition):
    """Looks again until it holds: heartbeats come when they come."""
    until = time.monotonic() + 60
    while True:
        seen = look(redis)
        if condition(seen):
            return seen
        assert time.monotonic() < until, f"in vain: {json.dumps(seen, indent=1)}"
        time.sleep(0.05)


class Inspected:
    """with Inspected() as it: it.redis, it.world(), all ended at the end."""

    def __init__(self, server=Redis):
        self.server = server

    def __enter__(self):
        self.redis = self.server()
        self.worlds = []
        return self

    def world(self):
        self.worlds.append(World(self.redis.uri))
        return self.worlds[-1]

    def __exit__(self, kind, *_):
        for world in self.worlds:
            if kind:
                world.process.kill()
                world.process.wait()
            else:
                world.close()
        self.redis.close()


def main(tests):
    """Runs functions named test_..., and ends as Check does."""
    failures = 0
    found = [test for name, test in tests.items() if name.startswith("test_")]
    for test in found:
        try:
            test()
        except AssertionError as error:
            print(f"{test.__name__}: {error}")
            failures += 1
    print(f"{100 * (len(found) - failures) // len(found)}%: Checks: {len(found)}, Failures: {failures}, Errors: 0")
    return 1 if failures else 0
