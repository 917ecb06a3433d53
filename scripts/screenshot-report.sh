#!/usr/bin/env bash
# Pictures of a report as people see it: phone and desktop, light and dark, and on paper.
#
#   scripts/screenshot-report.sh report.html [folder]
#
# Writes first-light.png and first-dark.png (what a laptop shows first; docs/report.png is that of the
# demo), phone-light.png, phone-dark.png, desktop-light.png, desktop-dark.png and print.pdf into the
# folder (./screenshots where none is named), and fails where the page is wider than the phone.
# Needs chromium. For an example report without training anything:
#
#   THAW_EXAMPLE_REPORTS=examples build/tests/test_report --gtest_filter='Report.Examples*'
here=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

for path in "$@"; do [[ $path != -* ]] || unknown_argument "$path"; done
(($# > 0)) || misused "there is no report.html to make pictures of"
(($# < 3)) || unknown_argument "$3"
cd "$here"
report=$(realpath -- "$1")
shots=${2:-screenshots}
[[ -f $report ]] || die "$report: there is no such file; name a report.html."
browser=${THAW_CHROMIUM:-$(command -v chromium || command -v chromium-headless-shell || command -v chromium-browser || command -v google-chrome)} || {
  echo "chromium is missing; install it with: apt-get install chromium" >&2
  exit 1
}
mkdir -p -- "$shots"
shots=$(realpath -- "$shots")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

run_browser() {  # scheme (0 dark, 1 light), flags…
  local scheme=$1
  shift
  "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" \
    --allow-file-access-from-files --blink-settings=preferredColorScheme="$scheme" "$@" 2>"$work/log"
}

# The browser's window cannot be as narrow as a phone, a frame within it can.
frame() {  # address width height
  cat <<HTML
<!doctype html><html><head><meta name="color-scheme" content="light dark">
<style>body{margin:0}iframe{border:0;display:block}</style>
<script>onmessage = e => document.title = 'SIZE ' + e.data.join(' ')</script></head>
<body><iframe src="$1" width="$2" height="$3"></iframe></body></html>
HTML
}

# A copy that tells how large it came out, which the page's own policy forbids.
sed -e '/http-equiv="Content-Security-Policy"/d' -e 's#</body>#<script>parent.postMessage([document.documentElement.scrollHeight,document.documentElement.scrollWidth],"*")</script></body>#' \
  "$report" >"$work/measured.html"

shoot() {  # name width scheme
  local size height wide
  frame measured.html "$2" 900 >"$work/measure.html"
  size=$(run_browser "$3" --window-size=1500,900 --virtual-time-budget=4000 --dump-dom \
    "file://$work/measure.html" | grep -o 'SIZE [0-9][0-9 ]*' | head -1) || true
  read -r _ height wide <<<"$size"
  [[ -n ${wide:-} ]] || { echo "the browser could not open the page:" >&2; cat "$work/log" >&2; exit 1; }
  if ((wide > $2)); then
    echo "$1: the page is $wide pixels wide on a screen of $2" >&2
    exit 1
  fi
  frame "file://$report" "$2" "$height" >"$work/shot.html"
  run_browser "$3" --window-size="$(($2 < 500 ? 500 : $2)),$height" --screenshot="$shots/$1.png" \
    "file://$work/shot.html" >"$work/out"
  echo "$shots/$1.png: $2 × $height"
}

for scheme in light dark; do
  run_browser "$([[ $scheme == light ]] && echo 1 || echo 0)" --window-size=1366,768 \
    --screenshot="$shots/first-$scheme.png" "file://$report" >"$work/out"
  echo "$shots/first-$scheme.png: 1366 × 768"
done
shoot phone-light 390 1
shoot phone-dark 390 0
shoot desktop-light 1400 1
shoot desktop-dark 1400 0
run_browser 1 --no-pdf-header-footer --print-to-pdf="$shots/print.pdf" "file://$report" >"$work/out"
echo "$shots/print.pdf"
