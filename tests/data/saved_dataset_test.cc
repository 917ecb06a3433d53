// Folders of datasets' save_to_disk(), made by tests/cases/make_files.py with datasets 5.2.0.

#include "data/saved_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/load.h"
#include "data/readers/parquet.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kFiles = THAW_SOURCE_DIR "/tests/cases/files/files/";

bool has_module() {
  for (const auto& folder : parquet_module_folders()) {
    if (std::filesystem::exists(folder / "thaw_parquet.so")) return true;
  }
  return false;
}

Dataset load(const std::string& folder) {
  DataOptions options;
  options.paths = {folder};
  options.test_size = options.validation_size = 0;
  return load_dataset(options);
}

TEST(SavedDataset, HasItsSplitsAndTheirNames) {
  const auto splits = saved_splits(kFiles + "saved");
  ASSERT_TRUE(splits.has_value());
  ASSERT_EQ(splits->size(), 3u);
  EXPECT_EQ(splits->at(0).name, "train");
  EXPECT_EQ(splits->at(1).name, "validation");
  EXPECT_THAT(splits->at(0).source.class_names.at("label"),
              ElementsAre("negative", "positive", "mixed"));
  EXPECT_FALSE(saved_splits(kFiles + "words").has_value());
}

TEST(SavedDataset, IsReadWithTheFilesOwnNames) {
  if (!has_module()) GTEST_SKIP() << "built without Arrow";
  DataOptions options;
  options.paths = {kFiles + "saved"};
  const Dataset data = load_dataset(options);
  EXPECT_THAT(data.label_names, ElementsAre("negative", "positive", "mixed"));
  EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 1, 2, 1, 1, 0}));  // one was −1
  EXPECT_EQ(data.train.texts[0], "text 0 of 7");
  EXPECT_EQ(data.validation.labels, (std::vector<int32_t>{1, 0}));
  EXPECT_EQ(data.test.labels, (std::vector<int32_t>{2, 1, 1}));
}

TEST(SavedDataset, OfOneTableIsRead) {
  if (!has_module()) GTEST_SKIP() << "built without Arrow";
  const Dataset data = load(kFiles + "saved-alone");
  EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 1, 2, 1, 0}));
  EXPECT_EQ(data.train.texts[0], "text 4 of 5");
}

class BrokenSavedDataset : public ::testing::Test {
 protected:
  std::string error() {
    return error_of([&] { saved_splits(folder_.path()); });
  }
  TemporaryFolder folder_;
};

TEST_F(BrokenSavedDataset, IsRefused) {
  folder_.write("state.json", R"({"_data_files": []})");
  EXPECT_THAT(error(), HasSubstr("state.json: lists no files in _data_files; save it again"));
  folder_.write("state.json", R"({"_data_files": [{"filename": "data-00000-of-00001.arrow"}]})");
  EXPECT_THAT(error(), HasSubstr("data-00000-of-00001.arrow: is missing, and state.json lists it"));
  for (const char* name : {R"("../secret.arrow")", R"("/etc/passwd")", "3", R"("")", "null"}) {
    folder_.write("state.json", std::string(R"({"_data_files": [{"filename": )") + name + "}]}");
    EXPECT_THAT(error(), HasSubstr("which is nothing in its folder")) << name;
  }
  folder_.write("state.json", "[]");
  EXPECT_THAT(error(), HasSubstr("is not a JSON object"));
  folder_.write("state.json",
                R"({"_data_files": [{"filename": "x"}], "_indices_files": [{"filename": "y"}]})");
  EXPECT_THAT(error(), HasSubstr("its rows were chosen by an indices mapping"));
}

TEST_F(BrokenSavedDataset, IsRefusedForItsSplits) {
  folder_.write("dataset_dict.json", R"({"splits": ["train"]})");
  EXPECT_THAT(error(), HasSubstr("state.json: is missing, and dataset_dict.json lists its split"));
  folder_.write("dataset_dict.json", R"({"splits": [".."]})");
  EXPECT_THAT(error(), HasSubstr("which is nothing in its folder"));
  folder_.write("dataset_dict.json", R"({"splits": []})");
  EXPECT_THAT(error(), HasSubstr("lists no splits"));
}

}  // namespace
}  // namespace thaw
