#!/usr/bin/env bash
# Holds two compilers against each other: benches/against.sh OLD NEW, each a binary or a commit.
#
# First what they say and write: the reports of every wrong stack of the tests in four formats, and the outputs of
# the example and of generated stacks (STACKS, 10000 where not set), byte for byte. Then the ratios of NEW to OLD:
# whole runs in time, instructions and memory; for commits also the benches of the stages.
#
# Needs hyperfine and valgrind. DIFFERENCES=show prints what differs, not only how often.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# = 2 ] || { sed -n '2,9p' "$0"; exit 2; }
scratch=$(mktemp -d)
worktrees=()
finish() {
  for tree in "${worktrees[@]}"; do git worktree remove --force "$tree"; done
  rm -rf "$scratch"
}
trap finish EXIT

# The binary of an argument, its source tree beside it where it is a commit.
obtain() {
  if [ -x "$2" ]; then cp "$2" "$scratch/$1"; return; fi
  local tree=$PWD/target/against/$1
  rm -rf "$tree"
  git worktree prune
  git worktree add --quiet --detach "$tree" "$2"
  worktrees+=("$tree")
  (cd "$tree" && CARGO_TARGET_DIR=$PWD/../target-$1 cargo build --quiet --release)
  cp "$tree/../target-$1/release/vmsc" "$scratch/$1"
}
obtain old "$1"
obtain new "$2"
old=$scratch/old new=$scratch/new

failed=0
differ() { # differ TITLE FOLDER FOLDER
  local found
  found=$({ diff -rq "$2" "$3" || true; } | wc -l)
  if [ "$found" = 0 ]; then echo "same       $1"; else
    failed=1
    echo "DIFFERENT  $1: $found"
    if [ "${DIFFERENCES:-}" = show ]; then diff -r -U2 "$2" "$3" || true; fi
  fi
}

# ---------------------------------------------------------------- what they say
for side in old new; do
  mkdir -p "$scratch/reports/$side"
  find tests/ui -name '*.vms' | sort | while read -r stack; do
    for format in human short json github sarif; do
      "$scratch/$side" check --color never --message-format "$format" "$stack" \
        >"$scratch/reports/$side/$(echo "$stack" | tr / _).$format" 2>&1 </dev/null || true
    done
  done
done
differ "reports of the wrong stacks" "$scratch/reports/old" "$scratch/reports/new"

# ---------------------------------------------------------------- what they write
cargo build --quiet --example generate
count=${STACKS:-10000}
target/debug/examples/generate "$scratch/built/old" "$count"
mkdir -p "$scratch/built/old/example/.git"
cp -r stacks charts docker "$scratch/built/old/example/"
# Built afresh, not found built.
rm -rf "$scratch/built/old/example/charts/"*/charts/victoriametrics
cp -r "$scratch/built/old" "$scratch/built/new"
for side in old new; do
  find "$scratch/built/$side" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' |
    xargs -P "$(nproc)" -I{} sh -c 'cd "$2/$1" && { "$3" build --force; echo "exit $?"; "$3" get --why retention; } >said 2>&1 </dev/null || true' \
      sh {} "$scratch/built/$side" "$scratch/$side"
done
echo "$(grep -l '^exit 0' "$scratch"/built/old/*/said | wc -l) of $((count + 1)) projects build with OLD"
differ "outputs of the example and of $count generated stacks" "$scratch/built/old" "$scratch/built/new"

# ---------------------------------------------------------------- how fast they are
python3 - "$scratch" <<'EOF'
import sys
folder = sys.argv[1]
written = "".join(f'    job "job-{i}" {{ targets = ["host-{i}:9100"], interval = 30s }}\n' for i in range(10000))
looped = '    for n in range(%d) { job "job-\\(n)" { targets = ["host-\\(n):9100"], interval = 30s } }\n'
for name, jobs in [("written", written), ("loop", looped % 10000), ("loop100k", looped % 100000)]:
    open(f"{folder}/{name}.vms", "w").write("stack m {\n  version = v1.106.1\n  scrape {\n" + jobs + "  }\n}\n")
EOF
mkdir "$scratch/.git"
hyperfine --shell=none --warmup 20 --min-runs 200 --export-json "$scratch/cold.json" \
  "$old --version" "$new --version" "$old check stacks/victoriametrics.vms" "$new check stacks/victoriametrics.vms" >/dev/null 2>&1
hyperfine --shell=none --warmup 3 --min-runs 15 --export-json "$scratch/large.json" \
  "$old check $scratch/written.vms" "$new check $scratch/written.vms" "$old check $scratch/loop.vms" "$new check $scratch/loop.vms" >/dev/null 2>&1
instructions() { valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 | sed -n 's/.*Collected : //p'; }
for side in old new; do
  for stack in written loop; do instructions "$scratch/$side" check "$scratch/$stack.vms" >"$scratch/$side.$stack"; done
  instructions "$scratch/$side" check stacks/victoriametrics.vms >"$scratch/$side.example"
  mkdir -p "$scratch/large-$side/.git" "$scratch/large-$side/stacks"
  cp "$scratch/loop100k.vms" "$scratch/large-$side/stacks/m.vms"
  (cd "$scratch/large-$side" && /usr/bin/time -f %M "$scratch/$side" --quiet build 2>&1 | tail -n 1) >"$scratch/$side.memory"
done
python3 - "$scratch" <<'EOF'
import json, sys
folder = sys.argv[1]
cold = [r["median"] * 1000 for r in json.load(open(f"{folder}/cold.json"))["results"]]
large = [r["median"] * 1000 for r in json.load(open(f"{folder}/large.json"))["results"]]
read = lambda name: int(open(f"{folder}/{name}").read())
def line(name, old, new, unit): print(f"{name:44} {old:12.2f} {new:12.2f} {unit:4} {new / old:6.2f} of OLD")
line("vmsc --version", cold[0], cold[1], "ms")
line("check of the example", cold[2], cold[3], "ms")
print(f"{'check of the example, NEW, to --version':44} {cold[3] / cold[1]:43.2f}")
line("check of 10 000 jobs written out", large[0], large[1], "ms")
line("check of 10 000 jobs by a loop", large[2], large[3], "ms")
for name, what in [("example", "instructions, the example"), ("written", "instructions, 10 000 jobs written out"), ("loop", "instructions, 10 000 jobs by a loop")]:
    line(what, read(f"old.{name}") / 1e6, read(f"new.{name}") / 1e6, "M")
line("memory of a build of 100 000 jobs by a loop", read("old.memory") / 1024, read("new.memory") / 1024, "MiB")
EOF
for side in old new; do
  if [ -d "target/against/$side" ]; then
    echo "stages of $side:"
    (cd "target/against/$side" && CARGO_TARGET_DIR=$PWD/../target-$side cargo bench --quiet --bench stages -- 10000 2>/dev/null)
  fi
done
exit $failed
