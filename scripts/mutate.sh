#!/usr/bin/env bash
# Makes mistakes in copies of the sources (a changed sign, a dropped term, a bound that is off by one):
# the tests of the folder must fail for each. tests/mutation/mutations.toml lists them.
#
#   scripts/mutate.sh               a sample, forward and backward of every op
#   scripts/mutate.sh --few         some of the sample
#   scripts/mutate.sh --all         the whole list
#   scripts/mutate.sh ... --only layer_norm    those of files whose path holds that text
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

options=("$@")
while (($# > 0)); do
  case $1 in
    --few | --all) ;;
    --only)
      (($# > 1)) || misused "--only needs a part of a path"
      shift
      ;;
    *) unknown_argument "$1" ;;
  esac
  shift
done

step "Mutation"
[[ -f build/build.ninja ]] || die "build the tests first, with Ninja: scripts/build.sh --tests."
mapfile -t programs < <(sed -n 's/^tests = "\(.*\)"$/\1/p' tests/mutation/mutations.toml | sort -u)
cmake --build build --parallel "$(nproc)" --target "${programs[@]}" >/dev/null ||
  die "the tests do not build: run scripts/build.sh --tests."
python3 tests/mutation/mutate.py build "$(nproc)" "${options[@]}" ||
  die "there are mistakes that no test finds, or that cannot be made: they are named above."
