# The parts of Argo CD that a sync needs, and its two kinds of objects. Sourced by install.sh.
argocd=github.com/argoproj/argo-cd/v3
say "building Argo CD $(version $argocd), about 6 minutes on two cores, once"
build -ldflags "-s -w" -o "$cache/bin/argocd" .
for name in argocd-redis argocd-repo-server argocd-application-controller; do
  ln -s argocd "$cache/bin/$name"
done
manifests=$("$go" list -m -f '{{.Dir}}' $argocd)/manifests/crds
mkdir "$cache/crds"
cp "$manifests/application-crd.yaml" "$manifests/appproject-crd.yaml" "$cache/crds/"
