#!/bin/sh
# SPDX-License-Identifier: MIT
# Neovim colours a schema by the parser and the questions as they are installed. Skipped where there is no Neovim.
set -eu
command -v nvim >/dev/null || { echo "no nvim here" && exit 77; }

T87S_FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/t87s-nvim-XXXXXX")
trap 'rm -rf "$T87S_FOLDER"' EXIT
mkdir -p "$T87S_FOLDER/queries"
ln -s "$T87S_SOURCE_ROOT/editors/tree-sitter/queries" "$T87S_FOLDER/queries/t87s"
T87S_PARSER=$T87S_BUILD_ROOT/editors/tree-sitter/libtree-sitter-t87s.so
HOME=$T87S_FOLDER
TERM=dumb
export T87S_FOLDER T87S_PARSER HOME TERM
cd "$T87S_SOURCE_ROOT"
nvim --headless -u NONE -i NONE -n --cmd "set runtimepath^=$T87S_SOURCE_ROOT/editors/vim,$T87S_FOLDER" \
    -c 'filetype plugin on' -c 'luafile tests/editors/tree_sitter/test_neovim.lua' </dev/null
