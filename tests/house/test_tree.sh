#!/bin/sh
# SPDX-License-Identifier: MIT
# What every file of the tree has in common. Skipped outside a git checkout.
set -eu
cd "$T87S_SOURCE_ROOT"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || exit 77

failed=0
complain() {
    echo "$1:"
    sed 's/^/    /'
    failed=1
}

ours() {
    git ls-files -- "$@" | grep -Ev '^tests/.*(golden|bad)/' | while IFS= read -r file; do
        [ ! -f "$file" ] || printf '%s\n' "$file"
    done
}

code=$(ours '*.c' '*.h' '*.re' '*.y' '*.sh' '*.py' '*meson.build' dev .ci/run)

without=$(printf '%s\n' "$code" | xargs grep -L 'SPDX-License-Identifier: MIT' || true)
[ -z "$without" ] || printf '%s\n' "$without" | complain 'no SPDX line'

long=$(printf '%s\n' "$code" | xargs wc -l | awk '$2 != "total" && $1 > 600')
[ -z "$long" ] || printf '%s\n' "$long" | complain 'more than 600 lines'

later=$(printf '%s\n' "$code" | grep -v '^tests/house/' | xargs grep -nE '\b(TODO|FIXME|XXX)\b' || true)
[ -z "$later" ] || printf '%s\n' "$later" | complain 'put off'

trailing=$(printf '%s\n' "$code" | xargs grep -nE '[[:blank:]]+$' || true)
[ -z "$trailing" ] || printf '%s\n' "$trailing" | complain 'blanks at the end of a line'

loud=$(ours 'runtime/*.c' | xargs -r grep -nE '\b(exit|abort|printf|puts|perror) ?\(' || true)
[ -z "$loud" ] || printf '%s\n' "$loud" | complain 'a library neither prints nor exits'

if command -v shellcheck >/dev/null; then
    # shellcheck disable=SC2046 # file names without blanks
    shellcheck -x dev .ci/run $(ours '*.sh') || failed=1
fi
exit "$failed"
