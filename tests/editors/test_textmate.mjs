// SPDX-License-Identifier: MIT
// The TextMate grammar in the engine of VS Code: the scopes of textmate_scopes.json. Run by test_textmate.sh, which
// brings the engine.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";

const root = process.env.T87S_SOURCE_ROOT;
const require = createRequire(join(process.argv[2], "package.json"));
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
const path = join(root, "editors/vscode/syntaxes/t87s.tmLanguage.json");
const registry = new textmate.Registry({
    onigLib: Promise.resolve({
        createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
        createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(path, "utf8"), path),
});
const grammar = await registry.loadGrammar("source.t87s");
const lines = readFileSync(join(root, "schemas/kitchen_sink.tags"), "utf8").split("\n");
let state = textmate.INITIAL;
const tokens = lines.map((line) => {
    const read = grammar.tokenizeLine(line, state);
    state = read.ruleStack;
    return read.tokens;
});

let failed = 0;
for (const [where, word, wanted] of JSON.parse(readFileSync(join(root, "tests/editors/textmate_scopes.json"), "utf8"))) {
    const at = lines.findIndex((line) => line.includes(where));
    const column = lines[at].indexOf(word) + word.length - word.trimStart().length;
    const token = tokens[at].find((each) => each.startIndex <= column && column < each.endIndex);
    const got = token.scopes[token.scopes.length - 1];
    if (got !== wanted) {
        console.log(`${word} in \`${lines[at]}\`: ${got}, not ${wanted}`);
        failed++;
    }
}
process.exit(failed ? 1 : 0);
