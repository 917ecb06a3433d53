#include "model/weight_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;

TEST(WeightNames, LoseThePrefixOfTheirOwnFamilyOnly) {
  EXPECT_EQ(canonical_weight_name(Family::kBert, "bert.pooler.dense.weight"),
            "pooler.dense.weight");
  EXPECT_EQ(canonical_weight_name(Family::kBert, "pooler.dense.weight"), "pooler.dense.weight");
  EXPECT_EQ(
      canonical_weight_name(Family::kDistilBert, "distilbert.transformer.layer.0.ffn.lin1.bias"),
      "transformer.layer.0.ffn.lin1.bias");
  EXPECT_EQ(canonical_weight_name(Family::kDistilBert, "bert.pooler.dense.weight"),
            "bert.pooler.dense.weight");
  EXPECT_EQ(canonical_weight_name(Family::kBert, "bert.bert.x"), "bert.x");
  EXPECT_EQ(canonical_weight_name(Family::kBert, "classifier.weight"), "classifier.weight");
  EXPECT_EQ(canonical_weight_name(Family::kBert, ""), "");
  EXPECT_EQ(canonical_weight_name(Family::kBert, "bert."), "");
}

TEST(WeightNames, RobertasKinHaveItsPrefixOrTheirOwn) {
  for (const Family family : {Family::kRoberta, Family::kCamembert, Family::kXlmRoberta}) {
    EXPECT_EQ(canonical_weight_name(family, "roberta.pooler.dense.bias"), "pooler.dense.bias");
    EXPECT_EQ(saved_weight_name(family, "encoder.x", false), "roberta.encoder.x");
    EXPECT_EQ(saved_weight_name(family, "encoder.x", true), "encoder.x");
    EXPECT_EQ(saved_weight_name(family, "classifier.out_proj.bias", false),
              "classifier.out_proj.bias");
  }
  EXPECT_EQ(canonical_weight_name(Family::kXlmRoberta, "xlm-roberta.encoder.x"), "encoder.x");
  EXPECT_EQ(canonical_weight_name(Family::kCamembert, "camembert.encoder.x"), "encoder.x");
  EXPECT_EQ(canonical_weight_name(Family::kRoberta, "camembert.encoder.x"), "camembert.encoder.x");
}

TEST(WeightNames, GammaAndBetaAreWeightAndBias) {
  EXPECT_EQ(canonical_weight_name(Family::kBert, "bert.embeddings.LayerNorm.gamma"),
            "embeddings.LayerNorm.weight");
  EXPECT_EQ(canonical_weight_name(Family::kBert, "encoder.layer.3.output.LayerNorm.beta"),
            "encoder.layer.3.output.LayerNorm.bias");
  EXPECT_EQ(canonical_weight_name(Family::kBert, "gamma.dense.weight"), "gamma.dense.weight");
  EXPECT_EQ(canonical_weight_name(Family::kBert, "x.alphabeta"), "x.alphabeta");
}

TEST(WeightNames, WrappersAreTakenOff) {
  std::set<std::string> removed;
  const auto name = [&](const char* in_file) {
    return canonical_weight_name(Family::kBert, in_file, &removed);
  };
  EXPECT_EQ(name("module.bert.encoder.x"), "encoder.x");
  EXPECT_EQ(name("_orig_mod.module.bert.encoder.x"), "encoder.x");
  EXPECT_EQ(name("module.module._orig_mod.classifier.weight"), "classifier.weight");
  EXPECT_EQ(name("bert._orig_mod.encoder.layer.0._checkpoint_wrapped_module.x"),
            "encoder.layer.0.x");
  EXPECT_EQ(name("_fsdp_wrapped_module.bert.encoder.layer.0._fsdp_wrapped_module.x"),
            "encoder.layer.0.x");
  EXPECT_EQ(removed, (std::set<std::string>{"_checkpoint_wrapped_module.", "_fsdp_wrapped_module.",
                                            "_orig_mod.", "module."}));
  removed.clear();
  EXPECT_EQ(name("bert.module.x"), "module.x");
  EXPECT_EQ(name("bert.my_orig_mod.x"), "my_orig_mod.x");
  EXPECT_TRUE(removed.empty());
}

TEST(WeightNames, AreSavedAsTransformersNamesThem) {
  for (const auto& [name, family] :
       {std::pair("bert", Family::kBert), std::pair("distilbert", Family::kDistilBert),
        std::pair("roberta", Family::kRoberta), std::pair("mpnet", Family::kMpnet),
        std::pair("electra", Family::kElectra)}) {
    const Checkpoint checkpoint = Checkpoint::open(golden::folder(name));
    for (const auto& [in_file, tensor] : checkpoint.tensors()) {
      const std::string canonical = canonical_weight_name(family, in_file);
      EXPECT_EQ(saved_weight_name(family, canonical, false), in_file);
      EXPECT_EQ(saved_weight_name(family, canonical, true), canonical);
    }
  }
}

TEST(WeightNames, OldCheckpointsHoldTheSameEncoder) {
  const Checkpoint now = Checkpoint::open(golden::folder("tiny/f32"));
  const Checkpoint old = Checkpoint::open(golden::folder("tiny/old_names"));
  const auto tensors = canonical_tensors(now, Family::kBert);
  auto old_tensors = canonical_tensors(old, Family::kBert);
  for (const auto& [name, named] : tensors) {
    if (name.starts_with("classifier.")) continue;
    ASSERT_TRUE(old_tensors.contains(name)) << name;
    const NamedTensor& other = old_tensors.at(name);
    EXPECT_EQ(other.tensor->shape, named.tensor->shape) << name;
    EXPECT_EQ(std::memcmp(other.tensor->data, named.tensor->data, named.tensor->bytes), 0) << name;
    old_tensors.erase(name);
  }
  // What is left is the pretraining head; the list of positions is not worth a word.
  ASSERT_EQ(old_tensors.size(), 2u);
  EXPECT_EQ(old_tensors.begin()->second.name_in_file, "cls.seq_relationship.bias");
  EXPECT_NE(old.find("embeddings.position_ids"), nullptr);
}

TEST(WeightNames, TwoTensorsForOneWeightAreRefused) {
  const TemporaryFolder folder;
  const float value = 1.0f;
  save_safetensors(folder.path() / "model.safetensors",
                   {{"bert.x.weight", {1}, &value}, {"x.gamma", {1}, &value}});
  const Checkpoint checkpoint = Checkpoint::open(folder.path());
  EXPECT_THAT(error_of([&] { canonical_tensors(checkpoint, Family::kBert); }),
              HasSubstr("'bert.x.weight' and 'x.gamma' are the same weight"));
}

}  // namespace
}  // namespace thaw
