#!/usr/bin/env bash
# How long a cold `neglist ask` takes on the bundled registry, from the start of the
# process to its exit, and how long the first use takes, which builds the registry.
# Prints medians; tests nothing. Needs only bash, coreutils and a release build.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
program=target/release/neglist
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
export XDG_DATA_HOME="$data"
rounds=${1:-101}
question=(ask --from CN --to US --category personal.contact --subjects 50000 --fact sector=retail --ordinary --at 2024-04-01)

milliseconds() { # runs a command, prints how long it took
  local before after
  before=$(date +%s%N)
  "$@" > /dev/null 2>&1 || true
  after=$(date +%s%N)
  echo $(((after - before) / 1000))
}
distribution() { sort -n | awk '{ it[NR] = $1 / 1000 } END { printf "median %.1f ms, p90 %.1f ms, worst %.1f ms (%d rounds)\n", it[int((NR + 1) / 2)], it[int(NR * 0.9)], it[NR], NR }'; }

echo -n "an empty process: "
for _ in $(seq "$rounds"); do milliseconds /bin/true; done | distribution
echo -n "first use, which builds the registry: "
for _ in $(seq 11); do rm -rf "$data/neglist"; milliseconds "$program" "${question[@]}"; done | distribution
echo -n "a cold answer: "
for _ in $(seq "$rounds"); do milliseconds "$program" "${question[@]}"; done | distribution
echo -n "a cold answer with everything left open: "
for _ in $(seq "$rounds"); do milliseconds "$program" ask --from CN --category personal --at 2024-04-01; done | distribution
