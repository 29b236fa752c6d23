#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's files, taken from it as they are, build by make, CMake and meson, and the program prints what it says.
# What builds do when schemas change is told in tests/integration/story.sh.
command -v cmake >/dev/null || { echo "no cmake here" && exit 77; }
. "$T87S_SOURCE_ROOT/tests/install/stage.sh"

app=$stage/app
mkdir "$app"
python3 "$T87S_SOURCE_ROOT/tests/readme/extract.py" "$T87S_SOURCE_ROOT/README.md" "$app"
cd "$app"

PATH=$prefix/bin:$PATH
export PATH
t87sc check ./*.tags || fail "t87sc check"
t87sc --help | grep -q explain || fail "t87sc --help"
t87sc explain T0203 | grep -q T0203 || fail "t87sc explain"

expected=$(sed -n 's/.*printf.*\/\* \(.*\) \*\/$/\1/p' shop.c)
[ -n "$expected" ] || fail "the program does not say what it prints"

strict='-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'
make -s CC="$T87S_CC $strict" shop
[ "$(./shop)" = "$expected" ] || fail "make: it printed '$(./shop)', not '$expected'"
make -q shop || fail "make: a second call has something to do"

# What make left in the folder would be found before what the others make.
rm shop shop.tags.h shop.tags.h.d
cmake -S . -B build-cmake -DCMAKE_C_COMPILER="${T87S_CC##* }" -DCMAKE_PREFIX_PATH="$prefix" >cmake.log 2>&1 ||
    { cat cmake.log && fail "cmake"; }
cmake --build build-cmake >build.log || { cat build.log && fail "cmake --build"; }
[ "$(build-cmake/shop)" = "$expected" ] || fail "CMake: it printed '$(build-cmake/shop)'"

meson setup build --werror >setup.log || { cat setup.log && fail "meson setup"; }
ninja -C build >build.log || { cat build.log && fail "meson build"; }
[ "$(build/shop)" = "$expected" ] || fail "meson: it printed '$(build/shop)'"

echo 'cached broken' >>shop.tags
make -s shop 2>errors && fail "a broken schema builds"
grep -q '^shop.tags:[0-9]*:[0-9]*: error: ' errors || { cat errors && fail "no diagnostic"; }
[ ! -e shop.tags.h ] || fail "a broken schema left a header"
echo "the README works"
