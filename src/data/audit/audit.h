#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/audit/similar_labels.h"
#include "data/class_balance.h"
#include "data/dataset.h"

namespace thaw {

// Lengths of texts in tokens, special tokens included.
struct LengthSummary {
  int32_t shortest = 0, longest = 0;
  double mean = 0;
  std::vector<double> percentiles;  // at kLengthPercentiles, interpolated as NumPy does
  int64_t truncated = 0;            // rows longer than max_length
  int64_t tokens = 0, lost = 0;     // of the texts alone, and those of them beyond max_length
};

inline constexpr int kLengthPercentiles[] = {5, 25, 50, 75, 90, 95, 99};

// A row whose text an earlier row of the same split has already.
struct RepeatedRow {
  int64_t row, first_row;            // numbers in their file
  bool other_label;                  // the two rows disagree
  int64_t position, first_position;  // in the split
};

struct SplitAudit {
  std::string name, source;
  int64_t rows = 0;
  std::vector<int64_t> class_rows;       // [labels]
  std::vector<int64_t> empty_rows;       // numbers of rows without a character that is not a space
  std::vector<RepeatedRow> repetitions;  // by row; empty texts are not counted
  bool has_lengths = false;
  LengthSummary lengths;

  // Rows of the largest class for each row of the smallest; infinite if a class has no row.
  double imbalance() const;
};

// A text that stands in two splits: what a model has seen in training proves nothing in a test.
struct SharedText {
  int first_split, second_split;  // indices into DataAudit::splits
  int64_t first_row, second_row;  // numbers in their files, of the text's first row in each split
  int64_t second_rows;            // rows of the second split that hold the text
  bool other_label;               // the two rows disagree
  int64_t first_position, second_position;  // in the splits
};

// A row and the most similar one before it (data/audit/near_duplicates.h): of an earlier split or
// its own.
struct NearText {
  int first_split, second_split;  // indices into DataAudit::splits; may be the same
  int64_t first_row, second_row;  // numbers in their files
  double similarity;
  bool other_label;
  // Of the first kNearTextsShown of each two splits; of pairs, both texts. Empty in the others.
  std::string first_text, second_text;
};
inline constexpr size_t kNearTextsShown = 50;

struct DataAudit {
  std::vector<std::string> label_names;
  std::vector<SimilarLabels> similar_labels;
  std::vector<SplitAudit> splits;  // those that have rows, in the order train, validation, test
  std::vector<SharedText> shared;  // by splits, then second_row; empty texts are not counted
  bool looked_for_near = false;
  std::vector<NearText> near;  // by splits, then second_row
  int max_length = 0;          // 0: lengths are not known
};

// Texts' lengths in tokens, untruncated, a vector for each split; empty where they are not known.
struct SplitLengths {
  std::vector<int32_t> train, validation, test;  // [rows]
  int32_t special_tokens = 0;                    // of each row, counted in its length
};

// A row's text; of a pair both, with " | " between.
std::string whole_text(const TextColumn& texts, int64_t position);

enum class NearTexts { kLookFor, kLeaveOut };

// Looks over a data set. Texts count as equal only byte by byte.
DataAudit audit_dataset(const Dataset& dataset, const SplitLengths& lengths = {},
                        int max_length = 0, NearTexts near = NearTexts::kLookFor);

// The audit as text for a terminal or a file; bars end at `width` characters.
std::string format_audit(const DataAudit& audit, int width = 88);

}  // namespace thaw
