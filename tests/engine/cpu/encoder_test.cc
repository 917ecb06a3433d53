#include "engine/cpu/encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "model/weights.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

struct Loaded {
  ModelConfig config;
  HeadShape head;
  ParameterTable table;
  LoadReport report;

  explicit Loaded(const std::string& name, int64_t labels = 3)
      : config(read_model_config(golden::folder(name))), head{true, {Pooling::kCls}, {}, labels} {
    table = make_parameter_table(config, head);
    report = load_parameters(table, config, head, golden::folder(name), 1);
  }
};

Batch golden_batch(const golden::Golden& golden, const std::string& ids_name,
                   const std::string& offsets_name) {
  TokenizedTexts texts;
  texts.ids = golden.ints(ids_name);
  texts.offsets = golden.offsets(offsets_name);
  std::vector<int64_t> rows(texts.offsets.size() - 1);
  std::iota(rows.begin(), rows.end(), 0);
  Batch batch;
  gather_batch(texts, rows.data(), static_cast<int64_t>(rows.size()), batch);
  return batch;
}

class HiddenStates : public testing::TestWithParam<std::string> {};

TEST_P(HiddenStates, AgreeWithTransformersAfterEmbeddingsAndLayers) {
  const golden::Golden golden(GetParam());
  Loaded model(GetParam(), GetParam() == "distilbert" ? 4 : 3);
  Encoder<float> encoder(model.config, model.table, model.table.head_group());
  const Batch batch = golden_batch(golden, "batch.0.input_ids", "batch.0.offsets");
  float* x = encoder.embed(batch);
  for (int depth = 0; depth <= encoder.layers(); ++depth) {
    if (depth > 0) x = encoder.infer(batch, x, depth - 1, depth);
    const std::string name = "batch.0.hidden." + std::to_string(depth);
    if (!golden.has(name)) continue;
    golden::expect_near({x, x + batch.tokens * encoder.hidden()}, golden.floats(name), 1e-5, 0,
                        name);
  }
}

INSTANTIATE_TEST_SUITE_P(Families, HiddenStates,
                         testing::Values("bert", "distilbert", "roberta", "mpnet", "electra",
                                         "electra_square"),
                         [](const auto& info) { return info.param; });

TEST(Encoder, ATextsResultDoesNotDependOnItsNeighbours) {
  const golden::Golden golden("bert");
  Loaded model("bert");
  Encoder<float> encoder(model.config, model.table, model.table.head_group());
  const Batch all = golden_batch(golden, "batch.0.input_ids", "batch.0.offsets");
  const float* x = encoder.infer(all, encoder.embed(all), 0, encoder.layers());
  const std::vector<float> together(x, x + all.tokens * encoder.hidden());
  TokenizedTexts texts;
  texts.ids = all.ids;
  texts.offsets.assign(all.offsets.begin(), all.offsets.end());
  for (int64_t row = 0; row < all.sequences(); ++row) {
    Batch alone;
    gather_batch(texts, &row, 1, alone);
    const float* y = encoder.infer(alone, encoder.embed(alone), 0, encoder.layers());
    const float* expected = together.data() + all.offsets[row] * encoder.hidden();
    golden::expect_near({y, y + alone.tokens * encoder.hidden()},
                        {expected, expected + alone.tokens * encoder.hidden()}, 2e-6, 0, "row");
  }
}

TEST(Weights, EveryFormOfCheckpointGivesTheSameEncoder) {
  const golden::Golden golden("tiny");
  for (const std::string form : {"f32", "sharded", "bf16", "f16"}) {
    Loaded model("tiny/" + form);
    EXPECT_TRUE(model.report.rows.empty()) << form << "\n" << format_load_report(model.report);
  }
  Loaded old("tiny/old_names");
  Encoder<float> encoder(old.config, old.table, old.table.head_group());
  const Batch batch = golden_batch(golden, "input_ids", "offsets");
  const float* x = encoder.infer(batch, encoder.embed(batch), 0, encoder.layers());
  golden::expect_near({x, x + batch.tokens * encoder.hidden()}, golden.floats("hidden.old_names"),
                      1e-5, 0, "hidden.old_names");
}

