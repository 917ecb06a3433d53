#!/usr/bin/env bash
# A project that has thaw in a folder (tests/install/parent) links thaw::thaw, and nothing else of it
# changes: no flag, no build type, no test, nothing more to install.
#
#   tests/install/parent_test.sh BUILD_FOLDER
set -euo pipefail

build=$(cd "$1" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
command -v ninja >/dev/null || exit 77 # CTest's word for skipped

cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
cmake -G Ninja -S "$root/tests/install/parent" -B "$work/parent" -DTHAW_FOLDER="$root" \
  -DCMAKE_CXX_COMPILER="$(cached CMAKE_CXX_COMPILER)" -DCMAKE_CXX_FLAGS="$(cached CMAKE_CXX_FLAGS)" \
  -DTHAW_ARROW_ROOT="$(cached THAW_ARROW_ROOT)" >"$work/log" 2>&1 || fail "configuring: $(<"$work/log")"
cd "$work/parent"
command_of() { ninja -t commands -s "$1"; }
compiling() { command_of "CMakeFiles/$1.dir/$2.cc.o"; }
# The words that one command has and the other lacks.
added() { comm -13 <(tr ' ' '\n' <<<"$1" | sort -u) <(tr ' ' '\n' <<<"$2" | sort -u) | xargs; }

grep -qx 'CMAKE_BUILD_TYPE:STRING=' CMakeCache.txt || fail "thaw chose the build type"
before=$(compiling before before)
after=$(compiling after before)
[[ $before == "${after//after.dir/before.dir}" ]] || fail "thaw changed the flags: $before -> $after"
linked=$(compiling linked linked)
options=$(added "${before//before/linked}" "$linked")
[[ $options == "-I$root/src -std=gnu++20" ]] || fail "thaw::thaw gives more than headers and C++20: $options"
own=$(command_of thaw/CMakeFiles/thaw_base.dir/src/base/sha256.cc.o)
for option in -DOF_THE_PARENT -Wall -fno-math-errno -fopenmp -std=c++20; do
  [[ " $own " == *" $option"[\ =]* ]] || fail "thaw's own sources lack $option: $own"
done
ctest -N | grep -qx 'Total Tests: 0' || fail "the parent has thaw's tests"
if grep -q 'file(INSTALL' thaw/cmake_install.cmake; then fail "the parent installs thaw"; fi

# With the archives of the build folder, which are of the same sources.
ln -s "$build"/libthaw_*.a thaw/
bash -c "$linked" || fail "the parent's program does not compile"
bash -c "$(command_of linked)" || fail "the parent's program does not link"
./linked >"$work/said" || fail "the parent's program does not run"
grep -q '^no data is given' "$work/said" || fail "the parent's program says: $(<"$work/said")"
printf 'passed: %s\n' "$(<"$work/said")"
