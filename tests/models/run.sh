#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the models: the design must hold in every configuration, each mutant must fail in one.
# usage: run.sh [--full]      without --full only what takes a few seconds each; two at a time, of at most 4 GB each
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# model mutant expected states definitions: the states are those of Spin 6.5.2, of a mutant those until it failed
short='
invalidation  0 holds       594493 -DDELETES=0 -DSETS=0 -DEVICTIONS=0 -DEACH=1
invalidation  0 holds      1308029 -DDELETES=0 -DSETS=0 -DPARENTS=0 -DOTHERS=1 -DEACH=1
invalidation  0 holds       844078 -DPARENTS=0 -DDELETES=0 -DQUERIES=1
invalidation  0 holds       368533 -DPARENTS=0 -DLEAVES=0 -DQUERIES=1
invalidation  0 holds        48123 -DPARENTS=0 -DLEAVES=0 -DSETS=0 -DEACH=1
invalidation  1 violated     11011 -DDELETES=0 -DSETS=0
invalidation  2 violated     11728 -DDELETES=0 -DSETS=0
invalidation  9 violated     20026 -DDELETES=0 -DSETS=0
invalidation 11 violated     18051 -DDELETES=0 -DSETS=0
invalidation 12 violated   1082756 -DDELETES=0 -DSETS=0
invalidation 13 violated     30602 -DDELETES=0 -DSETS=0 -DPARENTS=0 -DEVICTIONS=0 -DOTHERS=1
invalidation 14 violated     65005 -DDELETES=0 -DSETS=0 -DPARENTS=0 -DEVICTIONS=0 -DOTHERS=1
invalidation 15 violated    299676 -DDELETES=0 -DSETS=0 -DPARENTS=0 -DEVICTIONS=0 -DOTHERS=1
invalidation 16 violated     36851 -DDELETES=0 -DSETS=0 -DPARENTS=0 -DEVICTIONS=0 -DOTHERS=1
invalidation 17 violated     17580 -DDELETES=0 -DSETS=0 -DPARENTS=0 -DEVICTIONS=0 -DOTHERS=1
invalidation  3 violated    234366 -DPARENTS=0 -DLEAVES=0
invalidation  4 violated    233681 -DPARENTS=0 -DLEAVES=0
invalidation  7 violated    143997 -DPARENTS=0 -DLEAVES=0
invalidation  8 violated    166930 -DPARENTS=0 -DLEAVES=0
invalidation  5 violated     20318 -DPARENTS=0 -DDELETES=0 -DQUERIES=1
invalidation  6 violated     20319 -DPARENTS=0 -DDELETES=0 -DQUERIES=1
invalidation 10 violated     24011 -DPARENTS=0 -DDELETES=0 -DSETS=0
eviction      0 holds       127565 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=3 -DREADERS=1 -DLEAVES=1
eviction      0 holds        50889 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2
eviction      0 holds       242534 -DKEYS=1 -DBLOCKS=2 -DWRITES=2 -DREADERS=1 -DLEAVES=1 -DSETS=1
eviction      0 holds       293714 -DKEYS=2 -DWRITES=2 -DSOUGHT=2
eviction      0 holds        32282 -DKEYS=3 -DWRITES=2 -DSOUGHT=3 -DREADERS=1
eviction      0 holds       176651 -DKEYS=2 -DWRITES=2 -DSOUGHT=2 -DGROWS=1 -DREADERS=1
eviction      1 violated      1615 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2 -DREADERS=1
eviction      3 violated      1697 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2 -DREADERS=1
eviction      8 violated      1883 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2 -DREADERS=1
eviction     10 violated      2297 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2 -DREADERS=1
eviction     15 violated        18 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2 -DREADERS=1
eviction      2 violated      1418 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2 -DREADERS=1 -DLEAVES=1
eviction      9 violated      1645 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2 -DREADERS=1 -DLEAVES=1
eviction     11 violated       414 -DKEYS=2 -DWRITES=1 -DREADERS=1 -DOTHERS=1
eviction      4 violated    151118 -DKEYS=1 -DBLOCKS=2 -DWRITES=2 -DREADERS=1 -DLEAVES=1 -DSETS=1
eviction     12 violated    132291 -DKEYS=1 -DBLOCKS=2 -DWRITES=2 -DREADERS=1 -DLEAVES=1 -DSETS=1
eviction     16 violated    132291 -DKEYS=1 -DBLOCKS=2 -DWRITES=2 -DREADERS=1 -DLEAVES=1 -DSETS=1
eviction      5 violated      6734 -DKEYS=2 -DWRITES=1 -DSOUGHT=2 -DGROWS=1 -DREADERS=1
eviction      6 violated      4698 -DKEYS=2 -DWRITES=1 -DSOUGHT=2 -DGROWS=1 -DREADERS=1
eviction      7 violated      9015 -DKEYS=2 -DWRITES=1 -DSOUGHT=2 -DGROWS=1 -DREADERS=1
eviction     14 violated      2015 -DKEYS=2 -DWRITES=1 -DSOUGHT=2 -DGROWS=1 -DREADERS=1
eviction     13 violated      5043 -DKEYS=2 -DWRITES=2 -DSOUGHT=2 -DREADERS=1
'
full='
invalidation  0 holds     44818545 -DDELETES=0 -DSETS=0 -DOTHERS=1 -DEACH=1
invalidation  0 holds     33953763 -DDELETES=0 -DSETS=0 -DOTHERS=1 -DPARENTS=0
invalidation  0 holds     22164996 -DDELETES=0 -DSETS=0 -DOTHERS=1 -DPARENTS=0 -DVALIDATED=0
invalidation  0 holds     23479275 -DDELETES=0 -DSETS=0 -DOTHERS=1 -DLEAVES=0
invalidation  0 holds     37741568 -DDELETES=0 -DSETS=0 -DLEAVES=2 -DPARENTS=0
invalidation  0 holds      8363416 -DDELETES=0 -DSETS=0 -DEVICTIONS=0
invalidation  0 holds      6135534 -DDELETES=0 -DSETS=0 -DOTHERS=1 -DQUERIES=1 -DEACH=3
invalidation  0 holds       792270 -DPARENTS=0 -DLEAVES=0 -DSETS=0
invalidation  0 holds      6346349 -DPARENTS=0 -DLEAVES=0 -DEACH=1
invalidation  0 holds     21000091 -DPARENTS=0 -DQUERIES=1
invalidation  0 holds     18026487 -DPARENTS=0 -DDELETES=0 -DEACH=1
eviction      0 holds      3885406 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=3 -DLEAVES=1
eviction      0 holds      4434398 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=3 -DLEAVES=1 -DSETS=1
eviction      0 holds        84296 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=1 -DWRITES=2 -DREADS=2 -DREADERS=1 -DLEAVES=1
eviction      0 holds      1320239 -DKEYS=2 -DFILLED=1 -DBLOCKS=1 -DCELLS=2 -DTOPS=1 -DWRITES=2 -DPARENTS=1
eviction      0 holds     15739839 -DKEYS=2 -DFILLED=1 -DBLOCKS=2 -DCELLS=2 -DTOPS=1 -DWRITES=2 -DREADERS=1 -DPARENTS=1 -DLEAVES=1
eviction      0 holds     12363081 -DKEYS=1 -DTOPS=1 -DBLOCKS=2 -DWRITES=2 -DREADERS=1 -DPARENTS=1 -DLEAVES=1
eviction      0 holds       263794 -DKEYS=1 -DTOPS=1 -DBLOCKS=2 -DWRITES=2 -DREADERS=1 -DPARENTS=1 -DSETS=1
eviction      0 holds      1016234 -DKEYS=1 -DBLOCKS=2 -DWRITES=3 -DREADERS=1 -DLEAVES=1 -DSETS=1
eviction      0 holds      1094172 -DKEYS=1 -DBLOCKS=2 -DWRITES=1 -DWRITERS=2 -DREADERS=1 -DLEAVES=1 -DSETS=1
eviction      0 holds      1277485 -DKEYS=3 -DWRITES=2 -DSOUGHT=3
eviction      0 holds      1752114 -DKEYS=3 -DFILLED=2 -DWRITES=2 -DSOUGHT=2
eviction      0 holds      7291598 -DKEYS=2 -DWRITES=2 -DSOUGHT=2 -DGROWS=1
eviction      0 holds        64150 -DKEYS=3 -DWRITES=1 -DSOUGHT=3 -DREADERS=1 -DGROWS=1
eviction      0 holds      7772934 -DKEYS=2 -DWRITES=1 -DSOUGHT=2 -DREADERS=1 -DGROWS=1 -DLEAVES=1 -DOTHERS=1
'

