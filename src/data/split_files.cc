#include "data/split_files.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "data/tweet_eval.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

const char* name_of(SplitName split) {
  switch (split) {
    case SplitName::kTrain:
      return "train";
    case SplitName::kValidation:
      return "validation";
    default:
      return "test";
  }
}

std::string lower_stem(const fs::path& path) {
  std::string stem = path.stem().string();
  for (char& c : stem) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return stem;
}

// The split that a file's name tells by one of its words; none if two words disagree.
std::optional<SplitName> split_of_file(const fs::path& path) {
  const std::string stem = lower_stem(path);
  std::optional<SplitName> found;
  std::string word;
  for (size_t i = 0; i <= stem.size(); ++i) {
    if (i < stem.size() && std::isalnum(static_cast<unsigned char>(stem[i]))) {
      word += stem[i];
      continue;
    }
    const auto split = split_of_word(word);
    if (split && found && *split != *found) return std::nullopt;
    if (split) found = split;
    word.clear();
  }
  return found;
}

// "train-00001-of-00004" -> {1, 4}.
struct Shard {
  std::string name;  // what stands before the numbers
  int64_t index, count;
};

std::optional<Shard> shard_of(const fs::path& path) {
  const std::string stem = lower_stem(path);
  const size_t of = stem.rfind("-of-");
  if (of == std::string::npos) return std::nullopt;
  const size_t dash = stem.rfind('-', of == 0 ? 0 : of - 1);
  if (dash == std::string::npos || dash >= of) return std::nullopt;
  const std::string index = stem.substr(dash + 1, of - dash - 1), count = stem.substr(of + 4);
  const auto is_number = [](const std::string& text) {
    return !text.empty() && text.size() <= 9 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
  };
  if (!is_number(index) || !is_number(count)) return std::nullopt;
  return Shard{stem.substr(0, dash), std::stoll(index), std::stoll(count)};
}

std::string listed(const std::vector<fs::path>& files) {
  std::string list;
  for (size_t i = 0; i < std::min<size_t>(files.size(), 10); ++i) {
    list += (i == 0 ? "" : ", ") + files[i].filename().string();
  }
  return files.size() > 10 ? list + ", …" : list;
}

// Of several files of one split: all shards of one table, or the one that is called just as the
// split, or an Error.
std::vector<fs::path> chosen(std::vector<fs::path> files, SplitName split,
                             const std::string& where) {
  std::sort(files.begin(), files.end());
  std::vector<fs::path> exact;
  for (const fs::path& file : files) {
    if (split_of_word(lower_stem(file))) exact.push_back(file);
  }
  if (exact.size() == 1) return exact;
  const auto first = shard_of(files.front());
  if (first) {
    std::set<int64_t> seen;
    for (const fs::path& file : files) {
      const auto shard = shard_of(file);
      if (shard && shard->name == first->name && shard->count == first->count) {
        seen.insert(shard->index);
      }
    }
    if (seen.size() == files.size()) {
      if (static_cast<int64_t>(seen.size()) == first->count) return files;
      throw Error("only " + std::to_string(seen.size()) + " of the " +
                      std::to_string(first->count) + " shards of '" + name_of(split) +
                      "' are there",
                  where, "fetch the missing ones");
    }
  }
  if (files.size() == 1) return files;
  throw Error(
      "several files could be the " + std::string(name_of(split)) + " split: " + listed(files),
      where, std::string("name one with --") + name_of(split));
}

// Puts files whose names tell their split where they belong; returns those that tell nothing.
std::vector<fs::path> assign(const std::vector<fs::path>& files, const std::string& where,
                             SplitSources& sources) {
  std::map<SplitName, std::vector<fs::path>> by_split;
  std::vector<fs::path> others;
  for (const fs::path& file : files) {
    const auto split = split_of_file(file);
    (split ? by_split[*split] : others).push_back(file);
  }
  for (const auto& [split, found] : by_split) {
    split_part(sources, split).files = chosen(found, split, where);
  }
  return others;
}

bool find_tweet_eval(const fs::path& folder, SplitSources& sources) {
  const std::pair<const char*, SplitName> prefixes[] = {
      {"train", SplitName::kTrain}, {"val", SplitName::kValidation}, {"test", SplitName::kTest}};
  bool found = false;
  for (const auto& [prefix, split] : prefixes) {
    const fs::path texts = folder / (std::string(prefix) + "_text.txt");
    const fs::path labels = folder / (std::string(prefix) + "_labels.txt");
    if (!fs::exists(texts)) continue;
    if (!fs::exists(labels)) {
      throw Error("the labels of " + texts.filename().string() + " are missing", labels.string(),
                  "put the file there");
    }
    split_part(sources, split) = SplitSource{{texts}, labels, {}, {}};
    found = true;
  }
  if (found && fs::exists(folder / "mapping.txt")) sources.mapping = folder / "mapping.txt";
  return found;
}

