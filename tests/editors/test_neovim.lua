-- SPDX-License-Identifier: MIT
-- Run by test_neovim.sh: a schema is opened, typed in, asked about and laid out, by the client of Neovim.

local folder = vim.env.T87S_FOLDER
local path = folder .. '/shop.tags'

local right = {
    'schema shop;',
    'include "\u{1D11E}.h"; root { users: Wild(user_id: u64) { posts: Static; } }',
    'cached get_posts(user_id: u64) -> bytes tagged users(user_id).posts;',
    'mutation rename(user_id: u64) invalidates users(user_id);',
}

local function expect(what, found, wanted)
    if not vim.deep_equal(found, wanted) then
        error(what .. ': ' .. vim.inspect(found) .. ' is not ' .. vim.inspect(wanted))
    end
end

-- Waits for what the server does: the interval is how often it is looked at.
local function wait(what, condition)
    if not vim.wait(20000, condition, 5) then
        error('nothing came of it: ' .. what)
    end
end

local function lines() return vim.api.nvim_buf_get_lines(0, 0, -1, false) end

-- The place of the only `mark`, `into` bytes behind its beginning.
local function go_to(mark, into)
    for number, line in ipairs(lines()) do
        local column = line:find(mark, 1, true)
        if column then
            vim.api.nvim_win_set_cursor(0, { number, column - 1 + (into or 0) })
            return
        end
    end
    error('no ' .. mark)
end

local function ask(method)
    local params = vim.lsp.util.make_position_params(0, 'utf-16')
    local answers = vim.lsp.buf_request_sync(0, 'textDocument/' .. method, params, 20000)
    for _, answer in pairs(answers or {}) do
        expect(method, answer.err or answer.error, nil)
        return answer.result
    end
    error('no answer to ' .. method)
end

local function test()
    local wrong = vim.deepcopy(right)
    wrong[3] = wrong[3]:gsub('%.posts', '.post')
    vim.fn.writefile(wrong, path)
    vim.cmd('edit ' .. path)
    expect('file type', vim.bo.filetype, 't87s')

    local exit_code
    local id = vim.lsp.start_client({
        name = 't87sc',
        cmd = { 't87sc', 'lsp' },
        root_dir = folder,
        on_exit = function(code) exit_code = code end,
    })
    vim.lsp.buf_attach_client(0, id)
    wait('the mistake', function() return #vim.diagnostic.get(0) == 1 end)
    local found = vim.diagnostic.get(0)[1]
    expect('place', { found.lnum, found.col, found.end_col }, { 2, 62, 66 })
    expect('code', found.code or found.user_data.lsp.code, 'T0203')

    -- typed, so that the change goes out as the range that it is
    vim.api.nvim_buf_set_text(0, 2, 66, 2, 66, { 's' })
    expect('text', lines(), right)
    wait('no mistake', function() return #vim.diagnostic.get(0) == 0 end)

    go_to(').posts', 3)
    local hover = ask('hover').contents.value
    assert(hover:find('`users/<user_id>/posts`: 1 wild', 1, true), hover)
    assert(hover:find('- invalidated from above by `rename`', 1, true), hover)
    -- behind the clef, which is four bytes and two units
    local definition = ask('definition')
    expect('uri', definition.uri, vim.uri_from_fname(path))
    expect('definition', definition.range.start, { line = 1, character = right[2]:find('posts', 1, true) - 3 })

    vim.api.nvim_buf_set_lines(0, -1, -1, false, { 'cached all(user_id: u64) -> bytes tagged us;' })
    go_to('tagged us;', 9)
    expect('completion', ask('completion').items[1].textEdit.newText, 'users(user_id)')
    vim.api.nvim_buf_set_lines(0, -2, -1, false, {})

    go_to(').posts', 3)
    vim.lsp.buf.rename('articles')
    wait('the new name', function() return lines()[3]:find('.articles', 1, true) end)
    expect('renamed', lines(), vim.tbl_map(function(line) return (line:gsub('posts([:;])', 'articles%1')) end, right))
    vim.api.nvim_buf_set_lines(0, 0, -1, false, right)

    local canonical = vim.fn.systemlist({ 't87sc', 'fmt', '-' }, right)
    if vim.lsp.buf.format then
        vim.lsp.buf.format({ timeout_ms = 20000 })
    else
        vim.lsp.buf.formatting_sync({}, 20000)
    end
    expect('layout', lines(), canonical)

    vim.lsp.get_client_by_id(id).stop()
    wait('the end', function() return exit_code ~= nil end)
    expect('exit code', exit_code, 0)
end

local fine, problem = xpcall(test, debug.traceback)
if not fine then
    io.stderr:write(problem .. '\n')
    vim.cmd('cquit 1')
end
vim.cmd('qall!')
