#include "tests/app/killed_program.h"

namespace thaw {
namespace {

TEST_F(KilledProgram, EveryStrategyEndsWithTheSameBytesAfterKillsAtRandomMoments) {
  check(every_strategy(), 20);
}

TEST_F(KilledProgram, SweepsAndSearchesEndWithTheSameBytesAfterKillsAtRandomMoments) {
  check(sweeps(), 12);
}

// A limit on addresses makes allocations fail in earnest, wherever they are made.
TEST_F(KilledProgram, GoesOnWithTheSameBytesAfterMemoryRanOut) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "a sanitizer takes terabytes of addresses";
#endif
#endif
  const fs::path whole = folder_.path() / "whole", out = folder_.path() / "out";
  auto arguments = every_strategy();
  for (const char* more :
       {"--times", "false", "--quiet", "--checkpoint-every", "4steps", "--resume", "--out"}) {
    arguments.emplace_back(more);
  }
  const auto into = [&](const fs::path& folder) {
    auto all = arguments;
    all.push_back(folder.string());
    return all;
  };
  ASSERT_EQ(run(into(whole)).code, 0);
  int64_t enough = 64, too_little = 0;
  while (run_within(enough, into(out)).code != 0) {
    too_little = enough;
    ASSERT_LT(enough *= 2, 1 << 20);
  }
  while (enough - too_little > 8) {
    const int64_t middle = (enough + too_little) / 2;
    fs::remove_all(out);
    (run_within(middle, into(out)).code == 0 ? enough : too_little) = middle;
  }
  constexpr int kLimits = 8;
  int failed = 0, sentences = 0, begun = 0;
  for (int i = 1; i <= kLimits; ++i) {
    const int64_t limit = enough * (kLimits + i) / (2 * kLimits) - 1;
    fs::remove_all(out);
    const Ended ended = run_within(limit, into(out));
    failed += ended.code != 0;
    EXPECT_NE(ended.code, 70) << limit << " MB: " << ended.said;
    sentences += ended.said.find("thaw: memory ran out; ") != std::string::npos;
    begun += fs::exists(out / ".resume");
    const Ended resumed = run(into(out));
    ASSERT_EQ(resumed.code, 0) << limit << " MB: " << resumed.said;
    expect_same_files(whole, out);
    ASSERT_FALSE(HasFailure()) << limit << " MB: " << ended.said;
  }
  std::printf("%d limits below %lld MB: %d runs failed, %d with a sentence; %d had begun\n",
              kLimits, static_cast<long long>(enough), failed, sentences, begun);
  EXPECT_GT(failed, 0);
  EXPECT_GT(begun, 0);
}

class ResumedProgram : public KilledProgram {
 protected:
  // Broken off in the midst of training.
  fs::path broken_off(const std::string& command, int signal, Ended& ended) {
    const fs::path out = folder_.path() / "out";
    std::vector<std::string> arguments{
        command,  "--model",  golden("bert"), "--data",  data_,   "--max-length",
        "24",     "--epochs", "2000",         "--times", "false", "--checkpoint-every",
        "5steps", "--out",    out.string(),   "--quiet"};
    if (command == "compare") {
      arguments.insert(arguments.end(), {"--strategies", "probe,full", "--probe.epochs", "2"});
    }
    ended = run(arguments, 1.5, signal);
    return out;
  }
};

TEST_F(ResumedProgram, SigtermKeepsWhatWasDoneAndSaysHowToGoOn) {
  Ended ended;
  const fs::path out = broken_off("compare", SIGTERM, ended);
  EXPECT_EQ(ended.code, 128 + SIGTERM) << ended.said;
  EXPECT_NE(ended.said.find("to go on: thaw compare --resume " + out.string()), std::string::npos)
      << ended.said;
  EXPECT_TRUE(fs::exists(out / ".resume/asked.json"));
  const Ended other = run({"train", "--resume", out.string()});
  EXPECT_EQ(other.code, 1);
  EXPECT_NE(other.said.find("the run was begun by thaw compare"), std::string::npos) << other.said;
  const Ended changed = run({"compare", "--resume", out.string(), "--full.epochs", "7"});
  EXPECT_EQ(changed.code, 1);
  EXPECT_NE(changed.said.find("'full.epochs' is '7' but was not given"), std::string::npos)
      << changed.said;
}

TEST_F(ResumedProgram, TrainGoesOnWithTheSettingsOfItsFolderAlone) {
  const fs::path out = folder_.path() / "out", whole = folder_.path() / "whole";
  std::vector<std::string> arguments{
      "train",    "--model", golden("bert"), "--data", data_,     "--max-length", "24",
      "--epochs", "40",      "--strategy",   "last-1", "--times", "false",        "--quiet"};
  auto first = arguments;
  first.insert(first.end(), {"--out", whole.string()});
  ASSERT_EQ(run(first).code, 0);
  auto second = arguments;
  second.insert(second.end(), {"--out", out.string(), "--checkpoint-every", "3steps"});
  Ended ended = run(second, 0.2);
  for (double seconds = 0.3; ended.killed; seconds *= 1.3) {
    if (!fs::exists(out / ".resume/asked.json")) {
      fs::remove_all(out);
      ended = run(second, seconds);
      continue;
    }
    ended = run({"train", "--resume", out.string(), "--quiet"}, seconds);
  }
  EXPECT_EQ(ended.code, 0) << ended.said;
  expect_same_files(whole, out);
  const Ended complete = run({"train", "--resume", out.string()});
  EXPECT_EQ(complete.code, 0);
  EXPECT_NE(complete.said.find(" is complete: there is nothing left to do"), std::string::npos);
}

TEST_F(ResumedProgram, ThereMustBeSomethingToGoOnWith) {
  const fs::path folder = folder_.path() / "none";
  const Ended absent = run({"compare", "--resume", folder.string()});
  EXPECT_EQ(absent.code, 1);
  EXPECT_NE(absent.said.find("there is no such folder"), std::string::npos) << absent.said;
  fs::create_directory(folder);
  const Ended none = run({"compare", "--resume", folder.string()});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.said.find("holds no run that could go on"), std::string::npos) << none.said;
  EXPECT_NE(run({"compare", "--resume"}).said.find("there is no folder to go on in"),
            std::string::npos);
}

TEST_F(ResumedProgram, TheSelfCheckFindsTheSameBytesInEveryFile) {
  const Ended ended = run({"compare", "--model", golden("bert"), "--data", data_, "--max-length",
                           "24", "--strategies", "probe,full", "--epochs", "20", "--self-check",
                           "--out", (folder_.path() / "check").string()});
  EXPECT_EQ(ended.code, 0) << ended.said;
  EXPECT_NE(ended.said.find("it ended with the same bytes in every file"), std::string::npos)
      << ended.said;
  EXPECT_NE(ended.said.find("full/model.safetensors"), std::string::npos);
  EXPECT_EQ(ended.said.find("DIFFERENT"), std::string::npos) << ended.said;
}

}  // namespace
}  // namespace thaw
