-- vmsc's language server for Neovim 0.10 and later, by the built-in client.
--
-- `vim.g.vmsc_path` is the program; `vmsc` on the PATH if it is not set.

if vim.g.loaded_vmsc then
  return
end
vim.g.loaded_vmsc = true

-- The versions of vmsc that this plugin goes with.
local VERSION = '0.2.'

vim.filetype.add({ extension = { vms = 'vms' } })

local told = false
local function tell(what)
  if not told then
    told = true
    local how = 'install it with `cargo install --path .` in a checkout of vmsc, or set vim.g.vmsc_path'
    vim.notify(what .. ': ' .. how, vim.log.levels.WARN)
  end
end

local checked = {}
--- The program, if it is there and fits this plugin.
local function program()
  local path = vim.g.vmsc_path or 'vmsc'
  if checked[path] == nil then
    checked[path] = false
    if vim.fn.executable(path) == 0 then
      tell('`' .. path .. '` is not installed')
    else
      local version = vim.trim(vim.fn.system({ path, '--version' })):match('^vmsc (%S+)$')
      if version and vim.startswith(version, VERSION) then
        checked[path] = true
      else
        tell('this plugin goes with vmsc ' .. VERSION .. 'x, and found ' .. (version or 'another program'))
      end
    end
  end
  return checked[path] and path or nil
end

vim.api.nvim_create_autocmd('FileType', {
  group = vim.api.nvim_create_augroup('vmsc', {}),
  pattern = 'vms',
  callback = function(event)
    local path = program()
    local name = vim.api.nvim_buf_get_name(event.buf)
    if path and name ~= '' then
      local root = vim.fs.root(event.buf, { 'vmsc.owned', '.git' }) or vim.fs.dirname(name)
      vim.lsp.start({ name = 'vmsc', cmd = { path, 'lsp' }, root_dir = root }, { bufnr = event.buf })
    end
    -- Without the parser, the server's tokens are the colors.
    pcall(vim.treesitter.start, event.buf, 'vms')
  end,
})

--- Sends a command of the server for the current file.
local function command(name, then_)
  local buffer = vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'vmsc' })[1]
  if not client then
    vim.notify('vmsc is not running for this file', vim.log.levels.WARN)
    return
  end
  local params = { command = name, arguments = { vim.uri_from_bufnr(buffer) } }
  vim.lsp.buf_request(buffer, 'workspace/executeCommand', params, function(error, result)
    if error then
      vim.notify(error.message, vim.log.levels.ERROR)
    elseif then_ then
      then_(result)
    end
  end)
end

vim.api.nvim_create_user_command('VmscBuild', function()
  vim.cmd.wall()
  command('vmsc.build', function()
    vim.cmd.checktime()
  end)
end, { desc = 'Build the stacks of this project' })

vim.api.nvim_create_user_command('VmscDiff', function()
  vim.cmd.wall()
  command('vmsc.diff', function(result)
    vim.cmd.new()
    vim.bo.buftype, vim.bo.bufhidden, vim.bo.filetype = 'nofile', 'wipe', 'diff'
    vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(vim.trim(result.output), '\n'))
  end)
end, { desc = 'Show what a build would change' })
