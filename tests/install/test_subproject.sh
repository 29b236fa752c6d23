#!/bin/sh
# SPDX-License-Identifier: MIT
# A project that has t87s below subprojects/ finds the library and the compiler without installing anything.
set -eu

folder=$(mktemp -d "${TMPDIR:-/tmp}/t87s-subproject-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir subprojects
ln -s "$T87S_SOURCE_ROOT" subprojects/t87s
for file in schemas/blog.tags schemas/blog_types.h tests/install/sample.c; do
    cp "$T87S_SOURCE_ROOT/$file" .
done
cat >meson.build <<'END'
project('app', 'c', default_options: ['c_std=c11', 'optimization=0'])
t87s = dependency('t87s', fallback: 't87s', default_options: ['tests=disabled', 'examples=disabled'])
blog_tags = custom_target('blog.tags.h', input: 'blog.tags', output: 'blog.tags.h', depfile: 'blog.tags.h.d',
  command: [find_program('t87sc'), 'gen', '-o', '@OUTPUT@', '--depfile', '@DEPFILE@', '@INPUT@'])
executable('app', 'sample.c', blog_tags, dependencies: t87s)
END
meson setup build --wrap-mode=forcefallback >log || { cat log && exit 1; }
ninja -C build app >log || { cat log && exit 1; }
build/app
echo "found, built, run"
