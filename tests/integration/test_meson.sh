#!/bin/sh
# SPDX-License-Identifier: MIT
# Meson with an installed t87s.
. "$T87S_SOURCE_ROOT/tests/integration/story.sh"

sample meson 'a #$ folder'
build() { ninja -C build; }
$T87S_MESON setup build --werror >"$stage/log" 2>&1 || { cat "$stage/log" && fail "meson setup"; }
story build/shop.tags.h build/app.p/main.c.o build/app lazy
echo "Meson builds it"
