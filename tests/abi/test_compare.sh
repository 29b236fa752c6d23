#!/bin/sh
# SPDX-License-Identifier: MIT
# The verdicts of compare.sh on a library of two functions, and what run.sh says before there is a release.
set -eu
command -v abidiff >/dev/null || { echo "no abidiff here" && exit 77; }
compare=$T87S_SOURCE_ROOT/tests/abi/compare.sh
folder=$(mktemp -d "${TMPDIR:-/tmp}/t87s-abi-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# library NAME SONAME: of the header on standard input; what the functions do is the same in all
library() {
    mkdir "$1"
    cat >"$1/x.h"
    cat >"$1/x.c" <<'END'
#include "x.h"
struct x_private { PRIVATE inside; };
int x_open(const struct x_options *options, struct x_private **out) { *out = 0; return (int)options->size; }
int x_close(struct x_private *x) { return x && x->inside; }
#ifdef MORE
int x_clear(struct x_private *x) { return x != 0; }
#endif
END
    $T87S_CC -g -shared -fPIC -Wl,-soname,"$2" -o "$1/libx.so" "$1/x.c"
}

# header OPTIONS: the struct that programs fill in
header() {
    printf 'struct x_private;\nstruct x_options { %s };\n' "$1"
    printf 'int x_open(const struct x_options *options, struct x_private **out);\nint x_close(struct x_private *x);\n'
}

{ header 'long size;' && echo '#define PRIVATE int'; } | library old libx.so.0
{ header 'long size;' && echo '#define PRIVATE double'; } | library inside libx.so.0
{ header 'long size;' && printf '#define PRIVATE int\n#define MORE\nint x_clear(struct x_private *x);\n'; } |
    library more libx.so.0
{ header 'long size, more;' && echo '#define PRIVATE int'; } | library wider libx.so.0
{ header 'long size, more;' && echo '#define PRIVATE int'; } | library renamed libx.so.1
{ header 'long size;' && echo '#define PRIVATE int' && echo '#define x_close x_end'; } | library gone libx.so.0

# verdict LIBRARY EXIT SENTENCE
verdict() {
    status=0
    "$compare" v1 old/libx.so old "$1/libx.so" "$1" >said 2>&1 || status=$?
    if [ "$status" != "$2" ] || ! grep -q "$3" said; then
        cat said
        echo "FAILED: $1: exit $status" && exit 1
    fi
}
verdict old 0 'the ABI is that of v1'
verdict inside 0 'the ABI is that of v1'
verdict more 0 'only additions'
verdict wider 1 'may break'
verdict gone 1 'may break'
verdict renamed 0 'go on using libx.so.0, this is libx.so.1'
rm old/libx.so
verdict old 3 'abidiff failed'

git init -q "$folder/young"
cd "$folder/young"
"$T87S_SOURCE_ROOT/tests/abi/run.sh" build | grep -q 'no release is tagged yet' || { echo "FAILED: no release" && exit 1; }
echo "told apart"
