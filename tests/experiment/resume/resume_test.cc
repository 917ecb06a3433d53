// A comparison that was killed goes on and ends with the bytes of one that never was.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <optional>

#include "base/error.h"
#include "engine/cpu/gemm/linear.h"
#include "experiment/comparison.h"
#include "experiment/resume/journal.h"
#include "files/file_calls.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[entry.path().lexically_relative(folder).string()] = bytes_of(entry.path());
  }
  return files;
}

// Without waiting for the disk: power does not fail here, and the tests are fast.
FileCalls quick_calls() {
  FileCalls table = system_file_calls();
  table.sync = [](int) { return 0; };
  return table;
}

// ---- Ending the process at the N-th system call that changes a file

std::atomic<int64_t> g_calls_left = -1;

void count_call() {
  if (g_calls_left-- == 0) ::raise(SIGKILL);
}

const FileCalls& deadly_calls() {
  static const FileCalls calls = [] {
    FileCalls table = quick_calls();
    table.open = [](const char* path, int flags, mode_t mode) {
      count_call();
      return system_file_calls().open(path, flags, mode);
    };
    table.write = [](int file, const void* bytes, size_t count, off_t at) {
      count_call();
      // Half of it may have been written by then.
      if (g_calls_left == 0) system_file_calls().write(file, bytes, count / 2, at);
      return system_file_calls().write(file, bytes, count, at);
    };
    table.sync = [](int) {
      count_call();
      return 0;
    };
    table.rename = [](const char* from, const char* to) {
      count_call();
      return system_file_calls().rename(from, to);
    };
    table.exchange = [](const char* one, const char* other) {
      count_call();
      return system_file_calls().exchange(one, other);
    };
    table.unlink = [](const char* path) {
      count_call();
      return system_file_calls().unlink(path);
    };
    table.mkdir = [](const char* path, mode_t mode) {
      count_call();
      return system_file_calls().mkdir(path, mode);
    };
    table.rmdir = [](const char* path) {
      count_call();
      return system_file_calls().rmdir(path);
    };
    return table;
  }();
  return calls;
}

// The disk is full for what goes to states of trainings.
const FileCalls& full_calls() {
  static const FileCalls calls = [] {
    FileCalls table = quick_calls();
    table.open = [](const char* path, int flags, mode_t mode) {
      if (std::strstr(path, "training-") != nullptr && (flags & O_CREAT) != 0) {
        errno = ENOSPC;
        return -1;
      }
      return system_file_calls().open(path, flags, mode);
    };
    return table;
  }();
  return calls;
}

class Resume : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  Resume() { set_file_calls(quick_); }
  ~Resume() override { set_file_calls(system_file_calls()); }

  // On one thread, without which a forked process could not go on.
  std::vector<std::string> settings() const {
    std::vector<std::string> all = GetParam();
    for (const char* more : {"threads=1", "times=false", "check_data=true"}) all.emplace_back(more);
    return all;
  }

  ComparisonResults run(const fs::path& out, const std::string& every, bool resume = false,
                        std::vector<std::string> more = {}) {
    std::vector<std::string> all = settings();
    all.push_back("checkpoint_every=" + every);
    all.insert(all.end(), more.begin(), more.end());
    const RunSpec asked{"compare", "/", {}, small_assignments(data_, out, all)};
    Listener listener;
    said_.clear();
    listener.message = [this](const std::string& text) { said_ += text + "\n"; };
    if (die_at_) {
      listener.progress = [this](const Progress& progress) {
        if (progress.stage.starts_with(*die_at_) && ++steps_seen_ == 6) ::raise(SIGKILL);
      };
    }
    if (stop_at_) {
      stopped_ = false;
      listener.progress = [this](const Progress& progress) {
        stopped_ |= progress.stage.starts_with(*stop_at_);
      };
      listener.interrupted = [this] { return stopped_; };
    }
    return run_comparison(make_settings({}, asked.command_line), model_, false, listener, &asked,
                          resume);
  }

  // As thaw does with --resume.
  void go_on(const fs::path& out, const std::string& every) {
    if (Journal::is_finished(out)) return Journal::clear(out);
    run(out, every, true);
  }

  // Whether it came to its end before the process was killed at the call of this number.
  bool run_until_killed(const fs::path& out, const std::string& every, int64_t calls) {
    const pid_t child = ::fork();
    if (child == 0) {
      g_calls_left = calls;
      set_file_calls(deadly_calls());
      try {
        go_on(out, every);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        ::_exit(3);
      }
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << status;
    return WIFEXITED(status);
  }

  void expect_same_as_whole(const fs::path& out) {
    const auto files = files_in(out);
    if (whole_.empty()) whole_ = files_in(run_whole());
    for (const auto& [name, bytes] : whole_) {
      const auto found = files.find(name);
      ASSERT_NE(found, files.end()) << name;
      EXPECT_TRUE(found->second == bytes) << name;
    }
    for (const auto& [name, bytes] : files) EXPECT_TRUE(whole_.count(name)) << name;
  }

  // Without a journal.
  fs::path run_whole() {
    const fs::path out = folder_.path() / "whole";
    run_comparison(small_experiment(data_, out, settings()), model_, false, {});
    return out;
  }

  const FileCalls quick_ = quick_calls();
  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", small_table(90));
  fs::path model_ = tiny_model("bert");
  std::map<std::string, std::string> whole_;
  std::string said_;
  std::optional<std::string> die_at_, stop_at_;  // stages
  bool stopped_ = false;
  int steps_seen_ = 0;  // in it
};

