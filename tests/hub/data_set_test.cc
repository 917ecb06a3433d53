// Data sets of the hub: which files are which split's, and what is fetched of them.
#include "hub/data_set.h"

#include "data/load.h"
#include "hub/data_files.h"
#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DataFiles, AreThoseThatDatasetsTakes) {
  std::ifstream golden(THAW_SOURCE_DIR "/tests/golden/hub/data_files.json");
  int checked = 0;
  for (const auto& repository : nlohmann::json::parse(golden)) {
    nlohmann::json found = nlohmann::json::object();
    for (const SplitFiles& split : files_by_name(repository["files"])) {
      found[split.split] = split.files;
    }
    EXPECT_EQ(found, repository["splits"]) << repository["files"];
    ++checked;
  }
  EXPECT_GT(checked, 20);
}

TEST(DataFiles, OfTheHubsParquetCopy) {
  const std::vector<std::string> paths = {
      "a/partial-train/0000.parquet", "a/test/0000.parquet", "a/train/0000.parquet",
      "a/train/0001.parquet",         "b/set-test.parquet",  "b/set-train-00000-of-00001.parquet"};
  auto splits = files_of_parquet_copy("a", paths);
  ASSERT_EQ(splits.size(), 2u);
  EXPECT_EQ(splits[1].split, "train");
  EXPECT_THAT(splits[1].files, ElementsAre("a/train/0000.parquet", "a/train/0001.parquet"));
  splits = files_of_parquet_copy("b", paths);
  ASSERT_EQ(splits.size(), 2u);
  EXPECT_EQ(splits[0].split, "test");
  EXPECT_EQ(splits[1].split, "train");
  EXPECT_THAT(files_of_parquet_copy("", paths), IsEmpty());
  EXPECT_THAT(top_folders(paths), ElementsAre("a", "b"));
}

TEST(DataFiles, NoticeMissingShards) {
  EXPECT_EQ(incomplete_shard({"x-00000-of-00002.csv", "x-00001-of-00002.csv", "y.csv"}), "");
  EXPECT_EQ(incomplete_shard({"x-00001-of-00002.csv"}), "x-00001-of-00002.csv");
}

class HubDataSets : public testing::WithHub {
 protected:
  HubDataSets() {
    auto& files = set().files;
    files["README.md"] = {card_of("mood")};
    for (const auto& [split, rows] : {std::pair{"train", 30}, {"validation", 6}, {"test", 8}}) {
      files[std::string("mood/") + split + "-00000-of-00001.csv"] = {table(split, rows), true};
    }
    files["topic/train-00000-of-00001.csv"] = {table("topic", 5), true};
  }
  testing::FakeRepo& set() { return hub_.repos["datasets/org/tweets"]; }

  static std::string card_of(const std::string& by_default) {
    return "---\nconfigs:\n- config_name: topic\n  data_files:\n  - {split: train, path: "
           "topic/train-*}\n- config_name: " +
           by_default +
           "\n  data_files:\n  - {split: train, path: mood/train-*}\n  - {split: validation, path: "
           "mood/validation-*}\n  - {split: test, path: mood/test-*}\ndataset_info:\n- "
           "config_name: "
           "mood\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names: "
           "{'0': sad, '1': glad}\n---\n";
  }
  static std::string table(const std::string& word, int rows) {
    std::string csv = "text,label\n";
    for (int i = 0; i < rows; ++i)
      csv += word + std::to_string(i) + "," + std::to_string(i % 2) + "\n";
    return csv;
  }

  HubDataSet fetch_set(const std::string& text, const std::vector<std::string>& wanted = {}) {
    HubClient client(settings_, listener_.listener());
    return fetch_data_set(
        client, parse_hub_name(text, RepoType::kDataset, "--data"),
        [&](const std::vector<std::string>& names) { return wanted.empty() ? names : wanted; });
  }
  std::string set_failure(const std::string& text, const std::vector<std::string>& wanted = {}) {
    try {
      fetch_set(text, wanted);
    } catch (const Error& error) {
      return error.what();
    }
    ADD_FAILURE() << text << " was fetched";
    return "";
  }
};

TEST_F(HubDataSets, AreReadAsTheirCardSays) {
  const HubDataSet found = fetch_set("org/tweets:mood");
  DataOptions options;
  options.splits = found.splits;
  options.class_names = found.class_names;
  const Dataset data = load_dataset(options);
  EXPECT_EQ(data.train.size(), 30);
  EXPECT_EQ(data.validation.size(), 6);
  EXPECT_EQ(data.test.size(), 8);
  EXPECT_THAT(data.label_names, ElementsAre("sad", "glad"));
  EXPECT_EQ(data.train.source, "org/tweets:mood, train");
  EXPECT_EQ(content_of(cached("datasets--org--tweets/refs/main")), commit_);
}

TEST_F(HubDataSets, OnlySplitsThatAreNeededAreFetched) {
  const HubDataSet found = fetch_set("org/tweets:mood", {"test"});
  ASSERT_EQ(found.splits.size(), 1u);
  EXPECT_EQ(found.splits[0].name, "test");
  const fs::path folder = cached("datasets--org--tweets/snapshots") / commit_;
  EXPECT_TRUE(fs::exists(folder / "mood/test-00000-of-00001.csv"));
  EXPECT_FALSE(fs::exists(folder / "mood/train-00000-of-00001.csv"));
}