TEST(Weights, TheLoadReportNamesWhatIsMissingAndWhatIsTooMuch) {
  const Loaded old("tiny/old_names");
  std::vector<std::string> missing, unexpected;
  for (const auto& row : old.report.rows) {
    (row.status == LoadStatus::kMissing ? missing : unexpected).push_back(row.key);
  }
  EXPECT_EQ(missing, (std::vector<std::string>{"classifier.weight", "classifier.bias"}));
  EXPECT_FALSE(unexpected.empty());
}

TEST(Weights, AMissingPieceOfTheEncoderIsAnError) {
  for (const auto& [folder, name] : {std::pair("bert", "bert.encoder.layer.3.attention.self"),
                                     std::pair("mpnet", "mpnet.encoder.layer.2.attention.attn")}) {
    ModelConfig config = read_model_config(golden::folder(folder));
    config.num_hidden_layers += 1;
    const HeadShape head{true, {Pooling::kCls}, {}, 3};
    ParameterTable table = make_parameter_table(config, head);
    try {
      load_parameters(table, config, head, golden::folder(folder), 1);
      FAIL() << folder;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

TEST(Weights, AnotherNumberOfLabelsIsAMismatchAndANewHead) {
  const Loaded model("bert", 5);
  ASSERT_EQ(model.report.rows.size(), 2u);
  for (const auto& row : model.report.rows) EXPECT_EQ(row.status, LoadStatus::kMismatch);
}

TEST(Weights, NewOnesAreNormalWithTheConfiguredRangeAndFollowTheSeed) {
  Parameter parameter;
  parameter.name = "classifier.weight";
  parameter.role = Role::kClassifierWeight;
  parameter.shape = {100, 200};
  parameter.decays = true;
  std::vector<float> values(20000), again(20000), other(20000);
  initialize_parameter(parameter, 0.02f, 42, values.data());
  initialize_parameter(parameter, 0.02f, 42, again.data());
  initialize_parameter(parameter, 0.02f, 43, other.data());
  EXPECT_EQ(values, again);
  EXPECT_NE(values, other);
  double mean = 0, square = 0, fourth = 0;
  for (const float x : values) {
    mean += x / 20000.0;
    square += double{x} * x / 20000.0;
    fourth += std::pow(x, 4.0) / 20000.0;
  }
  EXPECT_NEAR(mean, 0, 5 * 0.02 / std::sqrt(20000.0));
  EXPECT_NEAR(std::sqrt(square), 0.02, 0.0005);
  EXPECT_NEAR(fourth / (square * square), 3.0, 0.2);  // the normal distribution's kurtosis
}

TEST(StepDropout, GivesEveryLayerSiteAndStepItsOwnMask) {
  const StepDropout dropout{true, 42, 7};
  std::set<uint64_t> keys;
  for (int layer = -1; layer < 12; ++layer) {
    for (int site = 0; site < 4; ++site) keys.insert(dropout.at(0.1f, layer, site).key);
  }
  keys.insert(StepDropout{true, 42, 8}.at(0.1f, 0, 0).key);
  keys.insert(StepDropout{true, 43, 7}.at(0.1f, 0, 0).key);
  EXPECT_EQ(keys.size(), 13u * 4 + 2);
  EXPECT_EQ(dropout.at(0.0f, 0, 0).rate, 0.0f);
  EXPECT_EQ((StepDropout{false, 42, 7}.at(0.1f, 0, 0).rate), 0.0f);
}

TEST(LayerDropouts, StandWhereTheFamilyHasThem) {
  ModelConfig config;
  config.hidden_dropout = 0.2f;
  config.attention_dropout = 0.3f;
  const StepDropout dropout{true, 42, 7};
  config.family = Family::kBert;
  LayerDropouts sites = layer_dropouts(config, dropout, 0);
  EXPECT_EQ(sites.attention.rate, 0.3f);
  EXPECT_EQ(sites.attention_output.rate, 0.2f);
  EXPECT_EQ(sites.output.rate, 0.2f);
  // DistilBERT's TransformerBlock adds attention's output to the residual as it is.
  config.family = Family::kDistilBert;
  sites = layer_dropouts(config, dropout, 0);
  EXPECT_EQ(sites.attention.rate, 0.3f);
  EXPECT_EQ(sites.attention_output.rate, 0.0f);
  EXPECT_EQ(sites.output.rate, 0.2f);
}

}  // namespace
}  // namespace thaw