TEST_P(Resume, StatesKeptAtEveryStepChangeNoByte) {
  const fs::path out = folder_.path() / "out";
  run(out, "1step");
  expect_same_as_whole(out);
  run(folder_.path() / "never", "never");
  expect_same_as_whole(folder_.path() / "never");
}

TEST_P(Resume, GoesOnAfterAKillAtAnySystemCall) {
  // The first of them in order, then further and further apart, until one is not reached.
  int kills = 0;
  for (int64_t calls = 0;; calls += 1 + calls / 2) {
    SCOPED_TRACE("killed at call " + std::to_string(calls));
    const fs::path out = folder_.path() / "out";
    const bool ended = run_until_killed(out, "5steps", calls);
    kills += !ended;
    if (!ended) go_on(out, "5steps");
    expect_same_as_whole(out);
    fs::remove_all(out);
    if (ended || HasFailure()) break;
  }
  EXPECT_GT(kills, 10);
}

TEST_P(Resume, GoesOnAfterManyKillsInOneRun) {
  const fs::path out = folder_.path() / "out";
  int kills = 0;
  while (!run_until_killed(out, "3steps", 50 + 37 * kills)) {
    ASSERT_LT(++kills, 60) << "it makes no progress";
  }
  EXPECT_GT(kills, 5);
  expect_same_as_whole(out);
}

TEST_P(Resume, GoesOnAfterAnInterruptionThatWroteAReport) {
  const fs::path out = folder_.path() / "out";
  stop_at_ = "last-1: epoch";
  EXPECT_THROW(run(out, "4steps"), Interrupted);
  EXPECT_TRUE(fs::exists(out / "results.json"));
  EXPECT_TRUE(Journal::is_unfinished(out));
  stop_at_.reset();
  run(out, "4steps", true);
  EXPECT_NE(said_.find(": finished before"), std::string::npos);
  expect_same_as_whole(out);
  EXPECT_TRUE(Journal::is_finished(out));
}

TEST_P(Resume, ADiskThatIsFullForCheckpointsEndsNoTraining) {
  const fs::path out = folder_.path() / "out";
  set_file_calls(full_calls());
  run(out, "2steps");
  set_file_calls(quick_);
  EXPECT_NE(said_.find("a checkpoint could not be kept: "), std::string::npos);
  EXPECT_NE(said_.find("No space left on device"), std::string::npos) << said_;
  expect_same_as_whole(out);
}

// All strategies; and sweeps, a search, bf16 where the CPU has it, and dropout in frozen layers.
INSTANTIATE_TEST_SUITE_P(
    All, Resume,
    testing::Values(std::vector<std::string>{"strategies=probe,exact,last-1,full,lp-ft,bitfit",
                                             "seeds=2", "exact.strategy=probe",
                                             "exact.solver=exact", "epochs=3", "patience=1",
                                             "full.learning_rate=0.02", "precision=fp32"},
                    std::vector<std::string>{"strategies=full,probe,last-1",
                                             "last-1.init_from=full", "sweep=depth,size",
                                             "sizes=0.5", "search=lr", "learning_rates=1e-3,3e-3",
                                             "probe.frozen_dropout=true", "epochs=1",
                                             cpu_can_bf16() ? "precision=bf16" : "precision=fp32"}),
    [](const auto& info) {
      return info.index == 0 ? std::string("EveryStrategy") : std::string("SweepsAndSearch");
    });

class ResumeOne : public Resume {
 protected:
  // Kills a comparison in its second training, of which states are kept; the newest of them.
  fs::path killed(const fs::path& out) {
    die_at_ = "full: epoch";
    EXPECT_FALSE(run_until_killed(out, "1step", 1'000'000));
    die_at_.reset();
    std::map<int, fs::path> states;
    for (const auto& entry : fs::directory_iterator(out / ".resume/training-1")) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("step-")) states[std::stoi(name.substr(5))] = entry.path();
    }
    EXPECT_GE(states.size(), 2u);
    return states.empty() ? fs::path() : states.rbegin()->second;
  }
  const fs::path out_ = folder_.path() / "out";
};

