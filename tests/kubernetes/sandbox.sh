#!/usr/bin/env bash
# sandbox.sh COMMAND...: runs a command beside a cluster of three nodes, in network, mount and process
# namespaces of its own. All state is in memory, and all processes end with the command or with this script,
# also when it is killed; the control groups go right after.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tools=$root/target/tools
. "$here/../tools/namespaces.sh"

if [ -z "${VMSC_SANDBOX:-}" ]; then
  die() { echo "tests/cluster.sh: $*" >&2; exit 1; }
  [ "$(id -u)" = 0 ] || die "only root can start a cluster's nodes; --kubeconfig uses a cluster of yours"
  unshare -n -m -p --fork true 2>/dev/null || die "this machine gives no namespaces; --kubeconfig uses a cluster of yours"
  state=$(mktemp -d /mnt/vmsc-cluster.XXXXXX)
  name=${state##*/}
  # The janitor: outlives this script and whatever kills it, waits until the last process of the sandbox is
  # gone, which holds the other end of its input, and removes what no namespace takes along.
  exec 9> >(
    trap '' INT TERM HUP
    exec setsid bash -c '
      cat >/dev/null
      for try in $(seq 100); do
        left=
        for group in /sys/fs/cgroup/*/"$1" /sys/fs/cgroup/"$1"; do
          [ ! -d "$group" ] || { find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null; [ ! -d "$group" ] || left=1; }
        done
        [ -n "$left" ] || break
        sleep 0.1
      done
      rmdir "$2"' janitor "$name" "$state" >/dev/null 2>&1
  )
  janitor=$!
  VMSC_SANDBOX=$state setpriv --pdeathsig KILL \
    unshare -n -m -p --fork --kill-child=KILL --mount-proc --propagation private -- bash "$0" "$@" <&0 &
  status=0
  wait_for_namespaces || status=$?
  exec 9>&-
  while kill -0 "$janitor" 2>/dev/null; do sleep 0.05; done
  exit "$status"
fi

export S=$VMSC_SANDBOX B
unset VMSC_SANDBOX
programs=$("$here/install.sh")
B=${programs%%:*}
export PATH=$programs:$S/bin:$tools/bin:$PATH:/usr/sbin:/sbin KUBECONFIG=$S/admin.kubeconfig
# The state's name is the control group's.
export GROUP=${S##*/}
began=$(date +%s%N)
say() { [ -z "${VMSC_VERBOSE:-}" ] || printf '%5.1f %s\n' "$((($(date +%s%N) - began) / 100000000))e-1" "$*" >&2; }
mount -n -t tmpfs -o mode=755,size=8g tmpfs "$S"
mkdir -p "$S"/{bin,log,pki,etcd,images,hostpath,over}
# The provisioner writes to /tmp/hostpath_pv, whatever its flags say.
mkdir -p "$S/over/tmp.upper/hostpath_pv" "$S/over/tmp.work"
chmod 1777 "$S/over/tmp.upper"
mount -n -t overlay overlay -o "lowerdir=/tmp,upperdir=$S/over/tmp.upper,workdir=$S/over/tmp.work" /tmp
mount_cgroups

# What the machine may lack, with its libraries beside it.
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s XTABLES_LIBDIR=%s exec %s %s "$@"\n' \
    "$tools/docker/lib" "$tools/docker/lib/xtables" "$tools/docker/lib/xtables-nft-multi" $name >"$S/bin/$name"
  chmod 755 "$S/bin/$name"
done
ln -s "$tools/docker/bin/runc" "$S/bin/runc"

image() { python3 "$here/image.py" "$S/images/$1.tar" "$2" "$3" "$tools/bin/busybox" ${4:+"$4"}; }
image pause registry.k8s.io/pause:3.10 '["/bin/sleep", "2147483647"]'
image busybox busybox:1.36 '[]'
for version in 1.106.1 1.136.23 1.151.0; do
  for program in victoria-metrics vmagent; do
    image "$program-$version" "docker.io/victoriametrics/$program:v$version" "[\"/$program-prod\"]" "$tools/vm/$version/$program"
  done
done
say "images"

ip link set lo up
ip link add kbr0 type bridge
ip addr add 10.10.0.1/24 dev kbr0
ip link set kbr0 up
echo 1 >/proc/sys/net/ipv4/ip_forward
cat >"$S/pki/tokens.csv" <<EOF
t-admin,admin,1,system:masters
t-manager,system:kube-controller-manager,2
t-scheduler,system:kube-scheduler,3
t-proxy,system:kube-proxy,4
$(for n in 1 2 3; do echo "t-node$n,system:node:node$n,node$n,system:nodes"; done)
EOF
for user in admin manager scheduler proxy node1 node2 node3; do
  cat >"$S/$user.kubeconfig" <<EOF
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://10.10.0.1:6443", certificate-authority: $S/pki/apiserver.crt}}]
users: [{name: u, user: {token: t-$user}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
EOF
done
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30"
openssl ecparam -name prime256v1 -genkey -noout -out "$S/pki/sa.key"
openssl req -x509 $key -subj /CN=kubernetes -keyout "$S/pki/apiserver.key" -out "$S/pki/apiserver.crt" -addext \
  "subjectAltName=IP:10.10.0.1,IP:10.96.0.1,IP:127.0.0.1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local" 2>/dev/null
openssl req -x509 $key -subj /O=system:masters/CN=kube-apiserver-kubelet-client -addext extendedKeyUsage=clientAuth \
  -keyout "$S/pki/kubelet-client.key" -out "$S/pki/kubelet-client.crt" 2>/dev/null

etcd --data-dir "$S/etcd" --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 >"$S/log/etcd.log" 2>&1 &
kube-apiserver --etcd-servers=http://127.0.0.1:2379 --advertise-address=10.10.0.1 --bind-address=0.0.0.0 --secure-port=6443 \
  --tls-cert-file="$S/pki/apiserver.crt" --tls-private-key-file="$S/pki/apiserver.key" --token-auth-file="$S/pki/tokens.csv" \
  --service-account-key-file="$S/pki/sa.key" --service-account-signing-key-file="$S/pki/sa.key" \
  --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-cluster-ip-range=10.96.0.0/16 \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
  --kubelet-client-certificate="$S/pki/kubelet-client.crt" --kubelet-client-key="$S/pki/kubelet-client.key" \
  --default-not-ready-toleration-seconds=20 --default-unreachable-toleration-seconds=20 \
  --kubelet-preferred-address-types=InternalIP >"$S/log/apiserver.log" 2>&1 &
apiserver=$!
until kubectl get --raw /readyz >/dev/null 2>&1; do
  kill -0 "$apiserver" 2>/dev/null || { tail -3 "$S/log/apiserver.log" >&2; exit 1; }
  sleep 0.1
done
say "API server"
kube-controller-manager --kubeconfig="$S/manager.kubeconfig" --service-account-private-key-file="$S/pki/sa.key" \
  --root-ca-file="$S/pki/apiserver.crt" --use-service-account-credentials=true --allocate-node-cidrs=false --leader-elect=false \
  --enable-hostpath-provisioner=true --node-monitor-grace-period=20s >"$S/log/manager.log" 2>&1 &
kube-scheduler --kubeconfig="$S/scheduler.kubeconfig" --leader-elect=false >"$S/log/scheduler.log" 2>&1 &
# Its folders are for root alone, and it sets no group.
while :; do chmod -f 777 /tmp/hostpath_pv/* || :; sleep 0.1; done 2>/dev/null &
for n in 1 2 3; do bash "$here/node.sh" $n >"$S/log/node$n.log" 2>&1 & done
# The Node authorizer learns of a pod's claim a moment after its kubelet does, and a refusal costs the pod 10 s.
kubectl create clusterrole node-claims --verb=get,list,watch --resource=persistentvolumeclaims,persistentvolumes >/dev/null
kubectl create clusterrolebinding node-claims --clusterrole=node-claims --group=system:nodes >/dev/null
sed "s#BINARIES#$B#" "$here/cluster.yaml" | kubectl apply -f - >/dev/null
for n in 1 2 3; do ip route replace 10.244.$n.0/24 via 10.10.0.1$n; done
wait_for() { # what command...
  local what=$1 deadline=$((SECONDS + 180)); shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { echo "tests/cluster.sh: $what" >&2; tail -n 5 "$S"/log/*.log >&2; exit 1; }
    sleep 0.2
  done
}
nodes_ready() { [ "$(kubectl get nodes --no-headers | grep -cw Ready)" = 3 ]; }
wait_for "the nodes are not ready" nodes_ready
say "nodes"
wait_for "the DNS server is not ready" kubectl wait -n kube-system --for=condition=Available deploy/coredns --timeout=1s
say "DNS"
printf 'export PATH=%q KUBECONFIG=%q\n' "$PATH" "$KUBECONFIG" >"$S/env"
status=0
"$@" <&0 &
command=$!
trap 'kill -TERM "$command" 2>/dev/null || :' INT TERM
while :; do
  wait "$command" && status=0 || status=$?
  kill -0 "$command" 2>/dev/null || break
done
exit "$status"
