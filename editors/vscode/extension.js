// SPDX-License-Identifier: MIT
// Starts `t87sc lsp`, if the client is there that speaks with it (npm install); colours need neither.
"use strict";

let client;

function languageClient() {
    try {
        return require("vscode-languageclient/node").LanguageClient;
    } catch (problem) {
        if (problem.code !== "MODULE_NOT_FOUND")
            throw problem;
        return undefined;
    }
}

exports.activate = async () => {
    const LanguageClient = languageClient();
    if (!LanguageClient)
        return;
    const [command, ...args] = require("vscode").workspace.getConfiguration("t87s").get("server");
    client = new LanguageClient("t87s", "t87sc", { command, args }, { documentSelector: [{ language: "t87s" }] });
    await client.start();
};

exports.deactivate = () => client && client.stop();
