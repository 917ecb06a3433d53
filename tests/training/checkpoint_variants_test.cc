// What checkpoints of other tasks hold, what thaw makes of it, and what it saves.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/classify.h"
#include "engine/cpu/encoder.h"
#include "engine/cpu/gemm/quantized_linear.h"
#include "files/files.h"
#include "golden_fixture.h"
#include "model/save_classifier.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using golden::Golden;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Kind and key of each row of the load report: "- lm_head.bias" is unexpected, "+ …" missing.
std::vector<std::string> rows_of(const LoadReport& report) {
  std::vector<std::string> rows;
  for (const LoadReportRow& row : report.rows) {
    rows.push_back((row.status == LoadStatus::kUnexpected ? "- "
                    : row.status == LoadStatus::kMissing  ? "+ "
                                                          : "! ") +
                   row.key);
  }
  return rows;
}

ClassifierModel open_with_mean_pooling(const std::filesystem::path& folder) {
  OpenOptions options;
  options.pooling = "mean";
  options.label_names = {"a", "b", "c"};
  return open_classifier(folder, options);
}

std::vector<float> last_hidden(const ClassifierModel& classifier, const TokenizedTexts& texts) {
  std::vector<int64_t> rows(texts.rows());
  std::iota(rows.begin(), rows.end(), 0);
  Batch batch;
  gather_batch(texts, rows.data(), texts.rows(), batch);
  Encoder<float> encoder(classifier.config, classifier.table, classifier.table.head_group());
  const float* x = encoder.infer(batch, encoder.embed(batch), 0, encoder.layers());
  return {x, x + batch.tokens * encoder.hidden()};
}

struct Variant {
  std::string folder;
  std::vector<std::string> unexpected;  // keys in the file
  bool has_pooler;
};

class Variants : public ::testing::TestWithParam<Variant> {
 protected:
  std::filesystem::path folder = golden::folder("variants/" + GetParam().folder);
  Golden golden{"variants"};
  TokenizedTexts texts{golden.ints(GetParam().folder + ".input_ids"),
                       golden.offsets(GetParam().folder + ".offsets"),
                       {}};
};

TEST_P(Variants, HoldTheEncoderThatTransformersReads) {
  const ClassifierModel classifier = open_with_mean_pooling(folder);
  std::vector<std::string> expected = {"+ classifier.weight", "+ classifier.bias"};
  for (const std::string& key : GetParam().unexpected) expected.push_back("- " + key);
  EXPECT_THAT(rows_of(classifier.report), ::testing::UnorderedElementsAreArray(expected));
  EXPECT_EQ(classifier.table.find(Role::kDenseWeight, 0) >= 0, GetParam().has_pooler);
  golden::expect_near(last_hidden(classifier, texts), golden.floats(GetParam().folder + ".hidden"),
                      1e-5, 0, "hidden");
  if (golden.has(GetParam().folder + ".logits")) {
    const ClassifierModel native = open_classifier(folder);
    EXPECT_THAT(rows_of(native.report), IsEmpty());
    golden::expect_near(classify(native, texts, NumberType::kFp32, "", {}),
                        golden.floats(GetParam().folder + ".logits"), 1e-5, 0, "logits");
  }
}

const std::vector<std::string> kHeadKeys = {"classifier.dense.weight", "classifier.dense.bias",
                                            "classifier.out_proj.weight",
                                            "classifier.out_proj.bias"};
const std::vector<std::string> kLmHeadKeys = {"lm_head.bias", "lm_head.dense.bias",
                                              "lm_head.dense.weight", "lm_head.layer_norm.bias",
                                              "lm_head.layer_norm.weight"};

INSTANTIATE_TEST_SUITE_P(
    Checkpoints, Variants,
    ::testing::Values(
        Variant{"roberta_masked_lm", kLmHeadKeys, false},
        Variant{"roberta_plain_without_pooler", {}, false},
        Variant{"xlm_roberta_plain_bf16", {}, true},
        Variant{"xlm_roberta_classifier", kHeadKeys, false},
        Variant{"camembert_classifier_f16", kHeadKeys, false}, Variant{"mpnet_plain", {}, true},
        Variant{"mpnet_masked_lm_f16", kLmHeadKeys, false},
        Variant{"electra_discriminator_bf16",
                {"discriminator_predictions.dense.bias", "discriminator_predictions.dense.weight",
                 "discriminator_predictions.dense_prediction.bias",
                 "discriminator_predictions.dense_prediction.weight"},
                false},
        Variant{"electra_generator",
                {"generator_lm_head.bias", "generator_predictions.LayerNorm.bias",
                 "generator_predictions.LayerNorm.weight", "generator_predictions.dense.bias",
                 "generator_predictions.dense.weight"},
                false}),
    [](const auto& info) { return info.param.folder; });

// A classifier of a plain encoder has no use for its pooler, which Transformers says as well.
TEST(PlainEncoder, APoolerIsLeftOutOfAHeadThatDoesNotReadIt) {
  OpenOptions options;
  options.label_names = {"a", "b"};
  const ClassifierModel classifier =
      open_classifier(golden::folder("variants/mpnet_plain"), options);
  EXPECT_THAT(rows_of(classifier.report),
              UnorderedElementsAre("+ classifier.dense.weight", "+ classifier.dense.bias",
                                   "+ classifier.out_proj.weight", "+ classifier.out_proj.bias",
                                   "- pooler.dense.weight", "- pooler.dense.bias"));
}

