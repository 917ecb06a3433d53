#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace thaw {

// Row numbers of the two parts of a split, in the order in which scikit-learn returns them.
struct RowSplit {
  std::vector<int64_t> train, test;
};

// datasets.Dataset.shuffle(seed).select(range(count)) on a table of `rows` rows, which is
// numpy.random.default_rng(seed).permutation(rows)[:count]. count is at most rows.
std::vector<int64_t> shuffled_rows(int64_t rows, int64_t count, uint64_t seed);

// Rows that `size` asks for: a share below 1 is rounded up, 1 and more is a number of rows.
// Throws Error (whose place is the setting `key`) unless at least one row stays on each side.
int64_t rows_for_size(double size, int64_t rows, const std::string& key);

// sklearn.model_selection.train_test_split(range(rows), test_size=test_rows, random_state=seed).
// Throws Error when the seed exceeds 32 bits, which is all that NumPy's RandomState takes.
RowSplit train_test_split(int64_t rows, int64_t test_rows, uint64_t seed);

// The same with stratify=labels. `label_names` are for messages alone and may be empty.
// Throws Error when a class has a single row, or when a part has fewer rows than there are classes.
RowSplit stratified_train_test_split(std::span<const int32_t> labels,  // [rows]
                                     int64_t test_rows, uint64_t seed,
                                     std::span<const std::string> label_names = {});

}  // namespace thaw
