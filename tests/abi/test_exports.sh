#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: test_exports.sh LIBRARY: three lists are one: the functions that the public headers mark T87S_API, those of the
# export map, and those that the shared library shows.
set -eu
folder=$(mktemp -d "${TMPDIR:-/tmp}/t87s-exports-XXXXXX")
trap 'rm -rf "$folder"' EXIT
headers=$T87S_SOURCE_ROOT/runtime/include

# T87S_API expands to an attribute; the function's name is the word before the next opening bracket.
(cd "$headers" && printf '#include <%s>\n' t87s/*.h | grep -v redis) >"$folder/all.c" # that one is of another library
$T87S_CC -E -P -I "$headers" "$folder/all.c" | tr '\n' ' ' |
    grep -oE 'visibility\("default"\)\)\)[^;(]*\(' | sed -E 's/.*[ *]([a-z0-9_]+) *\($/\1/' | sort >"$folder/declared"
sed -n 's/^ *\(t87s_[a-z0-9_]*\);$/\1/p' "$T87S_SOURCE_ROOT/runtime/t87s.map" | sort >"$folder/listed"
# A version node is a symbol of its own, of type A.
nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$folder/shown"

[ -s "$folder/declared" ] || { echo "no function is marked T87S_API" && exit 1; }
status=0
for list in listed shown; do
    diff -U 0 --label declared --label "$list" "$folder/declared" "$folder/$list" || status=1
done
nm -D --defined-only "$1" | awk '$2 != "A" && $3 !~ /@@T87S_[0-9]/ { print "no version: " $3; bad = 1 } END { exit bad }' ||
    status=1
[ "$status" != 0 ] || echo "$(wc -l <"$folder/declared") functions"
exit "$status"
