#!/usr/bin/env bash
# Builds the programs of a Kubernetes cluster, pinned by programs/go.sum, outside of the checkout; prints the
# folder. A second run does nothing; one that was interrupted begins again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/tools
pinned=$(cd "$here" && cat install.sh programs/go.* programs/*.py programs/*/*.go | sha256sum | cut -c1-12)
cache=${VMSC_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vmsc-tests}/kubernetes-$pinned
die() { echo "tests/kubernetes/install.sh: $*" >&2; exit 1; }

if [ ! -e "$cache/done" ]; then
  [ -x "$tools/bin/go" ] || die "Go is missing: tests/tools/install.sh installs it"
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  trap 'exit 130' INT TERM
  rm -rf "$cache"
  mkdir -p "$cache/bin"
  began=$SECONDS
  say() { echo "$(((SECONDS - began) / 60)) min: $*" >&2; }
  cp -r "$here/programs" "$scratch/src"
  cd "$scratch/src"
  go=$tools/bin/go
  export GOMODCACHE=$scratch/gomod GOCACHE=$scratch/gocache GOPATH=$scratch/gopath GOTOOLCHAIN=local CGO_ENABLED=0
  export GOFLAGS="-buildvcs=false -trimpath -modcacherw"
  say "building Kubernetes, about 15 minutes on two cores, once"
  nftables=$(sed -nE 's#^\s*(github.com/google/nftables) (v[^ ]+).*#\1@\2#p' go.mod)
  nftables=$(cd "$scratch" && "$go" mod download -json "$nftables" | sed -n 's/.*"Dir": "\(.*\)",*/\1/p') || die "the module nftables can't be had"
  cp -r "$nftables" nftables
  chmod -R u+w nftables
  python3 queue.py nftables/expr/queue.go
  version() { "$go" list -m -f '{{.Version}}' "$1"; }
  kubernetes=$(version k8s.io/kubernetes)
  minor=${kubernetes#v1.}; minor=${minor%%.*}
  flags="-s -w"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags="$flags -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=$minor -X $package.gitTreeState=archive"
  done
  containerd=github.com/containerd/containerd/v2
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
  say "containerd and network plugins"
  build -tags no_btrfs,no_zfs,no_devmapper -ldflags "-s -w -X $containerd/version.Version=$(version $containerd)" -o "$cache/bin/" tool
  say "Kubernetes $kubernetes"
  build -ldflags "$flags" -o "$cache/bin/kube" ./kube
  say "CoreDNS"
  build -ldflags "-s -w" -o "$cache/bin/coredns" ./coredns
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl kube-network-policies; do
    ln -s kube "$cache/bin/$name"
  done
  touch "$cache/done"
  say "done"
fi
echo "$cache"
