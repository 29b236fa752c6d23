# SPDX-License-Identifier: MIT
"""Real shells that complete a line: bash and zsh behind a terminal, where TAB puts all matches into the line and the
command that then runs tells its arguments; fish by its own `complete -C`."""
import os
import pty
import select
import shutil
import subprocess
import time

PATIENCE = 60  # seconds; only what hangs takes so long


class Terminal:
    """A shell that was started behind a terminal, in `folder`, and has run the lines of `start`."""

    def __init__(self, argv, folder, start):
        self.answer = folder + ".answer"
        self.turn = 0
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "dumb", "LC_ALL": "C.UTF-8",
                       "INPUTRC": "/dev/null", "ZDOTDIR": folder, "COLUMNS": "10000", "LINES": "1000"}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(argv[0], argv, environment)
        # What t87sc is to this shell: it writes its arguments down, then says that it has.
        start += [f't87sc() {{ printf "%s\\n" "$@" >"{self.answer}"; printf "%s%s\\n" finis "hed-$turn"; }}']
        for line in start:
            os.write(self.terminal, line.encode() + b"\n")
        os.write(self.terminal, b"turn=0; t87sc\n")
        self.wait()

    def wait(self):
        seen, until, mark = b"", time.monotonic() + PATIENCE, f"finished-{self.turn}".encode()
        while mark not in seen:
            ready, _, _ = select.select([self.terminal], [], [], max(0, until - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no answer from the shell, only {seen.decode(errors='replace')!r}")
            seen += os.read(self.terminal, 65536)

    def complete(self, line):
        """The arguments of t87sc once TAB was pressed at the end of the line."""
        self.turn += 1
        os.write(self.terminal, f"turn={self.turn}\n".encode())
        os.write(self.terminal, line.encode() + b"\t\n")
        self.wait()
        with open(self.answer, encoding="utf-8") as answer:
            return answer.read().splitlines()

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


class Bash(Terminal):
    def __init__(self, script, folder):
        super().__init__(["bash", "--norc", "--noprofile", "-i"], folder,
                         ["PS1=; unset HISTFILE; set +o history", f"source '{script}'",
                          "bind 'TAB: insert-completions'"])


class Zsh(Terminal):
    def __init__(self, script, folder, sourced=False):
        # As a package does it, a file _t87sc in a folder of $fpath; or read by the user's own file.
        functions = os.path.join(os.path.dirname(script), "site-functions")
        os.makedirs(functions, exist_ok=True)
        if not sourced:
            shutil.copy(script, os.path.join(functions, "_t87sc"))
        super().__init__(["zsh", "-f", "-i"], folder,
                         ["PS1=; unset HISTFILE; unset zle_bracketed_paste",
                          f"fpath=('{functions}' $fpath); autoload -Uz compinit; compinit -u -D",
                          f"source '{script}'" if sourced else ":",
                          "zstyle ':completion:*' completer _all_matches _complete",
                          "zstyle ':completion:*' insert true; bindkey '^I' complete-word"])


class Fish:
    def __init__(self, script, folder):
        self.script, self.folder = script, folder

    def complete(self, line):
        """The offers for the last word, behind the words before it."""
        run = subprocess.run(["fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]', self.script, line],
                             cwd=self.folder, text=True, capture_output=True, timeout=PATIENCE, check=True,
                             env={"PATH": os.environ["PATH"], "HOME": self.folder, "LC_ALL": "C.UTF-8"})
        if run.stderr:
            raise RuntimeError(run.stderr)
        before = line.split()[1:] if line.endswith(" ") else line.split()[1:-1]
        return before + [offer.split("\t")[0] for offer in run.stdout.splitlines()]

    def close(self):
        pass


SHELLS = {"bash": Bash, "zsh": Zsh, "fish": Fish}
