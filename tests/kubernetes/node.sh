#!/usr/bin/env bash
# node.sh N: a node of the sandbox's cluster, with network, mounts and a host name of its own.
set -euo pipefail
n=$1 N=node$1 D=$S/node$1
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/tools
if [ -z "${IN_NODE:-}" ]; then
  mkdir -p "$D"
  ip link add "ve$n" type veth peer name "ne$n"
  ip link set "ve$n" master kbr0 up
  exec env IN_NODE=1 unshare -n -m -u --propagation private bash "$0" "$n"
fi
echo $$ >"$D/pid"
hostname "$N"
# The end of the cable, taken in from the sandbox.
nsenter -t 1 -n ip link set "ne$n" netns $$
ip link set lo up
ip link set "ne$n" name eth0
ip addr add "10.10.0.1$n/24" dev eth0
ip link set eth0 up
ip route add default via 10.10.0.1
echo 1 >/proc/sys/net/ipv4/ip_forward
# kube-proxy's rules see what goes over the pods' bridge where the kernel has the module.
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null || :
echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
# The kubelet sets these for the whole machine: it is given files of its own instead.
for setting in vm/overcommit_memory:1 vm/panic_on_oom:0 kernel/panic:10 kernel/panic_on_oops:1; do
  path=${setting%:*}
  echo "${setting#*:}" >"$D/${path##*/}"
  mount -n --bind "$D/${path##*/}" "/proc/sys/$path"
done
for folder in run opt etc var; do
  mkdir -p "$D/over/$folder.upper" "$D/over/$folder.work"
  mount -n -t overlay overlay -o "lowerdir=/$folder,upperdir=$D/over/$folder.upper,workdir=$D/over/$folder.work" "/$folder"
done
mkdir -p "$D"/{containerd,kubelet,logs,runcontainerd}
mkdir -p /var/lib/containerd /run/containerd /var/lib/kubelet /var/log/pods /var/log/containers /etc/cni/net.d /etc/containerd
mount -n --bind "$D/containerd" /var/lib/containerd
mount -n --bind "$D/kubelet" /var/lib/kubelet
mount -n --bind "$D/logs" /var/log/pods
mount -n --bind "$D/runcontainerd" /run/containerd
# The kubelet watches its folders for new mounts below.
mount -n --make-rshared /var/lib/kubelet
echo 'nameserver 10.10.0.1' >/etc/resolv.conf.k8s
cat >/etc/cni/net.d/10-bridge.conflist <<EOF
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true, "ipam": {"type": "host-local",
   "ranges": [[{"subnet": "10.244.$n.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "/var/lib/cni/networks"}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
cat >/etc/containerd/config.toml <<EOF
version = 3
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.erofs"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "registry.k8s.io/pause:3.10"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["$B"]
    conf_dir = "/etc/cni/net.d"
EOF
LD_LIBRARY_PATH=$tools/docker/lib containerd --config /etc/containerd/config.toml >"$S/log/containerd$n.log" 2>&1 &
until ctr -n k8s.io version >/dev/null 2>&1; do sleep 0.1; done
for image in "$S"/images/*.tar; do ctr -n k8s.io images import --local --snapshotter overlayfs "$image" >/dev/null; done
for other in 1 2 3; do [ $other = "$n" ] || ip route replace "10.244.$other.0/24" via "10.10.0.1$other"; done

# The kubelet wants its control group to be there.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p "/sys/fs/cgroup/$GROUP/$N"
  for group in /sys/fs/cgroup "/sys/fs/cgroup/$GROUP" "/sys/fs/cgroup/$GROUP/$N"; do
    for controller in $(cat "$group/cgroup.controllers"); do
      echo "+$controller" >"$group/cgroup.subtree_control" 2>/dev/null || :
    done
  done
else
  for hierarchy in /sys/fs/cgroup/*/; do mkdir -p "$hierarchy$GROUP/$N" 2>/dev/null || :; done
  for file in cpuset.cpus cpuset.mems; do
    for group in "$GROUP" "$GROUP/$N"; do cat "/sys/fs/cgroup/cpuset/$file" >"/sys/fs/cgroup/cpuset/$group/$file"; done
  done
fi
cat >"$D/kubelet.yaml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $S/pki/kubelet-client.crt}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /$GROUP/$N
failCgroupV1: false
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
failSwapOn: false
resolvConf: /etc/resolv.conf.k8s
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: "200Mi"}
enforceNodeAllocatable: [pods]
maxPods: 100
nodeStatusUpdateFrequency: 1s
EOF
kubelet --config="$D/kubelet.yaml" --kubeconfig="$S/$N.kubeconfig" --node-ip="10.10.0.1$n" --hostname-override="$N" \
  --root-dir=/var/lib/kubelet --cert-dir="$D/pki" >"$S/log/kubelet$n.log" 2>&1 &
kube-proxy --kubeconfig="$S/proxy.kubeconfig" --hostname-override="$N" --proxy-mode=iptables --cluster-cidr=10.244.0.0/16 \
  --conntrack-max-per-core=0 --conntrack-min=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0 \
  --healthz-bind-address=0.0.0.0:10256 >"$S/log/proxy$n.log" 2>&1 &
kube-network-policies --kubeconfig "$S/admin.kubeconfig" --node "$N" >"$S/log/policies$n.log" 2>&1 &
wait
