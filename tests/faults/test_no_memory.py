#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every verb of t87sc, with every allocation failing, once and for good: usage: test_no_memory.py NO_MEMORY_LIBRARY

Then either everything is as it would have been, or the exit code is 3, standard error says that there is no memory, and
the files are as before: whole, or absent. Never a signal, never a hang, never half of a file.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

T87SC = os.environ["T87SC"]
SCHEMAS = pathlib.Path(os.environ["T87S_SOURCE_ROOT"]) / "schemas"
MOST = 250  # of one verb: the first ones, then fewer and fewer; T87S_ALL_FAULTS takes them all

WRONG = "schema s;\nroot { users: Wild(id: u64); }\ncached q(a: u32) -> bytes tagged user(a), users();\n"
VERBS = [
    ["gen", "-o", "out.h", "--depfile", "out.d", "blog.tags"],
    ["gen", "--check", "-o", "old.h", "blog.tags"],
    ["check", "blog.tags", "kitchen_sink.tags"],
    ["check", "wrong.tags"],
    ["check", "--format", "json", "wrong.tags"],
    ["check", "--format", "sarif", "wrong.tags"],
    ["check", "--format", "github", "wrong.tags"],
    ["diff", "--against", "blog.tags", "kitchen_sink.tags"],
    ["diff", "--against", "blog.tags", "--category", "KEY", "--format", "json", "blog.tags"],
    ["fmt", "-w", "ugly.tags", "ugly.tags"],
    ["fmt", "--check", "ugly.tags", "blog.tags"],
    ["fmt", "--diff", "ugly.tags"],
    ["fmt", "wrong.tags", "half.tags"],
    ["dump", "blog.tags"],
    ["dump", "--format", "json", "kitchen_sink.tags"],
    ["graph", "blog.tags"],
    ["graph", "--format", "mermaid", "blog.tags"],
    ["graph", "--format", "html", "-o", "out.html", "blog.tags"],
    ["lsp"],
    ["rules"],
    ["rules", "--format", "json"],
    ["explain", "T0203"],
    ["completion", "bash"],
    ["--help"],
]


def session():
    """What an editor says to `lsp`: a schema with an import that is open, a mistake, and all that can be asked."""
    uri, part = "file:///no/shop.tags", {"uri": "file:///no/part.tags"}
    text = "schema s;\nimport \"part.tags\";\nroot { users: Wild(id: u64) P; }\ncached q(id: u64) -> bytes tagged user(id);\n"
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    document, end = {"textDocument": {"uri": uri}}, {"line": 3, "character": 38}
    calls = [("initialize", {"capabilities": {}}), ("textDocument/didOpen", {"textDocument": {"uri": uri, "text": text}}),
             ("textDocument/didOpen", {"textDocument": {**part, "text": "tags P { a: Static; }\n"}}),
             ("textDocument/codeAction", {**document, "range": whole}),
             ("textDocument/didChange", {**document, "contentChanges": [{"text": text.replace("user(", "users(")}]})]
    calls += [(f"textDocument/{what}", {**document, "position": end})
              for what in ("hover", "definition", "completion", "documentSymbol", "formatting")]
    calls += [("textDocument/completion", {**document, "position": {"line": 3, "character": 9}})]
    calls += [("textDocument/didOpen", {"textDocument": {"uri": "untitled:new", "text": "import \""}}),
              ("textDocument/completion", {"textDocument": {"uri": "untitled:new"}, "position": {"line": 0, "character": 8}}),
              ("textDocument/didClose", {"textDocument": {"uri": "untitled:new"}})]
    place = {"position": {"line": 2, "character": 9}}
    calls += [("textDocument/references", {**document, **place, "context": {"includeDeclaration": True}}),
              ("textDocument/documentHighlight", {**document, **place}),
              ("textDocument/prepareRename", {**document, **place}),
              ("textDocument/rename", {**document, **place, "newName": "people"}),
              ("textDocument/rename", {**document, **place, "newName": "int"}),
              ("textDocument/didOpen", {"textDocument": {"uri": "file:///no/other.tags", "text":
                                                         "schema o;\nimport \"part.tags\";\nroot { x: Static P; }\n"}}),
              ("textDocument/rename", {**document, "position": {"line": 2, "character": 28}, "newName": "Q"})]
    calls += [("textDocument/definition", {**document, "position": {"line": 1, "character": 9}}),
              ("textDocument/didClose", {"textDocument": part}), ("shutdown", {}), ("exit", {})]
    frames = b""
    for number, (method, params) in enumerate(calls):
        message = {"method": method, "params": params}
        if "/did" not in method and method != "exit":
            message["id"] = number
        body = json.dumps(message).encode()
        frames += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    return frames


