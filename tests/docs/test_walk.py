#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""walk.py passes on a document that is right, complains of one that is not, and repairs what commands print."""
import os
import subprocess
import sys
import tempfile

WALK = os.path.join(os.environ["T87S_SOURCE_ROOT"], "tests", "docs", "walk.py")

RIGHT = """# A document
```sh
#!/bin/sh
# tools/hello
echo "hello, $1"
```
```console
$ tools/hello world
hello, world
$ printf 'one\\ntwo\\nthree\\n'
one
...
$ cat <<'END' | wc -l
> a
>
> b
> END
3
$ cd tools; false
$ echo $?; ls
1
hello
```
```text
a picture
```
"""


def walk(document, **environment):
    """Gives the exit code, what was said, and the document as it is then."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "document.md")
        reader = os.path.join(folder, "reader")
        os.mkdir(reader)
        with open(path, "w", encoding="utf-8") as out:
            out.write(document)
        run = subprocess.run([sys.executable, WALK, path, reader], text=True, capture_output=True, check=False,
                             env={**{name: value for name, value in os.environ.items()
                                     if name != "T87S_UPDATE_GOLDEN"}, **environment})
        with open(path, encoding="utf-8") as then:
            return run.returncode, run.stdout + run.stderr, then.read()


def main():
    code, said, then = walk(RIGHT)
    assert (code, then) == (0, RIGHT), said

    for right, wrong, complaint in [
            ("hello, world\n", "hello, you\n", "line 7: `tools/hello world` prints\nhello, world"),
            ("hello, world\n", "", "line 7: `tools/hello world` prints"),
            ("...\n", "", "prints\none\ntwo\nthree"),
            ("```text\n", "```lua\n", "line 24: nobody tries this block (lua)"),
            ("> END\n3\n", "3\n", "is not whole"),
            ("false\n", "true\n", "`echo $?; ls` prints\n0\nhello")]:
        code, said, _ = walk(RIGHT.replace(right, wrong))
        assert code == 1 and complaint in said, (wrong, said)
    assert walk("no blocks")[0] == 1

    stale = RIGHT.replace("hello, world\n", "hello, you\nand you\n").replace("3\n", "4\n")
    code, said, then = walk(stale, T87S_UPDATE_GOLDEN="1")
    assert (code, then) == (0, RIGHT), then


main()
