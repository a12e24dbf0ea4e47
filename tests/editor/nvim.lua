-- A day's work in a real Neovim: nvim -l nvim.lua PLUGIN VMSC FILE. Prints what it saw; fails if something
-- that was waited for never came. Nothing here waits for a guess of time: each wait ends with its condition.
local plugin, program, file = _G.arg[1], _G.arg[2], _G.arg[3]
local LIMIT = 60000

local function say(...)
  io.stdout:write(table.concat(vim.tbl_map(tostring, { ... }), ' '), '\n')
end
local function wait(what, condition)
  if not vim.wait(LIMIT, condition, 10) then
    error('never came: ' .. what)
  end
end

local function main()
  vim.o.swapfile = false
  vim.opt.runtimepath:prepend(plugin)
  vim.g.vmsc_path = program
  vim.cmd.runtime('plugin/vmsc.lua')
  vim.cmd.edit(file)
  local buffer = vim.api.nvim_get_current_buf()
  if vim.bo.filetype ~= 'vms' then
    error('the file type is ' .. vim.bo.filetype)
  end
  local client
  wait('the server', function()
    client = vim.lsp.get_clients({ bufnr = buffer, name = 'vmsc' })[1]
    return client and client.initialized
  end)
  say('server', client.server_info and client.server_info.name or 'vmsc')
  say('commentstring', vim.bo.commentstring)

  local function lines()
    return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  end
  local function find(text)
    for at, line in ipairs(lines()) do
      local column = line:find(text, 1, true)
      if column then
        return at, column - 1
      end
    end
    error('no line has ' .. text)
  end
  local function request(method, more)
    local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
    local answers, failed = vim.lsp.buf_request_sync(buffer, method, vim.tbl_extend('force', params, more or {}), LIMIT)
    local answer = assert(answers, failed)[client.id]
    return assert(answer.result, vim.inspect(answer))
  end

  -- A mistake, and its report.
  local at = find('retention = 30d')
  vim.api.nvim_buf_set_lines(buffer, at - 1, at, false, { '  retentoin = 30d' })
  wait('the report', function() return #vim.diagnostic.get(buffer) > 0 end)
  local report = vim.diagnostic.get(buffer)[1]
  say('report', report.code, report.lnum + 1, vim.split(report.message, '\n')[1])

  -- Its fix.
  vim.api.nvim_win_set_cursor(0, { at, 3 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action) return action.kind == 'quickfix' and action.isPreferred end,
  })
  wait('the fix', function() return vim.api.nvim_buf_get_lines(buffer, at - 1, at, false)[1] == '  retention = 30d' end)
  wait('no report', function() return #vim.diagnostic.get(buffer) == 0 end)
  say('fixed')

  -- Completion.
  vim.api.nvim_buf_set_lines(buffer, at, at, false, { '  name' })
  vim.api.nvim_win_set_cursor(0, { at + 1, 6 })
  local labels = vim.tbl_map(function(item) return item.label end, request('textDocument/completion').items)
  say('completes', vim.tbl_contains(labels, 'nameOverride'))
  vim.api.nvim_buf_set_lines(buffer, at, at + 1, false, {})

  -- Hover and definition.
  local row, column = find('interval = 30s')
  vim.api.nvim_win_set_cursor(0, { row, column })
  say('hover', request('textDocument/hover').contents.value:match('`30s`') or 'no value')
  row, column = find('= tag')
  vim.api.nvim_win_set_cursor(0, { row, column + 2 })
  say('definition', request('textDocument/definition')[1].range.start.line + 1 == (find('let tag')))

  -- Rename.
  vim.lsp.buf.rename('release')
  wait('the rename', function() return table.concat(lines(), '\n'):find('let release = ', 1, true) end)
  say('renamed', table.concat(lines(), '\n'):find('= release', 1, true) ~= nil)

  -- Formatting.
  row = find('compose { file')
  local line = lines()[row]
  vim.api.nvim_buf_set_lines(buffer, row - 1, row, false, { '        ' .. line:gsub('=', '  =  ') })
  vim.lsp.buf.format({ async = false, timeout_ms = LIMIT, id = client.id })
  say('formatted', vim.trim(lines()[row]))

  -- Colors: the server's, and the grammar's where its parser is there.
  say('tokens', #request('textDocument/semanticTokens/full', { textDocument = { uri = vim.uri_from_bufnr(buffer) } }).data > 100)
  local tree = vim.treesitter.get_parser(buffer, 'vms'):parse(true)[1]:root()
  say('tree', tree:type(), tree:has_error())
  row, column = find('stack victoriametrics')
  local captures = vim.treesitter.get_captures_at_pos(buffer, row - 1, column)
  say('capture', captures[#captures].capture)

  -- What a build would change.
  row = find('size = 10Gi')
  vim.api.nvim_buf_set_lines(buffer, row - 1, row, false, { (lines()[row]:gsub('10Gi', '20Gi')) })
  vim.cmd.write()
  vim.cmd('VmscDiff')
  wait('the diff', function() return vim.bo.filetype == 'diff' end)
  say('diff', vim.api.nvim_buf_get_lines(0, 0, 1, false)[1] ~= '')
  vim.cmd('bwipeout!')
  vim.cmd('VmscBuild')
  local messages = function() return vim.fn.execute('messages') end
  wait('the build', function() return messages():find('wrote', 1, true) end)
  say('built')
end

local fine, failed = xpcall(main, debug.traceback)
if not fine then
  io.stderr:write(failed, '\n', vim.fn.execute('messages'), '\n')
end
vim.cmd(fine and 'qa!' or 'cq 1')
