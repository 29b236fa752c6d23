#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: test_exports.sh LIBRARY MAP NODE [HEADER]: three lists are one: the functions that the public headers mark
# T87S_API, those of the export map, and those that the shared library shows. HEADER: of another library than libt87s.
set -eu
library=$1 map=$2 node=$3 header=${4:-}
folder=$(mktemp -d "${TMPDIR:-/tmp}/t87s-exports-XXXXXX")
trap 'rm -rf "$folder"' EXIT
headers=$T87S_SOURCE_ROOT/runtime/include

# The functions of some headers. T87S_API expands to an attribute; the name is the word before the next opening bracket.
declared() {
    $T87S_CC -E -P -I "$headers" "$1" | tr '\n' ' ' |
        grep -oE 'visibility\("default"\)\)\)[^;(]*\(' | sed -E 's/.*[ *]([a-z0-9_]+) *\($/\1/' | sort
}
(cd "$headers" && printf '#include <%s>\n' t87s/*.h | grep -v redis) >"$folder/own.c"
if [ -z "$header" ]; then
    declared "$folder/own.c" >"$folder/declared"
else
    declared "$folder/own.c" >"$folder/own"
    echo "#include <$header>" >"$folder/other.c"
    declared "$folder/other.c" | comm -13 "$folder/own" - >"$folder/declared"
fi
sed -n 's/^ *\(t87s_[a-z0-9_]*\);$/\1/p' "$map" | sort >"$folder/listed"
# A version node is a symbol of its own, of type A.
nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$folder/shown"

[ -s "$folder/declared" ] || { echo "no function is marked T87S_API" && exit 1; }
status=0
for list in listed shown; do
    diff -U 0 --label declared --label "$list" "$folder/declared" "$folder/$list" || status=1
done
nm -D --defined-only "$library" | awk -v node="@@$node" '$2 != "A" && index($3, node) == 0 { print "no version: " $3; bad = 1 } END { exit bad }' ||
    status=1
[ "$status" != 0 ] || echo "$(wc -l <"$folder/declared") functions"
exit "$status"
