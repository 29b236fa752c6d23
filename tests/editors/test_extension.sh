#!/bin/sh
# SPDX-License-Identifier: MIT
# What the extension for VS Code does when a schema is opened, with VS Code and its client played. Skipped without node.
set -eu
command -v node >/dev/null || { echo "no node here" && exit 77; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/t87s-extension-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cp "$T87S_SOURCE_ROOT"/editors/vscode/*.js* "$folder"
cd "$folder"
mkdir node_modules node_modules/vscode
cat >node_modules/vscode/index.js <<'END'
const settings = require("../../package.json").contributes.configuration.properties;
exports.workspace = { getConfiguration: (section) => ({ get: (name) => settings[`${section}.${name}`].default }) };
END
cat >try.js <<'END'
const extension = require(require("./package.json").main);
globalThis.did = [];
extension.activate().then(() => extension.deactivate()).then(() => console.log(JSON.stringify(did)));
END

[ "$(node try.js)" = '[]' ] # without the client: colours only
mkdir node_modules/vscode-languageclient
cat >node_modules/vscode-languageclient/node.js <<'END'
exports.LanguageClient = class {
    constructor(...options) { did.push(options); }
    async start() { did.push("start"); }
    async stop() { did.push("stop"); }
};
END
[ "$(node try.js)" = '[["t87s","t87sc",{"command":"t87sc","args":["lsp"]},{"documentSelector":[{"language":"t87s"}]}],"start","stop"]' ]

# A client that is there but broken is told.
echo 'throw new Error("broken");' >node_modules/vscode-languageclient/node.js
! node try.js 2>/dev/null
