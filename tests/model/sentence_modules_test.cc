#include "model/sentence_modules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "files/files.h"
#include "files/json_file.h"
#include "model/safetensors.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

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
    EXPECT_EQ(found.transformer_folder, folder.path());
    EXPECT_EQ(found.pooling, std::vector{pooling});
    EXPECT_TRUE(found.normalize);
    EXPECT_EQ(found.max_seq_length, 256);
    EXPECT_FALSE(found.lower_case);
    EXPECT_TRUE(found.dense.empty());
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
  EXPECT_EQ(found.pooling, std::vector{Pooling::kCls});
  EXPECT_FALSE(found.normalize);
  EXPECT_EQ(found.max_seq_length, 0);
  ASSERT_EQ(found.dense.size(), 1u);
  EXPECT_EQ(found.dense[0].folder, folder.path() / "2_Dense");
  EXPECT_EQ(found.dense[0].out, 3);

  folder.write("1_Pooling/config.json", R"({"pooling_mode": ["max"]})");
  EXPECT_EQ(read(folder).pooling, std::vector{Pooling::kMax});
}

TEST(SentenceModules, ReadsAFetchedModel) {
  const auto folder = cache_folder() / "models" / "minilm";
  if (!std::filesystem::exists(folder / "modules.json")) {
    GTEST_SKIP() << folder << " is not there; scripts/demo.sh fetches it";
  }
  const auto found = read_sentence_modules(folder);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->pooling, std::vector{Pooling::kMean});
  EXPECT_TRUE(found->normalize);
  EXPECT_EQ(found->max_seq_length, 256);
}

// Several stand one behind the other: flags in a fixed order, names as they are listed.
TEST(SentenceModules, ReadsEveryPoolingAndConcatenations) {
  const TemporaryFolder folder;
  folder.write("modules.json", transformer_and_pooling());
  for (const char* name : {"cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean",
                           "lasttoken", "cls+mean", "mean+cls", "max+weightedmean+lasttoken"}) {
    const auto poolings = parse_poolings(name);
    ASSERT_TRUE(poolings.has_value()) << name;
    EXPECT_EQ(to_string(*poolings), name);
    nlohmann::json list = nlohmann::json::array();
    for (const Pooling one : *poolings) list.push_back(to_string(one));
    folder.write("1_Pooling/config.json", nlohmann::json({{"pooling_mode", list}}).dump());
    EXPECT_EQ(read(folder).pooling, *poolings);
  }
  folder.write("1_Pooling/config.json", R"({"pooling_mode_lasttoken": true,
      "pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true})");
  EXPECT_EQ(to_string(read(folder).pooling), "cls+mean+lasttoken");
  folder.write("1_Pooling/config.json", flags("mean_sqrt_len_tokens"));
  EXPECT_EQ(to_string(read(folder).pooling), "mean_sqrt_len_tokens");
  for (const char* name : {"", "median", "cls+", "+cls", "cls+cls", "pooler", "auto"}) {
    EXPECT_FALSE(parse_poolings(name).has_value()) << name;
  }
  folder.write("1_Pooling/config.json", R"({"pooling_mode": ["cls", "median"]})");
  EXPECT_THAT(error_in(folder), AllOf(HasSubstr("1_Pooling/config.json: pooling 'cls+median' is "),
                                      HasSubstr("weightedmean, lasttoken")));
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
  EXPECT_EQ(read(folder).pooling, std::vector{Pooling::kMean});
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

  folder.write("modules.json",
               modules({{t, ""}, {p, "1_Pooling"}, {std::string(kOld) + "Dropout", "2_Dropout"}}));
  EXPECT_EQ(read(folder).pooling, std::vector{Pooling::kMean});
}

