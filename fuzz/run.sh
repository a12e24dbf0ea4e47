#!/usr/bin/env bash
# Fuzzes every target, or those that are named, for some seconds each: fuzz/run.sh SECONDS [TARGET …]
#
# SEED makes a run take the same way again, as CI does: a change is blamed for what it breaks only.
# libFuzzer with a stable toolchain: `cargo fuzz run TARGET` does the same where a nightly one is.
set -euo pipefail
failed=0
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || targets=(parse check fmt lower edit owned reparse)
host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-../target/fuzz}
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
cargo build --quiet --release --target "$host" --config 'profile.release.lto="off"'
for target in "${targets[@]}"; do
  corpus=../target/fuzz/corpus/$target
  mkdir -p "$corpus" "../target/fuzz/found"
  # The seeds: every stack there is, entries for `lower`, files of the example for `edit`.
  case $target in
  owned) cp -n ../vmsc.owned ../charts/*/charts/*/*.yaml ../charts/*/charts/*/*.json "$corpus/" ;;
  edit) cp -n ../docker/*.yml ../charts/*/*.yaml "$corpus/" ;;
  lower) for file in ../tests/ui/*/*.vms; do sed '1,2d;$d' "$file" >"$corpus/$(basename "$file")"; done ;;
  *) cp -n ../stacks/*.vms ../tests/ui/*/*.vms ../src/prelude/*.vms "$corpus/" ;;
  esac
  # What is there to reach a limit takes seconds, and more so when it is instrumented.
  rm -f "$corpus"/too_many_*.vms "$corpus"/for_too_long.vms
  echo "== $target, $seconds s"
  "$CARGO_TARGET_DIR/$host/release/$target" -seed="${SEED:-0}" -max_total_time="$seconds" -max_len=4096 -timeout=30 -rss_limit_mb=4096 \
    -artifact_prefix="../target/fuzz/found/$target-" -print_final_stats=0 -verbosity=0 "$corpus" 2>&1 | grep -v "# Uses:" | tail -n 40 || failed=1
done
exit $failed
