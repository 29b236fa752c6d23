" SPDX-License-Identifier: MIT
" :make checks the schema that is being edited and fills the quickfix list.
if exists('current_compiler')
    finish
endif
let current_compiler = 't87sc'

CompilerSet makeprg=t87sc\ check\ --color\ never\ %:S
" The code becomes a part of the message; what the letter quotes of the schema is left out.
CompilerSet errorformat=
    \%E%f:%l:%c:\ error:\ %m,
    \%W%f:%l:%c:\ warning:\ %m,
    \%I%f:%l:%c:\ note:\ %m,
    \%I%f:%l:%c:\ help:\ %m,
    \%-G%.%#
