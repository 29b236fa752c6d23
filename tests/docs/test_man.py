#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: test_man.py FOLDER: the manual says what there is, and nothing else. t87sc(1) is held against the help of t87sc,
t87s(3) against the public headers, t87s-tags(5) against the words of the language; the pages in FOLDER, made by scdoc,
are read by man and by mandoc, which have nothing to say about them."""
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.environ["T87S_SOURCE_ROOT"]
T87SC = os.environ["T87SC"]
failures = []


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def expect_same(what, found, wanted):
    for name in sorted(set(wanted) - set(found)):
        failures.append(f"{what}: {name} is not documented")
    for name in sorted(set(found) - set(wanted)):
        failures.append(f"{what}: {name} is documented, but does not exist")


def help_of(*verb):
    return subprocess.run([T87SC, *verb, "--help"], text=True, capture_output=True, check=True).stdout


def options_in(text):
    """Those of a help, each with its other names."""
    return {name for names in re.findall(r"^  (-.*?)(?:  | [A-Z]|$)", text, re.M) for name in names.split(", ")}


def sections(text, mark):
    """The text below each heading of one level."""
    parts = re.split(rf"^{mark} (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def test_t87sc():
    page = sections(read("docs", "man", "t87sc.1.scd"), "#")
    commands = sections(page["COMMANDS"], "##")
    verbs = re.findall(r"^  ([a-z]+) ", help_of().split("\n\n")[1], re.M)
    expect_same("t87sc(1)", commands, verbs)
    common = {}
    for names, who in re.findall(r"^(\*-.*)\n\tOf ([^.]*)\.", page["COMMON OPTIONS"], re.M):
        for option in re.findall(r"\*(-[\w-]+)\*", names):
            common[option] = verbs if who == "all commands" else who.split(", ")
    for verb in verbs:
        own = set(re.findall(r"^\*(-[\w-]+)\*", commands.get(verb, ""), re.M))
        shared = {option for option, who in common.items() if verb in who}
        expect_same(f"t87sc {verb}", own | shared, options_in(help_of(verb)))
        for option in own & shared:
            failures.append(f"t87sc {verb}: {option} is documented twice")
    for name in re.findall(r'getenv\("(\w+)"\)', "".join(read("compiler", "cli", name)
                                                       for name in os.listdir(os.path.join(ROOT, "compiler", "cli"))
                                                       if name.endswith(".c"))):
        if f"*{name}*" not in page["ENVIRONMENT"]:
            failures.append(f"t87sc(1): the environment variable {name} is not documented")


def test_inspect():
    page = sections(read("docs", "man", "t87s-inspect.1.scd"), "#")
    table = read("tools", "inspect", "options.c")
    expect_same("t87s-inspect(1)", re.findall(r"^\*(-[\w-]+)\*", page["OPTIONS"], re.M),
                re.findall(r'^    {ID_\w+, "(-[\w-]+)"', table, re.M))
    states = re.search(r"names\[ENTRY_STATES\] = {(.*?)}", read("tools", "inspect", "look.c"), re.S).group(1)
    expect_same("states of an entry", re.findall(r"^\*(\w+)\*", page["STATES OF AN ENTRY"], re.M),
                re.findall(r'"(\w+)"', states))
    with open(os.path.join(ROOT, "tests", "golden", "expected", "inspect.json"), encoding="utf-8") as golden:
        seen = json.load(golden)
    text = page["JSON"].replace("\\_", "_")
    for name in list(seen) + list(seen["keys"]) + list(seen["entries"][0]) + list(seen["tags"][0]) + \
            list(seen["invalidations"][0]) + list(seen["processes"][0]):
        if not re.search(rf"[*_]{name}[*_]", text):
            failures.append(f"t87s-inspect(1): {name} of the JSON is not documented")
    for name in re.findall(r'getenv\("(\w+)"\)', read("tools", "inspect", "main.c") + read("tools", "inspect", "screen.c")):
        if f"*{name}*" not in page["ENVIRONMENT"].replace("\\_", "_"):
            failures.append(f"t87s-inspect(1): the environment variable {name} is not documented")


def functions(header):
    """Every T87S_API function with its declaration, blanks made one."""
    text = re.sub(r"/\*.*?\*/", "", read("runtime", "include", "t87s", header), flags=re.S)
    found = re.findall(r"^T87S_API\s+([^;{]*?\b(t87s_\w+)\([^;]*\));", text, re.M)
    return {name: " ".join(declaration.split()) for declaration, name in found}


def fields(header, struct):
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    body = re.search(rf"^struct {struct} {{\n(.*?)^}};", text, re.M | re.S).group(1)
    callbacks = re.findall(r"\(\*(\w+)\)\(", body)
    plain = re.sub(r"\([^;]*;", ";", body)
    return callbacks + re.findall(r"(\w+)(?=[,;])", plain.replace("enum t87s_status ;", "").replace("void ;", ""))


def test_t87s():
    page = read("docs", "man", "t87s.3.scd")
    header = read("runtime", "include", "t87s", "t87s.h")
    wanted = {}
    for name in os.listdir(os.path.join(ROOT, "runtime", "include", "t87s")):
        wanted.update(functions(name))
    literal = "\n".join(re.findall(r"^```\n(.*?)^```$", page, re.M | re.S))
    found = {name: " ".join(declaration.split()) for declaration, name
             in re.findall(r"^((?:const |enum |struct |void|size_t|int)[^;={}]*?\b(t87s_\w+)\([^;{]*\));", literal, re.M)}
    expect_same("t87s(3)", found, wanted)
    for name in set(found) & set(wanted):
        if found[name] != wanted[name]:
            failures.append(f"t87s(3) says `{found[name]}`, the header `{wanted[name]}`")
    links = re.search(r"foreach name : \[(.*?)\]", read("docs", "man", "meson.build"), re.S).group(1)
    expect_same("links to t87s(3)", ["t87s_" + name for name in re.findall(r"'(\w+)'", links)], functions("t87s.h"))
    statuses = re.search(r"^enum t87s_status .*?{(.*?)^}", header, re.M | re.S).group(1)
    expect_same("statuses", re.findall(r"^\*(T87S_\w+)\*", sections(page, "#")["STATUSES"], re.M),
                re.findall(r"^    (T87S_\w+)", statuses, re.M))
    for struct in ["t87s_options", "t87s_query", "t87s_entry_info"]:
        for field in fields(header, struct):
            if f"*{field}*" not in page:
                failures.append(f"t87s(3): {field} of struct {struct} is not documented")


def test_t87s_tags():
    page = read("docs", "man", "t87s-tags.5.scd")
    words = re.findall(r'X\(\w+, "(\w+)", (?:DECLARATION|CLAUSE|WORD|KEYWORD)\)',
                       read("compiler", "syntax", "tokens.h"))
    assert len(words) > 20
    marked = " ".join(re.findall(r"\*([^*\n]+)\*", page.replace("\\*", "")))
    for word in words:
        if not re.search(rf"\b{word}\b", marked):
            failures.append(f"t87s-tags(5): the word {word} is not documented")


def test_rendering(folder):
    """What keeps it from being done, if anything."""
    made = os.listdir(folder) if os.path.isdir(folder) else []
    pages = [page for page in made if re.fullmatch(r"t87s.*\.[135]", page)]
    if not pages:
        return "no pages: there is no scdoc"
    assert len(pages) in (3, 4), pages # t87s-inspect where there is hiredis
    missing = [tool for tool in ("man", "mandoc") if not shutil.which(tool)]
    if missing:
        return f"there is no {missing[0]}"
    for page in pages:
        path = os.path.join(folder, page)
        checks = {"man": ["man", "-l", "--warnings=w", path], "mandoc": ["mandoc", "-T", "lint", "-W", "warning", path]}
        for tool, command in checks.items():
            run = subprocess.run(command, text=True, capture_output=True, check=False,
                                 env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PAGER": "cat"})
            said = run.stderr if tool == "man" else run.stdout + run.stderr
            # scdoc ends each paragraph as if there were another one.
            said = [line for line in said.splitlines() if "skipping paragraph macro" not in line]
            if said:
                failures.append(f"{tool} of {page}: " + "\n".join(said))
            if tool == "man":
                wide = [line for line in run.stdout.splitlines() if len(line) > 80]
                if wide:
                    failures.append(f"{page} is wider than a terminal: {wide[0].strip()}")
    return None


test_t87sc()
test_t87s()
test_inspect()
test_t87s_tags()
skipped = test_rendering(sys.argv[1])
print("\n".join(failures) or skipped or "")
sys.exit(1 if failures else 77 if skipped else 0)
