#pragma once  // Tests: tests/experiment/comparison_test.cc

#include <filesystem>
#include <memory>
#include <optional>

#include "base/listener.h"
#include "data/dataset.h"
#include "experiment/recipe/settings.h"
#include "experiment/recipe/suited_settings.h"
#include "experiment/strategy_runner.h"
#include "results/results.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

// Everything that the trainings of a comparison read, opened and checked before the first begins.
struct PreparedExperiment {
  ExperimentSettings settings;  // those not given suit the model and the data
  bool single = false;          // one strategy, whose model is saved to OUT itself
  Dataset data;
  PreparedData prepared;
  std::optional<Tokenizer> tokenizer;
  int max_length = 0;
  TrainingScale scale;
  std::unique_ptr<Engine> engine;
  NumberType trained = NumberType::kFp32;  // what is trained is computed in

  const ClassifierModel& pretrained() const { return prepared.pretrained.front(); }
};

// Reads data, model and tokenizer, chooses the settings that were not given, and describes all of
// it in the results. The networks compute in the current Context. Says nothing yet and writes
// nothing. Throws Error where they do not fit.
PreparedExperiment open_experiment(const ExperimentSettings& given,
                                   const std::filesystem::path& model_folder, bool single,
                                   ComparisonResults& results);

// What was read, and what will be done with it.
void say_introduction(const PreparedExperiment& experiment, const ComparisonResults& results,
                      const Listener& listener);

// Looks for duplicates, shared rows and the like, where the settings say so, and for the values by
// which slices are evaluated.
void audit_rows(const PreparedExperiment& experiment, ComparisonResults& results,
                const Listener& listener);

// Tokenizes every split into the material.
void tokenize(PreparedExperiment& experiment, ComparisonResults& results, const Listener& listener);

}  // namespace thaw
