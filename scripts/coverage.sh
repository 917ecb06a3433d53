#!/usr/bin/env bash
# Measures which lines of src/ the whole suite of tests runs, slow tests too.
#
#   scripts/coverage.sh           builds build-coverage, runs every test, prints the share of lines
#   scripts/coverage.sh --fast    the fast tests alone
#   scripts/coverage.sh --report  prints again what was measured
#   --at-least PERCENT            fails if there are fewer
#
# build-coverage/coverage.html shows every line, coverage.txt every file.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

labels=()
report_only=
least=0
while (($# > 0)); do
  case $1 in
    --fast) labels=(--label-regex fast) ;;
    --report) report_only=yes ;;
    --at-least)
      [[ ${2:-} =~ ^[0-9]+([.][0-9]+)?$ ]] || misused "--at-least needs a number"
      least=$2
      shift
      ;;
    *) unknown_argument "$1" ;;
  esac
  shift
done
command -v gcovr >/dev/null ||
  die "gcovr is missing: run scripts/install-dependencies.sh --checks-only first."

build="build-coverage"
if [[ -z $report_only ]]; then
  scripts/build.sh --tests --coverage
  find "$build" -name '*.gcda' -delete
  step "Tests"
  export OMP_WAIT_POLICY=passive
  if [[ -z ${THAW_PYTHON:-} && -f .thaw/test-python/packages ]]; then
    export THAW_PYTHON=$PWD/.thaw/test-python/bin/python
  fi
  # A test that measures time may fail here, where counting takes most of it: other runs judge those.
  ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(nproc)" \
    "${labels[@]}" >"$build/tests.log" 2>&1 || say "Some failed: $build/tests.log"
  tail -n 3 "$build/tests.log"
fi

step "Coverage of src/"
gcovr --root . --filter 'src/' --object-directory "$build" -j "$(nproc)" \
  --exclude-unreachable-branches --exclude-throw-branches --gcov-ignore-parse-errors \
  --txt "$build/coverage.txt" --html-details "$build/coverage.html" \
  --json-summary "$build/coverage.json" "$build" >"$build/gcovr.log" 2>&1 ||
  die "gcovr failed: $(tail -n 3 "$build/gcovr.log")"
python3 - "$build/coverage.json" "$least" <<'PYTHON' || die "fewer lines run than --at-least asks for."
import json, sys

summary = json.load(open(sys.argv[1]))
files = [f for f in summary["files"] if f["line_total"] > 0]
folders = {}
for f in files:
    folder = folders.setdefault(f["filename"].split("/")[1], [0, 0])
    folder[0] += f["line_covered"]
    folder[1] += f["line_total"]
for name, (run, total) in sorted(folders.items()):
    print(f"    {name:<12} {100 * run / total:5.1f} % of {total} lines")
print("    least covered:")
for f in sorted(files, key=lambda f: f["line_covered"] - f["line_total"])[:12]:
    missed = f["line_total"] - f["line_covered"]
    print(f"      {f['filename']}: {missed} of {f['line_total']} lines never run")
share = 100 * summary["line_covered"] / summary["line_total"]
print(f"    src/: {share:.1f} % of {summary['line_total']} lines")
sys.exit(share < float(sys.argv[2]))
PYTHON
