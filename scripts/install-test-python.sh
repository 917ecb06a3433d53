#!/usr/bin/env bash
# Installs the Python packages that read what thaw writes, for the tests that ask them: privately
# under .thaw/test-python. Without them those tests are skipped, so what goes wrong here is told, not
# fatal. THAW_PYTHON, where it is set, names another Python, and nothing is installed.
#
#   scripts/install-test-python.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
(($# == 0)) || unknown_argument "$1"

packages=(tensorboard==2.21.0 jsonschema==4.26.0 huggingface_hub==2.4.0)
megabytes=230

folder=$repository/.thaw/test-python
without() {
  say "$*"
  say "Tests that need ${packages[*]} are skipped; run this again to have them."
  exit 0
}

step "Python packages for tests"
if [[ -n ${THAW_PYTHON:-} ]]; then
  say "THAW_PYTHON names a Python: $THAW_PYTHON"
  exit
fi
if [[ -f $folder/packages && $(<"$folder/packages") == "${packages[*]}" ]]; then
  say "Are there: .thaw/test-python"
  exit
fi
python=$(python_with_pip) || without "pip is missing."
need_space "$repository" "$megabytes" "The packages"
make_folder "$repository/.thaw"
rm -rf "$folder"
say "Fetching ${packages[*]} from PyPI (half a minute; $megabytes MB)"
# Debian's venv has no pip of its own unless python3-venv is installed; the system's one serves both.
"$python" -m venv --without-pip "$folder" || without "python3 -m venv does not work here."
if ! "$python" -m pip --python "$folder/bin/python" install --quiet --retries 3 --no-cache-dir \
  --disable-pip-version-check "${packages[@]}" </dev/null >"$folder/pip.log" 2>&1; then
  grep -v '^WARNING: Retrying' "$folder/pip.log" | tail -n 5 | sed 's/^/    | /' >&2
  without "They could not be installed."
fi
printf '%s\n' "${packages[*]}" >"$folder/packages"
say "Installed under .thaw/test-python; nothing was added to the system's Python."
