#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples of the manual that are whole files: the schema is fine and laid out, the program builds and runs.
. "$T87S_SOURCE_ROOT/tests/install/stage.sh"
cd "$stage"
for page in "$T87S_SOURCE_ROOT"/docs/man/*.scd; do
    # Between fences, named by a comment in their first line; a backslash is written twice.
    awk '
        /^```$/ { inside = !inside; name = ""; next }
        inside && !name { name = ($1 == "//" || $1 == "/*") ? $2 : "-" }
        inside && name != "-" { gsub(/\\\\/, "\\"); print > name }
    ' "$page"
done
"$prefix/bin/t87sc" check --werror shop.tags || fail "the schema of t87s-tags(5)"
"$prefix/bin/t87sc" fmt --diff shop.tags || fail "the schema of t87s-tags(5) is laid out in another way"
# shellcheck disable=SC2046,SC2086 # flags are words
$T87S_CC -std=c11 -Wall -Wextra -Werror -o by_hand by_hand.c $(pkg-config --cflags --libs t87s)
[ "$(./by_hand | tr '\n' ' ')" = 'fetching Ada Ada fetching Ada ' ] || fail "the program of t87s(3) prints '$(./by_hand)'"
