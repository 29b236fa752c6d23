" SPDX-License-Identifier: MIT
" Schemas of t87s: comments go on when a line is broken, gq lays the schema out as t87sc fmt does, gf and [I follow
" imports, :make checks.
if exists('b:did_ftplugin')
    finish
endif
let b:did_ftplugin = 1

setlocal comments=:///,:// commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal formatprg=t87sc\ fmt\ - formatexpr=t87s#format()
setlocal include=^\\s*import\\>
setlocal suffixesadd=.tags
setlocal shiftwidth=4 expandtab
compiler t87sc

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< formatprg< formatexpr< include< suffixesadd< '
    \ .. 'shiftwidth< expandtab< makeprg< errorformat<'
