#!/usr/bin/env bash
# image.sh NAME BINARY...: makes an image of busybox and real programs, with the libraries that they
# ask for, and imports it into the Docker Engine. No registry of images is reachable where tests run,
# so this stands in for the official image: the same program, `sh` and `wget`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/tools
name=$1; shift
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,tmp,etc,proc,sys,dev,storage,lib64}
chmod 755 "$root"; chmod 1777 "$root/tmp"
cp "$tools/bin/busybox" "$root/bin/busybox"
for applet in sh wget httpd ls cat id sleep; do ln -s busybox "$root/bin/$applet"; done
echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
entry=
for binary in "$@"; do
  target=/$(basename "$binary")-prod
  cp "$binary" "$root$target"
  chmod 755 "$root$target"
  entry=${entry:-$target}
  # A static program has no libraries, which `ldd` calls a failure.
  { ldd "$binary" 2>/dev/null || :; } | { grep -oE '/[^ ]+\.so[^ ]*' || :; } | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
done
if [ -n "$entry" ]; then
  tar -C "$root" -c . | docker import --change "ENTRYPOINT [\"$entry\"]" - "$name" >/dev/null
else
  tar -C "$root" -c . | docker import - "$name" >/dev/null
fi
