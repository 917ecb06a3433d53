#!/usr/bin/env bash
# Installs what thaw is built with: Debian packages (as root or through sudo, only those that are
# missing), and Arrow's libraries for Parquet, privately under .thaw/arrow.
#
#   scripts/install-dependencies.sh [--packages-only | --arrow-only | --browser-only | --checks-only
#                                    | --fuzzers-only]
#
# The last three install what no build needs: the browser in which tests look at reports, the tools
# of scripts/lint.sh, scripts/coverage.sh and the sanitizers, and the compiler of scripts/fuzz.sh.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=(
  g++ cmake ninja-build pkg-config ca-certificates unzip
  libdnnl-dev          # matrix products
  libhwy-dev           # vector kernels
  libcli11-dev         # command line
  libfmt-dev           # messages
  nlohmann-json3-dev   # JSON
  libtomlplusplus-dev  # recipes
  libonig-dev libutf8proc-dev      # Unicode
  libzip-dev           # artifacts.zip
  zlib1g-dev libzstd-dev libbz2-dev liblzma-dev  # compressed data
  libcurl4-openssl-dev # the model hub
  libyaml-dev          # cards of data sets
  libgtest-dev libgmock-dev libbenchmark-dev libcpp-httplib-dev
  python3 python3-pip python3-setuptools  # fetching only; thaw itself uses no Python
)

# What the checks need beyond that.
check_packages=(
  clang libomp-dev               # sanitizers and fuzzers
  clang-format clang-tidy shellcheck
  gcovr                          # coverage
)
fuzzer_packages=(clang libclang-rt-14-dev)  # g++ has no libFuzzer

# Arrow's C++ libraries come in pyarrow's wheel. Which Python it is for does not matter, since only
# its C++ half is used: a fixed one makes this the same file on every machine.
arrow_version=26.0.1
declare -A arrow_sha256=(
  [x86_64]=39cb0f2418282c24bea6ceda77b03e5a8f0a5766b63a8bf194d4e2a2c423548c
  [aarch64]=22a96a225de107eb9acd1ad9a818198ca832df2a4c0952412f754a7ed2105a98
)

# Measured on Debian 12, where nothing was installed but the base system.
packages_megabytes=900
arrow_megabytes=180
browser_megabytes=320

missing_packages() {
  local installed package
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
    awk '$1 == "installed" { print $2 }') || true
  for package in "${packages[@]}"; do
    grep -qxF -- "$package" <<<"$installed" || printf '%s\n' "$package"
  done
}

# apt_get SUBCOMMAND...: as root, without questions, waiting for another apt-get to finish.
apt_get() {
  local elevate=()
  if ((EUID != 0)); then
    elevate=(sudo)
    [[ -t 0 ]] || elevate=(sudo -n)
  fi
  "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 "$@" </dev/null
}

# Another apt-get may hold the package lists, for which apt itself does not wait.
update_package_lists() {
  local attempt output
  say "Fetching Debian's package lists"
  for attempt in {1..24}; do
    # Whether a failure matters (one source of several may be down) the installation will show.
    output=$(apt_get update 2>&1) || true
    printf '%s\n' "$output" >>"$log"
    grep -q 'Could not get lock' <<<"$output" || return 0
    ((attempt > 1)) || say "Waiting for another apt-get to finish"
    sleep 5
  done
}

explain_apt_failure() {
  tail -n 15 "$log" | sed 's/^/    | /' >&2
  if grep -qE 'a password is required|no tty present|not in the sudoers' "$log"; then
    die "these Debian packages are missing, and $(id -un) may not install them: ${missing[*]}." \
      "Run as root: apt-get install ${missing[*]}"
  elif grep -qiE "No space left|enough free space" "$log"; then
    die "there is no space for the Debian packages ${missing[*]}: about $packages_megabytes MB are needed under /usr and /var."
  elif grep -q 'Could not get lock' "$log"; then
    die "another apt-get has been running for two minutes: let it finish and run this again."
  elif grep -qE 'Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Connection (failed|timed out)' "$log"; then
    die "Debian's packages cannot be reached: check the network connection and run this again."
  elif grep -qE 'Unable to locate package|has no installation candidate' "$log"; then
    die "this system's package sources lack what is named above: thaw is built on Debian 12 or newer (or Ubuntu 24.04 or newer)."
  fi
  die "apt-get could not install ${missing[*]}: its last lines are above."
}

