// Python's huggingface_hub and thaw, one after the other on one cache. Needs a Python with that
// package: THAW_PYTHON names it, else python3 is tried.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "hub/data_set.h"
#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

std::string output_of(const std::string& command, int& status) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  status = ::pclose(pipe);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string python() {
  const char* named = std::getenv("THAW_PYTHON");
  return named != nullptr ? named : "python3";
}

class HubPython : public testing::WithHub {
 protected:
  void SetUp() override {
    int status = 0;
    output_of(python() + " -c 'import huggingface_hub'", status);
    if (status != 0) {
      GTEST_SKIP() << python() << " has no huggingface_hub: set THAW_PYTHON to one that has";
    }
  }
  // Runs with_huggingface_hub.py on a cache.
  std::string run(const std::string& arguments, const fs::path& cache) {
    int status = 0;
    const std::string text = output_of(
        "env -u HF_TOKEN -u HF_HUB_OFFLINE HF_HUB_DISABLE_PROGRESS_BARS=1 HF_HUB_DISABLE_XET=1 "
        "HF_HUB_DISABLE_TELEMETRY=1 HF_HOME=" +
            (folder_ / "home").string() + " HF_ENDPOINT=" + hub_.endpoint() +
            " HF_HUB_CACHE=" + cache.string() + " " + python() +
            " " THAW_SOURCE_DIR "/tests/hub/with_huggingface_hub.py " + arguments,
        status);
    EXPECT_EQ(status, 0) << text;
    return text;
  }
  // "path" of folders' entries, "path -> target" of links, "path = content's hash" of files.
  static std::set<std::string> tree_of(const fs::path& cache) {
    std::set<std::string> tree;
    for (const auto& entry : fs::recursive_directory_iterator(cache)) {
      const std::string name = entry.path().lexically_relative(cache).string();
      // Only thaw looks for modules.json here, and Python remembers no such thing.
      if (name.find(".no_exist") != std::string::npos) continue;
      if (entry.is_symlink()) {
        tree.insert(name + " -> " + fs::read_symlink(entry.path()).string());
      } else if (entry.is_directory()) {
        tree.insert(name);
      } else {
        tree.insert(name + " = " + sha256_hex(testing::content_of(entry.path())));
      }
    }
    return tree;
  }
  const std::string files_ = "config.json tokenizer.json vocab.txt model.safetensors";
};

TEST_F(HubPython, LeavesTheSameCache) {
  fetch();
  run("fetch org/bert " + files_, folder_ / "python");
  EXPECT_EQ(tree_of(settings_.cache), tree_of(folder_ / "python"));
}

TEST_F(HubPython, FindsWhatThawFetched) {
  const fs::path folder = fetch();
  const int requests = static_cast<int>(hub_.requests().size());
  EXPECT_EQ(run("folder org/bert", settings_.cache), folder.string());
  EXPECT_EQ(run("read org/bert model.safetensors config.json", settings_.cache),
            sha256_hex(weights_) + "\n" + sha256_hex("{\"model_type\": \"bert\"}"));
  EXPECT_EQ(static_cast<int>(hub_.requests().size()), requests);
  // Nor does it download anything again when it may.
  hub_.forget();
  run("fetch org/bert " + files_, settings_.cache);
  EXPECT_EQ(hub_.count("GET", "resolve"), 0);
}

TEST_F(HubPython, LeavesWhatThawFinds) {
  run("fetch org/bert " + files_, settings_.cache);
  settings_.offline = "HF_HUB_OFFLINE";
  EXPECT_TRUE(testing::content_of(fetch() / "model.safetensors") == weights_);
}

TEST_F(HubPython, SharesDataSets) {
  auto& files = hub_.repos["datasets/org/tweets"].files;
  files = {{"train.csv", {"text,label\na,0\nb,1\n", true}}, {"test.csv", {"text,label\nc,1\n"}}};
  const auto fetch_split = [&](const std::string& split) {
    HubClient client(settings_, listener_.listener());
    return fetch_data_set(client, parse_hub_name("org/tweets", RepoType::kDataset, "--data"),
                          [&](const auto&) { return std::vector<std::string>{split}; })
        .splits.at(0)
        .source.files.at(0);
  };
  fetch_split("train");
  EXPECT_EQ(run("read datasets/org/tweets train.csv", settings_.cache),
            sha256_hex(files["train.csv"].content));
  run("fetch datasets/org/tweets test.csv", settings_.cache);
  settings_.offline = "HF_HUB_OFFLINE";
  EXPECT_EQ(testing::content_of(fetch_split("test")), files["test.csv"].content);
}

}  // namespace
}  // namespace thaw
