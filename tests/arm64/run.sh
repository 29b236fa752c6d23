#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs what was built for arm64 under qemu-user: the runtime's suites and stories, a model test and a history. It shows
# that the library compiles, links and keeps its laws there (other atomics, other alignment, other sizes of structures).
# It does not show weak memory: translated code runs on this machine, and on x86 loads and stores stay in order but for
# a store and a later load. usage: run.sh BUILD SYSROOT [OPERATIONS]
set -eu
build=$1 sysroot=$2 operations=${3:-1000000}
emulated="qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH=$sysroot/usr/lib/aarch64-linux-gnu"
CK_TIMEOUT_MULTIPLIER=20 meson test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier 20 \
    --suite runtime --suite stories --no-suite native
$emulated "$build/tests/model/model" 5000
$emulated "$build/tests/stress/history" "$operations" "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" 4 100000
