#pragma once  // Tests: tests/training/checkpoint_variants_test.cc

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/stopwatch.h"
#include "files/durable_folder.h"
#include "training/checkpoint_interval.h"
#include "training/training_progress.h"

namespace thaw {

// Writes the state of trainings into folders FOLDER/step-NUMBER, beside the training: its thread
// only hands the bytes to the system; another one has them hashed and synced, reads them back,
// and deletes the older ones once the new one is known to be good, the one before excepted.
//
// Its fields are those of the thread that trains, and below the mutex those of both.
//
// What goes wrong with that (a full disk) never ends a training: the user is told, the last good
// checkpoint stays, and the next is tried later.
class CheckpointWriter {
 public:
  using Say = std::function<void(const std::string&)>;

  // `say` is called on the thread that trains.
  CheckpointWriter(CheckpointInterval interval, Say say);
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;
  // Waits for what is being written.
  ~CheckpointWriter();

  // For one training. Restores the newest checkpoint of the folder that is whole, names the broken
  // ones that are newer, and throws Error where it is not one of this training. All three functions
  // are for the thread that trains; one training at a time.
  Checkpointer checkpointer(const std::filesystem::path& folder, const std::string& training);

  // Waits until nothing is being written, and tells the user of what failed.
  void wait();

  // Seconds that keeping states has cost so far: those that trainings stood still, and those that
  // the other thread computed.
  double seconds() const { return seconds_; }
  int64_t written() const { return written_; }

 private:
  struct Job {
    std::unique_ptr<FolderWriter> writer;
    std::filesystem::path folder;
    int64_t step;
  };

  bool restore(const std::filesystem::path& folder, const std::string& training,
               TrainingProgress& progress, Network& network);
  bool due(int64_t step);
  void save(const std::filesystem::path& folder, const std::string& training,
            const TrainingProgress& progress, Network& network);
  bool has_thread();
  void run();  // of the other thread
  // Syncs and commits it, deletes older ones; what failed, or "". For either thread.
  static std::string finish(std::unique_ptr<Job> job);
  void note(std::string failure);  // with the mutex held
  // Counts what the other thread has done since, and tells the user of what failed.
  void collect();

  const CheckpointInterval interval_;
  const Say say_;
  double wanted_seconds_;  // until the next one; grows with what one costs
  std::string told_;       // the last failure, which is not told twice in a row
  double pause_ = 0;       // of the last one
  double seconds_ = 0;
  int64_t written_ = 0;
  Clock::time_point last_ = Clock::now();

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::unique_ptr<Job> job_;
  bool busy_ = false, ending_ = false;
  std::string failure_;        // to be told; "": nothing failed
  double background_ = 0;      // seconds computed for the last one, not yet counted
  int64_t newly_written_ = 0;  // not yet counted
  std::thread thread_;
};

}  // namespace thaw
