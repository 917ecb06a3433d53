#include "model/lost_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "model/classifier.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct SavedFolder {
  explicit SavedFolder(const std::string& name) {
    fs::copy(golden::folder("saved_before") / name, folder.path(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  std::string error_without(const std::string& file) const {
    fs::remove_all(folder.path() / file);
    return error_of([&] { open_classifier(folder.path()); });
  }
  TemporaryFolder folder;
};

TEST(LostFiles, AreNamedEachByItself) {
  for (const char* file :
       {"modules.json", "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors",
        "config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json",
        "sentence_bert_config.json", "config_sentence_transformers.json"}) {
    EXPECT_THAT(SavedFolder("pooling").error_without(file),
                AllOf(HasSubstr("has lost '" + std::string(file) + "', which its manifest.json"),
                      HasSubstr("copy it again from where the model was saved")));
  }
  for (const char* file : {"config.json", "model.safetensors", "vocab.txt"}) {
    EXPECT_THAT(SavedFolder("native").error_without(file),
                HasSubstr("has lost '" + std::string(file) + "'"));
  }
}

TEST(LostFiles, OfSeveralSomeAreNamed) {
  const SavedFolder saved("pooling");
  saved.error_without("1_Pooling");
  EXPECT_THAT(saved.error_without("2_Dense"),
              HasSubstr("has lost '1_Pooling/config.json', '2_Dense/config.json', "
                        "'2_Dense/model.safetensors', which"));
  EXPECT_THAT(saved.error_without("vocab.txt"),
              HasSubstr("'2_Dense/model.safetensors', … (4 in all)"));
}

TEST(LostFiles, AreNoneWhereNothingSaysThatTheyWereThere) {
  const SavedFolder saved("pooling");
  for (const char* file : {"README.md", "predictions.jsonl"}) {
    fs::remove(saved.folder.path() / file);
    EXPECT_NO_THROW(open_classifier(saved.folder.path())) << file;
  }
  for (const char* manifest : {"", "{", R"({"name": "of a web page"})"}) {
    saved.folder.write("manifest.json", manifest);
    EXPECT_NO_THROW(check_no_file_is_lost(saved.folder.path())) << manifest;
  }
  fs::remove(saved.folder.path() / "manifest.json");
  EXPECT_NO_THROW(open_classifier(saved.folder.path()));
}

TEST(LostFiles, NotesAreMissedWhereModulesEndWithALinearLayer) {
  const TemporaryFolder folder;
  fs::copy(fs::path(THAW_SOURCE_DIR) / "tests/cases/files/saved/poolings", folder.path(),
           fs::copy_options::recursive);
  auto config = read_model_config(folder.path()).json;
  config.erase("id2label");
  config.erase("label2id");
  folder.write("config.json", config.dump());
  EXPECT_THAT(error_of([&] { open_classifier(folder.path()); }),
              AllOf(HasSubstr("has no thaw.json, which would name the labels"),
                    HasSubstr("copy thaw.json again"), HasSubstr("train(model = ")));
}

TEST(LostFiles, NotesOfModulesBelongToThem) {
  const SavedFolder saved("pooling");
  fs::remove(saved.folder.path() / "manifest.json");
  saved.folder.write("thaw.json", R"({"labels": ["a", "b", "c"]})");
  EXPECT_NO_THROW(open_classifier(saved.folder.path()));
  saved.folder.write("thaw.json", R"({"labels": ["a", "b"]})");
  EXPECT_THAT(error_of([&] { open_classifier(saved.folder.path()); }),
              HasSubstr("names 2 labels, but the last of the folder's modules is no linear Dense"));
  EXPECT_THAT(saved.error_without("modules.json"),
              HasSubstr("has lost 'modules.json', to which its thaw.json belongs"));
}

}  // namespace
}  // namespace thaw
