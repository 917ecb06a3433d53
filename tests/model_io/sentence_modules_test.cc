#include "model_io/sentence_modules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/files.h"
#include "model_io/json_file.h"
#include "model_io/safetensors.h"
#include "tests/model_io/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kOld = "sentence_transformers.models.";

// modules.json of {type, path} pairs.
std::string modules(const std::vector<std::pair<std::string, std::string>>& list) {
  nlohmann::json json = nlohmann::json::array();
  for (const auto& [type, path] : list) {
    json.push_back({{"idx", json.size()}, {"name", "n"}, {"path", path}, {"type", type}});
  }
  return json.dump();
}

std::string transformer_and_pooling() {
  return modules(
      {{std::string(kOld) + "Transformer", ""}, {std::string(kOld) + "Pooling", "1_Pooling"}});
}

SentenceModules read(const TemporaryFolder& folder) {
  const auto found = read_sentence_modules(folder.path());
  if (!found) throw Error("no modules", folder.path().string());
  return *found;
}

std::string error_in(const TemporaryFolder& folder) {
  return error_of([&] { read_sentence_modules(folder.path()); });
}

// As releases 2 to 4 write a pooling: one flag for each kind.
std::string flags(const std::string& on) {
  nlohmann::json json = {{"word_embedding_dimension", 384}};
  for (const char* flag : {"cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens"}) {
    json[std::string("pooling_mode_") + flag] = on == flag;
  }
  return json.dump();
}

TEST(SentenceModules, AreAbsentInAnOrdinaryFolder) {
  const TemporaryFolder folder;
  EXPECT_FALSE(read_sentence_modules(folder.path()).has_value());
}

TEST(SentenceModules, ReadsTheOlderFormat) {
  const TemporaryFolder folder;
  folder.write("modules.json",
               modules({{"sentence_transformers.models.Transformer", ""},
                        {"sentence_transformers.models.Pooling", "1_Pooling"},
                        {"sentence_transformers.models.Normalize", "2_Normalize"}}));
  folder.write("sentence_bert_config.json", R"({"max_seq_length": 256, "do_lower_case": false})");
  for (const auto& [flag, pooling] :
       {std::pair("mean_tokens", Pooling::kMean), std::pair("cls_token", Pooling::kCls),
        std::pair("max_tokens", Pooling::kMax)}) {
    folder.write("1_Pooling/config.json", flags(flag));
    const SentenceModules found = read(folder);
    EXPECT_EQ(found.transformer_folder, folder.path() / "0_Transformer");
    EXPECT_EQ(found.pooling, pooling);
    EXPECT_TRUE(found.normalize);
    EXPECT_EQ(found.max_seq_length, 256);
    EXPECT_FALSE(found.lower_case);
    EXPECT_FALSE(found.dense_folder.has_value());
  }
}

// What releases 5 and 6 write: other module paths, one name for the pooling, no max_seq_length.
TEST(SentenceModules, ReadsTheNewerFormat) {
  const TemporaryFolder folder;
  folder.write(
      "modules.json",
      modules({{"sentence_transformers.base.modules.transformer.Transformer", ""},
               {"sentence_transformers.sentence_transformer.modules.pooling.Pooling", "1_Pooling"},
               {"sentence_transformers.base.modules.dense.Dense", "2_Dense"}}));
  folder.write("sentence_bert_config.json",
               R"({"transformer_task": "feature-extraction", "modality_config": {"text":
                  {"method": "forward", "method_output_name": "last_hidden_state"}},
                  "module_output_name": "token_embeddings"})");
  folder.write("1_Pooling/config.json",
               R"({"embedding_dimension": 384, "pooling_mode": "cls", "include_prompt": true})");
  folder.write("2_Dense/config.json",
               R"({"in_features": 384, "out_features": 3, "bias": true,
                  "activation_function": "torch.nn.modules.linear.Identity",
                  "module_input_name": "sentence_embedding",
                  "module_output_name": "sentence_embedding"})");
  const SentenceModules found = read(folder);
  EXPECT_EQ(found.pooling, Pooling::kCls);
  EXPECT_FALSE(found.normalize);
  EXPECT_EQ(found.max_seq_length, 0);
  EXPECT_EQ(found.dense_folder, folder.path() / "2_Dense");

  folder.write("1_Pooling/config.json", R"({"pooling_mode": ["max"]})");
  EXPECT_EQ(read(folder).pooling, Pooling::kMax);
}

