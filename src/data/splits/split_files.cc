#include "data/splits/split_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/label_values.h"
#include "data/readers/tweet_eval.h"
#include "data/splits/folder_splits.h"
#include "data/splits/split_names.h"
#include "text/utf8.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

// Puts files whose names tell their split where they belong; returns those that tell nothing, or of
// two splits.
std::vector<fs::path> assign(const std::vector<fs::path>& files, SplitSources& sources) {
  std::map<SplitName, SplitFiles> by_split;
  std::vector<fs::path> others;
  for (const fs::path& file : files) {
    const auto splits = splits_by_name({file.filename().string()}, true);
    if (splits.size() != 1) {
      others.push_back(file);
      continue;
    }
    SplitFiles& found = by_split[*split_of_word(splits.front().split)];
    found.split = splits.front().split;
    found.files.push_back(file.string());
  }
  for (const auto& [split, found] : by_split) {
    require_all_shards(found, "the paths given");
    for (const std::string& file : found.files) split_part(sources, split).files.emplace_back(file);
  }
  return others;
}

// Splits whose names tell no part: they are there for expressions, and else left out.
void note_unused(const std::string& folder, const std::vector<NamedSplit>& splits,
                 SplitSources& sources) {
  for (const NamedSplit& split : splits) {
    if (split_of_word(split.name)) continue;
    sources.notes.push_back(fmt::format("{}: left out the split '{}'; {} adds it", folder,
                                        split.name, setting("train", "train+" + split.name)));
  }
}

SplitSources in_folder(const std::string& path, const std::vector<std::string>& train,
                       const std::vector<std::string>& validation,
                       const std::vector<std::string>& test) {
  FolderSplits found = splits_of_folder(path);
  // A data set that was saved without splits may be called anything.
  if (found.splits.size() == 1 && !split_of_word(found.splits.front().name)) {
    found.splits.front().name = "train";
  }
  SplitSources sources = choose_split_sources(found.splits, train, validation, test);
  if (!sources.train.exists() && !sources.validation.exists() && !sources.test.exists()) {
    std::string list;
    for (const NamedSplit& split : found.splits) list += (list.empty() ? "" : ", ") + split.name;
    throw Error("none of its splits is called train, validation or test: " + list, path,
                "name one with " + setting("train"));
  }
  sources.mapping = found.mapping;
  sources.is_single_table = found.is_single_table && train.empty();
  sources.notes = std::move(found.notes);
  if (train.empty() && validation.empty() && test.empty()) {
    note_unused(path, found.splits, sources);
  }
  return sources;
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
      {"eval", SplitName::kTest},
      {"evaluation", SplitName::kTest},
  };
  const auto found = words.find(word);
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

std::string SplitSource::name() const {
  if (!title.empty()) return title;
  if (files.empty()) return "";
  if (files.size() == 1) return files.front().string();
  const fs::path folder = files.front().parent_path();
  const bool together = std::all_of(files.begin(), files.end(), [&](const fs::path& file) {
    return file.parent_path() == folder;
  });
  if (together && !folder.empty()) return folder.string();
  return fmt::format("{} and {} more", files.front().string(), files.size() - 1);
}

SplitSources find_split_sources(const std::vector<std::string>& paths,
                                const std::vector<std::string>& train,
                                const std::vector<std::string>& validation,
                                const std::vector<std::string>& test) {
  const bool has_explicit = !train.empty() || !validation.empty() || !test.empty();
  if (paths.size() == 1 && fs::is_directory(existing_path(paths.front()))) {
    return in_folder(paths.front(), train, validation, test);
  }
  SplitSources sources;
  if (paths.size() == 1 && !has_explicit) {
    sources.train.files = {existing_path(paths.front())};
    sources.is_single_table = true;
    return sources;
  }
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    files.push_back(existing_path(path));
    if (fs::is_directory(files.back())) {
      throw Error("is a folder among several paths", path, "give one folder, or files alone");
    }
  }
  const std::vector<fs::path> others = assign(files, sources);
  if (!others.empty() && !sources.train.exists() && train.empty()) {
    sources.train.files = others;
  } else if (!others.empty()) {
    throw Error("cannot tell which split it is", others.front().string(),
                fmt::format("name it with {}, {} or {}", setting("train"), setting("validation"),
                            setting("test")));
  }
  take_explicit_splits(sources, false, {}, train, validation, test);
  if (!sources.train.exists() && !sources.validation.exists() && !sources.test.exists()) {
    throw Error("no data is given", "", "name a file or a folder",
                paths.empty() ? ErrorKind::kUsage : ErrorKind::kData);
  }
  return sources;
}

