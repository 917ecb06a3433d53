#include "report/findings/slices.h"

#include <algorithm>
#include <cmath>

#include "data/splits/split_rows.h"
#include "evaluation/metrics.h"
#include "results/shown.h"

namespace thaw {

void take_slice_values(const std::vector<ColumnValues>& columns,
                       const std::vector<int32_t>& lengths, ComparisonResults& results) {
  results.slice_values = columns;
  results.slices.clear();
  for (ColumnValues& column : results.slice_values) {
    SlicedColumn& sliced = results.slices.emplace_back();
    sliced.name = column.name();
    sliced.tokens = !column.present();
    if (column.present()) continue;
    column = ColumnValues(kLengthSlices);
    for (const int32_t length : lengths) column.push_back(std::to_string(length));
  }
}

void judge_slices(ComparisonResults& results, const Listener& listener) {
  const auto rows = static_cast<int64_t>(results.test_gold.size());
  const auto labels = static_cast<int64_t>(results.label_names.size());
  if (rows == 0 || results.slice_values.empty()) return;
  PairedPredictions answers{.labels = labels, .gold = results.test_gold, .strategies = {}};
  for (const StrategyResult& strategy : results.strategies) {
    std::vector<Predictions>& runs = answers.strategies.emplace_back();
    const auto add = [&](const std::vector<float>& logits) {
      const bool known =
          static_cast<int64_t>(logits.size()) == rows * labels &&
          std::all_of(logits.begin(), logits.end(), [](float x) { return std::isfinite(x); });
      if (!known) return;
      Predictions& run = runs.emplace_back();
      run.predicted = predicted_labels(logits.data(), rows, labels);
      run.losses = row_losses(logits.data(), results.test_gold.data(), rows, labels);
    };
    if (!measured(strategy)) continue;
    add(strategy.test_logits);
    if (runs.empty()) continue;
    for (const SeedRun& run : strategy.reruns) {
      if (run.failure.empty()) add(run.test_logits);
    }
  }
  std::vector<SlicedColumn> columns;
  std::vector<std::vector<int32_t>> slice_of_row;
  for (size_t i = 0; i < results.slice_values.size(); ++i) {
    columns.push_back(make_slices(results.slice_values[i], results.slices[i].tokens,
                                  slice_of_row.emplace_back()));
  }
  results.slices = std::move(columns);
  judge_slices(answers, slice_of_row, results.slices, {}, listener);
}

}  // namespace thaw
