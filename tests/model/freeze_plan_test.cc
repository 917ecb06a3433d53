#include "model/freeze_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "model/classifier.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

ModelConfig distilbert_base() {
  ModelConfig config;
  config.family = Family::kDistilBert;
  config.vocab_size = 30522;
  config.hidden_size = 768;
  config.num_hidden_layers = 6;
  config.num_attention_heads = 12;
  config.intermediate_size = 3072;
  config.max_position_embeddings = 512;
  return config;
}

ParameterTable bert_table() {
  const ClassifierModel bert = describe_classifier(golden::folder("bert"));
  return bert.table;
}

// Names of what a plan trains.
std::vector<std::string> trained(const ParameterTable& table, const FreezePlan& plan) {
  std::vector<std::string> names;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (plan.trainable[i]) names.push_back(table.list[i].name);
  }
  return names;
}

TEST(FreezePlan, CountsDistilBertAsTransformersPrintedIt) {
  const ParameterTable table =
      make_parameter_table(distilbert_base(), {true, {Pooling::kCls}, {}, 2});
  const FreezePlan probe = make_freeze_plan(table, "probe");
  EXPECT_EQ(probe.trainable_parameters, 592130);
  EXPECT_EQ(probe.total_parameters, 66955010);
  EXPECT_EQ(make_freeze_plan(table, "last-1").trainable_parameters, 7680002);
  EXPECT_EQ(make_freeze_plan(table, "full").trainable_parameters, 66955010);
}

TEST(FreezePlan, BertsPoolerIsFrozenInTheProbeAndTrainedFromTheLastLayerOn) {
  const ParameterTable table = bert_table();
  EXPECT_EQ(trained(table, make_freeze_plan(table, "probe")),
            (std::vector<std::string>{"classifier.weight", "classifier.bias"}));
  const auto last = trained(table, make_freeze_plan(table, "last-1"));
  EXPECT_EQ(last.size(), 16u + 2 + 2);
  EXPECT_NE(std::find(last.begin(), last.end(), "pooler.dense.weight"), last.end());
}

TEST(FreezePlan, LastLayersLeaveTheEmbeddingsFrozen) {
  const ParameterTable table = bert_table();
  const FreezePlan plan = make_freeze_plan(table, "last-3");
  EXPECT_EQ(plan.first_trained, 0);
  EXPECT_EQ(make_freeze_plan(table, "full").first_trained, kEmbeddingsGroup);
}

TEST(FreezePlan, PatternsFreezeAndUnfreeze) {
  const ParameterTable table = bert_table();
  const FreezePlan plan = make_freeze_plan(table, "full", {"*"}, {"*.bias"});
  for (const auto& name : trained(table, plan)) EXPECT_TRUE(name.ends_with(".bias")) << name;
  EXPECT_GT(plan.trainable_parameters, 0);
}

TEST(FreezePlan, AHeadOfTwoLayersIsTrainedByTheProbe) {
  for (const char* folder : {"roberta", "mpnet", "electra"}) {
    const ParameterTable table = describe_classifier(golden::folder(folder)).table;
    EXPECT_EQ(trained(table, make_freeze_plan(table, "probe")),
              (std::vector<std::string>{"classifier.dense.weight", "classifier.dense.bias",
                                        "classifier.out_proj.weight", "classifier.out_proj.bias"}))
        << folder;
    EXPECT_EQ(trained(table, make_freeze_plan(table, "last-1")).size(), 16u + 4) << folder;
    EXPECT_EQ(trained(table, make_freeze_plan(table, "full")).size(), table.list.size()) << folder;
  }
}

TEST(FreezePlan, WhatServesAllLayersIsTrainedWithTheEmbeddingsOnly) {
  for (const auto& [folder, name] : {std::pair("mpnet", "encoder.relative_attention_bias.weight"),
                                     std::pair("electra", "embeddings_project.weight")}) {
    const ParameterTable table = describe_classifier(golden::folder(folder)).table;
    // clang 14 captures no name of a structured binding.
    const auto is_trained = [&table, wanted = std::string(name)](const FreezePlan& plan) {
      const auto names = trained(table, plan);
      return std::find(names.begin(), names.end(), wanted) != names.end();
    };
    EXPECT_FALSE(is_trained(make_freeze_plan(table, "probe"))) << name;
    EXPECT_FALSE(is_trained(make_freeze_plan(table, "last-2"))) << name;
    EXPECT_TRUE(is_trained(make_freeze_plan(table, "full"))) << name;
    EXPECT_FALSE(is_trained(make_freeze_plan(table, "full", {name}))) << name;
    const FreezePlan alone = make_freeze_plan(table, "probe", {}, {name});
    EXPECT_TRUE(is_trained(alone)) << name;
    EXPECT_EQ(alone.first_trained, kEmbeddingsGroup) << name;
  }
}

