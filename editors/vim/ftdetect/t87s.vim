" SPDX-License-Identifier: MIT
" Schemas of t87s. (The file type `tags` is Vim's own: what ctags writes.)
autocmd BufNewFile,BufRead *.tags setfiletype t87s
