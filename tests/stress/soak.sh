#!/bin/sh
# SPDX-License-Identifier: MIT
# Histories with fresh seeds until so many operations are done: a round is a process, so its memory is its own.
# usage: soak.sh HISTORY OPERATIONS
set -eu
history=$1 operations=$2
per_round=20000000
done_so_far=0 round=0 most=0
log=$(mktemp)
trap 'rm -f "$log" "$log.all"' EXIT
while [ "$done_so_far" -lt "$operations" ]; do
    round=$((round + 1))
    left=$((operations - done_so_far))
    size=$((left < per_round ? left : per_round))
    seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
    life=$((size / (round % 2 ? 20 : 2) + 1)) # of each cache in the round: many that live shortly, or two that live long
    if ! "$history" "$size" "$seed" 0 "$life" >"$log" 2>&1; then
        cat "$log"
        echo "failed: seed $seed, the load comes again by: $history $size $seed 0 $life"
        exit 1
    fi
    done_so_far=$((done_so_far + size))
    memory=$(sed -n 's/.* \([0-9]*\) MB of memory$/\1/p' "$log")
    [ "$memory" -le "$most" ] || most=$memory
    printf '%3d  seed %10s  %4s MB  %s\n' "$round" "$seed" "$memory" "$(sed -n 's/^all  *//p' "$log")"
    sed -n 's/^all  *//p' "$log" >>"$log.all"
done
awk -v n="$done_so_far" -v rounds="$round" -v most="$most" '
    { gsub(/[(),]/, ""); for (i = 1; i < NF; i++) if ($i ~ /^[0-9]+$/) sum[$(i + 1)] += $i }
    END { printf "%.0f operations in %d rounds, at most %d MB: %.0f answers (%.0f fresh, %.0f stale, %.0f fetched, %.0f joined, %.0f negative), %.0f events, %.0f evictions, %.0f takeovers, %.0f broken\n",
          n, rounds, most, sum["answers"], sum["fresh"], sum["stale"], sum["fetched"], sum["joined"], sum["negative"], sum["events"], sum["evictions"], sum["takeovers"], sum["broken"] }' "$log.all"