TEST(SentenceModules, ReadsDenseModules) {
  const TemporaryFolder folder;
  const std::string dense = std::string(kOld) + "Dense";
  folder.write("modules.json", modules({{std::string(kOld) + "Transformer", ""},
                                        {std::string(kOld) + "Pooling", "1_Pooling"},
                                        {dense, "2_Dense"},
                                        {dense, "3_Dense"},
                                        {std::string(kOld) + "Normalize", "4_Normalize"}}));
  folder.write("1_Pooling/config.json", flags("mean_tokens"));
  folder.write("2_Dense/config.json", R"({"in_features": 384, "out_features": 12})");
  for (const auto& [name, activation] :
       {std::pair("torch.nn.modules.linear.Identity", HeadTraits::Activation::kIdentity),
        std::pair("torch.nn.modules.activation.Tanh", HeadTraits::Activation::kTanh),
        std::pair("torch.nn.Tanh", HeadTraits::Activation::kTanh),
        std::pair("torch.nn.modules.activation.ReLU", HeadTraits::Activation::kRelu),
        std::pair("torch.nn.modules.activation.GELU", HeadTraits::Activation::kGelu)}) {
    folder.write(
        "3_Dense/config.json",
        R"({"in_features": 12, "out_features": 5, "bias": false, "activation_function": ")" +
            std::string(name) + "\"}");
    const SentenceModules found = read(folder);
    EXPECT_TRUE(found.normalize);
    ASSERT_EQ(found.dense.size(), 2u);
    EXPECT_EQ(found.dense[0].folder, folder.path() / "2_Dense");
    EXPECT_EQ(found.dense[0].in, 384);
    EXPECT_EQ(found.dense[0].out, 12);
    EXPECT_TRUE(found.dense[0].bias);
    EXPECT_EQ(found.dense[0].activation, HeadTraits::Activation::kTanh) << "their default";
    EXPECT_FALSE(found.dense[1].bias);
    EXPECT_EQ(found.dense[1].activation, activation) << name;
  }
  const auto error_with = [&](const std::string& fields) {
    folder.write("3_Dense/config.json",
                 "{\"in_features\": 12, \"out_features\": 5, " + fields + "}");
    return error_in(folder);
  };
  EXPECT_THAT(error_with(R"("activation_function": "torch.nn.modules.activation.SiLU")"),
              HasSubstr("activation.SiLU' is not supported; Identity, Tanh, ReLU and GELU are"));
  EXPECT_THAT(error_with(R"("activation_function": "my.own.Tanh")"), HasSubstr("not supported"));
  EXPECT_THAT(error_with(R"("bias": 1)"), HasSubstr("'bias' is neither true nor false"));
  EXPECT_THAT(error_with(R"("use_residual": true)"), HasSubstr("alone"));
  EXPECT_THAT(error_with(R"("module_input_name": "token_embeddings")"), HasSubstr("alone"));
  EXPECT_THAT(error_with(R"("in_features": -1)"), HasSubstr("'in_features' is not a whole number"));
  folder.write("3_Dense/config.json", "[]");
  EXPECT_THAT(error_in(folder), HasSubstr("not a JSON object"));
}

TEST(SentenceModules, TheDefaultPromptIsRead) {
  const TemporaryFolder folder;
  folder.write("modules.json", transformer_and_pooling());
  folder.write("1_Pooling/config.json", flags("mean_tokens"));
  const auto with = [&](const std::string& text) {
    folder.write("config_sentence_transformers.json", text);
  };
  EXPECT_EQ(read(folder).prompt, "");
  with(R"({"prompts": {"query": "query: "}, "default_prompt_name": null})");
  EXPECT_EQ(read(folder).prompt, "") << "encode() puts none before texts";
  with(R"({"prompts": {"query": "query: "}, "default_prompt_name": "query"})");
  EXPECT_EQ(read(folder).prompt, "query: ");
  with(R"({"prompts": {"query": "query: "}, "default_prompt_name": "passage"})");
  EXPECT_THAT(error_in(folder), HasSubstr("names 'passage', which 'prompts' has not"));
  with(R"({"default_prompt_name": "passage"})");
  EXPECT_THAT(error_in(folder), HasSubstr("names no prompt of 'prompts'"));
  with(R"({"prompts": {"query": "query: "}, "default_prompt_name": "query"})");
  folder.write("1_Pooling/config.json", R"({"pooling_mode": "mean", "include_prompt": false})");
  EXPECT_THAT(error_in(folder), HasSubstr("leaves the prompt's tokens out"));
  with(R"({"prompts": {"query": "query: "}, "default_prompt_name": null})");
  EXPECT_EQ(read(folder).prompt, "") << "without a prompt nothing is left out";
}

