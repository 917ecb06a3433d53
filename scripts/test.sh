#!/usr/bin/env bash
# Installs what is missing, builds thaw with its tests, fetches what they read, runs all of them.
#
#   scripts/test.sh           every test
#   scripts/test.sh --fast    those that answer in about a minute
#   --sanitize                under AddressSanitizer and UBSan, in build-sanitize: the fast ones
#   --threads                 under ThreadSanitizer, in build-threads: the fast ones that start threads
#   --few                     with --sanitize: those of what reads foreign files and replies; with
#                             --threads: those of what all threads share. As in CI
#   --slow                    with either of these two: the slow ones as well
#   --warnings-as-errors      as in CI; goes with any of these, as do
#   --precompile              and everything else of scripts/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build=build
build_options=(--tests)
labels=()
programs=()
test_options=()
for option in "$@"; do
  case $option in
    --fast) labels=(--label-regex fast) ;;
    --sanitize)
      build="build-sanitize"
      build_options+=(--sanitize)
      labels=(--label-regex fast)
      ;;
    --threads)
      build="build-threads"
      build_options+=(--threads)
      programs=(base files engine tokenizer evaluation model training)
      labels=(--label-regex fast)
      ;;
    --few) few=yes ;;
    --slow) slow=yes ;;
    --warnings-as-errors | --precompile) build_options+=("$option") ;;
    *) unknown_argument "$option" ;;
  esac
done
if [[ -n ${slow:-} ]]; then
  labels=()
  [[ $build != build-threads ]] || programs+=(training_slow)
fi
if [[ -n ${few:-} ]]; then
  case $build in
    build-sanitize) programs=(base text files model data hub pypi tokenizer) ;;
    build-threads) programs=(base files tokenizer engine) ;;
    *) misused "--few goes with --sanitize or --threads" ;;
  esac
  build_options+=(--plain-kernels)
fi
for program in "${programs[@]}"; do build_options+=(--target "test_$program"); done
if [[ $build != build ]]; then
  # What measures would measure the sanitizer; fuzz targets have their own.
  excluded='^(Fuzz|MemoryPlan|StepCost|BootstrapTime)\.'
  # Programs that are not built have a test of that name, and what is not built is not installed.
  ((${#programs[@]} == 0)) || excluded+='|_NOT_BUILT|^Install\.'
  test_options+=(--exclude-regex "$excluded")
fi

if [[ -z ${THAW_CONTINUED:-} ]]; then
  scripts/install-dependencies.sh --packages-only || exit
  scripts/install-dependencies.sh --browser-only || exit
  if [[ $build != build ]]; then scripts/install-dependencies.sh --checks-only || exit; fi
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
# What a sanitizer finds ends the test. What foreign libraries do is in scripts/sanitizers/.
sanitizers=$repository/scripts/sanitizers
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$sanitizers/leaks.txt:print_suppressions=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$sanitizers/threads.txt:halt_on_error=1:second_deadlock_stack=1:ignore_noninstrumented_modules=1}
if [[ $build == build-threads ]]; then
  # Archer tells ThreadSanitizer how OpenMP's threads wait for each other; without it every result
  # that one of them hands over is reported. It comes with clang's OpenMP, and knows no other.
  OMP_TOOL_LIBRARIES=$("${CXX:-clang++}" -print-resource-dir)/../../libarcher.so
  [[ -e $OMP_TOOL_LIBRARIES ]] ||
    die "Archer (libarcher.so) is missing: run scripts/install-dependencies.sh --checks-only first."
  export OMP_TOOL_LIBRARIES
fi
ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(nproc)" \
  "${labels[@]}" "${test_options[@]}" || die "there are tests that failed: they are named above."
