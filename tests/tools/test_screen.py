#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""t87s-inspect in a terminal: what is on the screen, how it follows what happens, and that the terminal is given back as
it was on every way out."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

from inspected import INSPECT, SCHEMA, Inspected, environment, main

PATIENCE = 60
LEAVE = "\x1b[?1049l"


class Terminal:
    """A pseudo-terminal with the program in it, and the screen that its bytes make."""

    def __init__(self, uri, *arguments, columns=100, rows=40, **env):
        self.file, terminal = pty.openpty()
        self.bytes = ""
        self.status = None
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.file)  # while nobody can have changed it
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.file)
            os.setsid()
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
            for standard in (0, 1, 2):
                os.dup2(terminal, standard)
            os.closerange(3, terminal + 1)
            os.execve(INSPECT, [INSPECT, "--redis", uri, "--interval", "100", *arguments, SCHEMA],
                      environment(TERM="xterm", **env))
        os.close(terminal)

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def take(self, seconds=0.05):
        if select.select([self.file], [], [], seconds)[0]:
            try:
                self.bytes += os.read(self.file, 65536).decode()
            except OSError:  # nobody has it open any more
                time.sleep(seconds)

    def await_(self, condition, what):
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until, f"in vain: {what}\n" + "\n".join(self.screen())
            self.take()

    def screen(self):
        """The lines of the last whole picture. A picture starts at home and ends with an emptied rest."""
        pictures = re.findall(r"\x1b\[H([^\x07]*?)\x1b\[J", self.bytes, re.S)
        text = pictures[-1] if pictures else ""
        return [re.sub(r"\x1b\[[\d;]*[mK]|\r", "", line) for line in text.split("\n")]

    def await_line(self, pattern):
        self.await_(lambda: any(re.search(pattern, line) for line in self.screen()), pattern)

    def press(self, keys):
        os.write(self.file, keys.encode())

    def kill(self, number):
        os.kill(self.pid, number)

    def end(self):
        """Its exit status; what a shell would find: the other screen left, the cursor there, the modes as before."""
        def is_over():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
            return bool(pid)
        self.await_(is_over, "its end")
        self.await_(lambda: LEAVE in self.bytes, "the other screen is left")
        os_closes = self.bytes.rindex(LEAVE)
        assert "\x1b[?25h" in self.bytes[self.bytes.rindex("\x1b[?25l"):], "the cursor is gone"
        assert "\x1b[?1049h" not in self.bytes[os_closes:], "the other screen is still there"
        os.close(self.file)
        return self.status

    def modes_are_as_before(self):
        return termios.tcgetattr(self.file)[3] == self.before[3]


def test_the_screen_shows_what_there_is_and_q_ends_it():
    with Inspected() as it:
        it.world().do("ask", "hard users/7")
        terminal = Terminal(it.redis.uri)
        terminal.await_line(r"^get_user\(7\) .* outdated +users/7 <- users/7")
        for pattern in (r"^world in unix://.*, t87s:t87s$", r"^Redis [\d.]+, master; 8 entries", r"^get_user +3 +2 ",
                        r"^users/7 +2  [\d.]+ m?s ago", r"^ +[\d.]+ m?s  hard +users/7$", r"^q ends it"):
            terminal.await_line(pattern)
        terminal.await_line(r"^\S+:\d+ world +0.0 % +8 +8 +0  ")
        assert "\x1b[32mfresh" in terminal.bytes
        terminal.press("q")
        assert terminal.end() == 0


def test_what_happens_meanwhile_is_shown_by_name():
    with Inspected() as it:
        world = it.world()
        world.do("ask 7")
        terminal = Terminal(it.redis.uri)
        terminal.await_line(r"^get_user\(7\) .* fresh ")
        # Subscribed: a tag that no entry has can only be known by what was heard.
        def is_heard():
            world.do("hard users/99")
            terminal.take(0.2)
            return any(re.search(r"hard +users/99$", line) for line in terminal.screen())
        terminal.await_(is_heard, "users/99")
        world.do("soft users/98", "exact config", "delete some page", "ask 8")
        for pattern in (r" soft +users/98$", r" exact +config$", r' removed +"some page"$', r"^get_user\(8\) .* fresh "):
            terminal.await_line(pattern)
        terminal.press("q")
        assert terminal.end() == 0


