#pragma once

#include <filesystem>
#include <string>

#include "data/load.h"
#include "experiment/recipe/settings.h"

namespace thaw {

// Where a command line names its model, for what its messages advise.
enum class ModelPlace {
  kFlag,      // --model
  kArgument,  // MODEL: any
  kTrained,   // MODEL: a trained classifier
};

// The folder of a model: a folder as it stands, `minilm` in thaw's cache (`thaw fetch minilm` puts
// it there), or a model of the hub by its name, owner/name@revision, from the cache that Python's
// huggingface_hub uses as well, where it is fetched into first if need be. Throws Error with what
// to do where there is none. `quiet`: without a word about what is fetched.
std::filesystem::path resolve_model(const std::string& name, ModelPlace place, bool quiet = false);

// The same for a model whose texts are to be read and whose weights are not needed.
std::filesystem::path resolve_tokenizer(const std::string& name, ModelPlace place);

// The name with a revision, which a setting of its own, `key`, has given. Throws Error where the
// name is a folder.
std::string with_revision(const std::string& name, const std::string& revision,
                          const std::string& key);

// Puts the settings' revisions into the names of model and data.
void name_revisions(ExperimentSettings& settings);

// What is read of a data set.
enum class DataUse { kAllSplits, kTestAlone };

// Where the one path of `data` is no file or folder but a data set of the hub
// (owner/name:configuration@revision), puts its splits and class names into `data`, after fetching
// those that are needed. Everything else is left for load_dataset().
void resolve_data(DataOptions& data, DataUse use = DataUse::kAllSplits, bool quiet = false);

// Throws Error where a command was not told its data, or where to write.
void require_data(const ExperimentSettings& settings);
void require_data_and_out(const ExperimentSettings& settings, const std::string& what);

}  // namespace thaw
