#!/bin/sh
# SPDX-License-Identifier: MIT
# What Vim makes of schemas with the files of editors/vim. Skipped where there is no Vim that has syntax files.
set -eu
vim --version 2>/dev/null | grep -q '+syntax' || { echo "no vim here, or one without syntax" && exit 77; }

T87S_FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/t87s-vim-XXXXXX")
trap 'rm -rf "$T87S_FOLDER"' EXIT
export T87S_FOLDER
PATH=$(dirname "$T87SC"):$PATH
HOME=$T87S_FOLDER
TERM=dumb
export PATH HOME TERM
cd "$T87S_SOURCE_ROOT"
vim -e -s -N -u NONE -i NONE -n --cmd "set runtimepath^=$T87S_SOURCE_ROOT/editors/vim" \
    -S tests/editors/test_vim.vim </dev/null
