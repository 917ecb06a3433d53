#include "self_check.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/stopwatch.h"
#include "console.h"
#include "files/files.h"
#include "files/output_folder.h"

extern char** environ;

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr int kKills = 6;
constexpr double kCheckpointsARun = 40;

// The arguments of this process but for those that each child has its own of.
std::vector<std::string> own_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> all;
  for (size_t begin = 0; begin < line.size();) {
    const size_t end = std::min(line.find('\0', begin), line.size());
    all.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  std::vector<std::string> kept;
  for (size_t i = 1; i < all.size(); ++i) {
    if (all[i] == "--self-check" || all[i] == "--quiet") continue;
    const bool own = all[i] == "--out" || all[i] == "--times" || all[i] == "--checkpoint-every";
    if (own) ++i;
    const std::string name = all[i].substr(0, all[i].find('='));
    if (own || name == "--out" || name == "--times" || name == "--checkpoint-every") continue;
    kept.push_back(all[i]);
  }
  return kept;
}

pid_t start(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "thaw");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
  pid_t child = 0;
  const int error =
      posix_spawn(&child, "/proc/self/exe", &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw Error("cannot start itself: " + std::generic_category().message(error));
  return child;
}

// Waits up to `seconds`; whether the child has ended, and how.
bool ended(pid_t child, double seconds, int& status) {
  const auto begin = Clock::now();
  do {
    if (::waitpid(child, &status, WNOHANG) == child) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    try {
      throw_if_interrupted();
    } catch (...) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      throw;
    }
  } while (seconds_since(begin) < seconds);
  return false;
}

void require_success(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  throw Error("a run of its own did not end well", "--self-check",
              "what it said stands above; the check needs a run that does");
}

std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.insert(entry.path().lexically_relative(folder).string());
  }
  return files;
}

// Prints a line a file; the number of files that differ.
int compare(const fs::path& whole, const fs::path& resumed) {
  std::set<std::string> files = files_in(whole);
  files.merge(files_in(resumed));
  int different = 0;
  for (const std::string& file : files) {
    std::string verdict = "same bytes";
    if (!fs::exists(whole / file)) verdict = "ONLY IN THE RESUMED RUN";
    if (!fs::exists(resumed / file)) verdict = "MISSING IN THE RESUMED RUN";
    if (fs::exists(whole / file) && fs::exists(resumed / file)) {
      const MappedFile a = MappedFile::open(whole / file), b = MappedFile::open(resumed / file);
      const auto [at, other] =
          std::mismatch(a.text().begin(), a.text().end(), b.text().begin(), b.text().end());
      if (a.text() != b.text()) {
        verdict = fmt::format("DIFFERENT from byte {}", at - a.text().begin());
      }
    }
    different += verdict != "same bytes";
    std::printf("  %-44s %s\n", file.c_str(), verdict.c_str());
  }
  return different;
}

}  // namespace

int self_check(const std::string& command, const std::string& out) {
  catch_interrupts();
  const OutputFolder folder(out);
  const fs::path whole = fs::path(out) / "whole", resumed = fs::path(out) / "resumed";
  std::vector<std::string> common = own_arguments();
  for (const char* more : {"--times", "false", "--quiet"}) common.emplace_back(more);
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), common.begin(), common.end());
    return more;
  };
  std::printf("self-check: thaw %s as a whole …\n", command.c_str());
  std::fflush(stdout);
  const auto begin = Clock::now();
  int status = 0;
  ended(start(with({"--out", whole.string()})), 1e9, status);
  require_success(status);
  const double seconds = seconds_since(begin);

  char every[40];
  std::snprintf(every, sizeof(every), "%.3fs", std::max(0.02, seconds / kCheckpointsARun));
  std::mt19937_64 random(std::random_device{}());
  std::uniform_real_distribution<double> moment(0.02, 0.6);
  std::printf("self-check: that took %.1f s; once more, killed at random moments …\n", seconds);
  std::fflush(stdout);
  int kills = 0;
  for (bool done = false; !done;) {
    const pid_t child =
        start(with({"--out", resumed.string(), "--checkpoint-every", every, "--resume"}));
    const double wait = kills < kKills ? moment(random) * seconds : 1e9;
    done = ended(child, wait, status);
    if (done) break;
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    ++kills;
    std::printf("self-check: killed after %.2f s\n", wait);
    std::fflush(stdout);
  }
  require_success(status);
  std::printf("\n");
  const int different = compare(whole, resumed);
  if (different == 0) {
    std::printf(
        "\nself-check: killed %d times and resumed, it ended with the same bytes in every "
        "file\n",
        kills);
  } else {
    std::printf("\nself-check: %d files differ; please report that with the command you ran\n",
                different);
  }
  return different == 0 ? 0 : 1;
}

}  // namespace thaw
