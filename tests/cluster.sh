#!/usr/bin/env bash
# The chart in a real cluster. Installs what it needs, starts three nodes of Kubernetes in a sandbox, runs the
# scenarios of tests/kubernetes, and leaves nothing behind.
#
#   tests/cluster.sh [NAME...]        run all scenarios, or those whose names contain NAME
#   tests/cluster.sh --break [NAME]   run them also on charts that are broken in a way they must notice
#   tests/cluster.sh --keep           start the cluster and keep it until Ctrl-C
#   tests/cluster.sh --enter [COMMAND...]   run a command (a shell) beside the cluster that --keep started
#   tests/cluster.sh --starts N       start it N times, every third time killed, and look for what is left
#   tests/cluster.sh --kubeconfig FILE [NAME...]   run them in a cluster of yours, in namespaces of their own
set -euo pipefail
cd "$(dirname "$0")/.."
keep= kubeconfig= starts=
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=1 ;;
    --enter) shift; exec tests/kubernetes/enter.sh "$@" ;;
    --starts) starts=${2:?--starts needs a number}; shift ;;
    --break) export VMSC_BREAK=1 ;;
    --kubeconfig) kubeconfig=${2:?--kubeconfig needs a file}; shift ;;
    -*) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2 ;;
    *) break ;;
  esac
  shift
done
tests/tools/install.sh
programs=$(tests/kubernetes/install.sh)
[ -z "$starts" ] || exec tests/kubernetes/starts.sh "$starts"
if [ -n "$keep" ]; then
  exec tests/kubernetes/sandbox.sh bash -c '
    echo "A cluster of three nodes is up, until Ctrl-C. In another terminal, kubectl, helm3 and helm4 find it:"
    echo "  tests/cluster.sh --enter"
    echo "  kubectl create namespace shop"
    echo "  helm4 upgrade --install demo charts/dox-asdlc --namespace shop --wait"
    exec sleep infinity'
fi
# Built outside of the sandbox, which has no way to the registries.
cargo build --quiet
test=$(cargo test --quiet --test kubernetes --no-run --message-format json 2>/dev/null |
  python3 -c 'import json, sys; print([m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable") and m["target"]["name"] == "kubernetes"][-1])')
run="$test --test-threads 2 $*"
if [ -n "$kubeconfig" ]; then
  # Nodes of yours are neither tainted nor drained, none of their ports is asked, and no Argo CD is installed.
  KUBECONFIG=$kubeconfig PATH=$programs:$PATH exec $run --skip scheduling::agents --skip scheduling::a_drained --skip node_port --skip gitops::argo
fi
exec tests/kubernetes/sandbox.sh $run
