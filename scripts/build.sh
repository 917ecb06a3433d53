#!/usr/bin/env bash
# Builds thaw. scripts/install-dependencies.sh installs what that needs.
#
#   scripts/build.sh             build/thaw, optimised
#   scripts/build.sh --tests     the tests as well
#   scripts/build.sh --debug     build-debug/thaw, with assertions and for a debugger
#   scripts/build.sh --sanitize  build-sanitize/thaw, which watches its own memory (ASan and UBSan; slow)
#   scripts/build.sh --threads   build-threads/thaw, which watches its threads (TSan; slow)
#   scripts/build.sh --coverage  build-coverage/thaw, which counts how often each line runs
#   --warnings-as-errors         as in CI; goes with any of these
#   --precompile                 the headers of others that most files read are compiled once
#   --plain-kernels              leaves src/engine/cpu/ops out of what watches itself: it takes most of that build
#   --configure-only             writes compile_commands.json and builds nothing
#   --target NAME                builds that alone; may be given several times
#
# CXX names another compiler, as everywhere; sanitizers take clang where it is there. ccache and Ninja are used where they are there.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
continue_as_caller "$@"

folder=build
type=Release
flags=()
tests=OFF
plain_kernels=OFF
warnings_as_errors=OFF
configure_only=
targets=()

# With sanitizers clang compiles in half the time that g++ takes; but the vector code, which is compiled
# for three instruction sets, takes minutes a file. One of them does: the code is the same for all.
one_target=-DHWY_COMPILE_ONLY_STATIC
use_clang() {
  if [[ -z ${CXX:-} ]] && command -v clang++ >/dev/null; then export CXX=clang++; fi
}

while (($# > 0)); do
  case $1 in
    --tests) tests=ON ;;
    --debug) folder=build-debug type=Debug ;;
    --sanitize)
      folder=build-sanitize type=Checked
      flags+=(-DCMAKE_CXX_FLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer $one_target")
      use_clang
      ;;
    --threads)
      folder=build-threads type=Checked
      flags+=(-DCMAKE_CXX_FLAGS="-fsanitize=thread -fno-omit-frame-pointer $one_target")
      use_clang
      ;;
    --coverage)
      # Counters are added to by several threads at once.
      folder=build-coverage type=Checked
      flags+=(-DCMAKE_CXX_FLAGS="--coverage -fprofile-update=atomic")
      ;;
    --warnings-as-errors) warnings_as_errors=ON ;;
    --precompile) flags+=(-DTHAW_PRECOMPILE=ON) ;;
    --plain-kernels) plain_kernels=ON ;;
    --configure-only) configure_only=yes ;;
    --target)
      (($# > 1)) || misused "--target needs the name of a target"
      targets+=(--target "$2")
      shift
      ;;
    *) unknown_argument "$1" ;;
  esac
  shift
done

# Jobs at once: one a core, and fewer where there is not about a gigabyte for each.
jobs_at_once() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1200000) }' /proc/meminfo 2>/dev/null || printf '%s' "$cores")
  printf '%s' $((memory < 1 ? 1 : memory < cores ? memory : cores))
}

step "Building thaw"
command -v cmake >/dev/null || die "CMake is missing: run scripts/install-dependencies.sh first."
command -v "${CXX:-c++}" >/dev/null ||
  die "there is no C++ compiler (${CXX:-c++}): run scripts/install-dependencies.sh first."
make_folder "$folder"
[[ -e $folder/thaw ]] || need_space "$folder" 300 "Building"

mapfile -t generator < <(generator_flags "$folder")
flags+=("${generator[@]}")
if command -v ccache >/dev/null; then
  flags+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
cmake -S . -B "$folder" "${flags[@]}" -DCMAKE_BUILD_TYPE="$type" -DTHAW_TESTS="$tests" \
  -DTHAW_PLAIN_KERNELS="$plain_kernels" \
  -DTHAW_BENCH=OFF -DTHAW_WERROR="$warnings_as_errors" >"$folder/configure.log" 2>&1 || {
  grep -v '^-- ' "$folder/configure.log" | tail -n 25 >&2
  die "what thaw is built with is not all there: run scripts/install-dependencies.sh first, then this again."
}
[[ -z $configure_only ]] || exit 0
jobs=$(jobs_at_once)
say "$type, $jobs at a time, in $folder/ (a few minutes the first time)"
cmake --build "$folder" --parallel "$jobs" "${targets[@]}" || die "the build failed: the compiler's message is above."
say "Built: $folder"
