" SPDX-License-Identifier: MIT
" Run by test_vim.sh in the folder of the tree, with editors/vim in 'runtimepath': the groups at places of the kitchen
" sink, which has every construct; the file type with its settings; :make with its quickfix list.
set nomore hidden
filetype plugin on
syntax on
let s:failures = []

function s:Expect(what, got, wanted)
    if a:got !=# a:wanted
        call add(s:failures, a:what .. ': ' .. string(a:got) .. ', not ' .. string(a:wanted))
    endif
endfunction

" The group of a word, on the one line that matches the pattern.
function s:Group(line, word, group)
    let l:number = search('\V' .. a:line, 'cw')
    if !l:number
        call add(s:failures, 'there is no line ' .. a:line)
        return
    endif
    let l:column = stridx(getline(l:number), a:word) + 1
    let l:name = synIDattr(synID(l:number, l:column, 1), 'name')
    call s:Expect(a:word .. ' in `' .. getline(l:number) .. '`', l:name, a:group)
endfunction

edit schemas/kitchen_sink.tags
call s:Expect('filetype', &filetype, 't87s')
call s:Expect('commentstring', &commentstring, '// %s')
call s:Expect('formatprg', &formatprg, 't87sc fmt -')
call s:Expect('makeprg', &makeprg, 't87sc check --color never %:S')

for [line, word, group] in [
    \ ['// schemas/kitchen_sink', 'schemas', 't87sComment'],
    \ ['/// A shop in three', 'shop', 't87sDoc'],
    \ ['schema shop;', 'schema', 't87sDeclaration'],
    \ ['schema shop;', 'shop', 't87sDeclared'],
    \ ['import "shared', 'import', 't87sInclude'],
    \ ['import "shared', '"', 't87sFile'],
    \ ['include <stdint.h>', '<', 't87sFile'],
    \ ['default ttl 2m;', 'default', 't87sDefault'],
    \ ['default ttl 2m;', 'ttl', 't87sClause'],
    \ ['default ttl 2m;', '2m', 't87sNumber'],
    \ ['enum carrier', 'enum', 't87sDeclaration'],
    \ ['enum carrier', 'carrier', 't87sDeclared'],
    \ ['tags Customer {', 'tags', 't87sDeclaration'],
    \ ['tags Customer {', 'Customer', 't87sDeclared'],
    \ ['root {', 'root', 't87sDeclaration'],
    \ ['customers: Static {', 'customers', 't87sName'],
    \ ['customers: Static {', 'Static', 't87sKind'],
    \ ['Wild(customer_id: u64) Customer', 'Wild', 't87sKind'],
    \ ['Wild(customer_id: u64) Customer', 'customer_id', 't87sName'],
    \ ['Wild(customer_id: u64) Customer', 'u64', 't87sType'],
    \ ['tags:   Wild(key: str)', 'tags', 't87sName'],
    \ ['tags:   Wild(key: str)', 'key', 't87sName'],
    \ ['tags:   Wild(key: str)', 'version', 't87sName'],
    \ ['cached: Static;', 'cached', 't87sName'],
    \ ['cached get_customer(', 'cached', 't87sDeclaration'],
    \ ['cached get_customer(', 'get_customer', 't87sDeclared'],
    \ ['cached get_customer(', '->', 't87sArrow'],
    \ ['cached get_customer(', 'struct', 't87sValueKind'],
    \ ['cached get_customer(', 'customer', 't87sDeclared'],
    \ ['tagged customers(customer_id).profile', 'tagged', 't87sClause'],
    \ ['tagged customers(customer_id).profile', 'customers', ''],
    \ ['ttl 30s grace 5m negative', 'negative', 't87sClause'],
    \ ['ttl 30s grace 5m negative', 'fleet', 't87sClause'],
    \ ['ttl 1h fleet 2s', 'fleet', 't87sClause'],
    \ ['ttl 30s grace 5m negative', 'jitter', 't87sClause'],
    \ ['ttl 30s grace 5m negative', '10%', 't87sNumber'],
    \ ['ttl 30s grace 5m negative', 'version', 't87sClause'],
    \ ['cached count_customers', 'u32', 't87sValueType'],
    \ ['cached get_cart(', 'codec', 't87sValueKind'],
    \ ['cached get_cart(', 'cart', 't87sDeclared'],
    \ ['cached search(', 'key', 't87sKeyMark'],
    \ ['cached search(', 'bytes', 't87sValueType'],
    \ ['cached version(key', 'version', 't87sDeclared'],
    \ ['cached version(key', 'key', 't87sName'],
    \ ['cached version(key', 'tagged', 't87sClause'],
    \ ['cached version(key', 'tags', ''],
    \ ['mutation place_order', 'mutation', 't87sDeclaration'],
    \ ['invalidates customers.count exact, site.banner;', 'invalidates', 't87sClause'],
    \ ['invalidates customers.count exact, site.banner;', 'exact', 't87sMark'],
    \ ['invalidates prices(zone, sku), articles(sku) soft;', 'soft', 't87sMark'],
    \ ]
    call s:Group(line, word, group)
endfor

" What is not in the kitchen sink.
enew
setfiletype t87s
call setline(1, ['schema s; /* no */', 'root { batch: Static; } // t87sc: allow(T1005) it is meant'])
call s:Group('/* no */', '/*', 't87sError')
call s:Group('batch: Static', 'batch', 't87sReserved')
call s:Group('batch: Static', 't87sc', 't87sAllow')
call s:Group('batch: Static', 'it is', 't87sComment')

" :make, with t87sc in $PATH.
execute 'edit' fnameescape($T87S_FOLDER .. '/bad schema.tags')
call setline(1, ['schema s;', 'root { users: Wild(id: u64); }', 'cached f(id: u64) -> u64 tagged user(id);'])
silent write
silent make!
let s:told = map(getqflist(), {_, row -> [row.lnum, row.col, row.type, row.text]})
call s:Expect('the quickfix list', s:told[0], [3, 33, 'E', "unknown segment 'user' [T0203]"])
call s:Expect('its help', s:told[1][2] .. s:told[1][3], "Idid you mean 'users'?")
call s:Expect('its length', len(s:told), 3)

" gq, with one line as with many.
enew!
setfiletype t87s
call setline(1, ['schema  s;', '', 'root{a:Static;}', '', '', '// the end'])
normal! 3GgqG
call s:Expect('gq', getline(1, '$'), ['schema s;', '', 'root {', '    a: Static;', '}', '', '// the end'])
let s:broken = ['schema  s;', 'root {']
call setline(1, s:broken)
call deletebufline('%', 3, '$')
let s:said = execute('normal! gqgq')
call s:Expect('gq of what cannot be read', getline(1, '$'), s:broken)
call s:Expect('what it says', s:said =~# '<stdin>:2:7: error: ' ? '' : s:said, '')

call writefile(s:failures, '/dev/stdout')
execute empty(s:failures) ? 'qall!' : 'cquit!'
