#!/usr/bin/env bash
# Runs the fuzz targets of fuzz/targets/ from their corpora, each for some seconds, and starts no more
# of them when one finds something. What it found lies in build-fuzz/findings/, and the same program
# takes it as an argument: build-fuzz/fuzz_json build-fuzz/findings/json-crash-….
#
#   scripts/fuzz.sh                        every target, 5 seconds each
#   scripts/fuzz.sh --seconds 3600 json    an hour of one
#   THAW_FUZZ_SECONDS=60 scripts/fuzz.sh   a minute of each: the environment may say it, too
#   --jobs N                               so many at a time; else as many as there are cores
#   scripts/fuzz.sh --executions 10000000  until each has run so often; with --seconds, whichever
#                                          comes first
#   scripts/fuzz.sh --new-corpus           makes fuzz/corpus/ anew from fuzz/make_corpus.py and from
#                                          what runs found, without inputs that reach nothing new
#   --may-skip                             where clang's libFuzzer is missing, ends with code 77
#                                          instead of installing it
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder=build-fuzz
seconds=${THAW_FUZZ_SECONDS:-}
executions=
jobs=$(nproc)
new_corpus=
may_skip=
targets=()
while (($# > 0)); do
  case $1 in
    --seconds | --executions | --jobs)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || misused "$1 needs a whole number from 1"
      declare "${1#--}=$2"
      shift
      ;;
    --new-corpus) new_corpus=1 ;;
    --may-skip) may_skip=1 ;;
    -*) unknown_argument "$1" ;;
    *)
      [[ $1 =~ ^[a-z_]+$ && -f fuzz/targets/$1.cc ]] || die "there is no fuzz target '$1' in fuzz/targets/."
      targets+=("$1")
      ;;
  esac
  shift
done

[[ -z $seconds || $seconds =~ ^[1-9][0-9]*$ ]] || die "THAW_FUZZ_SECONDS needs a whole number from 1."

# A clang++ that links libFuzzer and the sanitizers. Debian 12's is 14.
find_compiler() {
  local compiler work found=1
  work=$(mktemp -d)
  printf 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n' >"$work/a.cc"
  for compiler in "${CXX:-}" clang++-14 clang++; do
    if [[ $compiler != *clang* ]] || ! command -v "$compiler" >/dev/null; then continue; fi
    if "$compiler" -fsanitize=fuzzer,address,undefined "$work/a.cc" -o "$work/a" 2>/dev/null; then
      printf '%s' "$compiler"
      found=0
      break
    fi
  done
  rm -rf "$work"
  return "$found"
}

step "Fuzz targets"
if ! compiler=$(find_compiler); then
  if [[ -n $may_skip ]]; then
    say "Skipped: clang with its libFuzzer is missing (scripts/install-dependencies.sh --fuzzers-only)."
    exit 77
  fi
  scripts/install-dependencies.sh --fuzzers-only || exit
  compiler=$(find_compiler) || die "clang with its libFuzzer is missing: see the lines above."
fi
command -v cmake >/dev/null || die "CMake is missing: run scripts/install-dependencies.sh first."

make_folder "$folder"
flags=(-DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Checked -DTHAW_FUZZ=ON -DTHAW_TESTS=OFF -DTHAW_BENCH=OFF)
mapfile -t generator < <(generator_flags "$folder")
flags+=("${generator[@]}")
if command -v ccache >/dev/null; then
  flags+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
