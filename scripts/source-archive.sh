#!/usr/bin/env bash
# Makes thaw-VERSION.tar.gz: the sources of the last commit, the same bytes whenever it is made.
#
#   scripts/source-archive.sh [FOLDER]   where it goes; the repository's root unless told
#
# Its folder needs no git: scripts/build.sh and scripts/test.sh work in it as in a checkout.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ ${1:-} != -* ]] || unknown_argument "$1"
(($# < 2)) || unknown_argument "$2"
folder=${1:-.}
git rev-parse --git-dir >/dev/null 2>&1 ||
  die "this is no git checkout, so there is no commit to make an archive of."
version=$(sed -n 's/^project(thaw VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
[[ -n $version ]] || die "CMakeLists.txt names no version."
make_folder "$folder"
archive=$folder/thaw-$version.tar.gz

step "Source archive"
if [[ -n $(git status --porcelain) ]]; then
  say "What is not committed is not in it."
fi
# gzip's own time stamp would make every archive differ.
git archive --format=tar --prefix="thaw-$version/" HEAD | gzip -n -9 >"$archive.part"
mv "$archive.part" "$archive"
say "$archive ($(du -h --apparent-size "$archive" | cut -f1), commit $(git rev-parse --short HEAD))"
