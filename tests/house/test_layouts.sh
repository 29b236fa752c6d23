#!/bin/sh
# SPDX-License-Identifier: MIT
# Every schema has its layout, but for those of tests/checks and tests/golden, which are what they are on purpose.
# `./dev fmt` lays them out. Skipped outside a git checkout.
set -eu
cd "$T87S_SOURCE_ROOT"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || exit 77
schemas=$(git ls-files '*.tags' | grep -vE '^tests/(checks|golden)/')
# shellcheck disable=SC2086 # file names without blanks
"$T87SC" fmt --diff $schemas
