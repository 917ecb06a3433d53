#include "data/splits/folder_splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/saved_dataset.h"
#include "data/splits/split_names.h"
#include "files/file_steps.h"
#include "text/utf8.h"
#include "text/value_list.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostFiles = 100'000;
constexpr int kDeepest = 16;  // folders in folders

using Paths = std::vector<std::string>;

std::string listed(const Paths& files) { return comma_list(files, 10); }

// ".csv", ".csv.gz": files of one split have one.
std::string format_of(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const fs::path inner = without_compression_ending(name);
  return inner.extension().string() + name.substr(inner.string().size());
}

bool is_description(const std::string& name) {
  static const std::set<std::string> names = {"config.json",        "dataset_info.json",
                                              "dataset_infos.json", "dataset_dict.json",
                                              "state.json",         "manifest.json"};
  return names.contains(name);
}

// The files of a folder and of those in it, as paths below it, in order.
class Walk {
 public:
  explicit Walk(const fs::path& folder) : folder_(folder) {
    look_into(folder, "", 0);
    std::sort(tables.begin(), tables.end());
    std::sort(others.begin(), others.end());
  }

  Paths tables, others;

 private:
  void look_into(const fs::path& place, const std::string& prefix, int depth) {
    std::error_code error;
    // Links may lead back to a folder above.
    if (depth > kDeepest || !seen_.insert(fs::canonical(place, error)).second || error) return;
    for (const auto& entry : fs::directory_iterator(place, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with('.') || is_partial_name(name)) continue;
      std::error_code ignored;
      if (entry.is_directory(ignored)) {
        if (!name.starts_with("__")) look_into(entry.path(), prefix + name + "/", depth + 1);
        continue;
      }
      if (is_description(name)) continue;
      const bool is_table = has_table_ending(name);
      if (!entry.exists(ignored)) {
        if (!is_table) continue;
        throw Error(fmt::format("is a link to {}, where nothing is",
                                fs::read_symlink(entry.path(), ignored).string()),
                    entry.path().string(), "put the file there, or remove the link");
      }
      (is_table ? tables : others).push_back(prefix + name);
      if (tables.size() + others.size() > kMostFiles) {
        throw Error(fmt::format("holds more than {} files", kMostFiles), folder_.string(),
                    "name the files themselves");
      }
    }
    if (error) throw Error("cannot be read: " + error.message(), place.string());
  }

  const fs::path& folder_;
  std::set<fs::path> seen_;
};

[[noreturn]] void throw_no_tables(const fs::path& folder, const Walk& walk) {
  // Texts in folders that are called like their classes: train/pos/1.txt.
  std::map<std::string, int64_t> texts;
  for (const std::string& path : walk.others) {
    const size_t slash = path.rfind('/');
    if (slash != std::string::npos && path.ends_with(".txt")) ++texts[path.substr(0, slash)];
  }
  if (texts.size() > 1) {
    Paths classes;
    for (const auto& [name, count] : texts) {
      classes.push_back(fmt::format("{} ({} .txt)", name, count));
    }
    throw Error(
        "holds no table, but texts in folders that look like classes: " + listed(classes),
        folder.string(),
        "write each split into a table, a row for each text with its folder's name as label: "
        "train.csv with the columns text and label");
  }
  throw Error(
      "the folder holds no data" +
          (walk.others.empty() ? "" : " that thaw tells by its name: " + listed(walk.others)),
      folder.string(),
      fmt::format("give a folder with train.csv (or .tsv, .jsonl, .parquet), or with "
                  "train_text.txt and train_labels.txt, or name the files with {} and {}",
                  setting("train"), setting("test")));
}

bool find_tweet_eval(const fs::path& folder, FolderSplits& found) {
  const std::pair<const char*, const char*> prefixes[] = {
      {"train", "train"}, {"val", "validation"}, {"test", "test"}};
  for (const auto& [prefix, split] : prefixes) {
    const fs::path texts = folder / (std::string(prefix) + "_text.txt");
    const fs::path labels = folder / (std::string(prefix) + "_labels.txt");
    if (!fs::exists(texts)) continue;
    NamedSplit named{split, {}};
    named.source.files = {texts};
    if (fs::exists(labels)) {
      named.source.label_file = labels;
    } else if (named.name == "test") {
      named.source.texts_alone = true;
    } else {
      throw Error(fmt::format("the labels of {} are missing", texts.filename().string()),
                  labels.string(), "put the file there");
    }
    found.splits.push_back(std::move(named));
  }
  if (!found.splits.empty() && fs::exists(folder / "mapping.txt")) {
    found.mapping = folder / "mapping.txt";
  }
  return !found.splits.empty();
}