install_packages() {
  local missing log
  step "Debian packages"
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "This is no Debian: install the counterparts of ${packages[*]} yourself."
    return
  fi
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then
    say "All ${#packages[@]} are there."
    return
  fi
  say "Missing: ${missing[*]}"
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    die "these Debian packages are missing, and only root can install them: ${missing[*]}." \
      "Run as root: apt-get install ${missing[*]}"
  fi
  # A few missing packages are small; the compiler and its kin are what takes the room.
  need_space /usr $((packages_megabytes * ${#missing[@]} / ${#packages[@]})) "Installing them"

  log=$(mktemp)
  apt-get -qq --simulate install "${missing[@]}" >/dev/null 2>&1 || update_package_lists
  say "Installing (a minute or two; up to $packages_megabytes MB)"
  if ! apt_get install --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    # Old lists name files that have left the mirror since.
    update_package_lists
    apt_get install --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || explain_apt_failure
  fi
  rm -f "$log"
  say "Installed ${#missing[@]} packages."
}

# Without Arrow everything but Parquet works, so what goes wrong here is told, not fatal.
without_arrow() {
  say "$*"
  say "thaw is built without Parquet: CSV, TSV, JSON lines and TweetEval folders work as ever."
  say "Run scripts/install-dependencies.sh again for Parquet."
}

install_arrow() {
  local folder=$repository/.thaw/arrow machine license
  machine=$(uname -m)
  step "Arrow $arrow_version, for Parquet files"
  if [[ -f $folder/version && $(<"$folder/version") == "$arrow_version $machine" ]]; then
    say "Is there: .thaw/arrow"
    return
  fi
  if [[ -z ${arrow_sha256[$machine]:-} ]]; then
    without_arrow "There is no Arrow package for this machine ($machine)."
    return
  fi
  need_space "$repository" "$arrow_megabytes" "Arrow"
  make_temporary_folder "$repository/.thaw"
  say "Fetching pyarrow $arrow_version from PyPI (55 MB) for its C++ libraries and headers"
  if ! fetch_from_pypi "$temporary_folder" "pyarrow==$arrow_version" "${arrow_sha256[$machine]}" \
    --only-binary=:all: --python-version 3.11; then
    without_arrow "pyarrow could not be fetched from PyPI: the lines above say why."
    return
  fi
  mkdir "$temporary_folder/arrow"
  unzip -q "$temporary_folder"/pyarrow-*.whl -d "$temporary_folder/arrow" \
    'pyarrow/include/*' 'pyarrow/libarrow.so.*' 'pyarrow/libparquet.so.*' '*/licenses/*'
  for license in "$temporary_folder"/arrow/*.dist-info/licenses/*; do
    mv "$license" "$temporary_folder/arrow/"
  done
  rm -rf "$temporary_folder"/arrow/*.dist-info
  printf '%s %s\n' "$arrow_version" "$machine" >"$temporary_folder/arrow/version"
  rm -rf "$folder"
  mv "$temporary_folder/arrow" "$folder"
  say "Unpacked into .thaw/arrow; nothing was installed into the system's Python."
}

# Tests that look at reports are skipped without a browser, so what goes wrong here is told as well.
install_browser() {
  local log
  step "A browser for the tests that look at reports"
  if command -v "${THAW_CHROMIUM:-chromium-headless-shell}" chromium chromium-browser google-chrome \
    >/dev/null; then
    say "Is there."
    return
  fi
  if ! command -v apt-get >/dev/null || { ((EUID != 0)) && ! command -v sudo >/dev/null; }; then
    say "There is none; those tests are skipped. THAW_CHROMIUM may name a Chromium."
    return
  fi
  log=$(mktemp)
  apt-get -qq --simulate install chromium-headless-shell >/dev/null 2>&1 || update_package_lists
  say "Installing chromium-headless-shell (some 15 seconds; $browser_megabytes MB)"
  if apt_get install --no-install-recommends chromium-headless-shell >>"$log" 2>&1; then
    say "Installed."
  else
    say "It could not be installed; those tests are skipped."
  fi
  rm -f "$log"
}

(($# < 2)) || unknown_argument "$2"
case ${1:-} in
  '')
    install_packages
    continue_as_caller --arrow-only
    install_arrow
    ;;
  --packages-only) install_packages ;;
  --arrow-only) install_arrow ;;
  --browser-only) install_browser ;;
  --checks-only)
    packages=("${check_packages[@]}")
    install_packages
    ;;
  --fuzzers-only)
    packages=("${fuzzer_packages[@]}")
    install_packages
    ;;
  *) unknown_argument "$1" ;;
esac
