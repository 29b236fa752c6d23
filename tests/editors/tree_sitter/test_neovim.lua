-- SPDX-License-Identifier: MIT
-- Run by test_neovim.sh: a schema is opened, read with the parser, and typed in; what Neovim finds in it by the
-- queries.

local function expect(what, found, wanted)
    if not vim.deep_equal(found, wanted) then
        error(what .. ': ' .. vim.inspect(found) .. ' is not ' .. vim.inspect(wanted))
    end
end

local function add_language()
    if vim.treesitter.language.add then -- from 0.9 on
        vim.treesitter.language.add('t87s', { path = vim.env.T87S_PARSER })
    else
        vim.treesitter.require_language('t87s', vim.env.T87S_PARSER)
    end
end

local function start()
    if vim.treesitter.start then -- from 0.8 on
        vim.treesitter.start(0, 't87s')
    else
        vim.treesitter.highlighter.new(vim.treesitter.get_parser(0, 't87s'))
    end
end

local function query_of(name)
    return (vim.treesitter.query.get or vim.treesitter.query.get_query)('t87s', name)
end

local function root() return vim.treesitter.get_parser(0, 't87s'):parse()[1]:root() end

-- The captures of a line (from 0), each with its text.
local function captures(name, line)
    local query, found = query_of(name), {}
    local text = vim.api.nvim_buf_get_lines(0, line, line + 1, false)[1]
    for id, node in query:iter_captures(root(), 0, line, line + 1) do
        local row, from, last, to = node:range()
        if row == line and last == line then
            table.insert(found, query.captures[id] .. ' ' .. text:sub(from + 1, to))
        end
    end
    return found
end

local function line_of(text)
    for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
        if line:find(text, 1, true) then
            return number - 1
        end
    end
    error('no line ' .. text)
end

local function test()
    add_language()
    vim.cmd('edit schemas/kitchen_sink.tags')
    expect('file type', vim.bo.filetype, 't87s')
    start()
    assert(vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()], 'nothing colours the schema')
    vim.cmd('redraw')
    expect('errors', root():has_error(), false)

    local line = line_of('cached region_surcharge')
    expect('colours', captures('highlights', line), {
        'keyword cached', 'function region_surcharge', 'punctuation.bracket (', 'variable.parameter zone',
        'punctuation.delimiter :', 'type region', 'punctuation.delimiter ,', 'keyword.modifier key',
        'variable.parameter is_member', 'punctuation.delimiter :', 'type.builtin bool', 'punctuation.bracket )',
        'operator ->', 'type.builtin i32',
    })
    expect('folds', captures('folds', line_of('enum carrier')), { 'fold enum carrier { post, courier, pigeon }' })
    for _, name in ipairs({ 'locals', 'tags' }) do
        assert(#query_of(name).captures > 0, name)
    end

    -- typed: the tree follows
    vim.api.nvim_buf_set_text(0, line, 7, line, 7, { 'service, ' })
    expect('errors', root():has_error(), true)
    vim.api.nvim_buf_set_text(0, line, 7, line, 16, { '' })
    expect('errors', root():has_error(), false)
end

local fine, problem = xpcall(test, debug.traceback)
if not fine then
    io.stderr:write(problem .. '\n')
    vim.cmd('cquit 1')
end
vim.cmd('qall!')
