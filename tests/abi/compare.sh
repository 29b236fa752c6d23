#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: compare.sh NAME OLD_LIBRARY OLD_HEADERS NEW_LIBRARY NEW_HEADERS: fails if a program that was compiled against the
# old headers could go wrong with the new library though the soname is the same. NAME says what the old one is.
# Both libraries need debug information. Only types of the headers count: what is private may change.
set -eu
name=$1 old=$2 old_headers=$3 new=$4 new_headers=$5

# differs FLAG...: with the report in $report
differs() {
    status=0
    report=$(abidiff --fail-no-debug-info --drop-private-types --headers-dir1 "$old_headers" \
        --headers-dir2 "$new_headers" "$@" "$old" "$new") || status=$?
    # Bits: 1 and 2 are its own failures, 4 and 8 say that there are changes.
    if [ $((status & 3)) != 0 ]; then
        printf '%s\nabidiff failed\n' "$report" >&2
        exit 3
    fi
    [ "$status" != 0 ]
}

soname() { objdump -p "$1" | sed -n 's/^ *SONAME *//p'; }

if ! differs; then
    echo "the ABI is that of $name"
elif ! differs --no-added-syms --ignore-soname; then
    differs || true
    printf '%s\n' "$report"
    echo "programs made for $name go on working: there are only additions"
elif [ "$(soname "$old")" != "$(soname "$new")" ]; then
    printf '%s\n' "$report"
    echo "programs made for $name go on using $(soname "$old"), this is $(soname "$new")"
else
    printf '%s\n' "$report"
    echo "programs made for $name may break: raise t87s_soversion in runtime/meson.build, or take the change back" >&2
    exit 1
fi
