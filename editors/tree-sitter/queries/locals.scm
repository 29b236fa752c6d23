; SPDX-License-Identifier: MIT
; The parameters of a query or mutation fill the wilds of its tags.
(cached_declaration) @local.scope
(mutation_declaration) @local.scope

(parameter name: (identifier) @local.definition)
(arguments (identifier) @local.reference)
