#include "baseline/majority_class.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/setting_words.h"

namespace thaw {

MajorityClass MajorityClass::fit(const std::vector<int32_t>& gold, int64_t labels) {
  if (gold.empty()) {
    throw Error("there are no training rows to count", "majority class",
                "name a file that has some with " + setting("train"));
  }
  MajorityClass model;
  model.shares.resize(labels);
  for (const int32_t label : gold) {
    if (label < 0 || label >= labels) {
      throw Error(
          fmt::format("a training row has label number {} of {}, counted from 0", label, labels),
          "majority class", "leave out rows without a label");
    }
    ++model.shares[label];
  }
  model.label = static_cast<int32_t>(std::max_element(model.shares.begin(), model.shares.end()) -
                                     model.shares.begin());
  for (double& share : model.shares) share /= static_cast<double>(gold.size());
  return model;
}

std::vector<double> MajorityClass::probabilities(int64_t rows) const {
  std::vector<double> all;
  all.reserve(rows * shares.size());
  for (int64_t row = 0; row < rows; ++row) all.insert(all.end(), shares.begin(), shares.end());
  return all;
}

}  // namespace thaw
