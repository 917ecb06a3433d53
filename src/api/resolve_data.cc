#include "api/resolve_data.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "api/resolve_model.h"
#include "base/error.h"
#include "data/readers/table.h"
#include "hub/data_set.h"
#include "hub/settings.h"

namespace thaw {
namespace {

// "reviews.csv" is a file that is not there, not a data set.
bool looks_like_file(const std::string& name) {
  const std::string id = name.substr(0, name.find_first_of("@:"));
  if (looks_like_path(name) || has_table_ending(id)) return true;
  for (const char* ending : {".txt", ".gz", ".zst", ".zip", ".xls", ".xlsx"}) {
    if (id.ends_with(ending)) return true;
  }
  return false;
}

}  // namespace

void resolve_data(DataOptions& data, DataUse use, const HubListener& listener) {
  std::error_code error;
  if (data.paths.size() != 1 || std::filesystem::exists(data.paths[0], error) ||
      looks_like_file(data.paths[0])) {
    return;
  }
  const HubName name = parse_hub_setting("data", data.paths[0], RepoType::kDataset);
  HubClient hub(hub_settings(), listener);
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

void require_data(const ExperimentSettings& settings) {
  const DataOptions& data = settings.data;
  if (data.paths.empty() && data.train.empty()) {
    throw Error("there is no labelled text to train on", Setting{"data"},
                "name a file, a folder or a data set of the hub: " + setting("data", "reviews.csv"),
                ErrorKind::kUsage);
  }
}

void require_data_and_out(const ExperimentSettings& settings, const std::string& what) {
  require_data(settings);
  if (settings.out.empty()) {
    throw Error("there is no place for " + what, Setting{"out"},
                "name a new folder: " + setting("out", "results"), ErrorKind::kUsage);
  }
}

}  // namespace thaw
