#!/usr/bin/env bash
# The same stack in vmsc and in what one would have instead, as ratios to vmsc in one run.
#
# Needs hyperfine, and any of jrsonnet, jsonnet, nickel, pkl, kcl and helm on PATH, in target/peers/bin
# or in target/tools/bin. `cargo install jrsonnet@0.5.0-pre98 --root target/peers` and Debian's `jsonnet` are easy to get.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release
vmsc=$PWD/target/release/vmsc
export PATH=$PWD/target/peers/bin:$PWD/target/tools/bin:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/.git"
sizes=("${@:-10 1000 10000}")

# Times the commands and prints their ratios to the first one: compare TITLE, with `commands` as name|command.
compare() {
  local arguments=()
  for command in "${commands[@]}"; do arguments+=(-n "${command%%|*}" "${command#*|}"); done
  hyperfine --shell=none --warmup 5 --min-runs 5 --output=null --export-json "$scratch/times.json" "${arguments[@]}" >/dev/null 2>&1
  echo "$1"
  python3 - "$scratch/times.json" <<'EOF'
import json, sys
results = json.load(open(sys.argv[1]))["results"]
for r in results:
    print(f"  {r['command']:24} {r['median'] * 1000:10.2f} ms   {r['median'] / results[0]['median']:8.2f} x")
EOF
}

# The reference stack: its settings, defaults, types and checks, alone and with its profile.
commands=("vmsc|$vmsc check stacks/victoriametrics.vms")
for tool in jrsonnet jsonnet; do
  if command -v "$tool" >/dev/null; then commands+=("$tool|$tool benches/peers/victoriametrics.jsonnet"); fi
done
compare "the reference stack"

# Many jobs. The peers evaluate them as data; vmsc types them, fills in every default and runs every check.
for jobs in ${sizes[*]}; do
  python3 - "$jobs" "$scratch" <<'EOF'
import sys
n, folder = int(sys.argv[1]), sys.argv[2]
def out(name, text): open(f"{folder}/{name}", "w").write(text)
jobs = range(n)
out("out.vms", "stack m {\n  version = v1.106.1\n  scrape {\n" + "".join(
    f'    job "job-{i}" {{ targets = ["host-{i}:9100"], interval = 30s }}\n' for i in jobs) + "  }\n}\n")
out("loop.vms", "stack m {\n  version = v1.106.1\n  scrape {\n    for n in range(%d) "
    '{ job "job-\\(n)" { targets = ["host-\\(n):9100"], interval = 30s } }\n  }\n}\n' % n)
head = '{ version: "v1.106.1", scrape: { interval: "15s", timeout: "10s", '
out("out.jsonnet", head + "job: {\n" + "".join(
    f'  "job-{i}": {{ targets: ["host-{i}:9100"], interval: "30s", timeout: "10s", path: "/metrics" }},\n' for i in jobs) + "} } }\n")
out("loop.jsonnet", head + 'job: { ["job-%%d" %% n]: { targets: ["host-%%d:9100" %% n], interval: "30s", '
    'timeout: "10s", path: "/metrics" } for n in std.range(0, %d) } } }\n' % (n - 1))
out("out.ncl", '{ version = "v1.106.1", scrape = { job = {\n' + "".join(
    f'  "job-{i}" = {{ targets = ["host-{i}:9100"], interval = "30s" }},\n' for i in jobs) + "} } }\n")
out("out.pkl", 'version = "v1.106.1"\nscrape { job {\n' + "".join(
    f'  ["job-{i}"] {{ targets = List("host-{i}:9100"); interval = 30.s }}\n' for i in jobs) + "} }\n")
out("out.k", 'version = "v1.106.1"\nscrape = { job = {\n' + "".join(
    f'  "job-{i}" = {{ targets = ["host-{i}:9100"], interval = "30s" }}\n' for i in jobs) + "} }\n")
import os
os.makedirs(f"{folder}/chart/templates", exist_ok=True)
out("chart/Chart.yaml", "apiVersion: v2\nname: m\nversion: 0.1.0\n")
out("chart/values.yaml", "job:\n" + "".join(
    f'  job-{i}: {{targets: ["host-{i}:9100"], interval: 30s}}\n' for i in jobs))
out("chart/templates/a.yaml", "data:\n{{- range $k, $v := .Values.job }}\n  {{ $k }}: {{ $v | toJson | quote }}\n{{- end }}\n")
EOF
  commands=("vmsc, written out|$vmsc check $scratch/out.vms" "vmsc, a loop|$vmsc check $scratch/loop.vms")
  for tool in jrsonnet jsonnet; do
    if command -v "$tool" >/dev/null; then
      stack=; [ "$tool" = jsonnet ] && stack="--max-stack 100000"
      commands+=("$tool, written out|$tool $stack $scratch/out.jsonnet" "$tool, a loop|$tool $stack $scratch/loop.jsonnet")
    fi
  done
  command -v nickel >/dev/null && commands+=("nickel|nickel export $scratch/out.ncl")
  command -v pkl >/dev/null && commands+=("pkl|pkl eval $scratch/out.pkl")
  command -v kcl >/dev/null && commands+=("kcl|kcl run $scratch/out.k")
  command -v helm3 >/dev/null && commands+=("helm template|helm3 template x $scratch/chart")
  compare "$jobs jobs"
done