# one WORK MODEL MUTANT EXPECTED STATES DEFINITIONS...: says what became of it. A design that holds over fewer states than
# it is known to have is no proof: something keeps the model from going on.
one() {
    work=$1 model=$2 mutant=$3 expected=$4 known=$5
    shift 5
    dir=$(mktemp -d "$work/XXXXXX")
    table=24
    [ "$known" -lt 3000000 ] || table=26
    (cd "$dir" && spin "-DMUTANT=$mutant" "$@" -a "$here/$model.pml" >spin.log &&
        gcc -O1 -DSAFETY -DNOFAIR -DCOLLAPSE -DVECTORSZ=2048 -DMEMLIM=8000 -o pan pan.c 2>gcc.log &&
        ./pan -m1000000 -w$table >out 2>&1) || true
    touch "$dir/out"
    got=unclear
    grep -q 'errors: 0' "$dir/out" && ! grep -q 'Search not completed\|max search depth too small' "$dir/out" && got=holds
    grep -q 'assertion violated' "$dir/out" && got=violated
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$dir/out" | head -1 | awk '{ printf "%d", $1 }')
    verdict=FAILED
    [ "$got" = "$expected" ] && verdict=ok
    [ "$got" != holds ] || [ "${states:-0}" -ge $((known * 9 / 10)) ] || verdict=FAILED
    [ "$verdict" = ok ] || touch "$dir/failed"
    printf '%-6s %-12s mutant %-2s %-8s after %9s states (known: %9s)   %s\n' "$verdict" "$model" "$mutant" "$got" \
        "${states:-0}" "$known" "$*"
    rm -f "$dir/pan"
}

if [ "${1:-}" = --one ]; then
    shift
    one "$@"
    exit 0
fi
command -v spin >/dev/null || { echo "no spin here: apt-get install spin"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cases=$short
[ "${1:-}" != --full ] || cases="$short$full"
printf '%s\n' "$cases" | sed '/^$/d' | xargs -P 2 -L 1 sh "$0" --one "$work"
all=$(printf '%s\n' "$cases" | sed '/^$/d' | wc -l)
failed=$(find "$work" -name failed | wc -l)
echo "$((all - failed)) passed, $failed failed"
[ "$failed" = 0 ]
