; SPDX-License-Identifier: MIT
[
  (block)
  (enum_declaration)
  (cached_declaration)
  (mutation_declaration)
] @fold
