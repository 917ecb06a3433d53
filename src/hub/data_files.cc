#include "hub/data_files.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "data/readers/table.h"
#include "data/splits/split_names.h"
#include "hub/glob.h"

namespace thaw {
namespace {

using Paths = std::vector<std::string>;

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string ending_of(const std::string& path) {
  const std::string name = file_name(path);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(dot);
}

bool is_table(const std::string& path) {
  static const std::set<std::string> others = {"config.json", "dataset_info.json",
                                               "dataset_infos.json", "dataset_dict.json"};
  return has_table_ending(path) && others.count(file_name(path)) == 0;
}

Paths tables_of(const Paths& paths) {
  std::map<std::string, int> count;
  for (const std::string& path : paths) count[ending_of(path)] += is_table(path);
  std::string most;
  for (const auto& [ending, files] : count) {
    if (files > 0 && (most.empty() || files > count[most])) most = ending;
  }
  Paths tables;
  for (const std::string& path : paths) {
    if (is_table(path) && ending_of(path) == most) tables.push_back(path);
  }
  return tables;
}

}  // namespace

std::vector<SplitFiles> files_by_card(const CardConfiguration& configuration, const Paths& paths) {
  std::vector<SplitFiles> splits;
  for (const CardConfiguration::Split& declared : configuration.splits) {
    SplitFiles split{declared.name, {}};
    for (std::string pattern : declared.patterns) {
      if (pattern.starts_with("./")) pattern.erase(0, 2);
      if (!configuration.folder.empty()) pattern = configuration.folder + "/" + pattern;
      for (const std::string& path : matching_paths(paths, pattern)) {
        const bool is_new =
            std::find(split.files.begin(), split.files.end(), path) == split.files.end();
        if (is_new && file_name(path) != "README.md") split.files.push_back(path);
      }
    }
    splits.push_back(std::move(split));
  }
  return splits;
}

std::vector<SplitFiles> files_by_name(const Paths& paths) {
  const Paths tables = tables_of(matching_paths(paths, "**"));
  std::vector<SplitFiles> splits = splits_by_name(tables, false);
  if (splits.empty() && !tables.empty()) splits.push_back({"train", tables});
  return splits;
}

std::vector<SplitFiles> files_of_parquet_copy(const std::string& configuration,
                                              const Paths& paths) {
  const Paths folders = top_folders(paths);
  std::string folder = configuration;
  if (folder.empty()) folder = folders.size() == 1 ? folders.front() : "default";
  std::map<std::string, Paths> found;
  for (const std::string& path : paths_below(folder, paths)) {
    if (!path.ends_with(".parquet")) continue;
    const size_t slash = path.find('/');
    std::string split = path.substr(0, slash);
    if (slash == std::string::npos) {
      const auto shard = shard_of(path);
      const std::string stem = shard ? shard->name : path.substr(0, path.size() - 8);
      split = stem.substr(stem.rfind('-') + 1);
      if (stem.find("partial-") != std::string::npos) continue;
    }
    if (split.starts_with("partial-")) continue;
    found[split].push_back(folder + "/" + path);
  }
  std::vector<SplitFiles> splits;
  for (auto& [split, files] : found) splits.push_back({split, std::move(files)});
  return splits;
}

Paths top_folders(const Paths& paths) {
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    if (path.find('/') != std::string::npos) folders.insert(path.substr(0, path.find('/')));
  }
  return {folders.begin(), folders.end()};
}

Paths paths_below(const std::string& folder, const Paths& paths) {
  Paths below;
  for (const std::string& path : paths) {
    if (path.starts_with(folder + "/")) below.push_back(path.substr(folder.size() + 1));
  }
  return below;
}

}  // namespace thaw
