#!/usr/bin/env bash
# enter.sh [COMMAND...]: runs a command, or a shell, beside the cluster of a sandbox that is up.
set -euo pipefail
for pid in $(pgrep -f 'tests/kubernetes/sandbox.sh'); do
  # The sandbox's first process.
  [ "$(awk '/^NSpid/ && NF > 2 {print $NF}' "/proc/$pid/status")" = 1 ] || continue
  state=$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^VMSC_SANDBOX=//p')
  [ -n "$state" ] || continue
  [ $# -gt 0 ] || set -- bash
  exec nsenter -t "$pid" -n -m -p -- bash -c 'cd "$1"; . "$2/env"; shift 2; exec "$@"' enter "$PWD" "$state" "$@"
done
echo "tests/cluster.sh: no cluster is up; start one with --keep" >&2
exit 1