TEST(SentenceModules, ReadsAFetchedModel) {
  const auto folder = cache_folder() / "models" / "minilm";
  if (!std::filesystem::exists(folder / "modules.json")) {
    GTEST_SKIP() << folder << " is not there; scripts/demo.sh fetches it";
  }
  const auto found = read_sentence_modules(folder);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->pooling, Pooling::kMean);
  EXPECT_TRUE(found->normalize);
  EXPECT_EQ(found->max_seq_length, 256);
}

TEST(SentenceModules, PoolingsThatThawDoesNotComputeAreNamed) {
  const TemporaryFolder folder;
  folder.write("modules.json", transformer_and_pooling());
  folder.write("1_Pooling/config.json", flags("mean_sqrt_len_tokens"));
  EXPECT_THAT(error_in(folder), AllOf(HasSubstr("1_Pooling/config.json: pooling "),
                                      HasSubstr("'mean_sqrt_len_tokens' is not supported")));
  folder.write("1_Pooling/config.json", R"({"pooling_mode": ["cls", "mean"]})");
  EXPECT_THAT(error_in(folder), HasSubstr("'cls + mean' is not supported"));
  folder.write("1_Pooling/config.json",
               R"({"pooling_mode_cls_token": true, "pooling_mode_max_tokens": true})");
  EXPECT_THAT(error_in(folder), HasSubstr("'cls + max' is not supported"));
  folder.write("1_Pooling/config.json", R"({"pooling_mode": "lasttoken"})");
  EXPECT_THAT(error_in(folder), HasSubstr("'lasttoken' is not supported"));
}

TEST(SentenceModules, BrokenPoolingFilesAreRefused) {
  const TemporaryFolder folder;
  folder.write("modules.json", transformer_and_pooling());
  EXPECT_THAT(error_in(folder), HasSubstr("no such file"));
  for (const char* text : {"{}", "[]", "3", R"({"pooling_mode": []})"}) {
    folder.write("1_Pooling/config.json", text);
    EXPECT_THAT(error_in(folder), HasSubstr("names no pooling")) << text;
  }
  folder.write("1_Pooling/config.json", R"({"pooling_mode": 3})");
  EXPECT_THAT(error_in(folder), HasSubstr("'pooling_mode' is not a name"));
  folder.write("1_Pooling/config.json", R"({"pooling_mode_cls_token": "yes"})");
  EXPECT_THAT(error_in(folder), HasSubstr("neither true nor false"));
  folder.write("1_Pooling/config.json", R"({"pooling_mode_cls_token": fal)");
  EXPECT_THAT(error_in(folder), HasSubstr("JSON"));
  // All flags off is what sentence-transformers reads as mean.
  folder.write("1_Pooling/config.json", R"({"pooling_mode_cls_token": false})");
  EXPECT_EQ(read(folder).pooling, Pooling::kMean);
}

TEST(SentenceModules, ModulesThatThawCannotFollowAreNamed) {
  const TemporaryFolder folder;
  const std::string t = std::string(kOld) + "Transformer", p = std::string(kOld) + "Pooling";
  folder.write("1_Pooling/config.json", flags("mean_tokens"));
  folder.write("d/config.json", R"({"activation_function": "torch.nn.modules.linear.Identity"})");
  const auto error_with = [&](const std::vector<std::pair<std::string, std::string>>& list) {
    folder.write("modules.json", modules(list));
    return error_in(folder);
  };
  EXPECT_THAT(error_with({{t, ""}, {p, "1_Pooling"}, {std::string(kOld) + "LSTM", "2_LSTM"}}),
              HasSubstr("module 2 (LSTM) is not supported in this place"));
  EXPECT_THAT(error_with({{std::string(kOld) + "WordEmbeddings", ""}, {p, "1_Pooling"}}),
              HasSubstr("module 0 (WordEmbeddings) stands where a Transformer must stand"));
  EXPECT_THAT(error_with({{t, ""}, {t, ""}, {p, "1_Pooling"}}),
              HasSubstr("module 1 (Transformer) cannot follow"));
  EXPECT_THAT(error_with({{t, ""}, {std::string(kOld) + "Dropout", "1_Dropout"}}),
              HasSubstr("has no Pooling module"));
  EXPECT_THAT(error_with({{t, ""}, {p, "1_Pooling"}, {p, "1_Pooling"}}),
              HasSubstr("module 2 (Pooling)"));
  EXPECT_THAT(error_with({{"someones_code.Model", ""}, {p, "1_Pooling"}}),
              HasSubstr("'someones_code.Model' is code of the model's own"));
  const std::string normalize = std::string(kOld) + "Normalize",
                    dense = std::string(kOld) + "Dense";
  EXPECT_THAT(error_with({{t, ""}, {p, "1_Pooling"}, {normalize, "n"}, {dense, "d"}}),
              HasSubstr("module 3 (Dense)"));
  EXPECT_THAT(error_with({{t, ""}, {p, "1_Pooling"}, {dense, "d"}, {normalize, "n"}}),
              HasSubstr("module 3 (Normalize)"));
  EXPECT_THAT(error_with({{t, ""}, {p, "1_Pooling"}, {dense, "d"}, {dense, "d"}}),
              HasSubstr("module 3 (Dense)"));

  folder.write("modules.json",
               modules({{t, ""}, {p, "1_Pooling"}, {std::string(kOld) + "Dropout", "2_Dropout"}}));
  EXPECT_EQ(read(folder).pooling, Pooling::kMean);
}

