// SPDX-License-Identifier: MIT
// src/grammar.json is what grammar.js says: evaluates it with the few words of tree-sitter's grammars that it uses, and
// compares. usage: node test_generated.mjs FOLDER-OF-THE-GRAMMAR
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = path.resolve(process.argv[2]);

function rule(value) {
  if (typeof value === 'string') return { type: 'STRING', value };
  if (value instanceof RegExp) return { type: 'PATTERN', value: value.source };
  assert.equal(typeof value.type, 'string', `no rule: ${value}`);
  return value;
}

const symbols = new Proxy({}, { get: (_, name) => ({ type: 'SYMBOL', name }) });
const list = (build) => build(symbols).map(rule);
const names = (build) => build(symbols).map((symbol) => symbol.name);

Object.assign(globalThis, {
  seq: (...members) => ({ type: 'SEQ', members: members.map(rule) }),
  choice: (...members) => ({ type: 'CHOICE', members: members.map(rule) }),
  optional: (content) => ({ type: 'CHOICE', members: [rule(content), { type: 'BLANK' }] }),
  repeat: (content) => ({ type: 'REPEAT', content: rule(content) }),
  field: (name, content) => ({ type: 'FIELD', name, content: rule(content) }),
  alias: (content, { name }) => ({ type: 'ALIAS', content: rule(content), named: true, value: name }),
  grammar: ({ name, word, extras, supertypes, rules }) => ({
    name,
    word: word(symbols).name,
    rules: Object.fromEntries(Object.entries(rules).map(([key, build]) => [key, rule(build(symbols))])),
    extras: list(extras),
    conflicts: [],
    precedences: [],
    externals: [],
    inline: [],
    supertypes: names(supertypes),
  }),
});

// What later generators add.
const known = (key, value) => (['$schema', 'flags', 'reserved'].includes(key) ? undefined : value);
const written = JSON.parse(fs.readFileSync(path.join(folder, 'src', 'grammar.json'), 'utf8'), known);
const meant = createRequire(import.meta.url)(path.join(folder, 'grammar.js'));
assert.ok(Object.keys(meant.rules).length > 40);
assert.deepEqual(Object.keys(written.rules), Object.keys(meant.rules));
assert.deepEqual(written, meant);
