#pragma once  // Tests: tests/evaluation/bootstrap_test.cc

#include <array>
#include <cstdint>
#include <vector>

#include "evaluation/metric.h"

namespace thaw {

// One trained model's answers to the test rows.
struct Predictions {
  std::vector<int32_t> predicted;  // [rows]
  std::vector<double> losses;      // [rows] cross-entropy
  uint64_t seed = 0;               // of its training
};

// What several strategies answered to the same rows.
struct PairedPredictions {
  int64_t labels = 0;
  std::vector<int32_t> gold;                         // [rows]
  std::vector<std::vector<Predictions>> strategies;  // [strategies][seeds]; no seeds: left out
};

using MetricValues = std::array<double, kMetricCount>;  // by Metric

// All metrics of all strategies on rows that occur more than once or not at all; of a strategy, the
// mean over its seeds. Rows with the same gold label and the same predictions of all runs count
// together in all metrics but the loss, and are kept in the order of these groups.
class ResampledMetrics {
 public:
  // Keeps no reference to the answers, which must be consistent.
  explicit ResampledMetrics(const PairedPredictions& answers);

  size_t rows() const { return rows_; }
  size_t groups() const { return first_row_.size() - 1; }
  size_t strategies() const { return seeds_.size(); }
  size_t runs() const { return strategy_of_run_.size(); }  // strategy by strategy, seed by seed
  int64_t rows_of(size_t group) const {
    return static_cast<int64_t>(first_row_[group + 1] - first_row_[group]);
  }
  // [rows] mean over the seeds; empty for a strategy without any.
  const std::vector<double>& mean_losses(size_t strategy) const { return mean_losses_[strategy]; }

  // Counts of one run: rows given a label, and rightly so.
  struct LabelCounts {
    std::vector<int64_t> predicted, hits;  // [labels]
  };
  // What an evaluation needs room for; one for each thread.
  struct Scratch {
    std::vector<int64_t> groups, support;
    std::vector<LabelCounts> runs;
    std::vector<MetricValues> run_values;  // [runs] without the loss, of the last evaluation
  };
  Scratch scratch() const;

  // The metrics of each strategy when row `at` occurs counts[at] times, as many in total as there
  // are rows. Count is uint16_t or uint32_t.
  template <class Count>
  void evaluate(const Count* counts /* [rows] */, Scratch& scratch,
                std::vector<MetricValues>& values /* [strategies] */) const;

  // The metrics, without the loss, when one row of each group in turn is left out.
  // [groups][strategies]
  std::vector<std::vector<MetricValues>> leave_one_out() const;

 private:
  // The groups of one gold label, or those that a run gives one label, rightly or wrongly.
  struct Cell {
    int32_t label = 0;
    bool hit = false;
    std::vector<uint32_t> groups;
  };

  void group_by_cells(const PairedPredictions& answers, const std::vector<size_t>& order);
  void tally(Scratch& scratch) const;
  void metrics_from_tally(Scratch& scratch, double rows, std::vector<MetricValues>& values) const;
  double rows_as_double() const { return static_cast<double>(rows_); }

  size_t rows_, labels_;
  std::vector<size_t> strategy_of_run_;
  std::vector<double> seeds_;      // [strategies] how many
  std::vector<size_t> first_row_;  // [groups + 1]
  std::vector<int32_t> gold_of_group_;
  std::vector<std::vector<int32_t>> given_by_group_;  // [runs][groups]
  std::vector<Cell> gold_cells_;
  std::vector<std::vector<Cell>> run_cells_;
  std::vector<std::vector<double>> mean_losses_;  // [strategies][rows]
};

// Draws as many rows as there are, with replacement, and counts them. A pure function of the key:
// two 32-bit numbers of each SplitMix64 output; a row's chance is off by less than rows / 2^32 of
// itself.
template <class Count>
void draw_rows(uint64_t key, std::vector<Count>& counts);

}  // namespace thaw