SplitSources in_folder(const fs::path& folder) {
  SplitSources sources;
  if (find_tweet_eval(folder, sources)) return sources;
  for (const fs::path& place : {folder, folder / "data"}) {
    if (!fs::is_directory(place)) continue;
    std::vector<fs::path> tables;
    for (const auto& entry : fs::directory_iterator(place)) {
      if (entry.is_regular_file() && has_table_ending(entry.path())) tables.push_back(entry.path());
    }
    std::sort(tables.begin(), tables.end());
    const std::vector<fs::path> others = assign(tables, place.string(), sources);
    if (sources.train.exists() || sources.validation.exists() || sources.test.exists()) {
      return sources;
    }
    if (others.size() == 1) {
      sources.train.files = others;
      sources.is_single_table = true;
      return sources;
    }
    if (others.size() > 1) {
      throw Error("none of its files is called train, validation or test: " + listed(others),
                  place.string(), "name one of them instead of the folder");
    }
  }
  throw Error(
      "the folder holds no data", folder.string(),
      "give a folder with train.csv (or .tsv, .jsonl, .parquet), or with train_text.txt and "
      "train_labels.txt");
}

}  // namespace

std::optional<SplitName> split_of_word(const std::string& word) {
  static const std::map<std::string, SplitName> words = {
      {"train", SplitName::kTrain},
      {"training", SplitName::kTrain},
      {"validation", SplitName::kValidation},
      {"valid", SplitName::kValidation},
      {"val", SplitName::kValidation},
      {"dev", SplitName::kValidation},
      {"development", SplitName::kValidation},
      {"test", SplitName::kTest},
      {"testing", SplitName::kTest},
  };
  const auto found = words.find(word);
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

std::string SplitSource::name() const {
  if (!title.empty()) return title;
  if (files.empty()) return "";
  return files.size() == 1 ? files.front().string() : files.front().parent_path().string();
}

SplitSources find_split_sources(const std::vector<std::string>& paths, const std::string& train,
                                const std::string& validation, const std::string& test) {
  SplitSources sources;
  const bool has_explicit = !train.empty() || !validation.empty() || !test.empty();
  const bool is_folder = paths.size() == 1 && fs::is_directory(existing_path(paths.front()));
  std::vector<NamedSplit> splits;
  if (is_folder) {
    sources = in_folder(paths.front());
    splits = {{"train", sources.train}, {"validation", sources.validation}, {"test", sources.test}};
    std::erase_if(splits, [](const NamedSplit& split) { return !split.source.exists(); });
  } else if (paths.size() == 1 && !has_explicit) {
    sources.train.files = {existing_path(paths.front())};
    sources.is_single_table = true;
  } else {
    std::vector<fs::path> files;
    for (const std::string& path : paths) {
      files.push_back(existing_path(path));
      if (fs::is_directory(files.back())) {
        throw Error("is a folder among several paths", path, "give one folder, or files alone");
      }
    }
    const std::vector<fs::path> others = assign(files, "the paths given", sources);
    if (others.size() == 1 && !sources.train.exists() && train.empty()) {
      sources.train.files = others;
    } else if (!others.empty()) {
      throw Error("cannot tell which split it is", others.front().string(),
                  "name it with --train, --validation or --test");
    }
  }
  take_explicit_splits(sources, is_folder, splits, train, validation, test);
  if (!sources.train.exists() && !sources.validation.exists() && !sources.test.exists()) {
    throw Error("no data is given", "", "name a file or a folder",
                paths.empty() ? ErrorKind::kUsage : ErrorKind::kData);
  }
  return sources;
}

namespace {

void append_shard(Table& table, const Table& next, const fs::path& file) {
  if (table.roles.label.has_value() != next.roles.label.has_value()) {
    throw Error("only some of the shards have a label column", file.string(),
                "give all shards of a split the same columns");
  }
  const bool have_ids = table.ids.size() > 0 && next.ids.size() > 0;
  for (int64_t row = 0; row < next.texts.size(); ++row) {
    table.texts.push_back_row(next.texts, row);
    if (have_ids) table.ids.push_back(next.ids[row]);
  }
  if (!have_ids) table.ids = {};
  table.labels.append(next.labels);
  if (table.missing_texts == 0) table.first_missing_text = next.first_missing_text;
  table.missing_texts += next.missing_texts;
  if (table.class_names != next.class_names) {
    throw Error("its label names differ from those of the first shard", file.string(),
                "fetch the shards of one version");
  }
}

}  // namespace

Table read_split_source(const SplitSource& source, const fs::path& mapping,
                        const TableRequest& request, std::vector<int64_t>* file_rows) {
  const auto note_rows = [&](const Table& table) {
    if (file_rows != nullptr) file_rows->push_back(table.texts.size());
  };
  if (!source.label_file.empty()) {
    if (!request.pair_column.empty()) {
      throw Error("the file holds one text a line and no column for --text-pair",
                  source.files.front().string(), "leave --text-pair out, or give a table");
    }
    Table table = read_tweet_eval(source.files.front(), source.label_file, mapping);
    note_rows(table);
    return table;
  }
  Table table = read_table(source.files.front(), request);
  note_rows(table);
  TableRequest as_the_first = request;
  if (!request.roles) as_the_first.roles = table.roles;
  for (size_t i = 1; i < source.files.size(); ++i) {
    const Table next = read_table(source.files[i], as_the_first);
    note_rows(next);
    append_shard(table, next, source.files[i]);
    table.notes.insert(table.notes.end(), next.notes.begin(), next.notes.end());
  }
  const auto told = request.class_names.find(table.roles.label.value_or(""));
  if (told != request.class_names.end()) table.class_names = told->second;
  return table;
}

}  // namespace thaw
