#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's files, taken from it as they are, build by make and by meson, and the program prints what it says.
# On the way: a build with nothing to do runs nothing, a touched schema is compiled again, a broken one leaves no header.
. "$T87S_SOURCE_ROOT/tests/install/stage.sh"

app=$stage/app
mkdir "$app"
python3 "$T87S_SOURCE_ROOT/tests/readme/extract.py" "$T87S_SOURCE_ROOT/README.md" "$app"
cd "$app"

t87sc=$(pkg-config --variable=t87sc t87s)
"$t87sc" check ./*.tags || fail "t87sc check"
"$t87sc" --help | grep -q explain || fail "t87sc --help"
"$t87sc" explain T0203 | grep -q T0203 || fail "t87sc explain"

expected=$(sed -n 's/.*printf.*\/\* \(.*\) \*\/$/\1/p' shop.c)
[ -n "$expected" ] || fail "the program does not say what it prints"

strict='-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'
make -s CC="$T87S_CC $strict" shop
[ "$(./shop)" = "$expected" ] || fail "make: it printed '$(./shop)', not '$expected'"
make -q shop || fail "make: a second call has something to do"
sleep 0.02
touch shop.tags
make -q shop && fail "make: a touched schema is not seen"
make -s CC="$T87S_CC $strict" shop
make -q shop || fail "make: a schema that was touched but not changed is compiled again and again"

meson setup build --werror >setup.log || { cat setup.log && fail "meson setup"; }
ninja -C build >build.log || { cat build.log && fail "meson build"; }
[ "$(build/shop)" = "$expected" ] || fail "meson: it printed '$(build/shop)'"
ninja -C build | grep -q 'no work to do' || fail "meson: a second build has something to do"
touch shop.tags
ninja -C build | grep -q 'shop.tags.h' || fail "meson: a touched schema is not seen"

echo 'cached broken' >>shop.tags
rm shop.tags.h
make -s shop 2>errors && fail "a broken schema builds"
grep -q '^shop.tags:[0-9]*:[0-9]*: error: ' errors || { cat errors && fail "no diagnostic"; }
[ ! -e shop.tags.h ] || fail "a broken schema left a header"
echo "the README works"