TEST_P(ResumeOne, NamesABrokenCheckpointAndGoesOnFromTheOneBefore) {
  const std::vector<std::pair<std::string, std::function<void(const fs::path&)>>> damages{
      {"a flipped byte",
       [](const fs::path& step) {
         std::string bytes = bytes_of(step / "state.f32");
         bytes[bytes.size() / 2] ^= 1;
         write_file(step / "state.f32", bytes);
       }},
      {"cut short", [](const fs::path& step) { fs::resize_file(step / "state.f32", 100); }},
      {"no manifest", [](const fs::path& step) { fs::remove(step / "manifest.json"); }},
      {"no progress", [](const fs::path& step) { fs::remove(step / "progress.bin"); }}};
  for (const auto& [name, damage] : damages) {
    SCOPED_TRACE(name);
    const fs::path newest = killed(out_);
    damage(newest);
    run(out_, "1step", true);
    EXPECT_NE(said_.find("the checkpoint " + newest.string() + " is broken and passed over"),
              std::string::npos)
        << said_;
    expect_same_as_whole(out_);
    fs::remove_all(out_);
  }
}

TEST_P(ResumeOne, TrainsAgainWhatWasFinishedButIsBroken) {
  killed(out_);
  std::string bytes = bytes_of(out_ / ".resume/run-0/run.bin");
  bytes[bytes.size() / 2] ^= 1;
  write_file(out_ / ".resume/run-0/run.bin", bytes);
  run(out_, "1step", true);
  EXPECT_NE(said_.find("what was kept of it is broken, so it is trained again"), std::string::npos);
  expect_same_as_whole(out_);
}

TEST_P(ResumeOne, TrainsAgainWhereASavedModelHasChanged) {
  killed(out_);
  fs::resize_file(out_ / "probe/model.safetensors", 1000);
  run(out_, "1step", true);
  EXPECT_NE(said_.find("the saved model is broken, so it is trained again"), std::string::npos);
  expect_same_as_whole(out_);
}

std::string sentence(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_P(ResumeOne, RefusesChangedData) {
  killed(out_);
  write_file(data_, small_table(90).replace(small_table(90).rfind("good"), 4, "like"));
  const std::string said = sentence([&] { run(out_, "1step", true); });
  EXPECT_NE(said.find(" rows are not those that the run was begun with"), std::string::npos)
      << said;
}

TEST_P(ResumeOne, RefusesAnotherModel) {
  killed(out_);
  const fs::path copy = folder_.path() / "copy";
  fs::copy(model_, copy);
  std::string weights = bytes_of(copy / "model.safetensors");
  weights[weights.size() / 2] ^= 1;
  write_file(copy / "model.safetensors", weights);
  model_ = copy;
  const std::string said = sentence([&] { run(out_, "1step", true); });
  EXPECT_NE(said.find("the model's weights are not those that the run was begun with"),
            std::string::npos)
      << said;
}

TEST_P(ResumeOne, RefusesAnotherSettingAndNamesIt) {
  killed(out_);
  const std::string said = sentence([&] { run(out_, "1step", true, {"full.epochs=5"}); });
  EXPECT_NE(said.find("'full.epochs' is '5' but was not given when the run was begun"),
            std::string::npos)
      << said;
  EXPECT_EQ(sentence([&] { run(out_, "7steps", true); }), "") << "how often is free";
}

TEST_P(ResumeOne, RefusesToBeginWhereARunIsNotFinished) {
  killed(out_);
  const std::string said = sentence([&] { run(out_, "1step"); });
  EXPECT_NE(said.find("holds a run that is not finished; go on with it (compare(resume = " +
                      out_.string() + ")"),
            std::string::npos)
      << said;
}

TEST_P(ResumeOne, WarnsOfAnotherEnvironment) {
  killed(out_);
  const fs::path file = out_ / ".resume/asked.json";
  std::string text = bytes_of(file);
  const std::string now = "\"threads\": \"1\"";
  ASSERT_NE(text.find(now), std::string::npos) << text;
  write_file(file, text.replace(text.find(now), now.size(), "\"threads\": \"8\""));
  run(out_, "1step", true);
  EXPECT_NE(said_.find("threads: 1, was 8"), std::string::npos) << said_;
}

INSTANTIATE_TEST_SUITE_P(Two, ResumeOne,
                         testing::Values(std::vector<std::string>{"strategies=probe,full",
                                                                  "precision=fp32"}));

TEST(CheckpointInterval, IsReadAsUsersWriteIt) {
  EXPECT_EQ(parse_checkpoint_interval("90s", "").seconds, 90);
  EXPECT_EQ(parse_checkpoint_interval("5min", "").seconds, 300);
  EXPECT_EQ(parse_checkpoint_interval("20steps", "").steps, 20);
  EXPECT_EQ(parse_checkpoint_interval("1 step", "").steps, 1);
  EXPECT_TRUE(parse_checkpoint_interval("never", "").never);
  for (const char* wrong : {"", "0steps", "steps", "often", "-5s", "99999999999999999999steps"}) {
    EXPECT_THROW(parse_checkpoint_interval(wrong, "--checkpoint-every"), Error) << wrong;
  }
}

}  // namespace
}  // namespace thaw
