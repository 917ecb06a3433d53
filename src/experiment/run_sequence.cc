#include "experiment/run_sequence.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "base/sha256.h"
#include "files/durable_folder.h"
#include "files/files.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

std::string manifest_hash(const fs::path& folder) {
  return sha256_hex(MappedFile::open(folder / kManifestName).text());
}

}  // namespace

RunSequence::RunSequence(const ExperimentSettings& settings, bool single, StrategyRunner& runner,
                         Journal* journal, const Listener& listener)
    : settings_(settings),
      single_(single),
      runner_(runner),
      journal_(journal),
      listener_(listener) {
  if (journal_ == nullptr) return;
  runner_.keep_frozen_precision(journal_->frozen_precision(),
                                [this](const FrozenPrecision& chosen) { journal_->keep(chosen); });
}

StrategyRun RunSequence::train(RunRequest request, bool needed) {
  const int64_t number = trainings_++;
  saved_model_.clear();
  pending_ = {};
  if (journal_ != nullptr) {
    auto finished = journal_->finished(number, request.name);
    if (finished && is_saved(settings_.strategies[request.strategy].name, *finished)) {
      listener_.say(request.name + ": finished before\n");
      StrategyRun& run = finished->run;
      run.number = number;
      if (needed) {
        runner_.restore(request, journal_->weights(*finished), finished->weights.string(), run);
      }
      return std::move(run);
    }
  }
  Checkpointer checkpointer;
  if (journal_ != nullptr) {
    checkpointer = journal_->checkpointer(number, request.name);
    request.checkpointer = &checkpointer;
  }
  StrategyRun run = runner_.run(request);
  run.number = number;
  run.peak_memory_mb = peak_memory_mb();
  if (journal_ != nullptr) pending_ = {request.name, write_record(run), request.strategy, needed};
  return run;
}

void RunSequence::finish(const StrategyRun& run) {
  if (pending_.record.empty()) return;
  std::vector<float> weights;
  if (pending_.needed) weights = runner_.trained_values(pending_.strategy, run.classifier);
  journal_->finish(run.number, pending_.name, pending_.record, pending_.needed ? &weights : nullptr,
                   saved_model_);
  pending_ = {};
}

// Whether the model of a finished training lies where it was saved, if it was.
bool RunSequence::is_saved(const std::string& name, const Journal::Finished& finished) {
  if (finished.model.empty()) return true;
  try {
    verify_folder(model_folder(name));
    if (manifest_hash(model_folder(name)) == finished.model) {
      saved_model_ = finished.model;
      return true;
    }
    listener_.say(name + ": the saved model is another one, so it is trained again\n");
  } catch (const Error& error) {
    listener_.say(fmt::format("{}: the saved model is broken, so it is trained again ({})\n", name,
                              error.what()));
  }
  return false;
}

fs::path RunSequence::model_folder(const std::string& name) const {
  return single_ ? fs::path(settings_.out) : fs::path(settings_.out) / name;
}

void RunSequence::model_was_saved(const std::string& name) {
  // Saving has read it back already.
  if (journal_ != nullptr) saved_model_ = manifest_hash(model_folder(name));
}

}  // namespace thaw
