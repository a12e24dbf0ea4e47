#!/usr/bin/env bash
# Drives a real VS Code with the extension of this repository, and holds its grammar against the server's
# colors. Installs what it needs. `--picture FILE` keeps the picture of the documentation.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
tests/tools/install.sh
tools=$(tests/vscode/install.sh)
cargo build --quiet
export PATH=$tools/node/bin:$PATH NODE_USE_SYSTEM_CA=1 SOURCE_DATE_EPOCH=315532800 npm_config_cache=$tools/npm
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The extension, built as docs/editors.md says, from what is committed.
extension=$scratch/extension
mkdir "$extension"
tar -C editors/vscode --exclude node_modules --exclude dist --exclude '*.vsix' -c . | tar -C "$extension" -x
(
  cd "$extension"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  npm run -s test
  npm run -s package >"$scratch/package.log" || { cat "$scratch/package.log"; exit 1; }
)

# The grammar is made from grammar.js, which takes Node.
(cd editors/tree-sitter-vms && XDG_CONFIG_HOME=$scratch XDG_CACHE_HOME=$scratch "$root/target/tools/bin/tree-sitter" generate --abi 14 -o "$scratch/made" >"$scratch/made.log" 2>&1) ||
  { cat "$scratch/made.log"; exit 1; }
cmp "$scratch/made/grammar.json" editors/tree-sitter-vms/src/grammar.json

node tests/vscode/scopes.mjs "$tools" "$root" "$root/target/debug/vmsc"
TOOLS=$tools VSIX=$extension/vmsc.vsix VMSC=$root/target/debug/vmsc ROOT=$root node tests/vscode/drive.mjs "$@"
echo "VS Code works with the extension"
