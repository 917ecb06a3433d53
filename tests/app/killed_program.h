#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "engine/cpu/gemm/linear.h"
#include "tests/base/temporary_folder.h"

extern char** environ;

// The program as a user runs it, killed (SIGKILL) at random moments and resumed.

namespace thaw {

namespace fs = std::filesystem;

struct Ended {
  bool killed = false;
  int code = 0;
  std::string said;  // standard output and error
};

class KilledProgram : public testing::Test {
 protected:
  static std::string golden(const std::string& name) {
    return (fs::path(THAW_SOURCE_DIR) / "tests" / "golden" / name).string();
  }

  // Sentences of the tiny models' vocabulary that a classifier can learn.
  static std::string table(int rows) {
    std::string text = "text,label\n";
    const char* words[] = {"the", "a", "film", "was", "not", "very", "i", "like", "b", "c"};
    for (int row = 0; row < rows; ++row) {
      const uint64_t key = random_key(1, row);
      for (uint32_t i = 0; i < 3 + random_bits(key, 99) % 9; ++i) {
        text += std::string(words[random_bits(key, i) % 10]) + " ";
      }
      text += row % 2 == 1 ? "good,positive\n" : "bad,negative\n";
    }
    return text;
  }

  // Sends the signal after so many seconds, unless it has ended by then.
  Ended run(std::vector<std::string> arguments, double seconds = 1e9, int signal = SIGKILL) {
    arguments.insert(arguments.begin(), "thaw");
    return run_program(THAW_PROGRAM, std::move(arguments), seconds, signal);
  }

  // With so many megabytes of addresses and no more.
  Ended run_within(int64_t megabytes, std::vector<std::string> arguments) {
    const std::string limit = std::to_string(megabytes << 10);
    arguments.insert(arguments.begin(),
                     {"sh", "-c", "ulimit -v " + limit + R"(; exec "$0" "$@")", THAW_PROGRAM});
    return run_program("/bin/sh", std::move(arguments), 1e9, SIGKILL);
  }

  Ended run_program(const char* program, std::vector<std::string> arguments, double seconds,
                    int signal) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const std::string log = (folder_.path() / "log").string();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, program, &actions, nullptr, pointers.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    const auto begin = std::chrono::steady_clock::now();
    int status = 0;
    bool sent = false;
    while (::waitpid(child, &status, WNOHANG) != child) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
      if (!sent && passed.count() > seconds) sent = ::kill(child, signal) == 0;
    }
    std::ifstream file(log);
    return {WIFSIGNALED(status),
            WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            {std::istreambuf_iterator<char>(file), {}}};
  }

  static std::map<std::string, std::string> files_in(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      files[entry.path().lexically_relative(folder).string()] = {
          std::istreambuf_iterator<char>(file), {}};
    }
    return files;
  }

  static void expect_same_files(const fs::path& whole, const fs::path& resumed) {
    const auto expected = files_in(whole), files = files_in(resumed);
    EXPECT_GT(expected.size(), 10u);
    for (const auto& [name, bytes] : expected) {
      const auto found = files.find(name);
      ASSERT_NE(found, files.end()) << name;
      EXPECT_TRUE(found->second == bytes) << name;
    }
    for (const auto& [name, bytes] : files) EXPECT_TRUE(expected.count(name)) << name;
  }

  // Runs it whole, then again and again, each time killed some times, until it was killed `kills`
  // times in all.
  void check(std::vector<std::string> arguments, int kills) {
    for (const char* more : {"--times", "false", "--quiet", "--out"}) arguments.emplace_back(more);
    const auto begin = std::chrono::steady_clock::now();
    const fs::path whole = folder_.path() / "whole", out = folder_.path() / "out";
    auto first = arguments;
    first.push_back(whole.string());
    const Ended ended = run(first);
    ASSERT_EQ(ended.code, 0) << ended.said;
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    // Sometimes twice in the twinkling of an eye, sometimes nearly at the end.
    std::uniform_real_distribution<double> moment(0, 1);
    std::mt19937_64 random(std::random_device{}());
    auto again = arguments;
    for (const std::string& more : {out.string(), std::string("--checkpoint-every"),
                                    std::string("4steps"), std::string("--resume")}) {
      again.push_back(more);
    }
    int done = 0, rounds = 0;
    while (done < kills) {
      bool killed = true;
      for (int lives = 0; killed; ++lives) {
        ASSERT_LT(lives, 500) << "it makes no progress";
        const double wait = std::pow(moment(random), 2) * time.count();
        const Ended life = run(again, wait);
        killed = life.killed;
        done += killed;
        ASSERT_TRUE(killed || life.code == 0) << life.said;
      }
      ++rounds;
      expect_same_files(whole, out);
      ASSERT_FALSE(HasFailure()) << "after " << done << " kills";
      fs::remove_all(out);
    }
    std::printf("%d kills, %d times to the end with the same bytes in every file\n", done, rounds);
  }

  std::vector<std::string> every_strategy() {
    return {"compare",
            "--model",
            golden("bert"),
            "--data",
            data_,
            "--max-length",
            "24",
            "--strategies",
            "probe,exact,last-1,full,lp-ft,bitfit",
            "--set",
            "exact.strategy=probe",
            "--set",
            "exact.solver=exact",
            "--seeds",
            "2",
            "--epochs",
            "3",
            "--patience",
            "1",
            "--learning-rate",
            "2e-3",
            "--full.learning-rate",
            "0.02"};
  }

  std::vector<std::string> sweeps() {
    return {"compare",
            "--model",
            golden("distilbert"),
            "--data",
            data_,
            "--max-length",
            "24",
            "--strategies",
            "probe,full",
            "--sweep",
            "depth,size",
            "--sizes",
            "0.5",
            "--search",
            "lr",
            "--epochs",
            "2",
            "--precision",
            cpu_can_bf16() ? "bf16" : "fp32",
            "--learning-rate",
            "2e-3",
            "--set",
            "probe.frozen_dropout=true"};
  }

  TemporaryFolder folder_;
  std::string data_ = folder_.write("rows.csv", table(90)).string();
};

}  // namespace thaw
