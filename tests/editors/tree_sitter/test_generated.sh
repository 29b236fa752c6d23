#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: test_generated.sh [NODE]: what is in editors/tree-sitter/src was written from the grammar.js beside it: by the
# sums of both that were taken then; with NODE, by evaluating grammar.js. Skipped where NODE is not.
set -eu
folder=$T87S_SOURCE_ROOT/editors/tree-sitter
if [ $# -gt 0 ]; then
    command -v "$1" >/dev/null || { echo "no $1 here" && exit 77; }
    exec "$1" "$T87S_SOURCE_ROOT/tests/editors/tree_sitter/test_generated.mjs" "$folder"
fi
cd "$folder"
for file in grammar.js src/*.* src/tree_sitter/*; do
    [ "$file" = src/sums.txt ] || grep -q " $file\$" src/sums.txt || { echo "$file has no sum" && exit 1; }
done
sha256sum --check --quiet src/sums.txt || { echo "editors/README.md tells how to write src/ again" && exit 1; }
