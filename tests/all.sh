#!/usr/bin/env bash
# Installs the test tools and runs every test.
set -euo pipefail
cd "$(dirname "$0")/.."
tests/tools/install.sh
exec cargo test --quiet "$@"
