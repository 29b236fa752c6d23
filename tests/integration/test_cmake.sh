#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: test_cmake.sh GENERATOR: CMake with the installed package, which lies elsewhere than it was configured for.
command -v cmake >/dev/null || { echo "no cmake here" && exit 77; }
. "$T87S_SOURCE_ROOT/tests/integration/story.sh"

sample cmake 'a folder'
build() { cmake --build build; }
cmake -S . -B build -G "$1" -DCMAKE_C_COMPILER="${T87S_CC##* }" -DCMAKE_PREFIX_PATH="$prefix" >"$stage/log" 2>&1 ||
    { cat "$stage/log" && fail "cmake"; }
config=
[ "$1" != 'Ninja Multi-Config' ] || config=Debug/
lazy=lazy
[ "$1" != 'Unix Makefiles' ] || lazy=
story build/app.t87s/shop.tags.h "build/CMakeFiles/app.dir/${config}main.c.o" "build/${config}app" $lazy
echo "CMake builds it with $1"
