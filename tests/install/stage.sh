#!/bin/sh
# SPDX-License-Identifier: MIT
# Sourced: installs the build into a folder of its own and points pkg-config and the linker there.
# Gives $stage (removed at the end), $prefix: below $stage/$root, if that was set before.
# Needs T87S_BUILD_ROOT, T87S_SOURCE_ROOT, T87S_MESON.
set -eu

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

stage=$(mktemp -d "${TMPDIR:-/tmp}/t87s-stage-XXXXXX")
trap 'rm -rf "$stage"' EXIT
root=$stage/${root-root}
DESTDIR=$root $T87S_MESON install -C "$T87S_BUILD_ROOT" --no-rebuild --quiet

pc=$(find "$root" -name t87s.pc)
[ -n "$pc" ] || fail "no t87s.pc was installed"
configured=$(sed -n 's/^prefix=//p' "$pc")
prefix=$root$configured
escaped=$(printf '%s' "$prefix" | sed 's/ /\\\\ /g')
sed -i "s|^prefix=.*|prefix=$escaped|" "$(dirname "$pc")"/t87s*.pc

PKG_CONFIG_PATH=$(dirname "$pc")
LD_LIBRARY_PATH=$(dirname "$(find "$root" -name 'libt87s.so')")
export PKG_CONFIG_PATH LD_LIBRARY_PATH
unset MAKEFLAGS MAKELEVEL DESTDIR
