" SPDX-License-Identifier: MIT

" For 'formatexpr': the whole schema goes through 'formatprg', whichever lines were asked for, since only a whole schema
" can be read. What cannot be read stays as it is, and the reason is told. While text is typed, lines are broken as usual.
function! t87s#format() abort
    if mode() =~# '[iR]'
        return 1
    endif
    let l:old = getline(1, '$')
    let l:new = systemlist(&l:formatprg .. ' 2>&1', l:old)
    if v:shell_error
        echohl ErrorMsg | echomsg get(l:new, 0, 't87sc does not run') | echohl None
    elseif l:new !=# l:old
        call setline(1, l:new)
        call deletebufline('%', len(l:new) + 1, '$')
    endif
    return 0
endfunction
