#include "hub/data_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/setting_words.h"
#include "files/files.h"
#include "files/json_file.h"
#include "hub/card.h"
#include "hub/data_files.h"
#include "hub/errors.h"
#include "hub/repository.h"
#include "text/value_list.h"

namespace thaw {
namespace {

constexpr const char* kParquetCopy = "refs/convert/parquet";
constexpr size_t kLargestCard = size_t{16} << 20;  // bytes
constexpr size_t kMostListed = 30;

DataCard card_of(Repository& repository) {
  if (!repository.has("README.md")) return {};
  const auto path = repository.fetch("README.md");
  const MappedFile file = MappedFile::open(path);
  if (file.size() > kLargestCard) return {};
  return read_data_card(file.text(), path.string());
}

[[noreturn]] void throw_configurations(const HubName& name, const std::vector<std::string>& all) {
  HubName example = name;
  example.configuration = all.empty() ? "CONFIGURATION" : all.front();
  throw Error(name.configuration.empty() ? "has several configurations"
                                         : "has no configuration " + in_quotes(name.configuration),
              name.id,
              fmt::format("name one as in {}: {}", example.shown(), comma_list(all, kMostListed)));
}

// The configuration that is meant; nothing where the card declares none.
const CardConfiguration* configuration_of(const DataCard& card, const HubName& name) {
  const auto& all = card.configurations;
  if (all.empty()) return nullptr;
  if (name.configuration.empty() && all.size() == 1) return &all.front();
  for (const bool by_default : {false, true}) {
    for (const CardConfiguration& one : all) {
      const bool is_meant = name.configuration.empty()
                                ? (by_default ? one.name == "default" : one.is_default)
                                : one.name == name.configuration;
      if (is_meant) return &one;
    }
  }
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const CardConfiguration& one : all) names.push_back(one.name);
  throw_configurations(name, names);
}

std::vector<SplitFiles> in_folder(const std::string& folder,
                                  const std::vector<std::string>& paths) {
  std::vector<SplitFiles> splits = files_by_name(paths_below(folder, paths));
  for (SplitFiles& split : splits) {
    for (std::string& file : split.files) file = folder + "/" + file;
  }
  return splits;
}

// The splits in the repository itself; empty where it has none that thaw reads.
std::vector<SplitFiles> own_splits(const Repository& repository, const DataCard& card) {
  const HubName& name = repository.name();
  const CardConfiguration* configuration = configuration_of(card, name);
  if (configuration == nullptr) {
    const auto splits = name.configuration.empty()
                            ? std::vector<SplitFiles>()
                            : in_folder(name.configuration, repository.files());
    // What datasets calls the only configuration of a repository that names none.
    const bool is_whole = name.configuration.empty() || name.configuration == "default";
    return splits.empty() && is_whole ? files_by_name(repository.files()) : splits;
  }
  if (configuration->splits.empty()) {
    return configuration->folder.empty() ? files_by_name(repository.files())
                                         : in_folder(configuration->folder, repository.files());
  }
  auto splits = files_by_card(*configuration, repository.files());
  // Archives and the like: the hub's copy will do.
  for (const SplitFiles& split : splits) {
    for (const std::string& file : split.files) {
      if (!has_table_ending(file)) return {};
    }
  }
  return splits;
}

std::map<std::string, std::vector<std::string>> class_names_of(const DataCard& card,
                                                               const HubName& name) {
  const CardConfiguration* configuration = configuration_of(card, name);
  for (const std::string& known :
       {configuration != nullptr ? configuration->name : name.configuration, name.configuration,
        std::string(), std::string("default")}) {
    const auto found = card.class_names.find(known);
    if (found != card.class_names.end()) return found->second;
  }
  return card.class_names.size() == 1 && name.configuration.empty()
             ? card.class_names.begin()->second
             : std::map<std::string, std::vector<std::string>>();
}

// Fetches the files of the splits that are chosen.
std::vector<NamedSplit> fetch_splits(Repository& repository, const std::vector<SplitFiles>& splits,
                                     const ChooseSplits& choose, const HubName& asked) {
  std::vector<std::string> names;
  names.reserve(splits.size());
  for (const SplitFiles& split : splits) names.push_back(split.split);
  const std::vector<std::string> chosen = choose(names);
  std::vector<NamedSplit> fetched;
  for (const SplitFiles& split : splits) {
    if (std::find(chosen.begin(), chosen.end(), split.split) == chosen.end()) {
      continue;
    }
    const std::string missing = split.files.empty() ? fmt::format("its split '{}'", split.split)
                                                    : incomplete_shard(split.files);
    if (!missing.empty()) {
      if (!repository.knows_all_files()) throw NotInCache{missing};
      throw Error(fmt::format("lacks files of its split '{}'", split.split), asked.shown(),
                  "name another revision, or another split");
    }
    NamedSplit named{split.split, {}};
    for (const std::string& file : split.files) {
      named.source.files.push_back(repository.fetch(file));
    }
    named.source.title = asked.shown() + ", " + split.split;
    fetched.push_back(std::move(named));
  }
  if (fetched.empty()) {
    throw Error("has no split to read among " + comma_list(names, kMostListed), asked.shown(),
                fmt::format("name one with {}, {} or {}", setting("train"), setting("validation"),
                            setting("test")));
  }
  return fetched;
}

// `has_tables`: the repository itself has some, only not of the configuration that was named.
std::vector<NamedSplit> fetch_parquet_copy(HubClient& client, const HubName& name,
                                           const ChooseSplits& choose, bool latest,
                                           bool has_tables) {
  const auto refuse = [&] {
    if (has_tables) {
      HubName whole = name;
      whole.configuration.clear();
      throw Error("has no configuration " + in_quotes(name.configuration), name.id,
                  "leave it out: " + whole.shown());
    }
    throw Error(
        "holds no tables that thaw reads (Parquet, CSV, TSV, JSON lines), and the hub has "
        "no Parquet copy of it",
        name.shown(), "save it as one of them and name the files with " + setting("data"));
  };
  if (name.revision != "main") refuse();
  HubName copy = name;
  copy.revision = kParquetCopy;
  try {
    return with_repository(client, copy, latest, [&](Repository& repository) {
      const auto splits = files_of_parquet_copy(name.configuration, repository.files());
      if (splits.empty()) {
        if (!repository.knows_all_files()) throw NotInCache{"the data set"};
        const auto folders = top_folders(repository.files());
        if (folders.empty()) refuse();
        throw_configurations(name, folders);
      }
      return fetch_splits(repository, splits, choose, name);
    });
  } catch (const NoSuchRevision&) {
    refuse();
    throw;
  }
}

}  // namespace

HubDataSet fetch_data_set(HubClient& client, const HubName& name, const ChooseSplits& choose,
                          bool latest) {
  HubDataSet data;
  bool has_tables = false;
  const bool is_fetched = with_repository(client, name, latest, [&](Repository& repository) {
    const DataCard card = card_of(repository);
    data.class_names = class_names_of(card, name);
    const auto splits = own_splits(repository, card);
    if (splits.empty()) {
      has_tables = !name.configuration.empty() && !files_by_name(repository.files()).empty();
      return false;
    }
    data.splits = fetch_splits(repository, splits, choose, name);
    return true;
  });
  if (!is_fetched) data.splits = fetch_parquet_copy(client, name, choose, latest, has_tables);
  return data;
}

}  // namespace thaw
