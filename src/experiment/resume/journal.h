#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/listener.h"
#include "base/stopwatch.h"
#include "experiment/cached_activations.h"
#include "experiment/resume/run_fingerprint.h"
#include "experiment/strategy_runner.h"
#include "files/file_steps.h"
#include "training/checkpoint_writer.h"

namespace thaw {

// What a comparison keeps in OUT/.resume while it runs, so that it can go on after it was killed:
// what was asked, what was read, every training that is finished, and the state of the one that is
// not. A comparison is a sequence of trainings, each of which follows from what was asked and from
// the ones before; going on is to walk the same sequence and take from here what is there. Numbers
// count trainings from 0. docs/formats.md describes the files.
class Journal {
 public:
  // Whether the folder holds a comparison that is not finished.
  static bool is_unfinished(const std::filesystem::path& out);
  // What that was asked for. Throws Error where there is none.
  static RunSpec asked(const std::filesystem::path& out);
  // Throws CannotResume where another process is working on the run in the folder.
  static void check_nobody_works(const std::filesystem::path& out);
  // Whether the folder holds a finished one (whose journal is gone or about to be).
  static bool is_finished(const std::filesystem::path& out);

  // Removes what a process has left that was killed before it had begun one or while it removed it.
  static void clear(const std::filesystem::path& out) noexcept;

  // Begins one in an existing folder, or goes on with the one that is there. Throws Error where it
  // was asked for something else or read something else (run_fingerprint.h), or where another
  // process is at work on it.
  Journal(const std::filesystem::path& out, const RunSpec& asked, const RunFingerprint& identity,
          NumberType precision, int64_t memory, CheckpointInterval interval,
          const Listener& listener);

  bool goes_on() const { return goes_on_; }    // was there before
  double started() const { return started_; }  // seconds since 1970 UTC
  // Spent by earlier processes, as far as they lived to write it down: with the last training that
  // they finished, and on the steps of the one that this process goes on with.
  double seconds_before() const { return seconds_before_; }

  // Decisions in which the machine or measured times have a part stay as they were first taken.
  NumberType precision() const { return precision_; }  // of what is trained
  int64_t memory() const { return memory_; }           // bytes that trainings may take
  void keep(const FrozenPrecision& chosen);
  std::optional<FrozenPrecision> frozen_precision() const;

  struct Finished {                 // NOLINT(bugprone-exception-escape): its implicit move
    StrategyRun run;                // without its classifier
    std::filesystem::path weights;  // TrainableState::snapshot() of it; "": not kept
    std::string model;              // SHA-256 of the manifest of the saved model; "": none
  };
  // Throws Error.
  std::vector<float> weights(const Finished& finished) const;
  // What is left of a finished training; nothing where it is not finished or its files are broken,
  // which the user is told.
  std::optional<Finished> finished(int64_t number, const std::string& name);
  // `record` is write_record(run). Keeps the weights where a later training starts from them. What
  // was kept of its state is deleted afterwards.
  void finish(int64_t number, const std::string& name, const std::string& record,
              const std::vector<float>* weights, const std::string& model);

  Checkpointer checkpointer(int64_t number, const std::string& name);

  // Everything is written: the journal goes.
  void remove();

 private:
  std::filesystem::path folder_of(const std::string& kind, int64_t number) const;
  // Until this object goes, no other process may work on the run. Throws Error where one does.
  void lock();
  void begin(const RunSpec& asked, const RunFingerprint& identity);
  void go_on(const RunSpec& asked, const RunFingerprint& identity);

  const std::filesystem::path out_, folder_;
  WritableFile lock_;  // the journal's folder, before all that writes into it
  const Listener& listener_;
  CheckpointWriter checkpoints_;
  bool goes_on_ = false;
  double started_ = 0, seconds_before_ = 0;
  NumberType precision_;
  int64_t memory_ = 0;
  const Clock::time_point begin_ = Clock::now();
};

// A run without its classifier, as bytes and back.
std::string write_record(const StrategyRun& run);
StrategyRun read_run(std::string_view bytes, const std::string& where);

}  // namespace thaw
