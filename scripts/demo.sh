#!/usr/bin/env bash
# From nothing to a comparison: installs what is missing, builds thaw, fetches a pretrained encoder
# and rated tweets, and trains a linear probe, the last layer, and the whole encoder.
#
#   scripts/demo.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
(($# == 0)) || unknown_argument "$1"

[[ -n ${THAW_CONTINUED:-} ]] || scripts/install-dependencies.sh --packages-only || exit
continue_as_caller "$@"
scripts/install-dependencies.sh --arrow-only || exit
scripts/build.sh || exit
scripts/fetch-minilm.sh || exit
scripts/fetch-rated-sentences.sh || exit

# Results of an earlier run are not touched: this one goes beside them.
results=demo-results
for ((number = 2; ; ++number)); do
  [[ -e $results ]] || break
  results=demo-results-$number
done
need_space . 500 "The comparison"

step "Comparing: linear probe, last layer, full fine-tuning"
say "build/thaw compare recipes/demo.toml --out $results"
printf '\n'
build/thaw compare recipes/demo.toml --out "$results" ||
  die "the comparison did not finish: the line above says why."

step "Done"
say "The report, for a browser:  $repository/$results/report.html"
say ""
say "Try next:"
say "    echo 'what a lovely surprise' | build/thaw predict $results/full -"
say "    build/thaw compare --data YOUR.csv --out my-results"
say "    build/thaw --help"
