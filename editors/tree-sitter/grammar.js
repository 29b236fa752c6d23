// SPDX-License-Identifier: MIT
//
// Schemas of t87s. The language is what compiler/syntax/lexer.re and grammar.y say, and tests/editors/tree_sitter holds
// this against them. Only limits are left to t87sc: how long a name is, how deep blocks nest, how great a number.
//
// A word is a keyword only where one may stand, so every word but Wild and Static may also be a name, and is an
// `identifier` then. Words and numbers that t87sc refuses are nodes of their own, `reserved_word` and `bad_number`.
// Behind them must stand what is nowhere, `_never`: so the tree has an error just there, and goes on as if it had none.

// In comments and file names: no control character but the tab, and none that turns the direction of the text. Nor
// U+10FFFF, the last there is: a class that goes so far is generated as all that is not in it, and bytes that are no
// UTF-8 would pass.
const BEYOND_ASCII =
  '\\u{80}-\\u{61B}\\u{61D}-\\u{200D}\\u{2010}-\\u{2029}\\u{202F}-\\u{2065}\\u{206A}-\\u{10FFFE}';
const TEXT = `[\\t -~${BEYOND_ASCII}]`;
const TEXT_WITHOUT_SLASH = `[\\t -.0-~${BEYOND_ASCII}]`;
const QUOTED = `[\\t !#-\\[\\]-~${BEYOND_ASCII}]`; // a backslash is in no file name
const ANGLED = `[\\t -=?-\\[\\]-~${BEYOND_ASCII}]`;

const pattern = (...parts) => new RegExp(parts.join(''), 'u');
const list1 = (rule) => seq(rule, repeat(seq(',', rule)));
const list = (rule) => optional(list1(rule));

module.exports = grammar({
  name: 't87s',

  word: ($) => $.identifier,
  extras: ($) => [/[ \t\n]/, $._crlf, $.comment, $.doc_comment],
  supertypes: ($) => [$.declaration, $.clause],

  rules: {
    schema_file: ($) => repeat($.declaration),

    declaration: ($) =>
      choice(
        $.schema_declaration,
        $.include_declaration,
        $.import_declaration,
        $.default_declaration,
        $.enum_declaration,
        $.tags_declaration,
        $.root_declaration,
        $.cached_declaration,
        $.mutation_declaration,
      ),

    schema_declaration: ($) => seq('schema', field('name', $._name), ';'),
    include_declaration: ($) =>
      seq('include', field('file', choice($.file_name, alias($._angled_file_name, $.file_name))), ';'),
    import_declaration: ($) => seq('import', field('file', $.file_name), ';'),
    default_declaration: ($) =>
      seq('default', field('clause', choice('ttl', 'grace')), field('value', $.duration), ';'),
    enum_declaration: ($) => seq('enum', field('name', $._name), '{', list1($.enum_item), '}'),
    enum_item: ($) => field('name', $._name),

    // ---- what can change: segments
    tags_declaration: ($) => seq('tags', field('name', $._name), field('body', $.block)),
    root_declaration: ($) => seq('root', field('body', $.block)),
    block: ($) => seq('{', repeat(choice($.segment, $.bare_wild)), '}'),
    segment: ($) => seq(field('name', $._name), ':', field('kind', choice($.static, $.wild)), $._below),
    bare_wild: ($) => seq(field('kind', $.wild), $._below), // a value directly below what it stands in
    static: () => 'Static',
    wild: ($) => seq('Wild', optional(seq('(', field('name', $._name), ':', field('type', $._type), ')'))),
    _below: ($) => choice(';', seq(field('group', $._name), ';'), field('body', $.block)),

    // ---- queries and mutations
    cached_declaration: ($) =>
      seq(
        'cached',
        field('name', $._name),
        field('parameters', $.parameters),
        '->',
        field('value', $.value),
        repeat($.clause),
        ';',
      ),
    mutation_declaration: ($) =>
      seq('mutation', field('name', $._name), field('parameters', $.parameters), repeat($.invalidates_clause), ';'),

    parameters: ($) => seq('(', list($.parameter), ')'),
    parameter: ($) =>
      seq(optional('key'), field('name', choice($._name, alias('key', $.identifier))), ':', field('type', $._type)),
    value: ($) =>
      choice(field('type', $._type), seq(field('kind', choice('struct', 'codec')), field('type', $._type))),

    clause: ($) =>
      choice(
        $.tagged_clause,
        $.duration_clause,
        $.fleet_clause,
        $.percentage_clause,
        $.version_clause,
      ),
    tagged_clause: ($) => seq('tagged', list1($.spec)),
    duration_clause: ($) =>
      seq(field('kind', choice('ttl', 'grace', 'negative', 'timeout')), field('value', $.duration)),
    fleet_clause: ($) => seq('fleet', optional(field('value', $.duration))),
    percentage_clause: ($) => seq(field('kind', choice('jitter', 'verify')), field('value', $.percentage)),
    version_clause: ($) => seq('version', field('value', $.integer)),
    invalidates_clause: ($) => seq('invalidates', list1($.target)),
    target: ($) => seq($.spec, repeat(field('mark', choice('exact', 'soft')))),

    // ---- tags, with parameters for their wilds
    spec: ($) => seq($.step, repeat(seq('.', $.step))),
    step: ($) => seq(field('segment', $._name), optional(field('arguments', $.arguments))),
    arguments: ($) => seq('(', list($._name), ')'),

    // ---- names
    _name: ($) => choice($.identifier, $._refused_name),
    _type: ($) => choice(alias($.identifier, $.type), $._refused_name),
    _refused_name: ($) => seq($.reserved_word, $._never),
    reserved_word: () => choice('Wild', 'Static', 'record', 'service', 'batch', 'reserved', 'was', 'accept'),
    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,

    // ---- numbers; of what is as long, the first is taken
    duration: ($) => choice(/[0-9]+(ms|s|m|h|d)/, $._refused_number),
    percentage: ($) => seq($.integer, '%'),
    integer: ($) => choice(/[0-9]+/, $._refused_number),
    _refused_number: ($) => seq($.bad_number, $._never),
    bad_number: () => /[0-9]+[A-Za-z_][A-Za-z0-9_]*/,

    // ---- no character at all
    _never: () => /[^\u{0}-\u{10FFFF}]/u,

    // ---- text; a word, not a blank, so that a carriage return without its line feed is seen at the very end, too
    _crlf: () => '\r\n',
    file_name: () => pattern('"', QUOTED, '+"'),
    _angled_file_name: () => pattern('<', ANGLED, '+>'),
    doc_comment: () => pattern('///(', TEXT_WITHOUT_SLASH, TEXT, '*)?'), // of three slashes and no more
    comment: () => pattern('//(', TEXT_WITHOUT_SLASH, TEXT, '*|//', TEXT, '*)?'),
  },
});