// Takes what tells of two splits out of all of them.
Paths take_doubtful(std::vector<SplitFiles>& splits) {
  std::map<std::string, int> times;
  for (const SplitFiles& split : splits) {
    for (const std::string& file : split.files) ++times[file];
  }
  Paths doubtful;
  for (const auto& [file, count] : times) {
    if (count > 1) doubtful.push_back(file);
  }
  for (SplitFiles& split : splits) {
    std::erase_if(split.files, [&](const std::string& file) { return times[file] > 1; });
  }
  std::erase_if(splits, [](const SplitFiles& split) { return split.files.empty(); });
  return doubtful;
}

// Leaves each split one format: that which most tables of the folder have; of as many, the first.
void keep_one_format(SplitFiles& split, const std::map<std::string, int>& tables_of) {
  std::string most;
  for (const std::string& file : split.files) {
    const std::string format = format_of(file);
    if (most.empty() || tables_of.at(format) > tables_of.at(most) ||
        (tables_of.at(format) == tables_of.at(most) && format < most)) {
      most = format;
    }
  }
  std::erase_if(split.files, [&](const std::string& file) { return format_of(file) != most; });
}

void check_parts(const SplitFiles& split, const fs::path& folder, std::vector<std::string>& notes) {
  require_all_shards(split, folder.string());
  const std::string part = missing_part(split.files);
  if (!part.empty()) {
    notes.push_back(
        fmt::format("{}: {} is missing among the parts of {}", folder.string(), part, split.split));
  }
}

void note_what_was_taken(const fs::path& folder, const std::vector<SplitFiles>& splits,
                         FolderSplits& found) {
  std::string line;
  for (const SplitFiles& split : splits) {
    line += (line.empty() ? ": " : "; ") + split.split + " from " + listed(split.files);
  }
  found.notes.push_back(folder.string() + line);
}

void note_what_was_left(const fs::path& folder, const Walk& walk, const Paths& doubtful,
                        const std::vector<SplitFiles>& splits, FolderSplits& found) {
  std::set<std::string> taken(doubtful.begin(), doubtful.end());
  for (const SplitFiles& split : splits) taken.insert(split.files.begin(), split.files.end());
  Paths left;
  for (const std::string& table : walk.tables) {
    if (!taken.contains(table)) left.push_back(table);
  }
  if (!left.empty()) {
    found.notes.push_back(fmt::format("{}: left out {}; {}, {} and {} take files by name",
                                      folder.string(), listed(left), setting("train"),
                                      setting("validation"), setting("test")));
  }
  if (!doubtful.empty()) {
    found.notes.push_back(
        fmt::format("{}: left out {}, whose names tell two splits; name them with {} or {}",
                    folder.string(), listed(doubtful), setting("train"), setting("test")));
  }
  Paths unread;
  for (const std::string& file : walk.others) {
    const bool is_text =
        file.ends_with(".txt") || file.ends_with(".xlsx") || file.ends_with(".zip");
    if (is_text && !splits_by_name({file}, true).empty()) unread.push_back(file);
  }
  if (!unread.empty()) {
    found.notes.push_back(fmt::format("{}: left out {}, which are no tables by their names",
                                      folder.string(), listed(unread)));
  }
}

}  // namespace

FolderSplits splits_of_folder(const fs::path& folder) {
  FolderSplits found;
  if (auto saved = saved_splits(folder)) {
    found.splits = std::move(*saved);
    Paths names;
    for (const NamedSplit& split : found.splits) names.push_back(split.name);
    found.notes.push_back(folder.string() + ": saved by datasets, with " + listed(names));
    return found;
  }
  if (find_tweet_eval(folder, found)) return found;

  const Walk walk(folder);
  if (walk.tables.empty()) throw_no_tables(folder, walk);
  std::vector<SplitFiles> splits = splits_by_name(walk.tables, true);
  Paths doubtful = take_doubtful(splits);
  if (splits.empty()) {
    doubtful.clear();
    found.is_single_table = walk.tables.size() == 1;
    splits.push_back({"train", walk.tables});
  }
  std::map<std::string, int> tables_of;  // a format
  for (const std::string& table : walk.tables) ++tables_of[format_of(table)];
  for (SplitFiles& split : splits) {
    keep_one_format(split, tables_of);
    check_parts(split, folder, found.notes);
    NamedSplit named{split.split, {}};
    for (const std::string& file : split.files) named.source.files.push_back(folder / file);
    if (split.files.size() > 1)
      named.source.title = fmt::format("{} ({})", folder.string(), split.split);
    found.splits.push_back(std::move(named));
  }
  note_what_was_taken(folder, splits, found);
  note_what_was_left(folder, walk, doubtful, splits, found);
  return found;
}

}  // namespace thaw
