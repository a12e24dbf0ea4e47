#!/usr/bin/env bash
# in-docker.sh COMMAND...: runs a command against a Docker Engine of its own, in network, mount and
# process namespaces of its own, so that it meets no Docker of the user's. All of the engine's state
# is in memory: nothing is left, also when it is interrupted. VMSC_ENGINE=newest takes the newest engine that is
# installed instead of the oldest.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/tools
. "$here/namespaces.sh"

if [ -z "${VMSC_IN_NAMESPACE:-}" ]; then
  [ "$(id -u)" = 0 ] || { echo "in-docker.sh: only root can start a Docker Engine" >&2; exit 1; }
  state=$(mktemp -d)
  # If this shell is killed, so is unshare, and its child gets TERM.
  VMSC_IN_NAMESPACE=$state setpriv --pdeathsig KILL \
    unshare -n -m -p --fork --kill-child=TERM --mount-proc --propagation private -- bash "$0" "$@" <&0 &
  status=0
  wait_for_namespaces || status=$?
  rmdir "$state" 2>/dev/null || :
  exit "$status"
fi

state=$VMSC_IN_NAMESPACE
unset VMSC_IN_NAMESPACE
export PATH=${VMSC_ENGINE:+$tools/docker-$VMSC_ENGINE/bin:}$tools/docker/bin:$PATH:/usr/sbin:/sbin
mount -n -t tmpfs -o mode=755,size=4g tmpfs "$state"
mkdir -p "$state/exec" "$state/data" "$state/config/cli-plugins" "$state/tmp"
export TMPDIR=$state/tmp
echo "{\"deprecated-key-path\": \"$state/key.json\"}" >"$state/config/daemon.json"
# The engine writes to /run/docker and /opt/containerd whatever its flags say.
for folder in opt run; do
  mkdir -p "$state/over/$folder.upper" "$state/over/$folder.work"
  mount -n -t overlay overlay -o "lowerdir=/$folder,upperdir=$state/over/$folder.upper,workdir=$state/over/$folder.work" "/$folder"
done
mount_cgroups
ip link set lo up

engine= command=
stop() {
  status=$?
  trap - EXIT
  trap '' INT TERM
  [ -z "$command" ] || kill -TERM "$command" 2>/dev/null || :
  if [ -n "$engine" ]; then
    docker ps -aq 2>/dev/null | xargs -r docker rm -f -v >/dev/null 2>&1 || :
    kill -TERM "$engine" 2>/dev/null || :
    wait "$engine" 2>/dev/null || :
  fi
  for group in /sys/fs/cgroup/*/"${state##*/}" /sys/fs/cgroup/"${state##*/}"; do
    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || :
  done
  cd /
  umount -n -l /opt /run "$state" 2>/dev/null || :
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

LD_LIBRARY_PATH=$tools/docker/lib dockerd --config-file "$state/config/daemon.json" --storage-driver=vfs \
  --cgroup-parent="/${state##*/}" --data-root "$state/data" --exec-root "$state/exec" \
  --host "unix://$state/docker.sock" --group "$(id -gn)" --pidfile "$state/pid" >"$state/dockerd.log" 2>&1 &
engine=$!
export DOCKER_HOST=unix://$state/docker.sock DOCKER_CONFIG=$state/config
until [ -S "$state/docker.sock" ] && docker version >/dev/null 2>&1; do
  kill -0 "$engine" 2>/dev/null || { tail -5 "$state/dockerd.log" >&2; engine=; exit 1; }
  sleep 0.1
done
"$@" <&0 &
command=$!
status=0
wait "$command" || status=$?
command=
exit "$status"
