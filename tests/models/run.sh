#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the model: the design must hold in every configuration, each mutant must fail in one.
# usage: run.sh [--full]      without --full only what takes a few seconds each
set -eu
here=$(cd "$(dirname "$0")" && pwd)
full=${1:-}
command -v spin >/dev/null || { echo "no spin here: apt-get install spin"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# check MUTANT EXPECTED DEFINITIONS...: EXPECTED is `holds` or `fails`
check() {
    mutant=$1 expected=$2
    shift 2
    (cd "$work" && spin "-DMUTANT=$mutant" "$@" -a "$here/invalidation.pml" >spin.log &&
        gcc -O2 -DSAFETY -DNOFAIR -DCOLLAPSE -DVECTORSZ=2048 -o pan pan.c 2>gcc.log && ./pan -m100000 -w24 >out)
    got=unclear
    grep -q 'errors: 0' "$work/out" && ! grep -q 'Search not completed\|max search depth too small' "$work/out" && got=holds
    grep -q 'assertion violated' "$work/out" && got=fails
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$work/out" | head -1)
    verdict=FAILED
    [ "$got" = "$expected" ] && verdict=ok
    printf '%-6s mutant %-2s %-5s after %10s states   %s\n' "$verdict" "$mutant" "$got" "$states" "$*"
    if [ "$verdict" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

check 0 holds -DDELETES=0 -DSETS=0 -DEVICTIONS=0 -DEACH=1
check 0 holds -DPARENTS=0 -DDELETES=0 -DQUERIES=1
check 0 holds -DPARENTS=0 -DLEAVES=0 -DQUERIES=1
check 0 holds -DPARENTS=0 -DLEAVES=0 -DSETS=0 -DEACH=1
for mutant in 1 2 9 11 12; do check $mutant fails -DDELETES=0 -DSETS=0; done
for mutant in 3 4 7 8; do check $mutant fails -DPARENTS=0 -DLEAVES=0; done
for mutant in 5 6; do check $mutant fails -DPARENTS=0 -DDELETES=0 -DQUERIES=1; done
check 10 fails -DPARENTS=0 -DDELETES=0 -DSETS=0
if [ "$full" = --full ]; then
    check 0 holds -DDELETES=0 -DSETS=0 -DEACH=1
    check 0 holds -DDELETES=0 -DSETS=0 -DPARENTS=0
    check 0 holds -DPARENTS=0 -DLEAVES=0 -DSETS=0
    check 0 holds -DPARENTS=0 -DLEAVES=0 -DEACH=1
    check 0 holds -DPARENTS=0 -DQUERIES=1
    check 0 holds -DPARENTS=0 -DDELETES=0 -DEACH=1
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