TEST(FreezePlan, BitfitTrainsTheHeadAndEveryBias) {
  const ParameterTable table = bert_table();
  for (const std::string& name : trained(table, make_freeze_plan(table, "bitfit"))) {
    EXPECT_TRUE(name.ends_with(".bias") || name.starts_with("classifier.")) << name;
  }
  const FreezePlan plan = make_freeze_plan(table, "bitfit");
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (!table.list[i].name.ends_with(".bias")) continue;
    EXPECT_TRUE(plan.trainable[i]) << table.list[i].name;
  }
}

TEST(FreezePlan, LpFtTrainsEverything) {
  const ParameterTable table = bert_table();
  EXPECT_EQ(make_freeze_plan(table, "lp-ft").trainable, make_freeze_plan(table, "full").trainable);
}

TEST(FreezePlan, ImpossiblePlansAreErrors) {
  const ParameterTable table = bert_table();
  EXPECT_THROW(make_freeze_plan(table, "last-4"), Error);
  EXPECT_THROW(make_freeze_plan(table, "last-0"), Error);
  EXPECT_THROW(make_freeze_plan(table, "last-"), Error);
  EXPECT_THROW(make_freeze_plan(table, "half"), Error);
  EXPECT_THROW(make_freeze_plan(table, "probe", {"*"}), Error);
  EXPECT_THROW(make_freeze_plan(table, "probe", {"no.such.*"}), Error);
}

TEST(FreezePlan, AnUnusedPoolerIsNeverTrained) {
  ModelConfig config = distilbert_base();
  config.family = Family::kBert;
  config.type_vocab_size = 2;
  const ParameterTable table = make_parameter_table(config, {false, {Pooling::kMean}, {}, 2});
  const FreezePlan plan = make_freeze_plan(table, "full");
  EXPECT_EQ(plan.total_parameters - plan.trainable_parameters, 768 * 768 + 768);
}

TEST(FreezePlan, IsPrintedWithTotals) {
  const ParameterTable table =
      make_parameter_table(distilbert_base(), {true, {Pooling::kCls}, {}, 2});
  const std::string text = format_freeze_plan(table, make_freeze_plan(table, "probe"));
  EXPECT_NE(text.find("Trainable parameters: 592,130 / 66,955,010 (0.88 %)"), std::string::npos)
      << text;
}

TEST(FreezePlan, IsOneLineAStrategy) {
  const ParameterTable table =
      make_parameter_table(distilbert_base(), {false, {Pooling::kMean}, {}, 3});
  const auto line = [&](const std::string& strategy, const std::vector<std::string>& unfreeze = {},
                        const std::string& name = "") {
    return freeze_plan_line(table, make_freeze_plan(table, strategy, {}, unfreeze),
                            name.empty() ? strategy : name);
  };
  EXPECT_EQ(line("probe"), "probe: head (2,307 of 66.4 M parameters)\n");
  EXPECT_EQ(line("last-1"), "last-1: layer 5, head (7.1 M of 66.4 M parameters)\n");
  EXPECT_EQ(line("last-3", {}, "deep"),
            "deep (last-3): layers 3–5, head (21.3 M of 66.4 M parameters)\n");
  EXPECT_EQ(line("full"), "full: embeddings, all 6 layers, head (66.4 M of 66.4 M parameters)\n");
  EXPECT_EQ(line("bitfit"),
            "bitfit: biases of embeddings, biases of all 6 layers, head "
            "(53,763 of 66.4 M parameters)\n");
  EXPECT_EQ(line("probe", {"*layer.2.attention.q_lin.*"}),
            "probe: layer 2 in part, head (592,899 of 66.4 M parameters)\n");
}

}  // namespace
}  // namespace thaw
