#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
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

  // The next training, handed to `sink`, which takes what it needs of it and saves the model, if
  // that is to be. A run that a later one starts from is `needed`: only such a one is sure to have
  // its classifier, and only until its model is saved.
  StrategyRun train(RunRequest request, bool needed, const std::function<void(StrategyRun&)>& sink);

  std::filesystem::path model_folder(const std::string& approach) const;
  // For the sink: whether the model of the current training was saved before; that it is now.
  bool model_is_saved() const { return !saved_model_.empty(); }
  void model_was_saved(const std::string& approach);

 private:
  bool is_saved(const std::string& approach, const Journal::Finished& finished);

  const ExperimentSettings& settings_;
  const bool single_;
  StrategyRunner& runner_;
  Journal* const journal_;
  const Listener& listener_;
  int64_t trainings_ = 0;    // so far, searches included
  std::string saved_model_;  // of the current training: SHA-256 of its manifest; "": not saved
};

}  // namespace thaw
