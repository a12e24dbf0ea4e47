# Sourced by the scripts that start things in namespaces of their own.

# Waits for the process that was started last, which is `unshare`: it ignores INT and TERM itself, so they are
# sent to its child. Returns its status.
wait_for_namespaces() {
  unshared=$!
  trap 'kill -TERM $(pgrep -P "$unshared") 2>/dev/null || :' INT TERM
  local status=0
  while :; do
    wait "$unshared" && status=0 || status=$?
    kill -0 "$unshared" 2>/dev/null || return "$status"
  done
}

# Makes the machine's control groups visible in a mount namespace that has none.
mount_cgroups() {
  mountpoint -q /sys/fs/cgroup && return
  if grep -q '^[0-9]*:[a-z]' /proc/self/cgroup; then
    # Only hierarchies that are active: mounting another one makes it, for the whole machine.
    mount -n -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
    for name in $(awk -F: '$2 != "" {print $2}' /proc/self/cgroup); do
      mkdir "/sys/fs/cgroup/${name#name=}"
      case $name in name=*) options=none,$name ;; *) options=$name ;; esac
      mount -n -t cgroup -o "$options" cgroup "/sys/fs/cgroup/${name#name=}"
    done
  else
    mount -n -t cgroup2 cgroup2 /sys/fs/cgroup
  fi
}
