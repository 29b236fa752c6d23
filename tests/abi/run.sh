#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares the library of the working tree with that of the last release, a tag v1.2.3: see compare.sh.
# usage: run.sh FOLDER: where both are built.
set -eu
folder=$1
if ! release=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null); then
    echo "no release is tagged yet (v1.2.3): there is no ABI to keep"
    exit 0
fi

# build SOURCE BUILD: the library with debug information
build() {
    if [ ! -f "$2/build.ninja" ]; then
        meson setup "$2" "$1" -Dcompiler=false -Dtests=disabled -Dexamples=disabled >/dev/null
    fi
    ninja -C "$2" >/dev/null
}
library() { find "$1/runtime" -name 'libt87s.so.*' -type f | grep -v '\.symbols$'; }

old=$folder/$release
if [ ! -d "$old/source" ]; then
    mkdir -p "$old/source.part"
    git archive "$release" | tar -x -C "$old/source.part"
    mv "$old/source.part" "$old/source"
fi
build "$old/source" "$old/build"
build . "$folder/build"
exec tests/abi/compare.sh "$release" "$(library "$old/build")" "$old/source/runtime/include" \
    "$(library "$folder/build")" runtime/include
