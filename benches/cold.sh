#!/usr/bin/env bash
# Whole runs, side by side, as ratios to `vmsc --version`.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release
vmsc=$PWD/target/release/vmsc
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for jobs in 1000 10000; do
  {
    printf 'stack victoriametrics {\n  version = v1.106.1\n  scrape {\n'
    for ((n = 0; n < jobs; n++)); do
      printf '    job "job-%d" { targets = ["host-%d:9100"], interval = 30s }\n' "$n" "$n"
    done
    printf '  }\n}\n'
  } >"$scratch/$jobs.vms"
done
hyperfine --shell=none --warmup 5 --export-json "$scratch/times.json" \
  "$vmsc --version" \
  "$vmsc check stacks/victoriametrics.vms" \
  "$vmsc build stacks/victoriametrics.vms --check" \
  "$vmsc check $scratch/1000.vms" \
  "$vmsc check $scratch/10000.vms" >/dev/null
python3 - "$scratch/times.json" <<'EOF'
import json, sys
times = [result["median"] for result in json.load(open(sys.argv[1]))["results"]]
for name, time in zip(["version", "check", "build", "1 000 jobs", "10 000 jobs"], times):
    print(f"{name:12} {time * 1000:8.2f} ms   {time / times[0]:8.2f} x version")
print(f"10 000 jobs take {times[4] / times[3]:.1f} x as long as 1 000")
EOF
