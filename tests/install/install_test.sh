#!/usr/bin/env bash
# An install into a prefix: the program runs from any folder, reads Parquet, goes on doing so when the
# prefix is moved, and an uninstall removes what was installed and nothing else.
#
#   tests/install/install_test.sh BUILD_FOLDER
set -euo pipefail

build=$(cd "$1" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# An install of the user's own, which is on record in the build folder, stays on record.
for record in install_manifest.txt install_folders.txt; do
  [[ ! -e $build/$record ]] || cp "$build/$record" "$work/"
done
restore() {
  for record in install_manifest.txt install_folders.txt; do
    rm -f "$build/$record"
    [[ ! -e $work/$record ]] || cp "$work/$record" "$build/"
  done
  rm -rf "$work"
}
trap restore EXIT
rm -f "$build"/install_{manifest,folders}.txt

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

prefix=$work/prefix
mkdir -p "$prefix/share/man" "$prefix/lib"
printf 'not of thaw\n' >"$prefix/share/man/other"
find "$prefix" | sort >"$work/before"

cmake --install "$build" --prefix "$prefix" >"$work/log" || fail "cmake --install: $(<"$work/log")"
cmake --install "$build" --prefix "$prefix" >"$work/log" || fail "a second install: $(<"$work/log")"

run() { (cd / && env -i PATH=/usr/bin:/bin HOME="$work" OMP_WAIT_POLICY=passive "$@"); }
run "$prefix/bin/thaw" --version | grep -q '^thaw ' || fail "the installed program does not run"
printf 'a good film\n' | run "$prefix/bin/thaw" tokenize "$root/tests/golden/bert" - >"$work/ids"
[[ -s $work/ids ]] || fail "the installed program does not read a tokenizer"

if [[ -e $build/thaw_parquet.so ]]; then
  run "$prefix/bin/thaw" data "$root/tests/golden/data/types.parquet" >"$work/installed"
  grep -q '^train: 7 rows' "$work/installed" || fail "Parquet: $(<"$work/installed")"
  # No path into the folder that it was built in, so that it can be removed.
  if readelf -d "$prefix/bin/thaw" "$prefix/lib/thaw/thaw_parquet.so" | grep -F "$root"; then
    fail "what is installed looks for libraries in the source's folder"
  fi
fi
for document in README.md LICENSE docs/formats.md recipes/demo.toml; do
  cmp -s "$root/$document" "$prefix/share/doc/thaw/$document" || fail "$document is not installed"
done
[[ -z $(find "$prefix" -name '*.h' -o -name '*.a') ]] || fail "headers or archives are installed"
printf 'installed: %s\n' "$(du -sh --apparent-size "$prefix" | cut -f1)"

mv "$prefix" "$work/moved"
run "$work/moved/bin/thaw" --version >"$work/log" || fail "a moved prefix does not run"
if [[ -e $build/thaw_parquet.so ]]; then
  run "$work/moved/bin/thaw" data "$root/tests/golden/data/types.parquet" >"$work/again"
  cmp "$work/installed" "$work/again" || fail "a moved prefix reads Parquet otherwise"
fi
mv "$work/moved" "$prefix"

uninstall() { cmake -D BUILD="$build" -P "$root/cmake/Uninstall.cmake" >"$work/log" 2>&1; }
uninstall || fail "the uninstall: $(<"$work/log")"
find "$prefix" | sort >"$work/after"
diff "$work/before" "$work/after" || fail "an uninstall leaves what was there before, and no more"
if uninstall; then fail "an uninstall of nothing says that it did something"; fi
printf 'passed\n'
