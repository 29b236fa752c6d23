; SPDX-License-Identifier: MIT
; Symbols: what a schema declares, with the comment that documents it, and where groups and enums are used.

(schema_declaration name: (identifier) @name) @definition.module

((doc_comment)* @doc
  .
  (enum_declaration name: (identifier) @name) @definition.type
  (#strip! @doc "^///\\s*"))

(enum_item name: (identifier) @name) @definition.constant

((doc_comment)* @doc
  .
  (tags_declaration name: (identifier) @name) @definition.type
  (#strip! @doc "^///\\s*"))

((doc_comment)* @doc
  .
  (segment name: (identifier) @name) @definition.field
  (#strip! @doc "^///\\s*"))

((doc_comment)* @doc
  .
  (cached_declaration name: (identifier) @name) @definition.function
  (#strip! @doc "^///\\s*"))

((doc_comment)* @doc
  .
  (mutation_declaration name: (identifier) @name) @definition.function
  (#strip! @doc "^///\\s*"))

(segment group: (identifier) @name @reference.type)
(bare_wild group: (identifier) @name @reference.type)
((type) @name @reference.type
  (#not-match? @name "^(str|u32|u64|i32|i64|uuid|bool|bytes)$"))
