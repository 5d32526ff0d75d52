#!/usr/bin/env bash
# Runs the end-to-end specs again and again and counts what did not pass.
#
#   repeat.sh [TIMES] [SPEC]...      ten times all of them
#
# One line for each run; the output of those that failed is kept in results/.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

times=${1:-10}
[ $# -gt 0 ] && shift
specs=("${@:-*.e2e.mjs}")
mkdir -p results
failed=0
for ((run = 1; run <= times; run++)); do
  log=results/run-$run.log
  began=$SECONDS
  # shellcheck disable=SC2068 — names of specs are patterns
  if node --test --test-concurrency=1 ${specs[@]} >"$log" 2>&1; then
    result=passed
  else
    result=FAILED
    failed=$((failed + 1))
  fi
  printf 'run %d: %s, %d of %d tests, %d s\n' "$run" "$result" \
    "$(grep -c '^ok' "$log")" "$(grep -cE '^(not )?ok' "$log")" $((SECONDS - began))
  [ "$result" = passed ] && rm -f "$log"
done
printf '%d of %d runs passed\n' $((times - failed)) "$times"
[ "$failed" = 0 ]
