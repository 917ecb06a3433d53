#include "models.h"

#include "base/error.h"
#include "base/files.h"

namespace thaw {
namespace fs = std::filesystem;

fs::path resolve_model(const std::string& name) {
  std::error_code error;
  if (fs::exists(name, error)) return name;
  if (name == "minilm") {
    const fs::path folder = cache_folder() / "models" / "minilm";
    if (fs::is_directory(folder, error)) return folder;
    throw Error("the encoder 'minilm' has not been fetched yet", folder.string(),
                "run scripts/fetch-minilm.sh, or name a folder with --model FOLDER");
  }
  throw Error("there is no folder '" + name + "'", "--model",
              "name a folder that holds config.json, model.safetensors and a tokenizer, or use "
              "--model minilm (scripts/fetch-minilm.sh fetches it)");
}

void require_data_and_out(const ExperimentSettings& settings, const std::string& what) {
  const DataOptions& data = settings.data;
  if (data.paths.empty() && data.train.empty()) {
    throw Error("there is no labelled text to train on", "--data",
                "name a file or a folder: --data reviews.csv");
  }
  if (settings.out.empty()) {
    throw Error("there is no place for " + what, "--out", "name a new folder: --out results");
  }
}

}  // namespace thaw
