#!/bin/sh
# SPDX-License-Identifier: MIT
# What `meson install` leaves behind is all a program needs, found by pkg-config alone.
. "$T87S_SOURCE_ROOT/tests/install/stage.sh"

for file in bin/t87sc include/t87s/t87s.h include/t87s/codegen.h share/t87s/t87s.mk share/t87s/t87sc-matcher.json \
    share/bash-completion/completions/t87sc share/zsh/site-functions/_t87sc \
    share/fish/vendor_completions.d/t87sc.fish share/vim/vimfiles/ftdetect/t87s.vim \
    share/tree-sitter/queries/t87s/highlights.scm; do
    [ -f "$prefix/$file" ] || fail "$file was not installed"
done
parser=$(find "$root" -name 'libtree-sitter-t87s.so')
nm -D --defined-only "$parser" | grep -q ' T tree_sitter_t87s$' || fail "no parser for tree-sitter was installed"
if command -v scdoc >/dev/null; then
    for page in man1/t87sc.1 man5/t87s-tags.5 man3/t87s.3 man3/t87s_open.3; do
        grep -q '^\.SH NAME' "$prefix/share/man/$page" || fail "there is no page $page"
    done
fi
if pkg-config --exists t87s-redis; then
    for file in bin/t87s-inspect share/bash-completion/completions/t87s-inspect share/zsh/site-functions/_t87s-inspect \
        share/fish/vendor_completions.d/t87s-inspect.fish; do
        [ -f "$prefix/$file" ] || fail "$file was not installed"
    done
    (unset LD_LIBRARY_PATH && "$prefix/bin/t87s-inspect" --version) | grep -q "^$T87S_VERSION " ||
        fail "t87s-inspect does not run where it is installed"
fi
t87sc=$(pkg-config --variable=t87sc t87s)
[ "$t87sc" = "$prefix/bin/t87sc" ] || fail "the pkg-config variable t87sc is '$t87sc'"
packages=$(pkg-config --print-requires --print-requires-private t87s)
[ -z "$packages" ] || fail "t87s.pc asks users for $packages"
[ "$(pkg-config --modversion t87s)" = "$T87S_VERSION" ] || fail "t87s.pc has another version"

# Meson can write a t87s.pc that is good wherever the folder is moved to.
$T87S_MESON setup "$stage/movable" "$T87S_SOURCE_ROOT" -Dpkgconfig.relocatable=true -Dtests=disabled \
    -Dexamples=disabled >"$stage/log" || { cat "$stage/log" && fail "meson setup"; }
mkdir "$stage/moved"
cp -R "$prefix" "$stage/moved/here"
cp "$stage/movable/meson-private/t87s.pc" "$(find "$stage/moved" -name pkgconfig)/"
found=$(PKG_CONFIG_PATH=$(find "$stage/moved" -name pkgconfig) pkg-config --variable=t87sc t87s)
[ "$(realpath "$found")" = "$stage/moved/here/bin/t87sc" ] || fail "the t87s.pc that was moved names '$found'"

# meson reads a version as the first number with a dot in it
"$t87sc" --version | head -n 1 | grep -q "^$T87S_VERSION " || fail "t87sc --version does not begin with the number"

# The shared library needs no library but liburcu's and those of the C compiler.
library=$LD_LIBRARY_PATH/libt87s.so
needed=$(objdump -p "$library" | awk '$1 == "NEEDED" && $2 !~ /^(libc|libgcc_s|libpthread|ld-linux.*|liburcu-bp)\.so/ { print $2 }')
[ -z "$needed" ] || fail "libt87s.so needs $needed"

# Programs ask for the library by its soname, which goes up with what breaks them.
soname=$(objdump -p "$library" | awk '$1 == "SONAME" { print $2 }')
[ "$soname" = libt87s.so.0 ] || fail "the soname is '$soname'"
[ -e "$LD_LIBRARY_PATH/$soname" ] || fail "no $soname was installed"

# Thread-locals cost no call: all rooms are compiled with -ftls-model=initial-exec.
! nm -D --undefined-only "$library" | grep -q __tls_get_addr || fail "libt87s.so calls __tls_get_addr"

# The blog of the demo, without its workload: compiled against the shared library, then against the static one.
cd "$stage"
cp "$T87S_SOURCE_ROOT/schemas/blog.tags" "$T87S_SOURCE_ROOT/schemas/blog_types.h" \
    "$T87S_SOURCE_ROOT/tests/install/sample.c" .
"$t87sc" gen -o blog.tags.h blog.tags
flags='-std=c11 -Wall -Wextra -Werror'
# shellcheck disable=SC2046,SC2086 # flags are words
$T87S_CC $flags $(pkg-config --cflags t87s) sample.c -o shared $(pkg-config --libs t87s)
./shared || fail "the program with the shared library"
# shellcheck disable=SC2046,SC2086
$T87S_CC $flags $(pkg-config --cflags t87s) sample.c -o static "$LD_LIBRARY_PATH/libt87s.a" \
    $(pkg-config --libs --static t87s | sed 's/-lt87s//')
(unset LD_LIBRARY_PATH && ./static) || fail "the program with the static library"

# The shared tier is a library beside, where there was hiredis; libt87s knows nothing of it.
if pkg-config --exists t87s-redis; then
    [ "$(pkg-config --modversion t87s-redis)" = "$T87S_VERSION" ] || fail "t87s-redis.pc has another version"
    cp "$T87S_SOURCE_ROOT/tests/install/sample_redis.c" .
    # shellcheck disable=SC2046,SC2086
    $T87S_CC $flags $(pkg-config --cflags t87s-redis) sample_redis.c -o shared_redis $(pkg-config --libs t87s-redis)
    ./shared_redis || fail "the program with the shared library over Redis"
    # shellcheck disable=SC2046,SC2086
    $T87S_CC $flags $(pkg-config --cflags t87s-redis) sample_redis.c -o static_redis \
        "$LD_LIBRARY_PATH/libt87s-redis.a" "$LD_LIBRARY_PATH/libt87s.a" \
        $(pkg-config --libs --static t87s-redis | sed 's/-lt87s-redis//; s/-lt87s//')
    (unset LD_LIBRARY_PATH && ./static_redis) || fail "the program with the static library over Redis"
fi
echo "installed, found, linked, run"
