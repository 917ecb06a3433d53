#include "data/load.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <iterator>
#include <numeric>

#include "base/error.h"
#include "data/labels.h"
#include "data/leak_free_split.h"
#include "data/split_files.h"
#include "data/splits.h"
#include "data/tweet_eval.h"

namespace thaw {
namespace {

constexpr double kAutomaticTest = 0.2, kAutomaticValidation = 0.1;

void check(const DataOptions& options) {
  if (!(options.fraction > 0 && options.fraction <= 1)) {
    throw Error("must be above 0 and at most 1", "--fraction", "e.g. 0.3", ErrorKind::kUsage);
  }
  for (const auto& [size, flag] : {std::pair{options.test_size, "--test-size"},
                                   std::pair{options.validation_size, "--validation-size"}}) {
    if (size != -1 && !(size >= 0 && std::isfinite(size))) {
      throw Error("must be a share below 1 or a whole number of rows", flag, "e.g. 0.2 or 500",
                  ErrorKind::kUsage);
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
  split.labels = std::move(labels);
  split.source = std::move(source);
  return split;
}

// The rows of a split that are listed by position, in that order.
Split selected(const Split& from, const std::vector<int64_t>& positions) {
  Split split;
  split.source = from.source;
  const auto count = static_cast<int64_t>(positions.size());
  const bool pairs = from.texts.has_pairs();
  size_t bytes = 0, pair_bytes = 0;
  for (const int64_t position : positions) {
    bytes += from.texts[position].size();
    if (pairs) pair_bytes += from.texts.pair(position).size();
  }
  split.texts.reserve(count, bytes);
  if (pairs) split.texts.reserve_pairs(count, pair_bytes);
  split.labels.reserve(positions.size());
  split.rows.reserve(positions.size());
  for (const int64_t position : positions) {
    split.texts.push_back_row(from.texts, position);
    split.labels.push_back(from.labels[position]);
    split.rows.push_back(from.rows[position]);
  }
  return split;
}

// The rows of a split that its expression means.
Split part_of(Split split, const SplitSource& source, const std::vector<int64_t>& file_rows) {
  return source.parts.empty() ? std::move(split)
                              : selected(split, rows_of_parts(source, file_rows));
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
    throw Error(error.fact(), from.source, error.remedy(), error.kind());
  }
  Split part = selected(from, parts.test);
  from = selected(from, parts.train);
  return part;
}

// Whether a split that the data lacks is to be made; Error when it has it and a size is given, too.
bool is_wanted(const SplitSource& given, double size, const std::string& flag) {
  if (given.exists() && size > 0) {
    throw Error("the data has this split already: " + given.name(), flag,
                "leave the flag out, or name the train file alone");
  }
  return !given.exists() && size != 0;
}

int64_t wanted_rows(double size, double automatic, int64_t share_of, int64_t available,
                    const std::string& flag) {
  const double rows = size == -1 ? std::ceil(automatic * static_cast<double>(share_of))
                      : size < 1 ? std::ceil(size * static_cast<double>(share_of))
                                 : size;
  return rows_for_size(std::max(rows, 1.0), available, flag);
}

Split fraction_of(Split split, const DataOptions& options) {
  if (options.fraction >= 1 || split.size() == 0) return split;
  const auto share = static_cast<int64_t>(static_cast<double>(split.size()) * options.fraction);
  const int64_t count = std::max(options.minimum_rows, share);
  return selected(split, shuffled_rows(split.size(), count, options.seed));
}

void check_every_label_has_rows(const Split& train, const std::vector<std::string>& names,
                                bool is_whole) {
  std::vector<bool> seen(names.size());
  for (const int32_t label : train.labels) seen[label] = true;
  for (size_t label = 0; label < names.size(); ++label) {
    if (seen[label]) continue;
    throw Error("no row of train has the label '" + names[label] + "'", train.source,
                is_whole ? "add rows of that class, or remove it from the label names"
                         : "raise --fraction, or change --seed");
  }
}

}  // namespace

Dataset load_dataset(const DataOptions& options) {
  check(options);
  const SplitSources sources = sources_of(options);
  if (!sources.train.exists()) {
    throw Error("there is no train split",
                (sources.validation.exists() ? sources.validation : sources.test).name(),
                "name its file with --train");
  }
  const bool makes_test = is_wanted(sources.test, options.test_size, "--test-size");
  const bool makes_validation =
      is_wanted(sources.validation, options.validation_size, "--validation-size");

  const TableRequest request = request_of(options);
  std::vector<int64_t> file_rows;
  Table table = read_split_source(sources.train, sources.mapping, request, &file_rows);
  const LabelScheme scheme = LabelScheme::from_train(table.labels, table.class_names,
                                                     options.label_names, options.label_cuts);
  Dataset dataset;
  dataset.label_names = scheme.names();
  dataset.train = part_of(split_of(table, scheme.encode(table.labels), sources.train.name()),
                          sources.train, file_rows);
  check_every_label_has_rows(dataset.train, dataset.label_names, true);
  const auto read_given = [&](const SplitSource& source, Split& split) {
    if (!source.exists()) return;
    file_rows.clear();
    Table given = read_split_source(source, sources.mapping, request, &file_rows);
    split = part_of(split_of(given, scheme.encode(given.labels), source.name()), source, file_rows);
  };
  read_given(sources.validation, dataset.validation);
  read_given(sources.test, dataset.test);
  if (options.drop_duplicates) drop_repeated_texts(dataset);

  const int64_t rows = dataset.train.size();
  if (makes_test) {
    const int64_t count = wanted_rows(options.test_size, kAutomaticTest, rows, rows, "--test-size");
    dataset.test = split_off(dataset.train, count, options, dataset.label_names);
  }
  if (makes_validation) {
    const int64_t count = wanted_rows(options.validation_size, kAutomaticValidation, rows,
                                      dataset.train.size(), "--validation-size");
    dataset.validation = split_off(dataset.train, count, options, dataset.label_names);
  }
  dataset.changes.kept_exact = options.keep_split_exact && (makes_test || makes_validation);
  if (!options.keep_split_exact) make_split_leak_free(dataset, makes_validation, makes_test);
  dataset.train = fraction_of(std::move(dataset.train), options);
  dataset.validation = fraction_of(std::move(dataset.validation), options);
  check_every_label_has_rows(dataset.train, dataset.label_names, false);
  return dataset;
}

Split load_split(const DataOptions& options, const std::vector<std::string>& label_names) {
  const SplitSources sources = sources_of(options);
  const int given = sources.train.exists() + sources.validation.exists() + sources.test.exists();
  if (given > 1 && !sources.test.exists()) {
    throw Error("there are several splits, but no test split", sources.train.name(),
                "name the file to evaluate on");
  }
  const SplitSource& source = sources.test.exists()         ? sources.test
                              : sources.validation.exists() ? sources.validation
                                                            : sources.train;
  std::vector<int64_t> file_rows;
  Table table = read_split_source(source, sources.mapping, request_of(options), &file_rows);
  const LabelScheme scheme = LabelScheme::from_model(
      table.labels, table.class_names, options.label_names, options.label_cuts, label_names);
  return part_of(split_of(table, scheme.encode(table.labels), source.name()), source, file_rows);
}

TextColumn read_texts(const std::string& path, const std::string& text_column,
                      const std::vector<std::string>& columns, const std::string& pair_column) {
  if (path == "-") {
    if (!pair_column.empty()) {
      throw Error("standard input holds one text a line and no columns", "--text-pair",
                  "name a file with a column for each text of the pair", ErrorKind::kUsage);
    }
    const std::string bytes(std::istreambuf_iterator<char>(std::cin), {});
    std::string_view text = bytes;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return read_lines(text, "standard input");
  }
  const TableFile file = TableFile::open(path);
  const bool is_table = has_table_ending(path) || file.kind() == FileKind::kParquet ||
                        !text_column.empty() || !columns.empty() || !pair_column.empty();
  if (!is_table) return read_lines(checked_text(file), path);
  TableRequest request;
  request.text_column = text_column;
  request.pair_column = pair_column;
  request.columns = columns;
  request.with_labels = false;
  return std::move(read_table(file, request).texts);
}

}  // namespace thaw
