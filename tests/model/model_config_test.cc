#include "model/model_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "files/json_file.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The values of bert-base-uncased and distilbert-base-uncased.
ordered_json bert_json() {
  return ordered_json::parse(R"({
    "architectures": ["BertForMaskedLM"], "model_type": "bert", "vocab_size": 30522,
    "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
    "intermediate_size": 3072, "max_position_embeddings": 512, "type_vocab_size": 2,
    "hidden_act": "gelu", "layer_norm_eps": 1e-12, "initializer_range": 0.02,
    "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "pad_token_id": 0,
    "position_embedding_type": "absolute", "use_cache": true, "transformers_version": "4.6.0"})");
}

ordered_json distilbert_json() {
  return ordered_json::parse(R"({
    "activation": "gelu", "architectures": ["DistilBertForMaskedLM"], "attention_dropout": 0.1,
    "dim": 768, "dropout": 0.1, "hidden_dim": 3072, "initializer_range": 0.02,
    "max_position_embeddings": 512, "model_type": "distilbert", "n_heads": 12, "n_layers": 6,
    "pad_token_id": 0, "qa_dropout": 0.1, "seq_classif_dropout": 0.2,
    "sinusoidal_pos_embds": false, "tie_weights_": true, "vocab_size": 30522})");
}

ModelConfig with(ordered_json json, const std::string& field, const ordered_json& value) {
  json[field] = value;
  return parse_model_config(json, "m/config.json");
}

std::string error_with(ordered_json json, const std::string& field, const ordered_json& value) {
  json[field] = value;
  const std::string error = error_of([&] { parse_model_config(json, "m/config.json"); });
  EXPECT_THAT(error, HasSubstr("m/config.json"));
  return error;
}

TEST(ModelConfig, ReadsBert) {
  const ModelConfig config = parse_model_config(bert_json(), "config.json");
  EXPECT_EQ(config.family, Family::kBert);
  EXPECT_EQ(config.vocab_size, 30522);
  EXPECT_EQ(config.hidden_size, 768);
  EXPECT_EQ(config.num_hidden_layers, 12);
  EXPECT_EQ(config.num_attention_heads, 12);
  EXPECT_EQ(config.intermediate_size, 3072);
  EXPECT_EQ(config.max_position_embeddings, 512);
  EXPECT_EQ(config.type_vocab_size, 2);
  EXPECT_EQ(config.hidden_act, Activation::kGelu);
  EXPECT_FLOAT_EQ(config.layer_norm_eps, 1e-12f);
  EXPECT_FLOAT_EQ(config.initializer_range, 0.02f);
  EXPECT_FLOAT_EQ(config.hidden_dropout, 0.1f);
  EXPECT_FLOAT_EQ(config.attention_dropout, 0.1f);
  EXPECT_FLOAT_EQ(config.classifier_dropout, 0.1f);
  EXPECT_EQ(config.pad_token_id, 0);
  EXPECT_THAT(config.labels.names, IsEmpty());
  EXPECT_EQ(to_string(config.family), "bert");
}

TEST(ModelConfig, ReadsDistilBertUnderItsOwnNames) {
  ordered_json json = distilbert_json();
  json["dim"] = 40;
  json["n_heads"] = 5;
  json["n_layers"] = 3;
  json["hidden_dim"] = 70;
  json["dropout"] = 0.3;
  json["attention_dropout"] = 0.25;
  json["layer_norm_eps"] = 1e-5;  // not a field of this family: its epsilon is fixed
  const ModelConfig config = parse_model_config(json, "config.json");
  EXPECT_EQ(config.family, Family::kDistilBert);
  EXPECT_EQ(config.hidden_size, 40);
  EXPECT_EQ(config.num_attention_heads, 5);
  EXPECT_EQ(config.num_hidden_layers, 3);
  EXPECT_EQ(config.intermediate_size, 70);
  EXPECT_EQ(config.type_vocab_size, 0);
  EXPECT_FLOAT_EQ(config.hidden_dropout, 0.3f);
  EXPECT_FLOAT_EQ(config.attention_dropout, 0.25f);
  EXPECT_FLOAT_EQ(config.classifier_dropout, 0.2f);
  EXPECT_FLOAT_EQ(config.layer_norm_eps, 1e-12f);
  EXPECT_EQ(to_string(config.family), "distilbert");
}

