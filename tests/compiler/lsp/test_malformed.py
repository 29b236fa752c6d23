#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is no message, or no sense, is answered with an error, and the server goes on as if nothing had been."""
import os
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from editor import Editor  # noqa: E402


def frame(body):
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class Malformed(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.editor = Editor(self.folder)
        self.addCleanup(self.editor.server.kill)
        self.editor.begin()

    def expect_error(self, code, sent):
        self.editor.send_bytes(sent)
        answer = self.editor.receive()
        self.assertEqual((answer["id"], answer["error"]["code"]), (None, code), answer)
        self.assertTrue(answer["error"]["message"])

    def expect_alive(self):
        self.editor.open("a.tags", "schema s;\nroot { a: Static; }\ncached q() -> u64 tagged b;\n")
        self.assertEqual([each["code"] for each in self.editor.diagnostics("a.tags")], ["T0203"])
        self.editor.close("a.tags")
        self.assertEqual(self.editor.diagnostics("a.tags"), [])

    def end(self):
        self.expect_alive()
        self.assertEqual(self.editor.end(), (0, b""))

    def test_headers_that_make_no_sense(self):
        for header in (b"\r\n\r\n", b"Content-Type: text\r\n\r\n", b"Content-Length: -1\r\n\r\n", b"Content-Length:\r\n\r\n",
                       b"Content-Length: 1x\r\n\r\n", b"Content-Length: 99999999999999999999999\r\n\r\n",
                       b"\xff\xfe\x00\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"x" * 100000 + b"\r\n\r\n",
                       b"Content-Length: 2\r\n" + b"X: y\r\n" * 1000 + b"\r\n"):
            self.expect_error(-32700, header)
        self.end()

    def test_what_is_unusual_but_right(self):
        body = b'{"jsonrpc": "2.0", "id": "one", "method": "shutdown", "params": null}'
        self.editor.send_bytes(b"content-length:%d \r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n%s"
                               % (len(body), body))
        self.assertEqual(self.editor.receive(), {"jsonrpc": "2.0", "id": "one", "result": None})
        body = b'{"jsonrpc": "2.0", "method": "exit"}'
        self.editor.send_bytes(b"Content-Length: %d\n\n%s" % (len(body), body))
        self.assertEqual(self.editor.wait(), (0, b""))

    def test_a_message_that_is_too_long_is_stepped_over(self):
        size = (64 << 20) + 1
        self.editor.send_bytes(b"Content-Length: %d\r\n\r\n" % size)
        answer = self.editor.receive()
        self.assertEqual(answer["error"]["code"], -32700)
        chunk = b"Content-Length: 2\r\n\r\n[]" * 4096
        while size:
            self.editor.send_bytes(chunk[:size])
            size -= min(size, len(chunk))
        self.end()

    def test_bodies_that_are_no_json(self):
        for body in (b"", b"{", b"nonsense", b"1", b"null", b'{"jsonrpc": "2.0", "id": 1, "method": "\xff"}', b'"\\ud800"', b"[" * 100000,
                     b'{"a": 1e99999}', b"\x00"):
            self.expect_error(-32700, frame(body))
        self.end()

    def test_bodies_that_are_no_messages(self):
        for body in (b"[]", b"{}", b'[{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}]',
                     b'{"method": 1}', b'{"id": {}, "method": "shutdown"}', b'{"id": null, "method": "shutdown"}',
                     b'{"id": 1.5, "method": "shutdown"}'):
            self.expect_error(-32600, frame(body))
        self.end()

    def test_parameters_that_are_no_object(self):
        for params in ("[]", "1", '"x"'):
            self.editor.send_bytes(frame(b'{"id": 5, "method": "textDocument/hover", "params": %s}' % params.encode()))
            self.assertEqual(self.editor.receive()["error"]["code"], -32602)
        self.end()

    def test_bytes_may_come_one_by_one_and_many_at_once(self):
        body = frame(b'{"jsonrpc": "2.0", "id": 7, "method": "nothing"}')
        for byte in body:
            self.editor.send_bytes(bytes([byte]))
        self.assertEqual(self.editor.receive()["id"], 7)
        self.editor.send_bytes(body * 100)
        for _ in range(100):
            self.assertEqual(self.editor.receive()["error"]["code"], -32601)
        self.end()

    def test_texts_of_any_bytes(self):
        for text in ("\0", "schema s;\0\nroot { }", "\ufeffschema s;\n", "\r", "\U0001F980" * 1000, "{" * 10000, "\u202e"):
            self.editor.open("any.tags", text)
            self.editor.diagnostics("any.tags")
            for line, character in ((0, 0), (0, 1), (10 ** 9, 10 ** 9)):
                at = {"textDocument": {"uri": self.editor.uri("any.tags")}, "position": {"line": line, "character": character}}
                for method in ("hover", "definition", "completion"):
                    self.editor.ask("textDocument/" + method, at)
            self.editor.ask("textDocument/documentSymbol", at)
            self.editor.ask("textDocument/formatting", at)
            self.editor.close("any.tags")
        self.end()

    def test_an_input_that_ends_in_the_middle(self):
        for sent in (b"Content-Le", b"Content-Length: 10\r\n\r\n{}", b"Content-Length: 99999999999\r\n\r\n{}"):
            editor = Editor(self.folder)
            self.addCleanup(editor.server.kill)
            editor.begin()
            editor.send_bytes(sent)
            self.assertEqual(editor.wait()[0], 1)
        self.end()


if __name__ == "__main__":
    unittest.main()
