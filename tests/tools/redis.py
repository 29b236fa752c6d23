# SPDX-License-Identifier: MIT
"""A redis-server of the test's own on a unix socket, and just enough of its protocol."""
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time


class Redis:
    def __init__(self, *options):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="t87s-inspect-")
        self.path = os.path.join(self.folder, "socket")
        self.uri = "unix://" + self.path
        self.process = None
        self.account = None  # user, password; None: the default user
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.path, "--dir", self.folder, "--save", "",
             "--appendonly", "no", *self.options], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while True:
            try:
                if self.call("PING") == "PONG":
                    return
            except OSError:
                assert time.monotonic() < until and self.process.poll() is None, "redis-server does not start"
                time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.kill()
        shutil.rmtree(self.folder)

    def call(self, *words):
        """One command over a connection of its own; bytes come back as bytes, errors are raised."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(30)
            link.connect(self.path)
            with link.makefile("rb") as reply:
                if self.account:
                    self.send(link, "AUTH", *self.account)
                    assert self.take(reply) == "OK"
                self.send(link, *words)
                return self.take(reply)

    def send(self, link, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        link.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))

    def take(self, reply):
        line = reply.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else reply.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.take(reply) for _ in range(int(rest))]
        raise OSError(line.decode())

    def names(self):
        return self.call("KEYS", "*")


TAKEN = []  # until this process ends: a name for each port that it was given


def take_port(port):
    """Of the tests that look for one at the same time only one is given it, as in tests/lib/redis_server.c."""
    name = socket.socket(socket.AF_UNIX)
    with socket.socket() as file:
        try:
            file.bind(("127.0.0.1", port))
            name.bind(f"\0t87s-test-port-{port}")
        except OSError:
            name.close()
            return False
    TAKEN.append(name)
    return True


def free_port():
    """One whose bus, 10000 above it, is free as well; both below those that connections are given."""
    while True:
        port = random.randrange(11000, 22000)
        if take_port(port) and take_port(port + 10000):
            return port


class Cluster:
    """Three masters without replicas."""

    def __init__(self):
        self.nodes = []
        try:
            self.ports = [free_port() for _ in range(3)]
            for port in self.ports:
                self.nodes.append(Redis("--port", str(port), "--bind", "127.0.0.1", "--cluster-enabled", "yes"))
            self.uri = ",".join(f"redis://127.0.0.1:{port}" for port in self.ports)
            self.join()
        except BaseException:
            self.close()
            raise

    def join(self):
        for number, node in enumerate(self.nodes):
            node.call("CLUSTER", "ADDSLOTS", *range(16384 * number // 3, 16384 * (number + 1) // 3))
            if number:
                node.call("CLUSTER", "MEET", "127.0.0.1", self.ports[0])
        until = time.monotonic() + 60
        while not all(b"cluster_state:ok" in (said := node.call("CLUSTER", "INFO")) and
                      b"cluster_known_nodes:3" in said and b"cluster_slots_ok:16384" in said for node in self.nodes):
            assert time.monotonic() < until, "the nodes do not find each other"
            time.sleep(0.05)

    def close(self):
        for node in self.nodes:
            node.close()