TEST(ModelConfig, ReadsWhatTransformersWrites) {
  const ModelConfig bert = read_model_config(golden::folder("bert"));
  EXPECT_EQ(bert.hidden_size, 36);
  EXPECT_EQ(bert.hidden_dropout, 0.0f);
  EXPECT_THAT(bert.labels.names, ElementsAre("LABEL_0", "LABEL_1", "LABEL_2"));
  const ModelConfig distilbert = read_model_config(golden::folder("distilbert") / "config.json");
  EXPECT_EQ(distilbert.intermediate_size, 58);
  EXPECT_EQ(distilbert.labels.names.size(), 4u);
  EXPECT_THAT(read_model_config(golden::folder("tiny/bf16")).labels.names,
              ElementsAre("negative", "neutral", "positive"));
  EXPECT_THAT(read_model_config(golden::folder("tiny/old_names")).labels.names, IsEmpty());
}

// The values of xlm-roberta-base, all-mpnet-base-v2 and google/electra-small-discriminator.
ordered_json xlm_roberta_json() {
  return ordered_json::parse(R"({
    "architectures": ["XLMRobertaForMaskedLM"], "attention_probs_dropout_prob": 0.1,
    "bos_token_id": 0, "eos_token_id": 2, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
    "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072,
    "layer_norm_eps": 1e-05, "max_position_embeddings": 514, "model_type": "xlm-roberta",
    "num_attention_heads": 12, "num_hidden_layers": 12, "output_past": true, "pad_token_id": 1,
    "position_embedding_type": "absolute", "type_vocab_size": 1, "vocab_size": 250002})");
}

ordered_json mpnet_json() {
  return ordered_json::parse(R"({
    "architectures": ["MPNetForMaskedLM"], "attention_probs_dropout_prob": 0.1, "bos_token_id": 0,
    "eos_token_id": 2, "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 768,
    "initializer_range": 0.02, "intermediate_size": 3072, "layer_norm_eps": 1e-05,
    "max_position_embeddings": 514, "model_type": "mpnet", "num_attention_heads": 12,
    "num_hidden_layers": 12, "pad_token_id": 1, "relative_attention_num_buckets": 32,
    "vocab_size": 30527})");
}

ordered_json electra_json() {
  return ordered_json::parse(R"({
    "architectures": ["ElectraForPreTraining"], "attention_probs_dropout_prob": 0.1,
    "embedding_size": 128, "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 256,
    "initializer_range": 0.02, "intermediate_size": 1024, "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512, "model_type": "electra", "num_attention_heads": 4,
    "num_hidden_layers": 12, "pad_token_id": 0, "summary_type": "first", "type_vocab_size": 2,
    "vocab_size": 30522})");
}

TEST(ModelConfig, ReadsRobertaWhosePositionsBeginBehindThePadding) {
  const ModelConfig config = parse_model_config(xlm_roberta_json(), "config.json");
  EXPECT_EQ(config.family, Family::kXlmRoberta);
  EXPECT_EQ(config.type_vocab_size, 1);
  EXPECT_EQ(config.pad_token_id, 1);
  EXPECT_EQ(config.max_position_embeddings, 514);
  EXPECT_EQ(config.max_length(), 512);
  EXPECT_FLOAT_EQ(config.classifier_dropout, 0.1f);
  EXPECT_FALSE(config.projects_embeddings());
  EXPECT_EQ(with(xlm_roberta_json(), "pad_token_id", nullptr).pad_token_id, 1);
  EXPECT_EQ(with(xlm_roberta_json(), "pad_token_id", 5).max_length(), 508);
  EXPECT_EQ(with(xlm_roberta_json(), "model_type", "roberta").family, Family::kRoberta);
  EXPECT_EQ(with(xlm_roberta_json(), "model_type", "camembert").family, Family::kCamembert);
  EXPECT_THAT(error_with(xlm_roberta_json(), "max_position_embeddings", 2),
              HasSubstr("'max_position_embeddings' is 2, and must be at least 3"));
  EXPECT_EQ(with(xlm_roberta_json(), "max_position_embeddings", 3).max_length(), 1);
}

