#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh HARNESS OWN-CORPUS CORPUS... [-OPTION...]: fuzzes for $T87S_FUZZ_SECONDS (15), in a folder of its own.
# Without libFuzzer's entropic schedule, whose bookkeeping is half of the time of small inputs.
# What it finds new stays in OWN-CORPUS; an input that crashes is left there as crash-*, to be put beside the CORPUS.
set -eu # 77, what libFuzzer says of a crash by itself, would be a skipped test
harness=$(realpath "$1")
own=$2
shift 2
mkdir -p "$own/found" "$own/empty"
cd "$own/empty" # imports of a schema find nothing here
exec "$harness" -max_total_time="${T87S_FUZZ_SECONDS:-15}" -timeout=25 -rss_limit_mb=2048 -entropic=0 -error_exitcode=1 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="$own/" "$own/found" "$@"
