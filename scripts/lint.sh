#!/usr/bin/env bash
# Layout (clang-format), clang-tidy over src/ and app/, and shellcheck over the scripts: all must be clean.
#
#   scripts/lint.sh             everything; a source that was clean is read again only when it changes
#   scripts/lint.sh PATH...     clang-tidy on those files and folders alone, such as src/text
#
# The verdicts are those of Debian 12's clang 14, which scripts/install-dependencies.sh --checks-only
# installs. What was clean is remembered in .thaw/tidy.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

for path in "$@"; do
  [[ $path != -* ]] || unknown_argument "$path"
  [[ -e $path ]] || misused "there is no file or folder '$path'"
done
for tool in clang-format clang-tidy shellcheck; do
  command -v "$tool" >/dev/null ||
    die "$tool is missing: run scripts/install-dependencies.sh --checks-only first."
done

# sources PATTERN...: what git knows, or, in an unpacked source archive, what is there.
sources() {
  if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@"
  else
    local pattern
    for pattern in "$@"; do
      find . \( -name '.thaw' -o -name 'build*' \) -prune -o -name "${pattern##*/}" -type f -print
    done
  fi
}

if (($# == 0)); then
  step "Layout (clang-format)"
  mapfile -t files < <(sources '*.cc' '*.h')
  clang-format --dry-run -Werror "${files[@]}" ||
    die "these differ from what clang-format makes of them: run clang-format -i on them."
  say "${#files[@]} files"

  step "Scripts (shellcheck)"
  mapfile -t files < <(sources '*.sh')
  shellcheck -x -P SCRIPTDIR "${files[@]}" .ci/run || die "shellcheck has findings: they are above."
  say "$((${#files[@]} + 1)) scripts"
fi

step "clang-tidy"
[[ -f build/compile_commands.json ]] || scripts/build.sh --tests --configure-only
python3 scripts/tidy.py "$(command -v clang-tidy)" build/compile_commands.json .thaw/tidy \
  "$(nproc)" "$@" || die "clang-tidy has findings: they are above."
say "clean"
