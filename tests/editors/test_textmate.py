#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The TextMate grammar, read as editors read it: at each place the earliest match, of those the first rule. Small as it
is, this knows all that the grammar uses; test_textmate.mjs asks the real engine, where it can be had."""
import json
import os
import re
import sys

ROOT = os.environ["T87S_SOURCE_ROOT"]
HERE = os.path.join(ROOT, "tests", "editors")
CODE = os.path.join(ROOT, "editors", "vscode")


def load(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


GRAMMAR = load(CODE, "syntaxes", "t87s.tmLanguage.json")
used = set()


def flatten(rules):
    """The rules with every include replaced by what it names, in order."""
    for rule in rules:
        if "include" in rule:
            used.add(rule["include"][1:])
            rule = GRAMMAR["repository"][rule["include"][1:]]
        if "match" in rule or "begin" in rule:
            yield rule
        else:
            yield from flatten(rule["patterns"])


def paint(scopes, begin, end, name):
    scopes[begin:end] = [name] * (end - begin)


def read_line(line, rules, scopes, at):
    """Gives the places of a line from `at` on their scopes."""
    while at < len(line):
        found = [(match.start(), order, match, rule) for order, rule in enumerate(rules)
                 if (match := re.compile(rule.get("match") or rule["begin"]).search(line, at)) and match.end() > at]
        if not found:
            return
        _, _, match, rule = min(found, key=lambda one: one[:2])
        at = match.end()
        if "begin" in rule:
            end = re.compile(rule["end"]).search(line, at)
            assert end, f"no rule of the grammar goes over a line's end here: {line}"
            paint(scopes, match.start(), end.end(), rule["name"])
            read_line(line[:end.end()], rule.get("patterns", []), scopes, at)
            at = max(end.end(), at)
        if "name" in rule and "match" in rule:
            paint(scopes, *match.span(), rule["name"])
        for group, capture in rule.get("captures", {}).items():
            if match.group(int(group)):
                paint(scopes, *match.span(int(group)), capture["name"])


def main():
    failed = 0
    rules = list(flatten(GRAMMAR["patterns"]))
    unused = set(GRAMMAR["repository"]) - used
    if unused:
        print(f"never included: {unused}")
        failed += 1
    with open(os.path.join(ROOT, "schemas", "kitchen_sink.tags"), encoding="utf-8") as schema:
        lines = schema.read().splitlines()
    for where, word, wanted in load(HERE, "textmate_scopes.json"):
        line = next(line for line in lines if where in line)
        scopes = [GRAMMAR["scopeName"]] * len(line)
        read_line(line, rules, scopes, 0)
        got = scopes[line.index(word) + len(word) - len(word.lstrip())]
        if got != wanted:
            print(f"{word} in `{line}`: {got}, not {wanted}")
            failed += 1

    # Each word of the language, but names of types in values, stands in a rule.
    with open(os.path.join(ROOT, "compiler", "syntax", "tokens.h"), encoding="utf-8") as tokens:
        words = re.findall(r'X\(\w+, "(\w+)", (?:DECLARATION|CLAUSE|WORD|KEYWORD)\)', tokens.read())
    text = " ".join(rule.get("match", "") for rule in rules)
    for word in words:
        if not re.search(rf"(?:\b|\\b){word}\b", text):
            print(f"no rule has the word {word}")
            failed += 1

    # The extension names files that are there.
    package = load(CODE, "package.json")["contributes"]
    load(CODE, package["languages"][0]["configuration"])
    assert load(CODE, package["grammars"][0]["path"]) == GRAMMAR
    assert len(words) > 20
    sys.exit(1 if failed else 0)


main()
