#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the source tarball of the commit that is checked out: the same commit gives the same bytes (times are the
# commit's, gzip writes none). Then what is in it is unpacked, built, installed, and programs are built with that.
# usage: dist.sh FOLDER, from the top of a git checkout
set -eu
commit=$(git rev-parse --verify HEAD)
[ -z "$(git status --porcelain --untracked-files=no)" ] || echo "what is not committed is not in the tarball" >&2
version=$(git show "$commit:meson.build" | sed -n "s/^  version: '\(.*\)',$/\1/p" | head -n 1)
name=t87s-$version
top=$PWD
mkdir -p "$1"
cd "$1"
rm -rf "$name" "$name".*

# tarball FILE
tarball() {
    git -c tar.umask=0022 -C "$top" archive --format=tar --prefix="$name/" "$commit" >"$1.tar"
    gzip -n -9 "$1.tar"
}
tarball "$name"
tarball "$name.again"
cmp "$name.tar.gz" "$name.again.tar.gz"
rm "$name.again.tar.gz"

tar -xf "$name.tar.gz"
(
    cd "$name"
    meson setup build --buildtype=release -Dtests=disabled
    ninja -C build
    export T87S_SOURCE_ROOT="$PWD" T87S_BUILD_ROOT="$PWD/build" T87S_VERSION="$version" T87S_CC=cc T87S_MESON=meson
    tests/install/test_install.sh
    tests/readme/test_readme.sh
) >"$name.log" 2>&1 || { tail -n 40 "$name.log" && echo "$PWD/$name.tar.gz does not work" && exit 1; }
rm -r "$name"

sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256"
echo "$PWD/$name.tar.gz: of commit $commit, built, installed and used"
