#include "data/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <iterator>
#include <numeric>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/labels.h"
#include "data/load_notes.h"
#include "data/readers/row_ids.h"
#include "data/readers/tweet_eval.h"
#include "data/splits/leak_free_split.h"
#include "data/splits/split_files.h"
#include "data/splits/split_rows.h"
#include "data/splits/splits.h"
#include "files/decompression.h"
#include "text/utf8.h"

namespace thaw {
namespace {

constexpr double kAutomaticTest = 0.2, kAutomaticValidation = 0.1;

void check(const DataOptions& options) {
  if (!(options.fraction > 0 && options.fraction <= 1)) {
    throw Error("must be above 0 and at most 1", Setting{"fraction"}, "e.g. 0.3",
                ErrorKind::kUsage);
  }
  for (const auto& [size, key] : {std::pair{options.test_size, "test_size"},
                                  std::pair{options.validation_size, "validation_size"}}) {
    if (size != -1 && !(size >= 0 && std::isfinite(size))) {
      throw Error("must be a share below 1 or a whole number of rows", Setting{key},
                  "e.g. 0.2 or 500", ErrorKind::kUsage);
    }
  }
}

TableRequest request_of(const DataOptions& options) {
  TableRequest request;
  request.text_column = options.text_column;
  request.label_column = options.label_column;
  request.pair_column = options.pair_column;
  request.columns = options.columns;
  request.class_names = options.class_names;
  request.id_column = options.id_column;
  request.further_columns = options.slice_columns;
  request.remembered = options.remembered;
  return request;
}

SplitSources sources_of(const DataOptions& options) {
  if (!options.splits.empty()) {
    return choose_split_sources(options.splits, options.train, options.validation, options.test);
  }
  return find_split_sources(options.paths, options.train, options.validation, options.test);
}

std::vector<int64_t> all_rows(int64_t count) {
  std::vector<int64_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

Split split_of(Table& table, std::vector<int32_t> labels, std::string source) {
  Split split;
  split.rows = all_rows(table.texts.size());
  split.texts = std::move(table.texts);
  split.ids = std::move(table.ids);
  split.labels = std::move(labels);
  split.source = std::move(source);
  split.columns = std::move(table.further);
  return split;
}

// The rows of a split that its expression means.
Split part_of(Split split, const SplitSource& source, const std::vector<int64_t>& file_rows) {
  return source.parts.empty() ? std::move(split)
                              : selected_rows(split, rows_of_parts(source, file_rows));
}

// Moves `count` rows of `from` into a split of their own.
Split split_off(Split& from, int64_t count, const DataOptions& options,
                const std::vector<std::string>& names) {
  RowSplit parts;
  try {
    parts = options.stratify ? stratified_train_test_split(from.labels, count, options.seed, names)
                             : train_test_split(from.size(), count, options.seed);
  } catch (const Error& error) {
    if (!error.where().empty()) throw;
    throw error.at(from.source);
  }
  Split part = selected_rows(from, parts.test);
  from = selected_rows(from, parts.train);
  return part;
}

// Whether a split that the data lacks is to be made; Error when it has it and a size is given, too.
bool is_wanted(const SplitSource& given, double size, const std::string& key) {
  if (given.exists() && size > 0) {
    throw Error("the data has this split already: " + given.name(), Setting{key},
                "leave it out, or name the train file alone");
  }
  return !given.exists() && size != 0;
}

int64_t wanted_rows(double size, double automatic, int64_t share_of, int64_t available,
                    const std::string& key) {
  const double rows = size == -1 ? std::ceil(automatic * static_cast<double>(share_of))
                      : size < 1 ? std::ceil(size * static_cast<double>(share_of))
                                 : size;
  return rows_for_size(std::max(rows, 1.0), available, key);
}

// How many of so many rows a fraction leaves.
int64_t rows_of_fraction(int64_t rows, const DataOptions& options) {
  const auto share = static_cast<int64_t>(static_cast<double>(rows) * options.fraction);
  return std::min(rows, std::max(options.minimum_rows, share));
}

Split fraction_of(Split split, const DataOptions& options, const std::string& name,
                  std::vector<std::string>& notes) {
  if (options.fraction >= 1 || split.size() == 0) return split;
  const auto share = static_cast<int64_t>(static_cast<double>(split.size()) * options.fraction);
  const int64_t count = std::max(options.minimum_rows, share);
  if (count > share) {
    const int64_t kept = std::min(count, split.size());
    notes.push_back(
        fmt::format("{}: {} rows are kept, not the {} that {} means of {}: it leaves {} at least",
                    name, kept == split.size() ? fmt::format("all {}", kept) : std::to_string(kept),
                    share, setting("fraction"), split.size(), options.minimum_rows));
  }
  return selected_rows(split, shuffled_rows(split.size(), count, options.seed));
}

std::vector<bool> labels_with_rows(const Split& train, size_t labels) {
  std::vector<bool> seen(labels);
  for (const int32_t label : train.labels) seen[label] = true;
  return seen;
}

// A label without a row is a mistake where the user has named it, and none where the file has.
std::vector<bool> check_labels_of_train(const Split& train, const LabelScheme& scheme,
                                        std::vector<std::string>& notes) {
  std::vector<bool> seen = labels_with_rows(train, scheme.names().size());
  for (size_t label = 0; label < seen.size(); ++label) {
    if (seen[label]) continue;
    const std::string fact =
        fmt::format("no row of train has the label '{}'", scheme.names()[label]);
    if (!scheme.has_file_names()) {
      throw Error(
          fact, train.source,
          "add rows of that class, or remove it from the label names (one that holds a comma "
          "stands in double quotes)");
    }
    notes.push_back(fmt::format("{}: it is never learnt ({})", fact, train.source));
  }
  return seen;
}

void check_labels_are_left(const Split& train, const std::vector<std::string>& names,
                           const std::vector<bool>& had_rows) {
  const std::vector<bool> seen = labels_with_rows(train, names.size());
  for (size_t label = 0; label < names.size(); ++label) {
    if (seen[label] || !had_rows[label]) continue;
    throw Error(fmt::format("no row of train has the label '{}'", names[label]), train.source,
                fmt::format("raise {}, or change {}", setting("fraction"), setting("seed")));
  }
}

// Where the first rows without a label are.
std::string places_of_unlabelled(const LabelColumn& column, const std::vector<int32_t>& labels) {
  constexpr size_t kShown = 3;
  const std::vector<std::string> none = column.places_of_none();
  std::vector<std::string> places;
  std::vector<bool> told(column.values().size());
  size_t empty = 0;
  for (size_t row = 0; row < labels.size() && places.size() < kShown; ++row) {
    if (labels[row] != LabelScheme::kNoLabel) continue;
    const int32_t code = column.codes()[row];
    if (code < 0 && empty < none.size()) places.push_back(none[empty++]);
    if (code >= 0 && !told[code]) places.push_back(column.place(code));
    if (code >= 0) told[code] = true;
  }
  std::string list;
  for (const std::string& place : places) list += (list.empty() ? "" : ", ") + place;
  return list;
}

bool has_labels(const std::vector<int32_t>& labels) {
  return std::any_of(labels.begin(), labels.end(),
                     [](int32_t label) { return label != LabelScheme::kNoLabel; });
}

// Leaves out the rows without a label. places: of the first of them in the whole file.
Split labelled_rows(Split split, const std::string& places, Unlabelled unlabelled,
                    std::vector<std::string>& notes) {
  const auto without = std::count(split.labels.begin(), split.labels.end(), LabelScheme::kNoLabel);
  if (without == 0) return split;
  const std::string rows = fmt::format("{}{}", without, without == 1 ? " row has" : " rows have");
  if (unlabelled == Unlabelled::kFail) {
    throw Error(
        fmt::format("{} no label (first: {})", rows, places), split.source,
        "fill in the labels, or leave these rows out with " + setting("unlabelled", "skip"));
  }
  if (!has_labels(split.labels)) {
    throw Error("no row has a label", split.source,
                "fill in the labels, or name another column with " + setting("label_column"));
  }
  std::vector<int64_t> kept;
  for (int64_t row = 0; row < split.size(); ++row) {
    if (split.labels[row] != LabelScheme::kNoLabel) kept.push_back(row);
  }
  notes.push_back(fmt::format("{}: {} no label and {} left out (first: {})", split.source, rows,
                              without == 1 ? "is" : "are", places));
  return selected_rows(split, kept);
}

// The rows of a table that its source means, with their labels.
Split split_of_table(Table& table, std::vector<int32_t> labels, const SplitSource& source,
                     const std::vector<int64_t>& file_rows, Unlabelled unlabelled,
                     std::vector<std::string>& notes) {
  note_missing_texts(table, notes);
  note_numbers_as_texts(table, notes);
  const std::string places = places_of_unlabelled(table.labels, labels);
  Split split = part_of(split_of(table, std::move(labels), source.name()), source, file_rows);
  return labelled_rows(std::move(split), places, unlabelled, notes);
}

// The rows of a test without labels.
UnlabelledTest unlabelled_test(Table& table, const SplitSource& source,
                               const std::vector<int64_t>& file_rows) {
  UnlabelledTest test;
  TextColumn ids = std::move(table.ids);
  test.id_name = table.id_name;
  std::vector<int32_t> none(static_cast<size_t>(table.texts.size()), LabelScheme::kNoLabel);
  test.split = part_of(split_of(table, std::move(none), source.name()), source, file_rows);
  test.split.labels.clear();
  if (ids.size() > 0) {
    for (const int64_t row : test.split.rows) test.ids.push_back(ids[row]);
  }
  return test;
}

std::string unlabelled_line(const Dataset& dataset, bool has_column, bool texts_alone) {
  const int64_t count = dataset.unlabelled.split.size();
  const std::string rows = fmt::format("{}{}", count, count == 1 ? " row is" : " rows are");
  return fmt::format(
      "{} has no labels ({}): its {} not the test, and a comparison writes predictions for them",
      dataset.unlabelled.split.source,
      texts_alone  ? "its file of labels is not there"
      : has_column ? fmt::format("column {} names none", quoted_excerpt(*dataset.columns.label))
                   : "no column " + quoted_excerpt(*dataset.columns.label),
      rows);
}

[[noreturn]] void throw_no_label_column(const ColumnRoles& split, const ColumnRoles& train) {
  std::string columns;
  for (const std::string& name : split.columns) {
    columns += (columns.empty() ? "" : ", ") + quoted_excerpt(name);
  }
  throw Error(
      fmt::format("there is no label column {} among {}", quoted_excerpt(*train.label), columns),
      split.source, "validation needs labels: name them as in " + train.source);
}

}  // namespace

Dataset load_dataset(const DataOptions& options, int64_t fewest_validation_rows) {
  check(options);
  const SplitSources sources = sources_of(options);
  if (!sources.train.exists()) {
    throw Error("there is no train split",
                (sources.validation.exists() ? sources.validation : sources.test).name(),
                "name its file with " + setting("train"));
  }
  bool makes_validation = is_wanted(sources.validation, options.validation_size, "validation_size");
  TableRequest request = request_of(options);
  request.with_ids = true;
  std::vector<int64_t> file_rows;
  Table table = read_split_source(sources.train, sources.mapping, request, &file_rows);
  const LabelScheme scheme = LabelScheme::from_train(table.labels, table.class_names,
                                                     options.label_names, options.label_bin_edges);
  Dataset dataset;
  dataset.label_names = scheme.names();
  dataset.columns = table.roles;
  dataset.columns.source = sources.train.name();
  dataset.notes = sources.notes;
  dataset.notes.insert(dataset.notes.end(), table.notes.begin(), table.notes.end());
  take_row_ids(options.id_column, table, dataset.columns, dataset.notes);
  dataset.notes.push_back(roles_line(dataset.columns));
  if (!sources.test.exists()) note_split_column(dataset.columns, dataset.notes);
  dataset.notes.insert(dataset.notes.end(), scheme.lines().begin(), scheme.lines().end());
  dataset.train = split_of_table(table, scheme.encode(table.labels, table.class_names),
                                 sources.train, file_rows, options.unlabelled, dataset.notes);
  const std::vector<bool> had_rows = check_labels_of_train(dataset.train, scheme, dataset.notes);

  ColumnRoles evaluated_roles = dataset.columns;
  request.roles = dataset.columns;
  const auto read_given = [&](const SplitSource& source, bool is_test, Split& split) {
    if (!source.exists()) return;
    file_rows.clear();
    Table given = read_split_source(source, sources.mapping, request, &file_rows);
    dataset.notes.insert(dataset.notes.end(), given.notes.begin(), given.notes.end());
    const bool has_column = given.roles.label.has_value();
    std::vector<int32_t> labels;
    if (has_column && !scheme.hides(given.labels)) {
      labels = scheme.encode(given.labels, given.class_names);
    }
    if (!is_test && !has_column) throw_no_label_column(given.roles, dataset.columns);
    if (is_test && !has_labels(labels)) {
      note_missing_texts(given, dataset.notes);
      dataset.unlabelled = unlabelled_test(given, source, file_rows);
      dataset.notes.push_back(unlabelled_line(dataset, has_column, source.texts_alone));
      return;
    }
    if (given.id_name != dataset.columns.id) given.ids = {};  // names of something else
    labels.resize(static_cast<size_t>(given.texts.size()), LabelScheme::kNoLabel);
    evaluated_roles = given.roles;  // of the test, which comes last
    split = split_of_table(given, std::move(labels), source, file_rows, options.unlabelled,
                           dataset.notes);
  };
  read_given(sources.validation, false, dataset.validation);
  read_given(sources.test, true, dataset.test);
  if (options.drop_duplicates) drop_repeated_texts(dataset);

  const bool makes_test = dataset.unlabelled.split.size() > 0
                              ? options.test_size != 0
                              : is_wanted(sources.test, options.test_size, "test_size");
  const int64_t rows = dataset.train.size();
  if (makes_test) {
    const int64_t count = wanted_rows(options.test_size, kAutomaticTest, rows, rows, "test_size");
    dataset.test = split_off(dataset.train, count, options, dataset.label_names);
    evaluated_roles = dataset.columns;
  }
  if (makes_validation) {
    const int64_t count = wanted_rows(options.validation_size, kAutomaticValidation, rows,
                                      dataset.train.size(), "validation_size");
    const int64_t kept = rows_of_fraction(count, options);
    makes_validation =
        options.validation_size != -1 || dataset.test.size() == 0 || kept >= fewest_validation_rows;
    if (makes_validation) {
      dataset.validation = split_off(dataset.train, count, options, dataset.label_names);
      if (dataset.test.size() == 0) evaluated_roles = dataset.columns;
    } else {
      dataset.notes.push_back(
          fmt::format("validation: none is split off, since nothing is chosen by so few as {}{}; "
                      "they are trained on ({} splits them off)",
                      kept, kept == 1 ? " row" : " rows", setting("validation_size", "0.1")));
    }
  }
  dataset.changes.kept_exact = options.keep_split_exact && (makes_test || makes_validation);
  if (!options.keep_split_exact) make_split_leak_free(dataset, makes_validation, makes_test);
  dataset.train = fraction_of(std::move(dataset.train), options, "train", dataset.notes);
  dataset.validation =
      fraction_of(std::move(dataset.validation), options, "validation", dataset.notes);
  check_labels_are_left(dataset.train, dataset.label_names, had_rows);
  const bool has_test = dataset.test.size() > 0;
  check_slice_columns(has_test ? dataset.test : dataset.validation, evaluated_roles);
  dataset.train.columns.clear();
  if (has_test) dataset.validation.columns.clear();
  return dataset;
}

Split load_split(const DataOptions& options, const std::vector<std::string>& label_names,
                 std::vector<std::string>* notes) {
  const SplitSources sources = sources_of(options);
  const int given = sources.train.exists() + sources.validation.exists() + sources.test.exists();
  if (given > 1 && !sources.test.exists()) {
    throw Error("there are several splits, but no test split", sources.train.name(),
                "name the file to evaluate on");
  }
  const SplitSource& source = sources.test.exists()         ? sources.test
                              : sources.validation.exists() ? sources.validation
                                                            : sources.train;
  if (source.texts_alone) {
    throw Error(
        "has no file of labels beside it", source.name(),
        fmt::format("name another split, or let {} answer its texts", command_words("predict")));
  }
  std::vector<int64_t> file_rows;
  Table table = read_split_source(source, sources.mapping, request_of(options), &file_rows);
  const LabelScheme scheme = LabelScheme::from_model(
      table.labels, table.class_names, options.label_names, options.label_bin_edges, label_names);
  std::vector<std::string> lines = sources.notes;
  lines.insert(lines.end(), table.notes.begin(), table.notes.end());
  table.roles.source = source.name();
  lines.push_back(roles_line(table.roles));
  note_lost_pairs(options.remembered, table.roles.pair.has_value(), lines);
  lines.insert(lines.end(), scheme.lines().begin(), scheme.lines().end());
  std::vector<int32_t> labels(static_cast<size_t>(table.labels.size()), LabelScheme::kNoLabel);
  if (!scheme.hides(table.labels)) labels = scheme.encode(table.labels);
  Split split =
      split_of_table(table, std::move(labels), source, file_rows, options.unlabelled, lines);
  check_slice_columns(split, table.roles);
  if (notes != nullptr) *notes = std::move(lines);
  return split;
}

TextColumn read_texts(const std::string& path, const std::string& text_column,
                      const std::vector<std::string>& columns, const std::string& pair_column,
                      const std::optional<ColumnRoles>& remembered,
                      std::vector<std::string>* notes) {
  std::vector<std::string> lines;
  const auto with_notes = [&](TextColumn texts) {
    note_lost_pairs(remembered, texts.has_pairs(), lines);
    if (notes != nullptr) *notes = std::move(lines);
    return texts;
  };
  if (path == "-") {
    if (!pair_column.empty()) {
      throw Error("standard input holds one text a line and no columns", Setting{"text_pair"},
                  "name a file with a column for each text of the pair", ErrorKind::kUsage);
    }
    const std::string where = "standard input";
    std::string bytes(std::istreambuf_iterator<char>(std::cin), {});
    FileKind kind = file_kind(bytes);
    if (is_compressed(kind)) {
      std::string text;
      unpack(bytes, kind, where, [&](std::string_view piece) { text += piece; });
      bytes = std::move(text);
      kind = file_kind(bytes);
    }
    // A text that looks like the head of a page may well be one to be answered.
    if (kind != FileKind::kHtml && kind != FileKind::kXml) refuse_foreign_kind(kind, where);
    if (kind != FileKind::kRichText) refuse_archive(kind, where);
    std::string_view text = bytes;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    TextColumn texts = read_lines(text, where);
    note_empty_lines(texts, where, lines);
    return with_notes(std::move(texts));
  }
  const TableFile file = TableFile::open(path);
  const bool is_table = has_table_ending(path) || file.is_binary() || !text_column.empty() ||
                        !columns.empty() || !pair_column.empty();
  if (!is_table) {
    TextColumn texts = read_lines(checked_text(file), path);
    note_empty_lines(texts, path, lines);
    return with_notes(std::move(texts));
  }
  TableRequest request;
  request.text_column = text_column;
  request.pair_column = pair_column;
  request.columns = columns;
  request.with_labels = false;
  request.remembered = remembered;
  Table table = read_table(file, request);
  lines = table.notes;
  lines.push_back(roles_line(table.roles));
  note_missing_texts(table, lines);
  note_numbers_as_texts(table, lines);
  return with_notes(std::move(table.texts));
}

}  // namespace thaw
