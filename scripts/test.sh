#!/usr/bin/env bash
# Installs what is missing, builds thaw with its tests, fetches what they read, runs all of them.
#
#   scripts/test.sh           every test
#   scripts/test.sh --fast    those that answer in about a minute
#   --warnings-as-errors      as in CI; goes with either
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_options=(--tests)
test_options=()
for option in "$@"; do
  case $option in
    --fast) test_options+=(--label-regex fast) ;;
    --warnings-as-errors) build_options+=(--warnings-as-errors) ;;
    *) die "'$option' is not an option of scripts/test.sh: its first lines list them." ;;
  esac
done

if [[ -z ${THAW_CONTINUED:-} ]]; then
  scripts/install-dependencies.sh --packages-only || exit
  scripts/install-dependencies.sh --browser-only || exit
fi
continue_as_caller "$@"
scripts/install-dependencies.sh --arrow-only || exit
scripts/fetch-minilm.sh || exit
scripts/fetch-rated-sentences.sh || exit
scripts/install-test-python.sh || exit
scripts/build.sh "${build_options[@]}" || exit

step "Tests"
# Tests that run side by side share the cores: their threads sleep instead of spinning while they wait.
export OMP_WAIT_POLICY=passive
if [[ -z ${THAW_PYTHON:-} && -f .thaw/test-python/packages ]]; then
  export THAW_PYTHON=$PWD/.thaw/test-python/bin/python
fi
ctest --test-dir build --output-on-failure --no-tests=error --parallel "$(nproc)" \
  "${test_options[@]}" || die "there are tests that failed: they are named above."
