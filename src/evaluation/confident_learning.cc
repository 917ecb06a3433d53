#include "evaluation/confident_learning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "base/error.h"
#include "data/class_balance.h"

namespace thaw {
namespace {

constexpr double kTolerance = 1e-6;  // probabilities this near count as equal
constexpr double kAbsent = 2;        // a threshold that no probability reaches
constexpr const char* kPlace = "confident learning";

void check(const double* probabilities, const int32_t* given, int64_t rows, int64_t labels) {
  for (int64_t row = 0; row < rows; ++row) {
    if (given[row] < 0 || given[row] >= labels) {
      throw Error(fmt::format("row {} has label {} of {}", row, given[row], labels), kPlace,
                  "give labels from 0 on");
    }
    for (int64_t label = 0; label < labels; ++label) {
      const double p = probabilities[row * labels + label];
      if (!(p >= 0 && p <= 1 + kTolerance)) {
        throw Error(fmt::format("a probability of row {} is not from 0 to 1", row), kPlace,
                    "check the model's features");
      }
    }
  }
}

int64_t likeliest(const double* p, int64_t labels) { return std::max_element(p, p + labels) - p; }

// Whole numbers with the same sum, rounded to the next; who is nearest to the other way gives way.
std::vector<int64_t> round_keeping_sum(const std::vector<double>& values) {
  std::vector<int64_t> rounded;
  for (const double value : values) {
    rounded.push_back(static_cast<int64_t>(std::nearbyint(value)));
  }
  const auto wanted =
      static_cast<int64_t>(std::nearbyint(std::accumulate(values.begin(), values.end(), 0.0)));
  int64_t sum = std::accumulate(rounded.begin(), rounded.end(), int64_t{0});
  while (sum != wanted) {
    std::vector<size_t> order(values.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return values[a] - static_cast<double>(rounded[a]) <
             values[b] - static_cast<double>(rounded[b]);
    });
    if (sum < wanted) std::reverse(order.begin(), order.end());
    const int64_t step = sum < wanted ? 1 : -1;
    for (const size_t i : order) {
      if (sum == wanted) break;
      rounded[i] += step;
      sum += step;
    }
  }
  return rounded;
}

}  // namespace

std::vector<double> confident_thresholds(const double* probabilities, const int32_t* given,
                                         int64_t rows, int64_t labels) {
  check(probabilities, given, rows, labels);
  const std::vector<int64_t> counts = rows_of_labels({given, static_cast<size_t>(rows)}, labels);
  std::vector<double> thresholds(labels);
  for (int64_t row = 0; row < rows; ++row) {
    thresholds[given[row]] += probabilities[row * labels + given[row]];
  }
  for (int64_t label = 0; label < labels; ++label) {
    thresholds[label] =
        counts[label] == 0
            ? kAbsent
            : std::max(thresholds[label] / static_cast<double>(counts[label]), 2 * kTolerance);
  }
  return thresholds;
}

std::vector<int64_t> confident_joint(const double* probabilities, const int32_t* given,
                                     int64_t rows, int64_t labels) {
  const std::vector<double> thresholds = confident_thresholds(probabilities, given, rows, labels);
  std::vector<int64_t> joint(labels * labels);
  for (int64_t row = 0; row < rows; ++row) {
    const double* p = probabilities + row * labels;
    int64_t reached = 0, guess = 0;
    for (int64_t label = 0; label < labels; ++label) {
      if (p[label] < thresholds[label] - kTolerance) continue;
      if (++reached == 1) guess = label;
    }
    if (reached == 0) continue;
    if (reached > 1) guess = likeliest(p, labels);
    ++joint[given[row] * labels + guess];
  }
  const std::vector<int64_t> counts = rows_of_labels({given, static_cast<size_t>(rows)}, labels);
  for (int64_t i = 0; i < labels; ++i) {
    joint[i * labels + i] = std::max<int64_t>(joint[i * labels + i], 1);
    int64_t* own = joint.data() + i * labels;
    const auto sum = static_cast<double>(std::accumulate(own, own + labels, int64_t{0}));
    std::vector<double> scaled(labels);
    for (int64_t j = 0; j < labels; ++j) {
      scaled[j] = static_cast<double>(own[j]) / sum * static_cast<double>(counts[i]);
    }
    const std::vector<int64_t> rounded = round_keeping_sum(scaled);
    std::copy(rounded.begin(), rounded.end(), own);
  }
  return joint;
}

std::vector<int64_t> find_label_issues(const double* probabilities, const int32_t* given,
                                       int64_t rows, int64_t labels) {
  const std::vector<int64_t> joint = confident_joint(probabilities, given, rows, labels);
  std::vector<std::vector<int64_t>> members(labels);
  for (int64_t row = 0; row < rows; ++row) members[given[row]].push_back(row);
  std::vector<uint8_t> is_issue(rows);
  for (int64_t i = 0; i < labels; ++i) {
    if (members[i].size() <= 1) continue;
    const int64_t* own = joint.data() + i * labels;
    // One row keeps its label in any case: the others' counts give way to it in equal parts.
    const double missing = own[i] < 1 ? 1 : 0;
    const double others = std::max<double>(
        1, static_cast<double>(labels - 1 - std::count(own, own + labels, int64_t{0})));
    for (int64_t j = 0; j < labels; ++j) {
      if (j == i) continue;
      const auto pruned =
          static_cast<size_t>(std::max(0.0, static_cast<double>(own[j]) - missing / others));
      std::vector<int64_t> order = members[i];
      const auto margin = [&](int64_t row) {
        return probabilities[row * labels + j] - probabilities[row * labels + i];
      };
      std::stable_sort(order.begin(), order.end(),
                       [&](int64_t a, int64_t b) { return margin(a) > margin(b); });
      for (size_t n = 0; n < std::min(pruned, order.size()); ++n) is_issue[order[n]] = 1;
    }
  }
  std::vector<int64_t> issues;
  for (int64_t row = 0; row < rows; ++row) {
    const double* p = probabilities + row * labels;
    if (is_issue[row] == 0 || p[given[row]] + kTolerance >= p[likeliest(p, labels)]) continue;
    issues.push_back(row);
  }
  const auto quality = [&](int64_t row) {
    return label_quality(probabilities + row * labels, given[row], labels);
  };
  std::stable_sort(issues.begin(), issues.end(),
                   [&](int64_t a, int64_t b) { return quality(a) < quality(b); });
  return issues;
}

double label_quality(const double* probabilities, int32_t given, int64_t labels) {
  double other = 0;
  for (int64_t label = 0; label < labels; ++label) {
    if (label != given) other = std::max(other, probabilities[label]);
  }
  return (probabilities[given] - other + 1) / 2;
}

}  // namespace thaw