// A folder as sentence-transformers writes it, Normalize included, which a classifier leaves out.
TEST(SentenceEncoder, TakesThePoolingThatItsModulesName) {
  for (const auto& [source, pooling] :
       {std::pair("xlm_roberta_plain_bf16", Pooling::kCls),
        std::pair("mpnet_plain", Pooling::kMean), std::pair("electra_generator", Pooling::kMax)}) {
    SCOPED_TRACE(source);
    const TemporaryFolder folder;
    for (const char* file : {"config.json", "model.safetensors"}) {
      write_file(folder / file,
                 MappedFile::open(golden::folder("variants") / source / file).text());
    }
    std::filesystem::create_directory(folder / "1_Pooling");
    write_file(folder / "1_Pooling" / "config.json",
               R"({"pooling_mode": ")" + to_string(pooling) + "\"}");
    const std::string type = R"("type": "sentence_transformers.models.)";
    write_file(folder / "modules.json", "[{" + type + R"(Transformer", "path": ""}, {)" + type +
                                            R"(Pooling", "path": "1_Pooling"}, {)" + type +
                                            R"(Normalize", "path": "2_Normalize"}])");
    OpenOptions options;
    options.label_names = {"a", "b", "c"};
    const ClassifierModel classifier = open_classifier(folder.path(), options);
    EXPECT_FALSE(classifier.head.native);
    EXPECT_EQ(classifier.head.pooling, std::vector{pooling});
    const Golden golden("variants");
    const TokenizedTexts texts{golden.ints(std::string(source) + ".input_ids"),
                               golden.offsets(std::string(source) + ".offsets"),
                               {}};
    const auto session = open_engine()->session(classifier, {}, false);
    const auto frozen = session->cache(texts, {{}, true, {}}, "", {});
    const auto hidden = golden.floats(std::string(source) + ".hidden");
    for (int64_t row = 0; row < texts.rows(); ++row) {
      for (int64_t c = 0; c < 12; ++c) {
        double mean = 0, most = -1e9;
        for (int64_t t = texts.offsets[row]; t < texts.offsets[row + 1]; ++t) {
          mean += hidden[t * 12 + c] / static_cast<double>(texts.length(row));
          most = std::max<double>(most, hidden[t * 12 + c]);
        }
        const double expected = pooling == Pooling::kCls    ? hidden[texts.offsets[row] * 12 + c]
                                : pooling == Pooling::kMean ? mean
                                                            : most;
        ASSERT_NEAR(frozen->features()[row * 12 + c], expected, 1e-5) << row << " " << c;
      }
    }
  }
}

class SavedFamily : public ::testing::TestWithParam<std::string> {};

TEST_P(SavedFamily, GivesTheSameLogitsWhenItIsReadAgain) {
  const Golden golden(GetParam());
  const auto texts = golden::GoldenBatch(golden, 0).texts;
  const auto source = golden::folder(GetParam());
  const Tokenizer tokenizer = Tokenizer::load(source);
  for (const std::string pooling : {"auto", "cls", "mean", "max"}) {
    SCOPED_TRACE(pooling);
    OpenOptions options;
    options.pooling = pooling;
    options.label_names = {"negative", "neutral", "positive"};
    const ClassifierModel saved = open_classifier(source, options);
    const TemporaryFolder folder;
    save_classifier(saved, tokenizer, 20, folder.path());
    const ClassifierModel read = open_classifier(folder.path());
    EXPECT_THAT(rows_of(read.report), IsEmpty());
    EXPECT_THAT(read.label_names, ElementsAre("negative", "neutral", "positive"));
    EXPECT_EQ(read.head.native, pooling == "auto");
    EXPECT_EQ(classify(read, texts, NumberType::kFp32, "", {}),
              classify(saved, texts, NumberType::kFp32, "", {}));
  }
}

// Weights of the golden folders are random, which is harder on 8 bits than trained ones.
TEST_P(SavedFamily, LogitsAreNearInInt8) {
  if (!cpu_has_int8()) GTEST_SKIP() << "this CPU has no fast int8";
  const Golden golden(GetParam());
  const auto texts = golden::GoldenBatch(golden, 0).texts;
  const ClassifierModel classifier = open_classifier(golden::folder(GetParam()));
  const auto expected = golden.floats("batch.0.logits");
  const auto logits = classify(classifier, texts, NumberType::kInt8, "", {});
  double difference = 0, size = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    difference += std::pow(logits[i] - expected[i], 2);
    size += std::pow(expected[i], 2);
  }
  EXPECT_LT(std::sqrt(difference / size), 0.05);
  EXPECT_GT(difference, 0);
}

INSTANTIATE_TEST_SUITE_P(Families, SavedFamily, ::testing::ValuesIn(golden::kFamilyFolders),
                         [](const auto& info) { return info.param; });

// One parameter of the embeddings alone is trained: its gradient is what it is among all others.
TEST(SharedParameters, AreTrainedAlone) {
  for (const auto& [family, name] :
       {std::pair("mpnet", "encoder.relative_attention_bias.weight"),
        std::pair("electra", "embeddings_project.weight"),
        std::pair("roberta", "embeddings.position_embeddings.weight")}) {
    const Golden golden(family);
    const golden::GoldenBatch batch(golden, 0);
    ClassifierModel classifier = open_classifier(golden::folder(family));
    const FreezePlan plan = make_freeze_plan(classifier.table, "probe", {"*"}, {name});
    TestRun run(classifier, plan);
    run.forward_backward(batch.view(), batch.rows.data(), batch.rows.size(), {});
    for (const Parameter& parameter : classifier.table.list) {
      ASSERT_EQ(parameter.gradient != nullptr, parameter.name == name) << parameter.name;
      if (parameter.gradient == nullptr) continue;
      const auto expected =
          golden.floats("grad." + golden::transformers_name(classifier, parameter));
      golden::expect_near({parameter.gradient, parameter.gradient + parameter.size()}, expected,
                          2e-5, 1e-5, name);
    }
  }
}

}  // namespace
}  // namespace thaw
