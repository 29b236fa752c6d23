#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: test_probes.sh READELF LIBRARY: the library has the probes that probes.h speaks of, and no others.
set -eu
listed=$(sed -n 's/^ \*     \([a-z_]*\)  *\(key\|path\) .*/\1/p' "$T87S_SOURCE_ROOT/runtime/base/probes.h" | sort -u)
found=$("$1" -n "$2" | sed -n '/Provider: t87s$/{n;s/^ *Name: //p;}' | sort -u)
[ -n "$listed" ] && [ "$listed" = "$found" ] && exit 0
printf 'listed:\n%s\nfound:\n%s\n' "$listed" "$found"
exit 1
