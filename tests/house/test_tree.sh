#!/bin/sh
# SPDX-License-Identifier: MIT
# What every file of the tree has in common. Skipped outside a git checkout.
set -eu
cd "$T87S_SOURCE_ROOT"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || exit 77

failed=0
# complain WHAT LINES: nothing, if there are none
complain() {
    [ -n "$2" ] || return 0
    printf '%s:\n%s\n' "$1" "$2"
    failed=1
}

ours() {
    git ls-files -- "$@" | grep -vE '^(tests/golden/expected|editors/tree-sitter/src)/' | while IFS= read -r file; do
        [ ! -f "$file" ] || printf '%s\n' "$file"
    done
}

code=$(ours '*.c' '*.h' '*.re' '*.y' '*.sh' '*.py' '*.js' '*.css' '*meson.build' '*CMakeLists.txt' '*.cmake.in' '*.map' '*.mk' '*.wrap' \
    dev .ci/run)

without=$(printf '%s\n' "$code" | xargs grep -L 'SPDX-License-Identifier: MIT' || true)
complain 'no SPDX line' "$without"

long=$(printf '%s\n' "$code" | xargs wc -l | awk '$2 != "total" && $1 > 600')
complain 'more than 600 lines' "$long"

later=$(printf '%s\n' "$code" | grep -v '^tests/house/' | xargs grep -nE '\b(TODO|FIXME|XXX)\b' || true)
complain 'put off' "$later"

trailing=$(printf '%s\n' "$code" | xargs grep -nE '[[:blank:]]+$' || true)
complain 'blanks at the end of a line' "$trailing"

loud=$(ours 'runtime/*.c' | xargs -r grep -nE '\b(exit|abort|printf|puts|perror) ?\(' || true)
complain 'a library neither prints nor exits' "$loud"

if command -v shellcheck >/dev/null; then
    # shellcheck disable=SC2046 # file names without blanks
    shellcheck -x dev .ci/run $(ours '*.sh') || failed=1
fi
exit "$failed"
