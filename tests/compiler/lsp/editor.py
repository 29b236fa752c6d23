# SPDX-License-Identifier: MIT
"""An editor, as far as a language server can tell: it speaks to `t87sc lsp` over pipes.

Messages are read as they come; nothing here waits for a time, only for an answer or for the end of the server. A server
that says nothing any more ends the test by its time limit.
"""
import json
import os
import subprocess
import urllib.parse

CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"publishDiagnostics": {"relatedInformation": True},
                     "completion": {"completionItem": {"snippetSupport": True}}},
}


def uri_of(path):
    return "file://" + urllib.parse.quote(path)


class Editor:
    def __init__(self, folder, *options):
        self.folder = folder
        self.server = subprocess.Popen([os.environ["T87SC"], "lsp", *options], cwd=folder, stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.last_id = 0
        self.published = []  # notifications of diagnostics that nobody has looked at
        self.texts = {}

    # ---- frames ----

    def send_bytes(self, data):
        self.server.stdin.write(data)
        self.server.stdin.flush()

    def send(self, message):
        body = json.dumps(message).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def receive(self):
        headers = {}
        while True:
            line = self.server.stdout.readline()
            if not line:
                raise EOFError("the server has ended")
            if line == b"\r\n":
                break
            name, value = line.decode().split(":")
            headers[name] = value.strip()
        message = json.loads(self.server.stdout.read(int(headers["Content-Length"])))
        assert message["jsonrpc"] == "2.0", message
        return message

    # ---- JSON-RPC ----

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params or {}})

    def request(self, method, params=None):
        """The whole answer, an error too."""
        self.last_id += 1
        self.send({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params or {}})
        while True:
            message = self.receive()
            if "id" in message:
                assert message["id"] == self.last_id, message
                return message
            self.published.append(message)

    def ask(self, method, params=None):
        answer = self.request(method, params)
        assert "result" in answer, answer
        return answer["result"]

    def diagnostics(self, path):
        """Those that are published next for the file."""
        while True:
            for message in self.published:
                if message["method"] == "textDocument/publishDiagnostics" and \
                        message["params"]["uri"] == self.uri(path):
                    self.published.remove(message)
                    return message["params"]["diagnostics"]
            self.published.append(self.receive())

    # ---- a session ----

    def begin(self, capabilities=None):
        result = self.ask("initialize", {"processId": None, "rootUri": uri_of(self.folder),
                                         "capabilities": CAPABILITIES if capabilities is None else capabilities})
        self.notify("initialized")
        return result

    def end(self):
        """Shuts the server down; its exit code."""
        assert self.ask("shutdown") is None
        self.notify("exit")
        return self.wait()

    def wait(self):
        self.server.stdin.close()
        rest, errors = self.server.stdout.read(), self.server.stderr.read()
        code = self.server.wait()
        self.server.stdout.close()
        self.server.stderr.close()
        assert not errors, errors.decode()
        return code, rest

    def uri(self, path):
        return path if ":" in path else uri_of(os.path.join(self.folder, path))

    def save(self, path, text):
        with open(os.path.join(self.folder, path), "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def open(self, path, text):
        self.texts[path] = text
        self.notify("textDocument/didOpen", {"textDocument": {"uri": self.uri(path), "languageId": "t87s", "version": 1,
                                                              "text": text}})

    def change(self, path, text):
        self.texts[path] = text
        self.notify("textDocument/didChange", {"textDocument": {"uri": self.uri(path), "version": 2},
                                               "contentChanges": [{"text": text}]})

    def edit(self, path, edits):
        """As an editor does: each change is about the text after the one before."""
        for each in edits:
            self.texts[path] = apply(self.texts[path], [each])
        self.notify("textDocument/didChange", {
            "textDocument": {"uri": self.uri(path), "version": 3},
            "contentChanges": [{"range": each["range"], "text": each["newText"]} for each in edits]})

    def close(self, path):
        self.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(path)}})

    def at(self, path, mark, into=0):
        """The params of a request about the place `into` units behind the beginning of the only `mark` in the text."""
        text = self.texts[path]
        assert text.count(mark) == 1, mark
        return {"textDocument": {"uri": self.uri(path)}, "position": position_of(text, text.index(mark) + into)}


def units(text):
    return len(text.encode("utf-16-le")) // 2


def position_of(text, index):
    line = text.count("\n", 0, index)
    start = text.rfind("\n", 0, index) + 1
    return {"line": line, "character": units(text[start:index])}


def index_of(text, position):
    start = 0
    for _ in range(position["line"]):
        start = text.index("\n", start) + 1
    index = start
    while units(text[start:index]) < position["character"]:
        index += 1
    return index


def apply(text, edits):
    """Edits that are all about the same text."""
    for edit in sorted(edits, key=lambda edit: index_of(text, edit["range"]["start"]), reverse=True):
        start, end = (index_of(text, edit["range"][name]) for name in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def covered(text, span):
    return text[index_of(text, span["start"]):index_of(text, span["end"])]