cmake -S . -B "$folder" "${flags[@]}" >"$folder/configure.log" 2>&1 || {
  grep -v '^-- ' "$folder/configure.log" | tail -n 25 >&2
  die "what thaw is built with is not all there: run scripts/install-dependencies.sh first, then this again."
}
if ((${#targets[@]} == 0)); then
  for source in fuzz/targets/*.cc; do
    target=$(basename "$source" .cc)
    # Parquet's needs Arrow, without which the others do.
    grep -q "the target $target is left out" "$folder/configure.log" || targets+=("$target")
  done
fi
say "Building with $compiler in $folder/ (some minutes the first time)"
cmake --build "$folder" --parallel "$(nproc)" --target "${targets[@]/#/fuzz_}" >"$folder/build.log" 2>&1 || {
  grep -E 'error|FAILED' "$folder/build.log" | head -n 25 >&2
  die "the build failed: $folder/build.log has all of it."
}

# Short stacks of allocations and little kept of what was freed: some 15 % more executions.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:allocator_may_return_null=0:malloc_context_size=4:quarantine_size_mb=16}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# A mistake in thaw shows in small inputs; large ones are slow. Nobody else adds to a corpus: looking for
# new files in it every second costs up to a quarter of the time.
options=(-timeout=5 -rss_limit_mb=2048 -reload=0 -print_final_stats=1 -verbosity=1)
length_of() {
  case $1 in
    parquet) printf 16384 ;;
    *) printf 4096 ;;
  esac
}

if [[ -n $new_corpus ]]; then
  step "A new corpus"
  seeds=$(mktemp -d)
  trap 'rm -rf "$seeds"' EXIT
  python3 fuzz/make_corpus.py "$seeds" || die "fuzz/make_corpus.py failed."
  for target in "${targets[@]}"; do
    rm -rf "fuzz/corpus/$target"
    mkdir -p "fuzz/corpus/$target" "$folder/corpus/$target" "$seeds/$target" "fuzz/regressions/$target"
    # The smallest come first, so that few bytes are kept. Regressions stay, whatever they reach.
    "$folder/fuzz_$target" -merge=1 -max_len=1024 "${options[@]}" "fuzz/corpus/$target" "$seeds/$target" \
      "$folder/corpus/$target" >"$folder/merge-$target.log" 2>&1 || die "$target: see $folder/merge-$target.log"
    say "$target: $(find "fuzz/corpus/$target" -type f | wc -l) inputs, $(cat "fuzz/corpus/$target"/* | wc -c) bytes"
  done
  exit
fi

# libFuzzer counts seconds on the wall. On a busy machine a target may have slept through them: what
# it called slow is tried once more, alone.
is_false_alarm() {
  local input again=
  grep -aq 'SUMMARY: libFuzzer: timeout' "$folder/run-$1.log" || return 1
  for input in "$folder/findings/$1-timeout-"*; do
    [[ -f $input ]] && "$folder/fuzz_$1" "${options[@]}" "$input" >>"$folder/run-$1.log" 2>&1 || return 1
    rm "$input"
    again=1
  done
  [[ -n $again ]] && say "$1: what took long on a busy machine takes a moment; it went no further"
}

# What a machine found that is gone when its log is read: what thaw says of the input, and the input.
show_findings() {
  local input
  for input in "$folder/findings/$1-"*; do
    [[ -f $input && $(stat -c %s "$input") -le 4096 ]] || continue
    THAW_FUZZ_SHOW=1 "$folder/fuzz_$1" "${options[@]}" "$input" 2>&1 | grep -a '^/.*: ' | tail -n 3 || true
    say "$(basename "$input") in base64: $(base64 -w 0 "$input")"
  done
}

run_target() {
  local target=$1 log=$folder/run-$1.log known runs edges started=$SECONDS
  local limit=() corpora=("$folder/corpus/$target")
  mkdir -p "$folder/corpus/$target"
  [[ -z $executions ]] || limit+=(-runs="$executions")
  [[ -n $executions && -z $seconds ]] || limit+=(-max_total_time="${seconds:-5}")
  for known in "fuzz/corpus/$target" "fuzz/regressions/$target"; do
    [[ ! -d $known ]] || corpora+=("$known")
  done
  "$folder/fuzz_$target" "${options[@]}" "${limit[@]}" -max_len="$(length_of "$target")" \
    -artifact_prefix="$folder/findings/$target-" "${corpora[@]}" >"$log" 2>&1 || is_false_alarm "$target" || {
    grep -aE 'this does not hold|ERROR|SUMMARY|runtime error|Test unit written' "$log" | head -n 12 >&2
    show_findings "$target" >&2
    die "$target found something: $log has all of it, and $folder/findings/ the input."
  }
  runs=$(awk '/^stat::number_of_executed_units/ { print $2 }' "$log")
  edges=$(grep -aoE 'cov: [0-9]+' "$log" | tail -n 1 | cut -d' ' -f2) || edges='?'
  say "$target: $runs executions in $((SECONDS - started)) s, $edges edges, nothing found"
}

mkdir -p "$folder/findings"
found=0
running=0
for target in "${targets[@]}"; do
  if ((running == jobs)); then
    wait -n || found=1
    ((running -= 1)) || true
  fi
  ((found == 0)) || break
  run_target "$target" &
  ((running += 1))
done
while ((running > 0)); do
  wait -n || found=1
  ((running -= 1)) || true
done
exit "$found"
