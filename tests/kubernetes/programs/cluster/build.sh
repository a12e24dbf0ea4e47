# The servers of a Kubernetes cluster. Sourced by install.sh.
say "building Kubernetes, about 15 minutes on two cores, once"
nftables=$(sed -nE 's#^\s*(github.com/google/nftables) (v[^ ]+).*#\1@\2#p' go.mod)
nftables=$(cd "$scratch" && "$go" mod download -json "$nftables" | sed -n 's/.*"Dir": "\(.*\)",*/\1/p') || die "the module nftables can't be had"
cp -r "$nftables" nftables
chmod -R u+w nftables
python3 queue.py nftables/expr/queue.go
kubernetes=$(version k8s.io/kubernetes)
minor=${kubernetes#v1.}; minor=${minor%%.*}
flags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags="$flags -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=$minor -X $package.gitTreeState=archive"
done
containerd=github.com/containerd/containerd/v2
say "containerd and network plugins"
build -tags no_btrfs,no_zfs,no_devmapper -ldflags "-s -w -X $containerd/version.Version=$(version $containerd)" -o "$cache/bin/" tool
say "Kubernetes $kubernetes"
build -ldflags "$flags" -o "$cache/bin/kube" ./kube
say "CoreDNS"
build -ldflags "-s -w" -o "$cache/bin/coredns" ./coredns
for name in etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl kube-network-policies; do
  ln -s kube "$cache/bin/$name"
done
