#pragma once  // Tests: tests/experiment/comparison_test.cc

#include <map>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "experiment/recipe/settings.h"
#include "model/classifier.h"
#include "model/freeze_plan.h"
#include "results/results.h"
#include "training/training_run.h"

namespace thaw {

// From the engine's own structures to the report's, and the lines that a run says on its way.

std::map<std::string, std::string> describe_training(const StrategySettings& strategy);
// validation_loss: not finite where the training diverged.
SearchTrial describe_trial(Solver solver, const TrainingSettings& tried, int64_t train_rows,
                           double validation_loss, double seconds);
void describe_outcome(const TrainingOutcome& outcome, StrategyResult& result);
// All but the gold labels that the strategies will be judged by.
void describe_experiment(const ExperimentSettings& settings, const Dataset& data,
                         const ClassifierModel& classifier, const DeviceTraits& device,
                         int max_length, ComparisonResults& results);

// Sets all that was measured of time and memory, and the dates, to 0 ("unknown").
void leave_out_times(ComparisonResults& results);

// What stands before every text, or "".
std::string prompt_line(const ClassifierModel& classifier);

// Data, model, precision, and the load report.
std::string format_introduction(const ComparisonResults& results,
                                const ClassifierModel& classifier);

// A line on what each strategy trains; in detail for those who want it.
void say_freeze_plans(const ExperimentSettings& settings, const ParameterTable& table,
                      const std::vector<FreezePlan>& plans, const Listener& listener);

// Loss, accuracy and F1 of one strategy, its confusion matrix and classification report.
std::string format_evaluation(const ClassificationMetrics& metrics, const std::string& name,
                              const std::vector<std::string>& label_names,
                              const std::string& split);

// 0.005 -> "0.005", 2e-05 -> "2e-05": as short as it reads back.
std::string shortest_number(double value);

}  // namespace thaw
