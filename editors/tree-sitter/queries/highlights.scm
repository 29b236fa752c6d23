; SPDX-License-Identifier: MIT
; Colours. No place has two of them, for editors disagree on which of two counts.

(comment) @comment
(doc_comment) @comment.documentation

[
  "schema"
  "default"
  "enum"
  "tags"
  "root"
  "cached"
  "mutation"
  "tagged"
  "ttl"
  "grace"
  "negative"
  "timeout"
  "fleet"
  "jitter"
  "verify"
  "version"
  "invalidates"
] @keyword

["include" "import"] @keyword.import

["struct" "codec"] @keyword.type

["key" "exact" "soft"] @keyword.modifier
(wild "Wild" @keyword.modifier)
(static) @keyword.modifier

; ---- what is declared
(schema_declaration name: (identifier) @module)
(enum_declaration name: (identifier) @type)
(enum_item name: (identifier) @constant)
(tags_declaration name: (identifier) @type)
(cached_declaration name: (identifier) @function)
(mutation_declaration name: (identifier) @function)
(segment name: (identifier) @property)
(wild name: (identifier) @variable.parameter)
(parameter name: (identifier) @variable.parameter)

; ---- what is named
(segment group: (identifier) @type)
(bare_wild group: (identifier) @type)
((type) @type
  (#not-match? @type "^(str|u32|u64|i32|i64|uuid|bool|bytes)$"))
((type) @type.builtin
  (#match? @type.builtin "^(str|u32|u64|i32|i64|uuid|bool|bytes)$"))
(step segment: (identifier) @property)
(arguments (identifier) @variable.parameter)

(file_name) @string

[(duration) (percentage)] @number
(version_clause value: (integer) @number)

"->" @operator
[";" ":" "," "."] @punctuation.delimiter
["{" "}" "(" ")"] @punctuation.bracket

; ---- what t87sc refuses
[(reserved_word) (bad_number)] @error
