#!/usr/bin/env bash
# Builds thaw. scripts/install-dependencies.sh installs what that needs.
#
#   scripts/build.sh             build/thaw, optimised
#   scripts/build.sh --tests     the tests as well
#   scripts/build.sh --debug     build-debug/thaw, with assertions and for a debugger
#   scripts/build.sh --sanitize  build-sanitize/thaw, which watches its own memory (slow)
#   --warnings-as-errors         as in CI; goes with any of these
#
# CXX names another compiler, as everywhere. ccache and Ninja are used where they are there.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
continue_as_caller "$@"

folder=build
type=Release
flags=()
tests=OFF
warnings_as_errors=OFF
for option in "$@"; do
  case $option in
    --tests) tests=ON ;;
    --debug) folder=build-debug type=Debug ;;
    --sanitize)
      folder=build-sanitize type=RelWithDebInfo
      flags=(-DCMAKE_CXX_FLAGS="-fsanitize=address,undefined -fno-omit-frame-pointer")
      ;;
    --warnings-as-errors) warnings_as_errors=ON ;;
    *) die "'$option' is not an option of scripts/build.sh: its first lines list them." ;;
  esac
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

# A folder keeps the generator that it was made with, and is of no use to a copy elsewhere.
if [[ -f $folder/CMakeCache.txt ]]; then
  grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$repository" "$folder/CMakeCache.txt" || flags+=(--fresh)
elif command -v ninja >/dev/null; then
  flags+=(-G Ninja)
fi
if command -v ccache >/dev/null; then
  flags+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
cmake -S . -B "$folder" "${flags[@]}" -DCMAKE_BUILD_TYPE="$type" -DTHAW_TESTS="$tests" \
  -DTHAW_BENCH=OFF -DTHAW_WERROR="$warnings_as_errors" >"$folder/configure.log" 2>&1 || {
  grep -v '^-- ' "$folder/configure.log" | tail -n 25 >&2
  die "what thaw is built with is not all there: run scripts/install-dependencies.sh first, then this again."
}
jobs=$(jobs_at_once)
say "$type, $jobs at a time, in $folder/ (a few minutes the first time)"
cmake --build "$folder" --parallel "$jobs" || die "the build failed: the compiler's message is above."
say "Built: $folder/thaw"