TEST(SentenceModules, TheDimensionThatEncodeKeepsIsRead) {
  const TemporaryFolder folder;
  folder.write("modules.json", transformer_and_pooling());
  folder.write("1_Pooling/config.json", flags("mean_tokens"));
  const auto with = [&](const std::string& text) {
    folder.write("config_sentence_transformers.json", text);
  };
  EXPECT_EQ(read(folder).truncate_dim, 0);
  with(R"({"truncate_dim": null})");
  EXPECT_EQ(read(folder).truncate_dim, 0);
  with(R"({"truncate_dim": 256})");
  EXPECT_EQ(read(folder).truncate_dim, 256);
  for (const char* wrong : {"0", "-1", "\"256\"", "2.5", "true", "[256]"}) {
    with(R"({"truncate_dim": )" + std::string(wrong) + "}");
    EXPECT_THAT(error_in(folder), HasSubstr(std::string("field 'truncate_dim' is ") + wrong));
  }
  with("[]");
  EXPECT_THAT(error_in(folder), HasSubstr("not a JSON object"));
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
  EXPECT_TRUE(read(folder).pooling.empty());
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
  const std::vector<float> first = {1, 2,  3,  4,  5,  6,  7,  8,
                                    9, 10, 11, 12, 13, 14, 15, 16};          // [2, 8]
  const std::vector<float> weight = {1, 2, 3, 4, 5, 6}, bias = {9, 10, 11};  // [3, 2], [3]
  for (const char* poolings : {"cls+mean", "mean+cls", "max+weightedmean"}) {
    const TemporaryFolder folder;
    SentenceModules given;
    given.pooling = *parse_poolings(poolings);
    given.dense = {{{}, 8, 2, false, HeadTraits::Activation::kGelu},
                   {{}, 2, 3, true, HeadTraits::Activation::kIdentity}};
    given.max_seq_length = 128;
    given.lower_case = true;
    given.prompt = "classify: ";
    save_sentence_modules(folder.path(), given, 4,
                          {{first.data(), nullptr}, {weight.data(), bias.data()}});
    const SentenceModules found = read(folder);
    EXPECT_EQ(found.transformer_folder, folder.path() / "0_Transformer");
    EXPECT_EQ(to_string(found.pooling), poolings);
    EXPECT_EQ(found.max_seq_length, 128);
    EXPECT_TRUE(found.lower_case);
    EXPECT_EQ(found.prompt, "classify: ");
    EXPECT_FALSE(found.normalize);
    ASSERT_EQ(found.dense.size(), 2u);
    EXPECT_EQ(found.dense[0].activation, HeadTraits::Activation::kGelu);
    EXPECT_FALSE(found.dense[0].bias);
    const Checkpoint dense = Checkpoint::open(found.dense[1].folder);
    std::vector<float> read_weight(6), read_bias(3);
    copy_as_float(*dense.find("linear.weight"), read_weight.data());
    copy_as_float(*dense.find("linear.bias"), read_bias.data());
    EXPECT_THAT(dense.find("linear.weight")->shape, ElementsAre(3, 2));
    EXPECT_EQ(read_weight, weight);
    EXPECT_EQ(read_bias, bias);
    EXPECT_EQ(Checkpoint::open(found.dense[0].folder).find("linear.bias"), nullptr);
  }
}

TEST(SentenceModules, ThePoolerCannotBeSavedAndLeavesNothingBehind) {
  const TemporaryFolder folder;
  SentenceModules given;
  given.pooling = {Pooling::kPooler};
  EXPECT_THAT(error_of([&] { save_sentence_modules(folder.path(), given, 1, {}); }),
              HasSubstr("'pooler' cannot be saved"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace thaw
