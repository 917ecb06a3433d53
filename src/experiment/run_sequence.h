#pragma once  // Tests: tests/experiment/comparison_test.cc

#include <cstdint>
#include <filesystem>
#include <string>

#include "experiment/resume/journal.h"
#include "experiment/strategy_runner.h"

namespace thaw {

// The trainings of a comparison one after another. With a journal, what is finished comes from it
// instead of being trained, and what was begun goes on from where its state was kept.
class RunSequence {
 public:
  // All must outlive it; `journal` may be null. Models lie in OUT/<approach>, with `single` in OUT.
  RunSequence(const ExperimentSettings& settings, bool single, StrategyRunner& runner,
              Journal* journal, const Listener& listener);

  // The next training. A run that a later one starts from is `needed`: only such a one is sure to
  // have its classifier.
  StrategyRun train(RunRequest request, bool needed);
  // Between train() and finish(): whether the run's model was saved before; that it is now.
  bool model_is_saved() const { return !saved_model_.empty(); }
  void model_was_saved(const std::string& name);
  // After each train(), when what is wanted of the run was taken and its model saved, if that is to
  // be: from here on the journal has it, and it is not trained again.
  void finish(const StrategyRun& run);

  std::filesystem::path model_folder(const std::string& name) const;

 private:
  bool is_saved(const std::string& name, const Journal::Finished& finished);

  const ExperimentSettings& settings_;
  const bool single_;
  StrategyRunner& runner_;
  Journal* const journal_;
  const Listener& listener_;
  int64_t trainings_ = 0;  // so far, searches included
  // Of the current training, for the journal; no record where there is nothing to keep.
  struct Pending {
    std::string name, record;
    size_t strategy = 0;
    bool needed = false;
  } pending_;
  std::string saved_model_;  // of the current training: SHA-256 of its manifest; "": not saved
};

}  // namespace thaw
