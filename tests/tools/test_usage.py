#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command line of t87s-inspect: what it refuses, with which exit code, and that its help names each option."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from inspected import SCHEMA, environment, main, run

NOWHERE = "unix:///nowhere/at/all"


def refused(code, expected, *arguments, env=None):
    done = run(*arguments, env=env)
    err = done.stderr.decode()
    assert done.returncode == code, f"{arguments}: exit {done.returncode}: {err}"
    assert expected in err, f"{arguments}: {err}"
    assert done.stdout == b"", done.stdout
    return err


def test_what_cannot_be_meant_is_usage():
    refused(2, "no SCHEMA given")
    refused(2, "'b.tags' is one argument too many", "a.tags", "b.tags")
    refused(2, "there is no option '--onse'; did you mean '--once'?", "--onse", SCHEMA)
    refused(2, "option '--redis' needs a value", SCHEMA, "--redis")
    refused(2, "option '--cache' needs a value that is not empty", "--cache=", SCHEMA)
    refused(2, "option '--once' takes no value", "--once=1", SCHEMA)
    refused(2, "'yaml' is not one of the values this option has", "--format", "yaml", SCHEMA)
    refused(2, "'js' is not one of the values this option has", "--format", "js", SCHEMA)
    for number in ("-1", "x", "1x", "1000001", "99999999999999999999"):
        refused(2, f"'{number}' is not a number", "--limit", number, SCHEMA)
    refused(2, "'99' is not a number", "--interval", "99", SCHEMA)
    refused(2, "no store has such a prefix", "--prefix", "a*", SCHEMA)
    refused(2, "no store has such a prefix", "--cache", "a b", SCHEMA)


def test_an_address_that_is_none_is_usage_and_not_repeated():
    for address in ("http://ada:s3cret@host", "redis://ada:s3cret@host:x", "redis://:s3cret@host:99999"):
        err = refused(2, "that is no address of a Redis", "--redis", address, "--once", SCHEMA)
        assert "s3cret" not in err


def test_a_redis_that_is_not_there_is_told():
    refused(3, "it cannot be reached", "--redis", NOWHERE, "--once", SCHEMA)
    refused(3, NOWHERE, "--once", SCHEMA, env=environment(T87S_REDIS=NOWHERE))
    err = refused(3, "redis://127.0.0.1:1/0: it cannot be reached", "--redis", "redis://ada:s3cret@127.0.0.1:1",
                  "--once", SCHEMA)
    assert "s3cret" not in err and "ada" not in err


def test_a_schema_with_errors_is_told_as_t87sc_does():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wrong.tags")
        with open(path, "w", encoding="utf-8") as file:
            file.write("schema wrong;\nroot { a: Static; }\ncached q() -> u64 tagged b;\n")
        err = refused(1, ":3:26: error: unknown segment 'b'", "--redis", NOWHERE, "--once", path)
        assert "\x1b" not in err
        refused(3, "nothing.tags", "--redis", NOWHERE, "--once", os.path.join(folder, "nothing.tags"))


def test_help_version_and_output_that_cannot_be_written():
    done = run("--help")
    assert run("-h").stdout == done.stdout
    assert done.returncode == 0 and done.stderr == b""
    text = done.stdout.decode()
    for line in text.splitlines():
        assert len(line) <= 110, line
    assert re.match(r"\d+\.\d+\.\d+ \(t87s-inspect\)\n$", run("--version").stdout.decode())
    with open("/dev/full", "wb") as full:
        done = subprocess.run([os.environ["T87S_INSPECT"], "--help"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 3 and b"cannot be written" in done.stderr


def options():
    return re.findall(r"(?m)^  (-{1,2}[\w-]+)", run("--help").stdout.decode())


def test_shells_complete_each_option():
    bash = run("--completion", "bash").stdout.decode()
    for line, expected in (("t87s-inspect --", sorted(option for option in options() if option.startswith("--"))),
                           ("t87s-inspect --format j", ["json"]), ("t87s-inspect --format ", ["json", "text"]),
                           ("t87s-inspect --on", ["--once"]), ("t87s-inspect --limit ", [])):
        words = line.split(" ")
        script = f"{bash}\nCOMP_WORDS=({' '.join(repr(word) for word in words)})\nCOMP_CWORD={len(words) - 1}\n" \
                 "_t87s_inspect\nprintf '%s\\n' \"${COMPREPLY[@]}\""
        got = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        assert got.stderr == "", got.stderr
        assert sorted(got.stdout.split()) == expected, (line, got.stdout)
    for shell, check in (("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
        script = run("--completion", shell).stdout.decode()
        for option in options():
            named = option if shell == "zsh" else ("-l " if option.startswith("--") else "-s ") + option.lstrip("-")
            assert named in script, f"{shell}: {option}"
        if shutil.which(shell):
            with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
                file.write(script)
                file.flush()
                done = subprocess.run([*check, file.name], capture_output=True, text=True)
                assert done.returncode == 0 and not done.stderr, done.stderr


if __name__ == "__main__":
    sys.exit(main(globals()))
