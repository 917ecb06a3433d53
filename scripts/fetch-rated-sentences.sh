#!/usr/bin/env bash
# Fetches sentences with a sentiment rating by human raters (mean of twenty, from -4 to 4), which
# vaderSentiment's source package carries (MIT; Hutto and Gilbert, ICWSM 2014), into thaw's cache:
# data/rated-sentences/{tweets,products,films,news}.tsv with the columns id, rating and text.
#
#   scripts/fetch-rated-sentences.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
(($# == 0)) || unknown_argument "$1"
continue_as_caller "$@"

package=vaderSentiment==3.3.2
package_sha256=5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9
data=$(cache_folder)/data
sentences=$data/rated-sentences

# name, file in the archive, rows
sets=(
  "tweets tweets 4200"
  "products amazonReviewSnippets 3708"
  "films movieReviewSnippets 10605"
  "news nytEditorialSnippets 5190"
)

# Whether folder $1 holds every set with all of its rows.
is_whole() {
  local name file rows
  while read -r name file rows; do
    [[ -f $1/$name.tsv && $(awk 'END { print NR }' "$1/$name.tsv") == "$rows" ]] || return 1
  done < <(printf '%s\n' "${sets[@]}")
}

# The package is wanted as a source archive, of which pip insists on reading the metadata: that
# runs its setup.py, with the setuptools that is there, else with one that pip fetches for it.
fetch_source_package() {
  fetch_from_pypi "$temporary_folder" "$package" "$package_sha256" \
    --no-binary vaderSentiment --no-build-isolation 2>/dev/null ||
    fetch_from_pypi "$temporary_folder" "$package" "$package_sha256" --no-binary vaderSentiment
}

step "Rated sentences: tweets, product reviews, film reviews, news"
if is_whole "$sentences"; then
  say "Are there: $sentences"
  exit 0
fi
need_space "$data" 30 "The data"
make_temporary_folder "$data"
say "Fetching $package from PyPI (2.5 MB)"
fetch_source_package ||
  die "the rated sentences could not be fetched from PyPI: check the network connection and run this again."

mkdir "$temporary_folder/unpacked" "$temporary_folder/rated-sentences"
tar -xzf "$temporary_folder"/vaderSentiment-*.tar.gz -C "$temporary_folder/unpacked" --strip-components=1
tar -xzf "$temporary_folder/unpacked/additional_resources/hutto_ICWSM_2014.tar.gz" -C "$temporary_folder/unpacked"
while read -r name file rows; do
  cp --no-preserve=mode "$temporary_folder/unpacked/hutto_ICWSM_2014/${file}_GroundTruth.txt" \
    "$temporary_folder/rated-sentences/$name.tsv"
  say "$name.tsv: $rows rows"
done < <(printf '%s\n' "${sets[@]}")
cp "$temporary_folder/unpacked/LICENSE.txt" "$temporary_folder/rated-sentences/LICENSE.txt"
is_whole "$temporary_folder/rated-sentences" ||
  die "the rated sentences are not those that were expected; nothing was kept."
[[ ! -e $sentences ]] || mv "$sentences" "$temporary_folder/damaged"
mv "$temporary_folder/rated-sentences" "$sentences"
say "Unpacked into $sentences"
