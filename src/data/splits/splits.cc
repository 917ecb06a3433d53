#include "data/splits/splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/splits/numpy_random.h"

namespace thaw {
namespace {

NumpyRandomState random_state(uint64_t seed) {
  if (seed > 0xFFFFFFFFu) {
    throw Error(fmt::format("the seed {} is too large to split rows with", seed), Setting{"seed"},
                "choose one up to 4294967295", ErrorKind::kUsage);
  }
  return NumpyRandomState(static_cast<uint32_t>(seed));
}

// scikit-learn's _approximate_mode: how many of `draws` rows each class gets, as near to its share
// as whole rows allow. Ties between remainders are broken by a draw without replacement, which
// consumes the stream even where all tied classes get a row.
std::vector<int64_t> rows_per_class(const std::vector<int64_t>& class_counts, int64_t draws,
                                    NumpyRandomState& stream) {
  int64_t total = 0;
  for (const int64_t count : class_counts) total += count;
  std::vector<int64_t> rows(class_counts.size());
  std::map<double, std::vector<int64_t>, std::greater<>> classes_by_remainder;
  int64_t missing = draws;
  for (size_t c = 0; c < class_counts.size(); ++c) {
    // In this order of operations, or the last bit of the remainder differs from NumPy's.
    const double exact = static_cast<double>(class_counts[c]) / static_cast<double>(total) *
                         static_cast<double>(draws);
    const double whole = std::floor(exact);
    rows[c] = static_cast<int64_t>(whole);
    missing -= rows[c];
    classes_by_remainder[exact - whole].push_back(static_cast<int64_t>(c));
  }
  for (const auto& [remainder, tied] : classes_by_remainder) {
    if (missing <= 0) break;
    const int64_t added = std::min<int64_t>(missing, static_cast<int64_t>(tied.size()));
    const std::vector<int64_t> order = permutation(stream, static_cast<int64_t>(tied.size()));
    for (int64_t i = 0; i < added; ++i) ++rows[tied[order[i]]];
    missing -= added;
  }
  return rows;
}

std::string class_name(size_t label, std::span<const std::string> names) {
  return label < names.size() ? fmt::format("'{}'", names[label]) : std::to_string(label);
}

}  // namespace

std::vector<int64_t> shuffled_rows(int64_t rows, int64_t count, uint64_t seed) {
  NumpyGenerator generator(seed);
  std::vector<int64_t> order = permutation(generator, rows);
  order.resize(static_cast<size_t>(std::min(rows, count)));
  return order;
}

int64_t rows_for_size(double size, int64_t rows, const std::string& key) {
  const bool is_share = size < 1;
  if (!(size > 0) || (!is_share && size != std::floor(size))) {
    throw Error("must be a share below 1 or a whole number of rows", Setting{key},
                "e.g. 0.2 or 500", ErrorKind::kUsage);
  }
  const double wanted = is_share ? std::ceil(size * static_cast<double>(rows)) : size;
  if (!(wanted < static_cast<double>(rows))) {
    throw Error(fmt::format("would take {} of {} rows and leave none to train on",
                            static_cast<int64_t>(std::min(wanted, 9e18)), rows),
                Setting{key}, "lower it or add rows");
  }
  return static_cast<int64_t>(wanted);
}

RowSplit train_test_split(int64_t rows, int64_t test_rows, uint64_t seed) {
  NumpyRandomState stream = random_state(seed);
  const std::vector<int64_t> order = permutation(stream, rows);
  RowSplit split;
  split.test.assign(order.begin(), order.begin() + test_rows);
  split.train.assign(order.begin() + test_rows, order.end());
  return split;
}

RowSplit stratified_train_test_split(std::span<const int32_t> labels, int64_t test_rows,
                                     uint64_t seed, std::span<const std::string> label_names) {
  std::map<int32_t, std::vector<int64_t>> rows_of_label;
  for (size_t row = 0; row < labels.size(); ++row) {
    rows_of_label[labels[row]].push_back(static_cast<int64_t>(row));
  }
  const int64_t train_rows = static_cast<int64_t>(labels.size()) - test_rows;
  const int64_t classes = static_cast<int64_t>(rows_of_label.size());
  const std::string remedy =
      "add rows, change the sizes of the splits, or split with " + setting("stratify", "false");
  std::vector<int64_t> counts;
  for (const auto& [label, rows] : rows_of_label) {
    if (rows.size() < 2) {
      throw Error(fmt::format("class {} has a single row, too few to stand in two splits",
                              class_name(static_cast<size_t>(label), label_names)),
                  "", remedy);
    }
    counts.push_back(static_cast<int64_t>(rows.size()));
  }
  if (std::min(train_rows, test_rows) < classes) {
    throw Error(fmt::format("a split of {} rows cannot hold all {} classes",
                            std::min(train_rows, test_rows), classes),
                "", remedy);
  }

  NumpyRandomState stream = random_state(seed);
  const std::vector<int64_t> train_counts = rows_per_class(counts, train_rows, stream);
  for (size_t c = 0; c < counts.size(); ++c) counts[c] -= train_counts[c];
  const std::vector<int64_t> test_counts = rows_per_class(counts, test_rows, stream);

  RowSplit split;
  size_t c = 0;
  for (const auto& [label, rows] : rows_of_label) {
    const std::vector<int64_t> order = permutation(stream, static_cast<int64_t>(rows.size()));
    const int64_t cut = train_counts[c], end = cut + test_counts[c];
    for (int64_t i = 0; i < cut; ++i) split.train.push_back(rows[order[i]]);
    for (int64_t i = cut; i < end; ++i) split.test.push_back(rows[order[i]]);
    ++c;
  }
  shuffle(stream, split.train);
  shuffle(stream, split.test);
  return split;
}

}  // namespace thaw
