#!/usr/bin/env bash
# argocd.sh: starts Argo CD beside the cluster that KUBECONFIG names, in the namespace argocd. Its parts run as
# processes of this machine and end with the sandbox; it needs neither its web server nor an image.
set -euo pipefail
state=$(mktemp -d /tmp/argocd.XXXXXX)
mkdir -p "$state"/{bin,tls,ssh,gpg}
touch "$state/ssh/ssh_known_hosts"
crds=$(dirname "$(command -v argocd)")/../crds
# The repository server calls Helm 3 by this name, and gpg for keys, of which there are none here.
ln -s "$(command -v helm3)" "$state/bin/helm"
printf '#!/bin/sh\nexit 0\n' >"$state/bin/gpg"
chmod 755 "$state/bin/gpg"
kubectl create namespace argocd >/dev/null
kubectl apply --server-side -f "$crds" >/dev/null
kubectl wait --for=condition=Established --timeout=30s -f "$crds" >/dev/null
server() { kubectl config view --raw --flatten -o jsonpath="$1"; }
part='labels: {app.kubernetes.io/part-of: argocd'
kubectl apply --namespace argocd -f - >/dev/null <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, $part, app.kubernetes.io/name: argocd-cm}}
---
apiVersion: v1
kind: Secret
metadata: {name: argocd-secret, $part, app.kubernetes.io/name: argocd-secret}}
stringData: {server.secretkey: of-these-tests}
$(for name in gpg-keys ssh-known-hosts tls-certs rbac; do
  printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-%s-cm, %s}}\n' "$name" "$part"
done)
---
apiVersion: v1
kind: Secret
metadata: {name: cluster, labels: {argocd.argoproj.io/secret-type: cluster}}
stringData:
  name: tests
  server: $(server '{.clusters[0].cluster.server}')
  config: '{"bearerToken": "$(server '{.users[0].user.token}')", "tlsClientConfig": {"caData": "$(server '{.clusters[0].cluster.certificate-authority-data}')"}}'
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default}
spec: {sourceRepos: ["*"], destinations: [{namespace: "*", server: "*"}], clusterResourceWhitelist: [{group: "*", kind: "*"}]}
EOF
export PATH=$state/bin:$PATH ARGOCD_GNUPGHOME=$state/gpg ARGOCD_GPG_ENABLED=false
export ARGOCD_TLS_DATA_PATH=$state/tls ARGOCD_SSH_DATA_PATH=$state/ssh
start() { "$@" >"$state/$1.log" 2>&1 </dev/null & }
start argocd-redis 127.0.0.1:6379
start argocd-repo-server --redis 127.0.0.1:6379 --port 8081 --disable-tls --loglevel warn
start argocd-application-controller --kubeconfig "$KUBECONFIG" --namespace argocd --redis 127.0.0.1:6379 \
  --repo-server 127.0.0.1:8081 --repo-server-plaintext --loglevel warn
echo "$state"
