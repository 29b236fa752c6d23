# SPDX-License-Identifier: MIT
"""A redis-server of the test's own on a unix socket, and just enough of its protocol."""
import os
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


def free_port():
    """One whose bus, 10000 above it, is free as well."""
    while True:
        with socket.socket() as port, socket.socket() as bus:
            try:
                port.bind(("127.0.0.1", 0))
                bus.bind(("127.0.0.1", (port.getsockname()[1] + 10000) % 65536))
                if port.getsockname()[1] <= 55535:
                    return port.getsockname()[1]
            except OSError:
                pass


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
