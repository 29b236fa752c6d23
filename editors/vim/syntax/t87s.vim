" SPDX-License-Identifier: MIT
" Schemas of t87s. Every word of the language but Wild and Static may also be a name, so a word is a keyword only where
" the grammar has one: `cached` at the beginning of a declaration, `ttl` before a duration.
if exists('b:current_syntax')
    finish
endif
let s:save = &cpo
set cpo&vim

syntax case match

syntax keyword t87sTodo contained TODO FIXME XXX
syntax match t87sComment "//.*" contains=t87sTodo,@Spell
syntax match t87sDoc "///\%(/\)\@!.*" contains=t87sTodo,@Spell
syntax match t87sAllow "t87sc: allow([A-Za-z0-9_., -]*)" contained containedin=t87sComment

" ---- declarations: the word, then the name that is declared
syntax match t87sDeclaration "\<\%(schema\|enum\|tags\|cached\|mutation\)\ze\_s\+\h\w*\_s*[;{(]" nextgroup=t87sDeclared skipwhite skipempty
syntax match t87sDeclaration "\<root\ze\_s*{"
syntax match t87sDeclared "\h\w*" contained
syntax match t87sInclude "\<\%(include\|import\)\ze\_s*[<\"]" nextgroup=t87sFile skipwhite skipempty
syntax match t87sFile +"[^"]*"\|<[^>]*>+ contained
syntax match t87sDefault "\<default\ze\_s\+\%(ttl\|grace\)\_s\+\d"

" ---- segments and parameters: a name, a colon, a type
syntax match t87sName "\<\h\w*\ze\_s*:"
syntax keyword t87sKind Wild Static
syntax match t87sType ":\_s*\zs\%(str\|u32\|u64\|i32\|i64\|uuid\|bool\)\>"
syntax match t87sKeyMark "[(,]\_s*\zskey\ze\_s\+\h\w*\_s*:"

" ---- the value of a query
syntax match t87sArrow "->" nextgroup=t87sValueKind,t87sValue skipwhite skipempty
syntax match t87sValue "\h\w*" contained contains=t87sValueType
syntax match t87sValueType "\<\%(str\|u32\|u64\|i32\|i64\|uuid\|bool\|bytes\)\>" contained
syntax match t87sValueKind "\<\%(struct\|codec\)\ze\_s\+\h" contained nextgroup=t87sValue skipwhite skipempty

" ---- clauses
syntax match t87sClause "\<\%(ttl\|grace\|negative\|timeout\|fleet\|jitter\|verify\|version\)\ze\_s\+\d"
syntax match t87sClause "\%(\%(tagged\|invalidates\|[,.(]\)\_s*\)\@20<!\<fleet\ze\_s*\%(;\|//\|\_s\%(tagged\|ttl\|grace\|negative\|timeout\|jitter\|verify\|version\)\>\)"
syntax match t87sClause "\<\%(tagged\|invalidates\)\ze\_s\+\h"
syntax match t87sMark "\<\%(exact\|soft\)\ze\_s*[;,]"
syntax match t87sNumber "\<\d\+\%(ms\|[smhd]\)\=\>%\="

" What is kept for later versions of the language, and what was never in it.
syntax keyword t87sReserved record service batch reserved was accept
syntax region t87sError start="/\*" end="\*/"

syntax sync minlines=50

highlight default link t87sTodo Todo
highlight default link t87sComment Comment
highlight default link t87sDoc SpecialComment
highlight default link t87sAllow PreProc
highlight default link t87sDeclaration Statement
highlight default link t87sDeclared Function
highlight default link t87sInclude Include
highlight default link t87sFile String
highlight default link t87sDefault Statement
highlight default link t87sName Identifier
highlight default link t87sKind StorageClass
highlight default link t87sType Type
highlight default link t87sKeyMark StorageClass
highlight default link t87sArrow Operator
highlight default link t87sValue Structure
highlight default link t87sValueType Type
highlight default link t87sValueKind Structure
highlight default link t87sClause Keyword
highlight default link t87sMark Special
highlight default link t87sNumber Number
highlight default link t87sReserved Error
highlight default link t87sError Error

let b:current_syntax = 't87s'
let &cpo = s:save
unlet s:save
