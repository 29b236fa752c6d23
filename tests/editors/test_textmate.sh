#!/bin/sh
# SPDX-License-Identifier: MIT
# The TextMate grammar in the engine of VS Code, which npm brings into the build folder, once. Skipped without node and
# without a registry.
set -eu
for tool in node npm; do
    command -v "$tool" >/dev/null || { echo "no $tool here" && exit 77; }
done
engine=$T87S_BUILD_ROOT/textmate
if [ ! -d "$engine/node_modules/vscode-oniguruma" ]; then
    mkdir -p "$engine"
    echo '{"private": true}' >"$engine/package.json"
    (cd "$engine" && timeout 60 npm install --no-audit --no-fund --ignore-scripts --silent \
        vscode-textmate@9 vscode-oniguruma@2) || { echo "npm brings no vscode-textmate" && exit 77; }
fi
exec node "$T87S_SOURCE_ROOT/tests/editors/test_textmate.mjs" "$engine"
