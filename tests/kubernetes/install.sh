#!/usr/bin/env bash
# Builds what the cluster's tests run, a Go module a folder of programs/, pinned by its go.sum, outside of the
# checkout; prints their folders as a PATH. A second run does nothing; one that was interrupted begins again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/tools
root=${VMSC_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vmsc-tests}
die() { echo "tests/kubernetes/install.sh: $*" >&2; exit 1; }
say() { echo "$(((SECONDS - began) / 60)) min: $*" >&2; }
version() { "$go" list -m -f '{{.Version}}' "$1"; }

# Without debugging data a quarter less is written. The output is kept for a failure.
build() {
  "$go" build -gcflags=all=-dwarf=false "$@" >"$scratch/build.log" 2>&1 & local pid=$!
  local last=$SECONDS
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    if [ $((SECONDS - last)) -ge 60 ]; then last=$SECONDS; say "still building"; fi
  done
  wait "$pid" || { tail -5 "$scratch/build.log" >&2; die "the programs can't be built"; }
}

# Builds a module into its folder, by its build.sh. Each has modules and a build cache of its own, which go
# with it: those of all at once would be 7 GB.
module() (
  [ -x "$tools/bin/go" ] || die "Go is missing: tests/tools/install.sh installs it"
  cache=$2 go=$tools/bin/go began=$SECONDS
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  trap 'exit 130' INT TERM
  rm -rf "$cache"
  mkdir -p "$cache/bin"
  cp -r "$here/programs/$1" "$scratch/src"
  cd "$scratch/src"
  export GOMODCACHE=$scratch/gomod GOCACHE=$scratch/gocache GOPATH=$scratch/gopath GOTOOLCHAIN=local CGO_ENABLED=0
  export GOFLAGS="-buildvcs=false -trimpath -modcacherw"
  . ./build.sh
  touch "$cache/done"
  say "done"
)

path=
for name in cluster argocd flux; do
  pinned=$(cd "$here/programs/$name" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-12)
  cache=$root/$name-$pinned
  # Not `||`, under which bash takes no failure in the module for one.
  if [ ! -e "$cache/done" ]; then module "$name" "$cache"; fi
  path=$path${path:+:}$cache/bin
done
echo "$path"