TEST(SentenceModules, ADenseLayerThatIsNotALinearHeadIsRefused) {
  const TemporaryFolder folder;
  folder.write("modules.json", modules({{std::string(kOld) + "Transformer", ""},
                                        {std::string(kOld) + "Pooling", "1_Pooling"},
                                        {std::string(kOld) + "Dense", "2_Dense"}}));
  folder.write("1_Pooling/config.json", flags("mean_tokens"));
  const auto error_with = [&](const std::string& dense) {
    folder.write("2_Dense/config.json", dense);
    return error_in(folder);
  };
  const std::string identity = R"("activation_function": "torch.nn.modules.linear.Identity")";
  EXPECT_THAT(error_with(R"({"activation_function": "torch.nn.modules.activation.Tanh"})"),
              HasSubstr("activation.Tanh' is not supported"));
  EXPECT_THAT(error_with("{}"), HasSubstr("Tanh' is not supported"));  // their default
  EXPECT_THAT(error_with("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(error_with("{" + identity + R"(, "bias": false})"), HasSubstr("without bias"));
  EXPECT_THAT(error_with("{" + identity + R"(, "use_residual": true})"), HasSubstr("alone"));
  EXPECT_THAT(error_with("{" + identity + R"(, "module_input_name": "token_embeddings"})"),
              HasSubstr("alone"));
}

TEST(SentenceModules, PathsDoNotLeadOutOfTheFolder) {
  const TemporaryFolder folder;
  for (const std::string path : {"../x", "/etc", "a/../../x", "a\\x"}) {
    folder.write("modules.json", modules({{std::string(kOld) + "Transformer", ""},
                                          {std::string(kOld) + "Pooling", path}}));
    EXPECT_THAT(error_in(folder), HasSubstr("leads out of the folder")) << path;
  }
}

TEST(SentenceModules, TheTransformerMayLieInAnyFolder) {
  const TemporaryFolder folder;
  folder.write("1_Pooling/config.json", flags("mean_tokens"));
  const std::string t = std::string(kOld) + "Transformer", p = std::string(kOld) + "Pooling";
  EXPECT_EQ(encoder_folder(folder.path()), folder.path()) << "no modules.json";
  for (const std::string path : {"", "0_Transformer", "a/b"}) {
    folder.write("modules.json", modules({{t, path}, {p, "1_Pooling"}}));
    const auto expected = path.empty() ? folder.path() : folder.path() / path;
    EXPECT_EQ(read(folder).transformer_folder, expected);
    EXPECT_EQ(encoder_folder(folder.path()), expected);
  }
  folder.write("modules.json", modules({{t, "../x"}, {p, "1_Pooling"}}));
  EXPECT_THAT(error_of([&] { encoder_folder(folder.path()); }), HasSubstr("leads out"));
}

// Of several, sentence-transformers reads the first.
TEST(SentenceModules, EveryNameOfTheTransformersSettingsIsRead) {
  const TemporaryFolder folder;
  folder.write("1_Pooling/config.json", flags("mean_tokens"));
  folder.write("modules.json", modules({{std::string(kOld) + "Transformer", "0_Transformer"},
                                        {std::string(kOld) + "Pooling", "1_Pooling"}}));
  int length = 100;
  for (const char* kind :
       {"xlnet", "xlm-roberta", "albert", "camembert", "distilbert", "roberta", "bert"}) {
    folder.write("0_Transformer/sentence_" + std::string(kind) + "_config.json",
                 "{\"max_seq_length\": " + std::to_string(++length) + "}");
    EXPECT_EQ(read(folder).max_seq_length, length) << kind;
  }
}

// A cross-encoder's folder, as sentence-transformers 6 writes it.
TEST(SentenceModules, ATransformerAloneHasNoPooling) {
  const TemporaryFolder folder;
  folder.write("modules.json",
               modules({{"sentence_transformers.base.modules.transformer.Transformer", ""}}));
  folder.write("sentence_bert_config.json", R"({"max_seq_length": 77})");
  EXPECT_FALSE(read(folder).pools);
  EXPECT_EQ(read(folder).max_seq_length, 77);
}

TEST(SentenceModules, BrokenListsAreRefused) {
  const TemporaryFolder folder;
  for (const char* text : {"{}", "[]", "null"}) {
    folder.write("modules.json", text);
    EXPECT_THAT(error_in(folder), HasSubstr("not a list of modules")) << text;
  }
  folder.write("modules.json", R"([{"path": ""}])");
  EXPECT_THAT(error_in(folder), HasSubstr("module 0 has no type"));
  folder.write("modules.json",
               R"([{"type": "sentence_transformers.models.Transformer", "path": 1}])");
  EXPECT_THAT(error_in(folder), HasSubstr("module 0 has no path"));
  folder.write("modules.json", "[3]");
  EXPECT_THAT(error_in(folder), HasSubstr("module 0 has no type"));
}

TEST(SentenceModules, SettingsMustBePossible) {
  const TemporaryFolder folder;
  folder.write("modules.json", transformer_and_pooling());
  folder.write("1_Pooling/config.json", flags("mean_tokens"));
  for (const char* length : {"0", "-5", "1.5", "\"x\"", "99999999999"}) {
    folder.write("sentence_bert_config.json", std::string("{\"max_seq_length\": ") + length + "}");
    EXPECT_THAT(error_in(folder), HasSubstr("'max_seq_length' is not a whole number from 1"));
  }
  folder.write("sentence_bert_config.json", R"({"max_seq_length": null, "do_lower_case": true})");
  EXPECT_EQ(read(folder).max_seq_length, 0);
  EXPECT_TRUE(read(folder).lower_case);
  folder.write("sentence_bert_config.json", R"({"do_lower_case": 1})");
  EXPECT_THAT(error_in(folder), HasSubstr("'do_lower_case'"));
}

TEST(SentenceModules, WhatIsSavedIsReadBack) {
  const std::vector<float> weight = {1, 2, 3, 4, 5, 6, 7, 8}, bias = {9, 10};  // [2, 4], [2]
  for (const Pooling pooling : {Pooling::kCls, Pooling::kMean, Pooling::kMax}) {
    const TemporaryFolder folder;
    save_sentence_modules(folder.path(), pooling, 128, false, 4, 2, weight.data(), bias.data());
    const SentenceModules found = read(folder);
    EXPECT_EQ(found.transformer_folder, folder.path() / "0_Transformer");
    EXPECT_EQ(found.pooling, pooling);
    EXPECT_EQ(found.max_seq_length, 128);
    EXPECT_FALSE(found.normalize);
    ASSERT_TRUE(found.dense_folder.has_value());
    const Checkpoint dense = Checkpoint::open(*found.dense_folder);
    std::vector<float> read_weight(8), read_bias(2);
    copy_as_float(*dense.find("linear.weight"), read_weight.data());
    copy_as_float(*dense.find("linear.bias"), read_bias.data());
    EXPECT_THAT(dense.find("linear.weight")->shape, ElementsAre(2, 4));
    EXPECT_EQ(read_weight, weight);
    EXPECT_EQ(read_bias, bias);
    for (const char* file : {"config_sentence_transformers.json", "1_Pooling/config.json"}) {
      EXPECT_TRUE(read_json_file(folder.path() / file).is_object()) << file;
    }
  }
}

TEST(SentenceModules, ThePoolerCannotBeSavedAndLeavesNothingBehind) {
  const TemporaryFolder folder;
  const float value = 0.0f;
  EXPECT_THAT(error_of([&] {
                save_sentence_modules(folder.path(), Pooling::kPooler, 128, false, 1, 1, &value,
                                      &value);
              }),
              HasSubstr("'pooler' cannot be saved"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace thaw
