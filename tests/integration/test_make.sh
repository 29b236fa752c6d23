#!/bin/sh
# SPDX-License-Identifier: MIT
# GNU make with the installed fragment.
. "$T87S_SOURCE_ROOT/tests/integration/story.sh"

sample make 'a #$ folder'
build() { make CC="$T87S_CC" CFLAGS='-std=c11 -Werror'; }
story shop.tags.h main.o ./app
echo "make builds it"