namespace {

// Fields of JSON may come and go; columns of tables are the same in all parts of one.
void check_same_columns(const ColumnRoles& first, const ColumnRoles& next, const fs::path& file) {
  const std::string ending = without_compression_ending(file).extension().string();
  if (ending.starts_with(".json") || ending == ".ndjson") return;
  const auto missing = [](const ColumnRoles& of, const ColumnRoles& in) {
    for (const std::string& name : of.columns) {
      if (std::find(in.columns.begin(), in.columns.end(), name) == in.columns.end()) return &name;
    }
    return static_cast<const std::string*>(nullptr);
  };
  if (const std::string* name = missing(first, next)) {
    throw Error(fmt::format("lacks the column {} of {}", quoted_excerpt(*name), first.source),
                file.string(),
                "give all files of a split the same columns, or name those that are meant");
  }
  if (const std::string* name = missing(next, first)) {
    throw Error(fmt::format("has a column {} that {} lacks", quoted_excerpt(*name), first.source),
                file.string(),
                "give all files of a split the same columns, or name those that are meant");
  }
}

void append_shard(Table& table, const Table& next, const fs::path& file) {
  if (table.roles.label.has_value() != next.roles.label.has_value()) {
    throw Error("only some of the files of this split have a label column", file.string(),
                "give all files of a split the same columns");
  }
  check_same_columns(table.roles, next.roles, file);
  const bool have_ids = table.ids.size() > 0 && next.ids.size() > 0;
  for (int64_t row = 0; row < next.texts.size(); ++row) {
    table.texts.push_back_row(next.texts, row);
    if (have_ids) table.ids.push_back(next.ids[row]);
  }
  if (!have_ids) table.ids = {};
  for (size_t i = 0; i < table.further.size(); ++i)
    table.further[i].append(next.further[i], nullptr);
  table.labels.append(next.labels);
  if (table.missing_texts == 0) table.first_missing_text = next.first_missing_text;
  table.missing_texts += next.missing_texts;
  if (table.class_names != next.class_names) {
    const auto names_of = [](const Table& of) {
      return of.class_names.empty() ? "none" : listed_names(of.class_names);
    };
    throw Error(
        fmt::format("its label names ({}) differ from those of {} ({}), so that one number may "
                    "mean two labels",
                    names_of(next), table.roles.source, names_of(table)),
        file.string(),
        "write both with one list of names (Dataset.align_labels_with_mapping() of datasets "
        "numbers labels anew by their names)");
  }
}

}  // namespace

Table read_split_source(const SplitSource& source, const fs::path& mapping,
                        const TableRequest& request, std::vector<int64_t>* file_rows) {
  const auto note_rows = [&](const Table& table) {
    if (file_rows != nullptr) file_rows->push_back(table.texts.size());
  };
  if (!source.label_file.empty() || source.texts_alone) {
    if (!request.pair_column.empty()) {
      throw Error("the file holds one text a line and no column for " + setting("text_pair"),
                  source.files.front().string(),
                  fmt::format("leave {} out, or give a table", setting("text_pair")));
    }
    Table table = source.texts_alone
                      ? read_texts_alone(source.files.front())
                      : read_tweet_eval(source.files.front(), source.label_file, mapping);
    for (const std::string& name : request.further_columns) {
      table.further.emplace_back(name).push_back_missing(table.texts.size());
    }
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
  // The data set's card comes before a description beside the files, and that before the files.
  for (const auto* names : {&source.class_names, &request.class_names}) {
    const auto told = names->find(table.roles.label.value_or(""));
    if (told != names->end()) table.class_names = told->second;
    for (ColumnValues& column : table.further) {
      const auto own = names->find(column.name());
      if (own != names->end()) column.name_numbers(own->second);
    }
  }
  return table;
}

}  // namespace thaw
