#!/bin/sh
# SPDX-License-Identifier: MIT
# Sourced: what a build must do with schemas, told once for all build systems. The test of one copies the sample with
# `sample`, defines build() and calls `story HEADER OBJECT PROGRAM`, which says what build() makes; a fourth word, `lazy`,
# says that nothing is compiled when a header that was generated again is as before. The t87sc that is installed here writes
# down what it generates.
root="an installed copy"
. "$T87S_SOURCE_ROOT/tests/install/stage.sh"

generated=$stage/generated
mv "$prefix/bin/t87sc" "$prefix/bin/t87sc-itself"
cat >"$prefix/bin/t87sc" <<'SH'
#!/bin/sh
for schema; do :; done
[ "$1" != gen ] || echo "${schema##*/}" >>"$T87SC_GENERATED"
exec "${0%/*}/t87sc-itself" "$@"
SH
chmod +x "$prefix/bin/t87sc"
T87SC_GENERATED=$generated PATH=$prefix/bin:$PATH
export T87SC_GENERATED PATH

# sample NAME FOLDER: with the files of all samples. Blanks and $ in the folder's name are what builds get wrong.
sample() {
    mkdir "$stage/$2"
    cd "$stage/$2"
    cp -R "$T87S_SOURCE_ROOT/tests/integration/app/." "$T87S_SOURCE_ROOT/tests/integration/$1/." .
}

# t87s below subprojects/, as `meson subprojects download` would put it there.
subproject() {
    cp -R "$T87S_SOURCE_ROOT/tests/integration/meson-subproject/." .
    ln -s "$T87S_SOURCE_ROOT" subprojects/t87s
}

# build_or_fail WHAT
build_or_fail() {
    : >"$generated"
    build >"$stage/log" 2>&1 || { cat "$stage/log" && fail "$1: the build fails"; }
}

# build_that_fails WHAT
build_that_fails() {
    if build >"$stage/log" 2>&1; then
        cat "$stage/log"
        fail "$1: it builds"
    fi
    grep -q "imports/goods.tags:[0-9]*:[0-9]*: error: .* \[T[0-9]*\]$" "$stage/log" ||
        { cat "$stage/log" && fail "$1: no diagnostic with its place"; }
}

# generates WHAT SCHEMA...: the last build made these headers and no others
generates() {
    what=$1
    shift
    found=$(sort "$generated" | tr '\n' ' ')
    [ "$found" = "$*${1+ }" ] || { cat "$stage/log" && fail "$what: generated '$found', not '$*'"; }
}

prints() {
    printed=$("$program") || fail "$1: the program exits $?"
    [ "$printed" = "$2" ] || { cat "$stage/log" && fail "$1: it printed '$printed', not '$2'"; }
}

mtimes() { stat -c '%n %y' "$@"; }

# Done again until the clock of the file system has moved on.
touch_after() {
    touch "$1"
    until [ -n "$(find "$1" -newer "$2")" ]; do touch "$1"; done
}

# compiles_nothing WHAT: the next build does not
compiles_nothing() {
    before=$(mtimes "$header" "$object" "$program")
    build_or_fail "$1"
    [ "$before" = "$(mtimes "$header" "$object" "$program")" ] || { cat "$stage/log" && fail "$1: something was made again"; }
}

idle() {
    compiles_nothing "$1"
    generates "$1"
}

story() {
    header=$1 object=$2 program=$3
    build_or_fail 'a first build'
    generates 'a first build' shop.tags staff.tags
    prints 'a first build' '7 left, 2 fetches, no shelf'
    idle 'nothing changed'

    touch_after imports/goods.tags "$program"
    if [ "${4-}" = lazy ]; then compiles_nothing 'an import is touched'; else build_or_fail 'an import is touched'; fi
    generates 'an import is touched' shop.tags
    idle 'after an import was touched'

    sed -i 's/stock: Static;/& shelf: Static;/' imports/goods.tags
    touch_after imports/goods.tags "$program"
    build_or_fail 'an import is changed'
    generates 'an import is changed' shop.tags
    prints 'an import is changed' '7 left, 2 fetches, a shelf'
    idle 'after an import was changed'

    cp "$header" "$stage/whole"
    echo 'tags' >>imports/goods.tags
    touch_after imports/goods.tags "$program"
    build_that_fails 'an import is broken'
    cmp "$header" "$stage/whole" || fail 'an import is broken: the header is, too'
    build_that_fails 'an import is still broken'
    rm "$header"
    build_that_fails 'an import is broken, no header'
    [ ! -e "$header" ] || fail 'a broken schema left a header'

    sed -i '$d' imports/goods.tags
    touch_after imports/goods.tags "$program"
    build_or_fail 'an import is repaired'
    generates 'an import is repaired' shop.tags
    prints 'an import is repaired' '7 left, 2 fetches, a shelf'
    idle 'after an import was repaired'
}