TEST(ModelConfig, ReadsMpnetWhosePaddingTokenIsFixed) {
  const ModelConfig config = parse_model_config(mpnet_json(), "config.json");
  EXPECT_EQ(config.family, Family::kMpnet);
  EXPECT_EQ(config.type_vocab_size, 0);
  EXPECT_EQ(config.relative_attention_buckets, 32);
  EXPECT_EQ(config.max_length(), 512);
  EXPECT_EQ(with(mpnet_json(), "pad_token_id", 7).pad_token_id, 1);
  // Its head has no dropout of its own.
  EXPECT_FLOAT_EQ(with(mpnet_json(), "classifier_dropout", 0.7).classifier_dropout, 0.1f);
  EXPECT_EQ(
      with(mpnet_json(), "relative_attention_num_buckets", nullptr).relative_attention_buckets, 32);
  EXPECT_THAT(error_with(mpnet_json(), "relative_attention_num_buckets", 16),
              HasSubstr("a whole number from 32 to"));
  EXPECT_THAT(error_with(mpnet_json(), "vocab_size", 1),
              HasSubstr("'vocab_size' is 1, and must be above the id of the padding token (1)"));
}

TEST(ModelConfig, ReadsElectraWhoseEmbeddingsMayBeNarrower) {
  const ModelConfig config = parse_model_config(electra_json(), "config.json");
  EXPECT_EQ(config.family, Family::kElectra);
  EXPECT_EQ(config.embedding_width(), 128);
  EXPECT_TRUE(config.projects_embeddings());
  EXPECT_EQ(config.max_length(), 512);
  EXPECT_FALSE(with(electra_json(), "embedding_size", 256).projects_embeddings());
  EXPECT_THAT(error_with(electra_json(), "embedding_size", nullptr),
              HasSubstr("field 'embedding_size' is null"));
  EXPECT_THAT(error_with(electra_json(), "embedding_size", 0), HasSubstr("a whole number from 1"));
}

TEST(ModelConfig, OptionalFieldsHaveTheDefaultsOfTransformers) {
  const ModelConfig bert =
      parse_model_config(ordered_json::parse(R"({"model_type":"bert","vocab_size":9,"hidden_size":4,
        "num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":3,
        "max_position_embeddings":5})"),
                         "config.json");
  EXPECT_EQ(bert.type_vocab_size, 2);
  EXPECT_EQ(bert.hidden_act, Activation::kGelu);
  EXPECT_FLOAT_EQ(bert.layer_norm_eps, 1e-12f);
  EXPECT_FLOAT_EQ(bert.initializer_range, 0.02f);
  EXPECT_FLOAT_EQ(bert.hidden_dropout, 0.1f);
  EXPECT_FLOAT_EQ(bert.attention_dropout, 0.1f);
  EXPECT_FLOAT_EQ(bert.classifier_dropout, 0.1f);
}

TEST(ModelConfig, ClassifierDropoutFollowsHiddenDropoutInBertUnlessGiven) {
  ordered_json json = bert_json();
  json["hidden_dropout_prob"] = 0.3;
  EXPECT_FLOAT_EQ(with(json, "classifier_dropout", nullptr).classifier_dropout, 0.3f);
  EXPECT_FLOAT_EQ(with(json, "classifier_dropout", 0.05).classifier_dropout, 0.05f);
  EXPECT_FLOAT_EQ(with(json, "classifier_dropout", 0).classifier_dropout, 0.0f);
}