TEST_F(HubDataSets, ASecondTimeCostNoRequest) {
  fetch_set("org/tweets:mood");
  hub_.forget();
  fetch_set("org/tweets:mood");
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(HubDataSets, AConfigurationHasToBeNamedWhereSeveralAre) {
  EXPECT_EQ(set_failure("org/tweets"),
            "org/tweets: has several configurations; name one as in org/tweets:topic: topic, mood");
  EXPECT_EQ(set_failure("org/tweets:moods"),
            "org/tweets: has no configuration 'moods'; name one as in org/tweets:topic: topic, "
            "mood");
  set().files["README.md"] = {card_of("default")};
  set().commit = std::string(40, 'd');
  EXPECT_EQ(fetch_set("org/tweets@" + set().commit).splits.size(), 3u);
}

TEST_F(HubDataSets, WithoutACardTheNamesOfFilesTell) {
  set().files.erase("README.md");
  EXPECT_EQ(fetch_set("org/tweets:mood").splits.size(), 3u);
  EXPECT_TRUE(fetch_set("org/tweets:mood").class_names.empty());
}

TEST_F(HubDataSets, WithoutConfigurationsNeedNoneNamed) {
  set().files = {{"train.csv", {table("a", 4)}}, {"test.csv", {table("b", 2)}}};
  EXPECT_EQ(fetch_set("org/tweets").splits.size(), 2u);
  EXPECT_EQ(fetch_set("org/tweets:default").splits.size(), 2u);
  EXPECT_EQ(set_failure("org/tweets:mood"),
            "org/tweets: has no configuration 'mood'; leave it out: org/tweets");
}

TEST_F(HubDataSets, WithoutTablesTheHubsParquetCopyIsTaken) {
  set().files.clear();
  set().files["tweets.py"] = {"a script"};
  set().files["README.md"] = {
      "---\ndataset_info:\n- config_name: mood\n  features:\n  - name: label"
      "\n    dtype: {class_label: {names: [a, b]}}\n---\n"};
  EXPECT_EQ(set_failure("org/tweets:mood"),
            "org/tweets:mood: holds no tables that thaw reads (Parquet, CSV, TSV, JSON lines), and "
            "the hub has no Parquet copy of it; save it as one of them and name the files with "
            "data");
  // The copy is a branch of its own, with files of its own.
  hub_.next(
      "/api/datasets/org/tweets/revision/refs/convert/parquet",
      [](const httplib::Request&, httplib::Response& reply) {
        reply.set_content(R"({"sha": ")" + std::string(40, 'c') + R"(", "siblings": [
                  {"rfilename": "mood/train/0000.parquet"}]})",
                          "application/json");
      },
      9);
  const auto parquet = [](const httplib::Request&, httplib::Response& reply) {
    reply.set_header("X-Repo-Commit", std::string(40, 'c'));
    reply.set_header("ETag", "\"" + testing::git_sha1("PAR1") + "\"");
    reply.set_content("PAR1", "application/octet-stream");
  };
  hub_.next("mood/train/0000.parquet", parquet, 2);
  const HubDataSet found = fetch_set("org/tweets:mood");
  ASSERT_EQ(found.splits.size(), 1u);
  EXPECT_EQ(content_of(found.splits[0].source.files.at(0)), "PAR1");
  EXPECT_THAT(found.class_names.at("label"), ElementsAre("a", "b"));
  EXPECT_EQ(content_of(cached("datasets--org--tweets/refs/refs/convert/parquet")),
            std::string(40, 'c'));
  EXPECT_THAT(set_failure("org/tweets:mud"), HasSubstr("has no configuration 'mud'"));
}

TEST_F(HubDataSets, ASplitThatIsNotWholeIsNotUsed) {
  auto& files = set().files;
  files["mood/test-00000-of-00002.csv"] = files["mood/test-00000-of-00001.csv"];
  files.erase("mood/test-00000-of-00001.csv");
  EXPECT_THAT(set_failure("org/tweets:mood"), HasSubstr("lacks files of its split 'test'"));
  EXPECT_EQ(fetch_set("org/tweets:mood", {"train"}).splits.size(), 1u);
  files.erase("mood/test-00000-of-00002.csv");
  set().commit = std::string(40, 'd');
  EXPECT_THAT(set_failure("org/tweets:mood@" + set().commit), HasSubstr("lacks files"));
}

TEST_F(HubDataSets, WithoutNetworkWhatPythonLeftMustBeWhole) {
  fetch_set("org/tweets:mood", {"train"});
  fs::remove_all(settings_.listings);  // as if Python had fetched it
  settings_.offline = "HF_HUB_OFFLINE";
  EXPECT_EQ(fetch_set("org/tweets:mood", {"train"}).splits.size(), 1u);
  EXPECT_THAT(set_failure("org/tweets:mood"),
              HasSubstr("its split 'validation' is not in the cache"));
}

TEST_F(HubDataSets, WithoutASplitToReadSayWhichThereAre) {
  EXPECT_THAT(set_failure("org/tweets:topic", {"test"}),
              HasSubstr("org/tweets:topic: has no split to read among train"));
}

TEST_F(HubDataSets, PathsThatLeadOutOfTheFolderAreRefused) {
  set().files["README.md"] = {"---\nconfigs:\n- data_files: a/../../../evil.tsv\n---\n"};
  set().files["a/../../../evil.tsv"] = {"x", true};
  EXPECT_THAT(set_failure("org/tweets"), HasSubstr("leads out of its folder"));
}

}  // namespace
}  // namespace thaw
