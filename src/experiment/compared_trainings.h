#pragma once  // Tests: tests/experiment/comparison_test.cc

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiment/prepared_experiment.h"
#include "experiment/resume/journal.h"
#include "experiment/run_sequence.h"
#include "experiment/strategy_runner.h"
#include "results/results.h"

namespace thaw {

// All trainings of one comparison in one precision, and what they come to.
class ComparedTrainings {
 public:
  // All must outlive it; `journal` may be null. Prints the freeze plans. Throws Error where a
  // strategy does not fit the model or the memory.
  ComparedTrainings(const PreparedExperiment& experiment, const Listener& listener,
                    Journal* journal, ComparisonResults& results);

  // Everything but the evaluation.
  void run();
  // Judges what there is by the gold labels of the evaluated rows.
  void evaluate(std::vector<int32_t> gold);

 private:
  const ClassifierModel& pretrained() const { return prepared_.pretrained.front(); }
  const ParameterTable& table() const { return pretrained().table; }
  // Trains every strategy once on the chosen rows and hands each run to `sink`.
  template <class Sink>
  void train_all(int seed, const std::vector<int64_t>* chosen, const Sink& sink);
  // Whether its next run is the one that stands in the report as a reference: the first of a
  // solved probe that was not asked for.
  bool is_reference(const StrategySettings& strategy) const;
  // Successive halving on validation: all candidates on a quarter of the training rows, the better
  // half of them on a half of the rows; with --effort thorough, all of them on all rows with every
  // seed. The best is what the strategy is trained with. Candidates with balanced class weights
  // start from `balanced_start`, where it is not null.
  void search(RunRequest request, const StrategyRun* balanced_start);
  // What the strategy starts from with the settings that it has by now; "": the pretrained encoder.
  const std::string& start_of(size_t strategy) const;
  // "new", or the probe that the strategy's head starts from.
  std::string describe_head_start(size_t strategy) const;
  // The strategy's place in the results, which its first run makes.
  StrategyResult& result_of(size_t strategy);
  // Takes the run of a seed into the results.
  void note(size_t strategy, int seed, StrategyRun& run);
  // Of the seed that the strategy is shown with: curves, hashes, calibration, and the saved model.
  void note_details(StrategyRun& run, StrategyResult& result);
  // Where the head has a dense layer: what a linear classifier on the vectors that it reads
  // reaches.
  void add_solved_reference();
  // Training rows whose labels are likely wrong, by the features that a probe has read anyway.
  void look_for_label_issues();
  // Temperature and thresholds on validation, into the model and the results.
  void calibrate(StrategyRun& run, StrategyResult& result);
  void save(const ClassifierModel& classifier, const std::string& name);
  // The comparison itself is the curve's end.
  void add_whole_points();

  const PreparedExperiment& experiment_;
  const ExperimentSettings& settings_;  // of the experiment, as what follows
  const PreparedData& prepared_;
  const Listener& listener_;
  ComparisonResults& results_;
  StrategyRunner runner_;
  RunSequence sequence_;
  std::vector<std::optional<TrainingSettings>> training_;  // [strategies] once they are chosen
  std::map<size_t, std::vector<SearchTrial>> trials_;      // by strategy
  std::map<size_t, std::string> weights_choice_;  // by strategy: why its class weights are so
  std::vector<std::pair<CurvePoint, std::vector<float>>> curve_;  // with its logits
  bool told_precision_ = false;
};

}  // namespace thaw