TEST(ModelConfig, KnowsTheActivationsByTheirNames) {
  for (const char* name : {"gelu", "gelu_python"}) {
    EXPECT_EQ(with(bert_json(), "hidden_act", name).hidden_act, Activation::kGelu);
  }
  for (const char* name :
       {"gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh"}) {
    EXPECT_EQ(with(bert_json(), "hidden_act", name).hidden_act, Activation::kGeluTanh);
  }
  EXPECT_EQ(with(distilbert_json(), "activation", "relu").hidden_act, Activation::kRelu);
  EXPECT_THAT(error_with(bert_json(), "hidden_act", "swish"),
              AllOf(HasSubstr("'hidden_act' is \"swish\""), HasSubstr("choose another model"),
                    HasSubstr("gelu_new"), HasSubstr("relu")));
  EXPECT_THAT(error_with(distilbert_json(), "activation", 3),
              AllOf(HasSubstr("'activation' is 3"), HasSubstr("correct the field")));
}

// The defaults of BertConfig, DistilBertConfig … in Transformers 5.24.
TEST(ModelConfig, ASizeThatIsLeftOutIsTransformersOwn) {
  const auto bare = [](const std::string& type) {
    return parse_model_config({{"model_type", type}}, "m/config.json");
  };
  for (const char* type : {"bert", "camembert", "xlm-roberta", "roberta", "mpnet"}) {
    const ModelConfig config = bare(type);
    EXPECT_EQ(config.vocab_size, type == std::string("roberta") ? 50265
                                 : type == std::string("mpnet") ? 30527
                                                                : 30522);
    EXPECT_EQ(config.hidden_size, 768);
    EXPECT_EQ(config.num_hidden_layers, 12);
    EXPECT_EQ(config.num_attention_heads, 12);
    EXPECT_EQ(config.intermediate_size, 3072);
    EXPECT_EQ(config.max_position_embeddings, 512);
    EXPECT_EQ(config.type_vocab_size, type == std::string("mpnet") ? 0 : 2);
  }
  const ModelConfig distilbert = bare("distilbert");
  EXPECT_EQ(distilbert.num_hidden_layers, 6);
  EXPECT_EQ(distilbert.hidden_size, 768);
  EXPECT_EQ(distilbert.num_attention_heads, 12);
  EXPECT_EQ(distilbert.intermediate_size, 3072);
  const ModelConfig electra = bare("electra");
  EXPECT_EQ(electra.embedding_size, 128);
  EXPECT_EQ(electra.hidden_size, 256);
  EXPECT_EQ(electra.num_hidden_layers, 12);
  EXPECT_EQ(electra.num_attention_heads, 4);
  EXPECT_EQ(electra.intermediate_size, 1024);
  ordered_json json = bert_json();
  json.erase("intermediate_size");
  EXPECT_THAT(parse_model_config(json, "m/config.json").defaults,
              ElementsAre(std::pair<std::string, int64_t>("intermediate_size", 3072)));
  // null is no size in Transformers either.
  for (const char* field : {"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                            "intermediate_size", "max_position_embeddings"}) {
    EXPECT_THAT(error_with(bert_json(), field, nullptr),
                HasSubstr("field '" + std::string(field) + "' is null"));
  }
}

// The attribute_map of DistilBertConfig.
TEST(ModelConfig, DistilBertsSizesHaveTransformersCommonNamesToo) {
  ordered_json json = distilbert_json();
  for (const char* field : {"dim", "n_layers", "n_heads"}) json.erase(field);
  json["hidden_size"] = 96;
  json["num_hidden_layers"] = 2;
  json["num_attention_heads"] = 6;
  const ModelConfig config = parse_model_config(json, "m/config.json");
  EXPECT_EQ(config.hidden_size, 96);
  EXPECT_EQ(config.num_hidden_layers, 2);
  EXPECT_EQ(config.num_attention_heads, 6);
  EXPECT_THAT(config.defaults, IsEmpty());
  EXPECT_EQ(with(json, "dim", 96).hidden_size, 96);
  EXPECT_THAT(error_with(json, "dim", 48),
              HasSubstr("field 'dim' is 48, but 'hidden_size', another name for it, is 96"));
  EXPECT_EQ(with(bert_json(), "n_layers", 3).num_hidden_layers, 12);
}

TEST(ModelConfig, ImpossibleSizesAreNamedWithTheirValue) {
  for (const char* field : {"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                            "intermediate_size", "max_position_embeddings", "type_vocab_size"}) {
    for (const char* value :
         {"0", "-1", "1.5", "768.0", "\"768\"", "true", "[768]", "{}", "4000000000",
          "9223372036854775807", "18446744073709551615", "1e300", "-9223372036854775808"}) {
      EXPECT_THAT(error_with(bert_json(), field, ordered_json::parse(value)),
                  AllOf(HasSubstr("field '" + std::string(field) + "' is "),
                        HasSubstr("a whole number from 1 to")))
          << field << " " << value;
    }
  }
}

TEST(ModelConfig, HeadsMustDivideTheHiddenSize) {
  EXPECT_THAT(error_with(bert_json(), "num_attention_heads", 7),
              HasSubstr("'hidden_size' (768) is not a multiple of 'num_attention_heads' (7)"));
  EXPECT_THAT(error_with(distilbert_json(), "n_heads", 7),
              HasSubstr("'dim' (768) is not a multiple of 'n_heads' (7)"));
  EXPECT_THAT(error_with(bert_json(), "num_attention_heads", 1536),
              HasSubstr("is not a multiple of"));
}

TEST(ModelConfig, SizesThatAreAbsurdTogetherAreRefused) {
  ordered_json json = bert_json();
  json["vocab_size"] = 1 << 24;
  json["hidden_size"] = 1 << 17;
  json["num_attention_heads"] = 8;
  EXPECT_THAT(error_with(json, "intermediate_size", 1 << 17), HasSubstr("more than thaw can hold"));
}

TEST(ModelConfig, ProbabilitiesMustBeProbabilities) {
  for (const char* field :
       {"hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"}) {
    for (const char* value : {"1", "-0.1", "1.5", "\"0.1\"", "[]", "1e300"}) {
      EXPECT_THAT(error_with(bert_json(), field, ordered_json::parse(value)),
                  AllOf(HasSubstr(field), HasSubstr("a probability from 0 to below 1")))
          << value;
    }
  }
  EXPECT_THAT(error_with(bert_json(), "layer_norm_eps", -1e-12), HasSubstr("layer_norm_eps"));
  EXPECT_THAT(error_with(bert_json(), "initializer_range", "x"), HasSubstr("initializer_range"));
}

TEST(ModelConfig, ThePaddingTokenLiesInTheVocabulary) {
  EXPECT_EQ(with(bert_json(), "pad_token_id", nullptr).pad_token_id, 0);
  EXPECT_EQ(with(bert_json(), "pad_token_id", 3).pad_token_id, 3);
  EXPECT_THAT(error_with(bert_json(), "pad_token_id", 30522),
              HasSubstr("'pad_token_id' is 30522, and must be below vocab_size (30522)"));
  EXPECT_THAT(error_with(bert_json(), "pad_token_id", -1), HasSubstr("'pad_token_id' is -1"));
}

TEST(ModelConfig, OtherArchitecturesAreRefusedWithTheListOfThoseThatWork) {
  for (const char* type : {"\"gpt2\"", "\"BERT\"", "5", "[\"bert\"]"}) {
    EXPECT_THAT(error_with(bert_json(), "model_type", ordered_json::parse(type)),
                AllOf(HasSubstr(type),
                      HasSubstr("one of bert, distilbert, roberta, camembert, xlm-roberta, "
                                "mpnet, electra")));
  }
  ordered_json json = bert_json();
  json.erase("model_type");
  EXPECT_THAT(error_of([&] { parse_model_config(json, "c"); }),
              AllOf(HasSubstr("'model_type' is missing"), HasSubstr("bert, distilbert")));
}

TEST(ModelConfig, VariantsThatWouldComputeSomethingElseAreRefused) {
  EXPECT_THAT(error_with(bert_json(), "position_embedding_type", "relative_key"),
              HasSubstr("\"relative_key\" is not supported"));
  EXPECT_THAT(error_with(bert_json(), "is_decoder", true), HasSubstr("'is_decoder' is true"));
  EXPECT_THAT(error_with(bert_json(), "add_cross_attention", true),
              HasSubstr("add_cross_attention"));
  EXPECT_THAT(error_with(bert_json(), "pruned_heads", {{"0", {1, 2}}}), HasSubstr("pruned_heads"));
  EXPECT_EQ(with(bert_json(), "is_decoder", false).hidden_size, 768);
  EXPECT_EQ(with(bert_json(), "pruned_heads", ordered_json::object()).hidden_size, 768);
}

TEST(ModelConfig, LabelsAreOrderedByTheirNumberAndNotAsTheyStand) {
  ordered_json map = ordered_json::object();
  for (int i = 11; i >= 0; --i) map[std::to_string(i)] = "name" + std::to_string(i);
  const ModelConfig config = with(bert_json(), "id2label", map);
  ASSERT_EQ(config.labels.names.size(), 12u);
  for (size_t i = 0; i < 12; ++i) EXPECT_EQ(config.labels.names[i], "name" + std::to_string(i));
}

TEST(ModelConfig, ABareNumberOfLabelsNamesThemAsTransformersDoes) {
  EXPECT_THAT(with(bert_json(), "num_labels", 3).labels.names,
              ElementsAre("LABEL_0", "LABEL_1", "LABEL_2"));
  ordered_json json = bert_json();
  json["id2label"] = {{"0", "no"}, {"1", "yes"}};
  EXPECT_THAT(with(json, "num_labels", 2).labels.names, ElementsAre("no", "yes"));
  EXPECT_THAT(error_with(json, "num_labels", 3),
              HasSubstr("'num_labels' is 3, and must be the number of names in id2label (2)"));
  EXPECT_THAT(error_with(bert_json(), "num_labels", 1 << 30), HasSubstr("num_labels"));
}

TEST(ModelConfig, LabelMapsThatAreNotAListOfNamesAreRefused) {
  for (const char* map :
       {R"({"0":"a","2":"b"})", R"({"1":"a","2":"b"})", R"({"0":"a","00":"b"})", R"({"x":"a"})",
        R"({"-1":"a"})", R"({"":"a"})", R"({"99999999999999999999":"a"})", R"({"0":null})",
        R"({"0":["a"]})", "{}", "[]", R"(["a","b"])", "7", R"("a")"}) {
    EXPECT_THAT(error_with(bert_json(), "id2label", ordered_json::parse(map)),
                HasSubstr("'id2label'"))
        << map;
  }
  EXPECT_THAT(with(bert_json(), "id2label", {{"0", 3}, {"1", 4}}).labels.names,
              ElementsAre("3", "4"));
}

TEST(ModelConfig, WhatIsNotAConfigurationIsRefusedWithItsPlace) {
  const TemporaryFolder folder;
  EXPECT_THAT(error_of([&] { read_model_config(folder.path()); }),
              HasSubstr("holds no config.json"));
  EXPECT_THAT(error_of([&] { read_model_config(folder.path() / "absent.json"); }),
              HasSubstr("absent.json: there is no such file"));
  folder.write("config.json", "");
  EXPECT_THAT(error_of([&] { read_model_config(folder.path()); }), HasSubstr("ends too early"));
  folder.write("config.json", "[1, 2]");
  EXPECT_THAT(error_of([&] { read_model_config(folder.path()); }), HasSubstr("not a JSON object"));
  folder.write("config.json", "{\n  \"model_type\": \"bert\",\n  vocab_size: 3\n}");
  EXPECT_THAT(error_of([&] { read_model_config(folder.path()); }),
              HasSubstr("config.json:3: is not valid JSON"));
}

TEST(ClassifierConfig, NamesTheClassAndTheLabels) {
  const ModelConfig config = parse_model_config(bert_json(), "c");
  const ordered_json json = classifier_config_json(config, {"bad", "good"}, false);
  EXPECT_EQ(json["architectures"], ordered_json::array({"BertForSequenceClassification"}));
  EXPECT_EQ(json["id2label"], ordered_json::parse(R"({"0":"bad","1":"good"})"));
  EXPECT_EQ(json["label2id"], ordered_json::parse(R"({"bad":0,"good":1})"));
  EXPECT_EQ(json["problem_type"], "single_label_classification");
  EXPECT_EQ(json["dtype"], "float32");
  EXPECT_EQ(json["hidden_size"], 768);

  const ModelConfig distilbert = parse_model_config(distilbert_json(), "c");
  EXPECT_EQ(classifier_config_json(distilbert, {"a", "b"}, false)["architectures"][0],
            "DistilBertForSequenceClassification");
  const std::pair<const char*, const char*> classes[] = {
      {"roberta", "Roberta"}, {"camembert", "Camembert"}, {"xlm-roberta", "XLMRoberta"}};
  for (const auto& [type, name] : classes) {
    const ModelConfig roberta = with(xlm_roberta_json(), "model_type", type);
    EXPECT_EQ(architecture_name(roberta.family, true), std::string(name) + "Model");
    EXPECT_EQ(architecture_name(roberta.family, false),
              std::string(name) + "ForSequenceClassification");
  }
  EXPECT_EQ(architecture_name(Family::kMpnet, false), "MPNetForSequenceClassification");
  EXPECT_EQ(architecture_name(Family::kElectra, true), "ElectraModel");
}

TEST(ClassifierConfig, ASentenceEncoderStaysAPlainEncoderWithoutLabels) {
  const ordered_json json =
      classifier_config_json(parse_model_config(bert_json(), "c"), {"bad", "good"}, true);
  EXPECT_EQ(json["architectures"], ordered_json::array({"BertModel"}));
  for (const char* of_a_head : {"id2label", "label2id", "problem_type", "thaw"}) {
    EXPECT_FALSE(json.contains(of_a_head)) << of_a_head;
  }
}

TEST(ClassifierConfig, DropsWhatWasTrueOnlyOfTheCheckpointThatWasRead) {
  ordered_json read = bert_json();
  read["_name_or_path"] = "someone/else";
  read["torch_dtype"] = "float16";
  read["dtype"] = "bfloat16";
  read["num_labels"] = 5;
  read["problem_type"] = "regression";
  read["quantization_config"] = {{"bits", 8}};
  read["auto_map"] = {{"AutoModel", "code.Model"}};
  read["a_field_of_the_users_own"] = 7;
  const ordered_json json =
      classifier_config_json(parse_model_config(read, "c"), {"a", "b"}, false);
  for (const char* stale : {"_name_or_path", "torch_dtype", "num_labels", "transformers_version",
                            "quantization_config", "auto_map"}) {
    EXPECT_FALSE(json.contains(stale)) << stale;
  }
  EXPECT_EQ(json["dtype"], "float32");
  EXPECT_EQ(json["problem_type"], "single_label_classification");
  EXPECT_EQ(json["a_field_of_the_users_own"], 7);
}

TEST(ClassifierConfig, IsReadBackWithTheSameLabels) {
  const std::vector<std::string> labels = {"négatif", "neu\"tral", "10"};
  const ordered_json json =
      classifier_config_json(parse_model_config(distilbert_json(), "c"), labels, false);
  const ModelConfig again = parse_model_config(parse_ordered_json(json.dump(2), "c"), "c");
  EXPECT_EQ(again.labels.names, labels);
  EXPECT_EQ(classifier_config_json(again, labels, false), json);
}

}  // namespace
}  // namespace thaw
