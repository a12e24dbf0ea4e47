#!/usr/bin/env bash
# starts.sh N: starts the cluster N times, every third time killing it, and looks for what is left behind.
set -euo pipefail
cd "$(dirname "$0")/../.."
left() {
  local name=vmsc-cluster
  ls -d /mnt/$name.* /sys/fs/cgroup/*/$name.* /sys/fs/cgroup/$name.* 2>/dev/null || :
  pgrep -fa 'kube-apiserver|kubelet --config|containerd --config /etc/containerd|tests/kubernetes/(sandbox|node).sh' || :
  grep $name /proc/mounts || :
  ip -o link | grep -E ' (kbr0|ve[0-9]+)' || :
}
before=$(left)
for n in $(seq "$1"); do
  began=$SECONDS
  if [ $((n % 3)) = 0 ]; then
    # Killed as soon as it is up, by a signal that nothing can catch.
    tests/kubernetes/sandbox.sh bash -c 'echo up; exec sleep infinity' </dev/null > >(
      read -r _ && kill -KILL "$(pgrep -of 'bash tests/kubernetes/sandbox.sh')"
    ) 2>/dev/null || :
    how=killed
  else
    tests/kubernetes/sandbox.sh kubectl get nodes --no-headers >/dev/null
    how=ended
  fi
  # What ends last are the control groups, by a process of their own.
  for _ in $(seq 100); do [ "$(left)" != "$before" ] || break; sleep 0.1; done
  [ "$(left)" = "$before" ] || { echo "start $n, $how, left:" >&2; left >&2; exit 1; }
  echo "start $n: $how after $((SECONDS - began)) s, nothing is left"
done
