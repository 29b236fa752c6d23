#!/bin/sh
# SPDX-License-Identifier: MIT
# `t87sc lsp` in Neovim, as docs/editors.md has it started. Skipped where there is no Neovim.
set -eu
command -v nvim >/dev/null || { echo "no nvim here" && exit 77; }

T87S_FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/t87s-nvim-XXXXXX")
trap 'rm -rf "$T87S_FOLDER"' EXIT
export T87S_FOLDER
PATH=$(dirname "$T87SC"):$PATH
HOME=$T87S_FOLDER
TERM=dumb
export PATH HOME TERM
cd "$T87S_SOURCE_ROOT"
nvim --headless -u NONE -i NONE -n --cmd "set runtimepath^=$T87S_SOURCE_ROOT/editors/vim" \
    -c 'filetype plugin on' -c 'luafile tests/editors/test_neovim.lua' </dev/null
