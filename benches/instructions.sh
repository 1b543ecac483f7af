#!/usr/bin/env bash
# Counts the instructions of one outcome, one answer and so on at size S, which
# no other load on the machine can move: the instructions of many, less those of
# none, by the number of many. Needs valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."
many=${1:-20000}
program=$(cargo bench --bench ask --no-run 2>&1 | sed -n 's/.*(\(target[^)]*\)).*/\1/p')
instructions() { # what, how many times
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" --bench count "$1" "$2" 2>&1 |
    awk '/Collected/ { print $4 }'
}
none=$(instructions outcome 0)
for what in outcome words answer json reference; do
  times=$many
  if [ "$what" = reference ]; then times=$((many / 20)); fi
  echo "$what: $((($(instructions "$what" "$times") - none) / times)) instructions"
done