def test_it_fits_whatever_the_size():
    with Inspected() as it:
        it.world().do("ask", *(f"ask {user}" for user in range(100, 160)))
        terminal = Terminal(it.redis.uri)
        terminal.await_line(r"^Redis .* 68 entries;")
        for columns, rows in ((40, 20), (1, 1), (10, 3), (200, 60), (100, 24)):
            terminal.resize(columns, rows)
            seen = len(terminal.bytes)
            terminal.await_(lambda: len(terminal.screen()) <= rows and
                            all(len(line) <= columns or line == "q ends it" for line in terminal.screen()) and
                            len(terminal.bytes) > seen + 10, f"{columns} x {rows}")
        terminal.await_line(r"^    and \d+ more$")
        terminal.press("q")
        assert terminal.end() == 0


def test_every_signal_gives_the_terminal_back():
    with Inspected() as it:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGSEGV, signal.SIGABRT):
            terminal = Terminal(it.redis.uri)
            terminal.await_line("^q ends it")
            terminal.await_(lambda: not terminal.modes_are_as_before(), "no echo")
            terminal.kill(number)
            terminal.await_(lambda: LEAVE in terminal.bytes and terminal.modes_are_as_before(), f"{number}: given back")
            assert os.WTERMSIG(terminal.end()) == number


def test_keys_of_the_terminal_work():
    with Inspected() as it:
        terminal = Terminal(it.redis.uri)
        terminal.await_line("^q ends it")
        terminal.press("xyz \x1b[A")  # nothing it knows
        terminal.press("\x03")
        assert os.WTERMSIG(terminal.end()) == signal.SIGINT


def test_it_can_be_stopped_and_goes_on():
    with Inspected() as it:
        terminal = Terminal(it.redis.uri)
        terminal.await_line("^q ends it")
        terminal.kill(signal.SIGTSTP)
        pid, status = os.waitpid(terminal.pid, os.WUNTRACED)
        assert pid == terminal.pid and os.WIFSTOPPED(status)
        terminal.await_(lambda: LEAVE in terminal.bytes, "the other screen is left")
        assert terminal.modes_are_as_before()
        terminal.bytes = ""
        terminal.kill(signal.SIGCONT)
        terminal.await_line("^q ends it")
        assert "\x1b[?1049h" in terminal.bytes
        terminal.press("q")
        assert terminal.end() == 0


def test_a_redis_that_goes_away_is_told_and_found_again():
    with Inspected() as it:
        it.world().do("ask 7")
        it.worlds.pop().close()
        terminal = Terminal(it.redis.uri)
        terminal.await_line(r"^get_user\(7\) .* fresh ")
        it.redis.kill()
        terminal.await_line(r"^No news for .*: it cannot be reached")
        terminal.await_line(r"^get_user\(7\)")  # what was seen last stays
        it.redis.start()
        terminal.await_(lambda: not any("No news" in line or "get_user" in line for line in terminal.screen()),
                        "an empty Redis")
        terminal.press("q")
        assert terminal.end() == 0


def test_colours_are_only_shown_where_they_are_wanted():
    with Inspected() as it:
        it.world().do("ask 7")
        for arguments, env, coloured in (([], {}, True), ([], {"NO_COLOR": "1"}, False), (["--color=never"], {}, False),
                                         (["--color=always"], {"NO_COLOR": "1"}, True)):
            terminal = Terminal(it.redis.uri, *arguments, **env)
            terminal.await_line(r"^get_user\(7\) .* fresh ")
            assert ("\x1b[32m" in terminal.bytes) == coloured, (arguments, env)
            terminal.press("q")
            assert terminal.end() == 0


if __name__ == "__main__":
    sys.exit(main(globals()))
