" SPDX-License-Identifier: MIT
" Schemas of t87s: comments go on when a line is broken, gq formats the file's lines as t87sc fmt does, gf and [I follow
" imports, :make checks.
if exists('b:did_ftplugin')
    finish
endif
let b:did_ftplugin = 1

setlocal comments=:///,:// commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal formatprg=t87sc\ fmt\ -
setlocal include=^\\s*import\\>
setlocal suffixesadd=.tags
setlocal shiftwidth=4 expandtab
compiler t87sc

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< formatprg< include< suffixesadd< '
    \ .. 'shiftwidth< expandtab< makeprg< errorformat<'
