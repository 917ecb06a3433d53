#pragma once

#include <numeric>

#include "tests/golden/golden.h"
#include "tokenizer/tokenizer.h"

namespace thaw::golden {

inline const std::vector<std::string> kFamilyFolders = {"bert",  "distilbert", "roberta",
                                                        "mpnet", "electra",    "electra_square"};

// A batch of golden.safetensors as the engine reads texts.
struct GoldenTexts {
  TokenizedTexts texts;
  std::vector<int32_t> labels;
  std::vector<int64_t> rows;  // 0, 1, 2, …

  GoldenTexts(const Golden& golden, int number) {
    const std::string prefix = "batch." + std::to_string(number) + ".";
    texts.ids = golden.ints(prefix + "input_ids");
    texts.offsets = golden.offsets(prefix + "offsets");
    labels = golden.ints(prefix + "labels");
    rows.resize(labels.size());
    std::iota(rows.begin(), rows.end(), 0);
  }
};

// The Euclidean length, and that of a difference.
inline double norm(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += double{value} * value;
  return std::sqrt(sum);
}

inline double distance(const float* a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < b.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return std::sqrt(sum);
}

}  // namespace thaw::golden