def prepare(folder):
    for name in ("blog.tags", "kitchen_sink.tags", "shared"):
        (folder / name).symlink_to(SCHEMAS / name)
    (folder / "wrong.tags").write_text(WRONG)
    (folder / "ugly.tags").write_text("schema   s;\n\n\n" + WRONG * 100)
    (folder / "half.tags").write_text("schema s;\nroot {")
    (folder / "old.h").write_text("/* of another time */\n")


def state(folder):
    """The files, but for what the programs cannot touch."""
    return {path.name: path.read_text() for path in folder.iterdir() if not path.is_symlink() and path.name != "count"}


def run(library, verb, fail_at=0, for_good=False):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder)
        before = state(folder)
        environment = dict(os.environ, LD_PRELOAD=library, T87S_COUNT_INTO=str(folder / "count"), T87S_FAIL_AT=str(fail_at))
        if for_good:
            environment["T87S_FAIL_FOR_GOOD"] = "1"
        done = subprocess.run([T87SC, *verb], cwd=folder, env=environment, capture_output=True, timeout=60, check=False,
                              input=session() if verb == ["lsp"] else b"")
        count = folder / "count"
        return done, before, state(folder), int(count.read_text()) if count.exists() else 0


def steps(n):
    """All of the first ones, then ever larger steps."""
    if n <= MOST or "T87S_ALL_FAULTS" in os.environ:
        return list(range(1, n + 1))
    few = MOST // 2
    return list(range(1, few)) + sorted({few + (n - few) * i // (MOST - few) for i in range(MOST - few + 1)})


def judge(normal, done, before, after, as_normal):
    """What is wrong, or None."""
    if done.returncode == normal.returncode and done.stdout == normal.stdout and done.stderr == normal.stderr:
        return None if after == as_normal else "the files differ though nothing was said"
    if done.returncode == normal.returncode and b"memory" in done.stdout and b"jsonrpc" in done.stdout:
        return None  # lsp has told the editor, and gone on
    if done.returncode != 3:
        return f"exit code {done.returncode}: {done.stderr[-300:]!r}"
    if not re.search(rb"memory", done.stderr):
        return f"no word of memory: {done.stderr[-300:]!r}"
    for name, text in after.items():
        if text not in (before.get(name), as_normal.get(name)):
            return f"{name} is neither old nor new"
    return None


def main(library):
    total = wrong = 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for verb in VERBS:
            normal, _, as_normal, n = run(library, verb)
            assert n > 0, f"{verb}: nothing was counted: is the library preloaded?"
            jobs = [(at, for_good) for at in steps(n) for for_good in (False, True)]
            results = list(pool.map(lambda job, verb=verb: run(library, verb, *job), jobs))
            total += len(jobs)
            found = [(job, problem) for job, result in zip(jobs, results)
                     if (problem := judge(normal, *result[:3], as_normal))]
            wrong += len(found)
            print(f"{' '.join(verb)}: {n} allocations, {len(jobs)} runs, {len(found)} wrong", flush=True)
            for (at, for_good), problem in found[:5]:
                print(f"    allocation {at}{' and all after it' if for_good else ''}: {problem}")
    print(f"{total} runs, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(main(os.path.abspath(sys.argv[1])))
