#!/bin/sh
# SPDX-License-Identifier: MIT
# The same meson.build, with t87s as a subproject: library and compiler are built with the program, nothing is installed.
. "$T87S_SOURCE_ROOT/tests/integration/story.sh"

sample meson 'a #$ folder'
subproject
# The compiler built here writes nothing down, so ninja's word is taken; one in PATH would be counted twice.
build() {
    status=0
    ninja -C build app >"$stage/ninja" 2>&1 || status=$?
    cat "$stage/ninja"
    sed -n 's/.* Generating \([a-z]*\.tags\)\.h .*/\1/p' "$stage/ninja" >>"$generated"
    return "$status"
}
$T87S_MESON setup build --werror -Doptimization=0 --wrap-mode=forcefallback >"$stage/log" 2>&1 ||
    { cat "$stage/log" && fail "meson setup"; }
story build/shop.tags.h build/app.p/main.c.o build/app lazy
! ninja -C build -t targets all | grep -q '^subprojects/t87s/\(tests\|examples\|fuzz\)/' || fail 'more is built than is used'
echo "Meson builds it with t87s as a subproject"
