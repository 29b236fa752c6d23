#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What t87sc accepts must compile: usage: headers.py T87SC INCLUDE-FOLDER COMPILER N SEED SCHEMA|FOLDER...

Takes the schemas, and the right examples of `t87sc rules`, exchanges names and types, copies, drops and mixes
declarations, and keeps asking t87sc until it has accepted N of them. Each header must then compile without a warning.
Names come from a pool that C is known to trip over. Of a FOLDER, such as the fuzzer fills, N schemas that t87sc accepts
are taken as they are. A failure leaves its schema in the working folder and says so.
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

t87sc, include, compiler, wanted, seed, *seeds = sys.argv[1:]
wanted = int(wanted)
seed = int(seed) if int(seed) else random.SystemRandom().randrange(1 << 32)
dice = random.Random(seed)

NAMES = """errno NULL bool true false int long main assert linux unix stdin EOF signed asm typeof and or xor not this new
delete class template namespace operator cache app out key size data tag tags entries old fresh changed fn arg result
status query value buffer open close primitives invalidate peek fetch apply on_refresh all wilds params exact soft a b ab
a_b b_c a_b_c x X _x x_ __x x__y _X id ID user users user_id i j k n t h memcpy strlen uint64_t size_t t87s t87s_tag
T87S_OK blog s S INT_MAX NAN I complex inline restrict atomic thread_local static_assert noreturn _Bool _Generic auto
register far near min max stdout strict offsetof va_list""".split()
TYPES = "str u32 u64 i32 i64 uuid bool".split()
FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-fsyntax-only"]
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
DECLARATION = re.compile(r"(?:[^;{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*?(?:;|\}(?=\s*\n))", re.S)


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def load_seeds():
    texts = [path.read_text(encoding="utf-8") for path in map(pathlib.Path, seeds) if path.is_file()]
    rules = json.loads(run(t87sc, "rules", "--format", "json").stdout)
    return texts + [rule["right"] for rule in rules if not rule["right"].startswith("$")]


def mutate(text, texts):
    for _ in range(dice.choice([1, 1, 2, 3, 6])):
        what = dice.randrange(5)
        words = sorted(set(WORD.findall(text)))
        if what < 2 and words:  # a name everywhere
            old, new = dice.choice(words), dice.choice(NAMES + words)
            text = re.sub(rf"\b{old}\b", new, text)
        elif what == 2:  # one type
            found = [m for m in WORD.finditer(text) if m.group() in TYPES]
            if found:
                at = dice.choice(found)
                text = text[: at.start()] + dice.choice(TYPES) + text[at.end() :]
        else:  # a declaration goes, or one of another schema comes
            parts = DECLARATION.findall(text)
            if parts and what == 3:
                text = text.replace(dice.choice(parts), "", 1)
            else:
                text += "\n" + dice.choice(DECLARATION.findall(dice.choice(texts)) or [""])
    return text


def surroundings(folder, schema):
    """What an application has: the included headers, and the values' structs."""
    resolved = json.loads(run(t87sc, "dump", "--format", "json", schema).stdout)
    for each in resolved["includes"]:
        path = folder / each["path"]
        if not each["angled"] and folder in path.resolve().parents:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
    values = {q["value"]["name"] for q in resolved["queries"] if q["value"]["kind"] in ("struct", "codec")}
    return "".join(f"struct {name} {{ int only; }};\n" for name in sorted(values))


def compiles(folder, text):
    schema, header, program = folder / "a.tags", folder / "a.tags.h", folder / "a.c"
    prelude = surroundings(folder, schema)
    program.write_text(f'{prelude}#include "a.tags.h"\n')
    language = ["-xc++", "-std=c++17"] if "++" in compiler else ["-std=c11"]
    made = run(t87sc, "gen", "-o", header, schema)
    told = made.stderr or run(compiler, *language, *FLAGS, "-I" + include, "-I" + str(folder), program).stderr
    if told:
        kept = pathlib.Path("refused-by-the-compiler.tags")
        kept.write_text(text, encoding="utf-8")
        print(f"seed {seed}: t87sc accepts {kept.resolve()}, and {compiler} says:\n{told[:2000]}")
    return not told


def is_accepted(folder, text):
    (folder / "a.tags").write_text(text, encoding="utf-8")
    if re.search(r"(struct|codec)\s+t87s_", text):
        return False  # those of the library, which only it can declare
    return run(t87sc, "check", folder / "a.tags").returncode == 0


def as_they_are(folder, schemas):
    paths = sorted(pathlib.Path(schemas).iterdir())
    n = 0
    for path in dice.sample(paths, len(paths)):
        text = path.read_bytes().decode("utf-8", "replace")
        if n == wanted:
            break
        if "<" in text or not is_accepted(folder, text):  # headers in <> are not to be had
            continue
        if not compiles(folder, text):
            return False
        n += 1
    print(f"seed {seed}: {n} of {schemas} are accepted and compile with {compiler}")
    return n > 0


def changed(folder):
    texts = load_seeds()
    n = tried = 0
    seen = set()
    while n < wanted and tried < 100 * wanted:
        tried += 1
        text = mutate(dice.choice(texts), texts)
        if text in seen or not is_accepted(folder, text):
            continue
        seen.add(text)
        if not compiles(folder, text):
            return False
        n += 1
        if dice.random() < 0.3:
            texts.append(text)
    print(f"seed {seed}: {n} accepted of {tried}, all compile with {compiler}")
    return n == wanted


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        return all(as_they_are(folder, path) for path in seeds if pathlib.Path(path).is_dir()) and changed(folder)


sys.exit(0 if main() else 1)
