#!/usr/bin/env bash
# Everything that takes too long for CI, one after another, and a table of how it went. It works in a
# copy of the last commit under .thaw/soak, so nothing is written into the repository.
#
#   scripts/soak.sh                    all of it: some hours
#   scripts/soak.sh --minutes 2        each fuzz target that long instead of 60 minutes
#   scripts/soak.sh --repeats 1        the slow tests that often instead of 5 times
#   scripts/soak.sh PART...            these alone: slow fuzz mutation sanitize threads coverage
#
# slow        the slow tests (kills and resumes, failing file systems) again and again; THAW_SOAK in
#             the environment makes those longer that can be
# fuzz        every fuzz target
# mutation    the whole list of mistakes that tests must find
# sanitize    every test, slow ones too, under ASan and UBSan
# threads     every test of the programs that start threads, slow ones too, under TSan
# coverage    which lines of src/ the whole suite runs
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

minutes=60
repeats=5
parts=()
while (($# > 0)); do
  case $1 in
    --minutes | --repeats)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || misused "$1 needs a whole number from 1"
      if [[ $1 == --minutes ]]; then minutes=$2; else repeats=$2; fi
      shift
      ;;
    slow | fuzz | mutation | sanitize | threads | coverage) parts+=("$1") ;;
    *) unknown_argument "$1" ;;
  esac
  shift
done
((${#parts[@]})) || parts=(slow fuzz mutation sanitize threads coverage)

copy=$repository/.thaw/soak/thaw
logs=$repository/.thaw/soak/logs-$(date +%Y%m%d-%H%M%S)
mkdir -p "$logs" "$copy"
step "A copy of the last commit"
# Build folders of an earlier soak are kept: what has not changed since is not built again.
find "$copy" -mindepth 1 -maxdepth 1 ! -name 'build*' -exec rm -rf {} +
git archive HEAD | tar -x -C "$copy"
ln -sfn "$repository/.thaw" "$copy/.thaw"
say "$(git rev-parse --short HEAD) in .thaw/soak/thaw; logs in ${logs#"$repository/"}"
cd "$copy"
export OMP_WAIT_POLICY=passive

names=()
results=()
# run NAME COMMAND...: its output goes to a log; its last telling line into the table.
run() {
  local name=$1 begin=$SECONDS log verdict telling
  shift
  log=$logs/$name.log
  step "$name"
  if "$@" >"$log" 2>&1 </dev/null; then verdict=passed; else verdict=FAILED; fi
  telling=$(grep -E 'tests passed|tests failed|mistakes found|src/: |targets?,|executions|without a finding' "$log" |
    tail -n 1 | sed 's/^ *//') || true
  names+=("$name")
  results+=("$verdict in $((SECONDS - begin)) s: ${telling:-see ${log#"$repository/"}}")
  say "${results[-1]}"
}

for part in "${parts[@]}"; do
  case $part in
    slow)
      run build scripts/build.sh --tests --warnings-as-errors
      for ((turn = 1; turn <= repeats; ++turn)); do
        run "slow-$turn" env THAW_SOAK=1 \
          ctest --test-dir build --output-on-failure --label-regex slow
      done
      ;;
    fuzz)
      if [[ -x scripts/fuzz.sh ]]; then
        run fuzz scripts/fuzz.sh --seconds $((60 * minutes))
      fi
      ;;
    mutation)
      run build scripts/build.sh --tests --warnings-as-errors
      run mutation scripts/mutate.sh --all
      ;;
    sanitize) run sanitize scripts/test.sh --sanitize --slow --precompile ;;
    threads) run threads scripts/test.sh --threads --slow --precompile ;;
    coverage) run coverage scripts/coverage.sh --at-least 90 ;;
  esac
done

step "Summary of $(git -C "$repository" rev-parse --short HEAD), $(date +%Y-%m-%d)"
failed=0
for i in "${!names[@]}"; do
  printf '    %-14s %s\n' "${names[i]}" "${results[i]}"
  [[ ${results[i]} == passed* ]] || failed=1
done
exit "$failed"
