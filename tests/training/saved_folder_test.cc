// What a saved model's folder holds, who can read it, and what is read back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "engine/classify.h"
#include "evaluation/metrics.h"
#include "files/files.h"
#include "files/json_file.h"
#include "golden_fixture.h"
#include "model/save_classifier.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

ClassifierModel bert(const std::string& pooling) {
  OpenOptions options;
  options.pooling = pooling;
  options.label_names = {"negative", "neutral", "positive"};
  return open_classifier(golden::folder("bert"), options);
}

std::vector<std::string> files_of(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(folder).string());
  }
  return files;
}

// Transformers takes a folder with a config.json for a model of its own: with one it would answer
// from the encoder and a head of random numbers, under the right label names.
TEST(SavedFolder, OfAPoolingHeadIsNoModelOfTransformers) {
  const TemporaryFolder folder;
  save_classifier(bert("mean"), Tokenizer::load(golden::folder("bert")), 20, folder.path());
  EXPECT_THAT(files_of(folder.path()),
              UnorderedElementsAre(
                  "modules.json", "config_sentence_transformers.json", "thaw.json", "manifest.json",
                  "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors",
                  "0_Transformer/config.json", "0_Transformer/model.safetensors",
                  "0_Transformer/sentence_bert_config.json", "0_Transformer/tokenizer_config.json",
                  "0_Transformer/vocab.txt"));
  const auto config = read_json_file(folder / "0_Transformer/config.json");
  EXPECT_EQ(config["architectures"], nlohmann::ordered_json({"BertModel"}));
  for (const char* field : {"id2label", "label2id", "problem_type", "thaw"}) {
    EXPECT_FALSE(config.contains(field)) << field;
  }
  EXPECT_EQ(read_json_file(folder / "thaw.json")["labels"],
            nlohmann::ordered_json({"negative", "neutral", "positive"}));
  EXPECT_EQ(read_json_file(folder / "modules.json")[0]["path"], "0_Transformer");
}

TEST(SavedFolder, OfAFamilysOwnHeadIsTransformersOwn) {
  const TemporaryFolder folder;
  save_classifier(bert("auto"), Tokenizer::load(golden::folder("bert")), 20, folder.path());
  EXPECT_THAT(files_of(folder.path()),
              UnorderedElementsAre("config.json", "model.safetensors", "tokenizer_config.json",
                                   "vocab.txt", "manifest.json"));
  EXPECT_EQ(read_json_file(folder / "config.json")["thaw"]["max_length"], 20);
}

// In every program texts are cut at the length that the model was trained with.
TEST(SavedFolder, TheTokenizerCutsAtTheLengthOfTraining) {
  const std::string begin = R"({"version": "1.0", "truncation": )", end = R"(, "added_tokens": [],
    "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
    "decoder": null, "model": {"type": "WordLevel", "unk_token": "[UNK]",
    "vocab": {"\"max_length\": 7": 1, "[UNK]": 0}}})";
  const std::string cut =
      R"({"direction": "Right", "max_length": 128, "strategy": "LongestFirst", "stride": 0})";
  const auto saved = [&](const std::string& truncation, const std::string& padding,
                         const std::string& config) {
    const TemporaryFolder source, target;
    std::ofstream(source / "tokenizer.json")
        << begin << truncation << ", \"padding\": " << padding << end;
    if (!config.empty()) std::ofstream(source / "tokenizer_config.json") << config;
    save_classifier(bert("auto"), Tokenizer::load(source.path()), 20, target.path());
    if (!config.empty()) {
      EXPECT_EQ(Tokenizer::load(target.path()).model_max_length(), 20);
    }
    return std::pair{read_text_file(target / "tokenizer.json"),
                     read_json_file(target / "tokenizer_config.json")};
  };
  const auto [cut_json, cut_config] = saved(cut, R"({"strategy": {"Fixed": 128}, "pad_id": 0})",
                                            R"({"model_max_length": 512, "max_len": 512,
                "tokenizer_class": "PreTrainedTokenizerFast"})");
  std::string expected_cut = cut;
  expected_cut.replace(expected_cut.find("128"), 3, "20");
  EXPECT_EQ(cut_json, begin + expected_cut +
                          R"(, "padding": {"strategy": {"Fixed": 20}, "pad_id": 0})" + end);
  EXPECT_EQ(cut_config, nlohmann::ordered_json({{"model_max_length", 20},
                                                {"tokenizer_class", "PreTrainedTokenizerFast"}}));
  const auto [plain_json, plain_config] = saved("null", "null", "");
  EXPECT_EQ(plain_json, begin + "null, \"padding\": null" + end);
  EXPECT_EQ(plain_config, nlohmann::ordered_json({{"model_max_length", 20}}));
  // thaw counts positions as if padding stood behind the text.
  for (const std::string strategy : {R"("BatchLongest")", R"({"Fixed": 20})"}) {
    const std::string padding = R"({"strategy": )" + strategy + R"(, "direction": ")";
    const auto [json, config] =
        saved("null", padding + R"(Left", "pad_id": 0})",
              R"({"padding_side": "left", "tokenizer_class": "PreTrainedTokenizerFast"})");
    EXPECT_EQ(json, begin + "null, \"padding\": " + padding + R"(Right", "pad_id": 0})" + end);
    EXPECT_EQ(config["padding_side"], "right");
  }
}

class FoldedTemperature : public ::testing::TestWithParam<std::string> {
 protected:
  static std::vector<float> logits(const ClassifierModel& classifier) {
    const golden::Golden golden("bert");
    return classify(classifier, golden::GoldenBatch(golden, 0).texts, NumberType::kFp32, "", {});
  }
  static ClassifierModel trained() {
    ClassifierModel classifier = bert(GetParam());
    classifier.rules.temperature = 2.5;
    return classifier;
  }
  static nlohmann::ordered_json notes(const TemporaryFolder& folder) {
    return GetParam() == "auto" ? read_json_file(folder / "config.json")["thaw"]
                                : read_json_file(folder / "thaw.json");
  }
  static void save(const ClassifierModel& classifier, const TemporaryFolder& folder) {
    save_classifier(classifier, Tokenizer::load(golden::folder("bert")), 20, folder.path());
  }
};

TEST_P(FoldedTemperature, IsInTheWeightsOfTheCopyThatIsSaved) {
  const TemporaryFolder folder;
  const ClassifierModel classifier = trained();
  const std::vector<float> raw = logits(classifier);
  save(classifier, folder);
  EXPECT_EQ(logits(classifier), raw) << "what was trained stays as it is";
  EXPECT_FALSE(classifier.rules.folded);
  EXPECT_EQ(notes(folder)["folded_temperature"], 2.5);
  EXPECT_FALSE(notes(folder).contains("temperature"));
  const ClassifierModel read = open_classifier(folder.path());
  EXPECT_TRUE(read.rules.folded);
  EXPECT_EQ(read.rules.temperature, 2.5);
  const std::vector<float> given = logits(read);
  ASSERT_EQ(given.size(), raw.size());
  for (size_t i = 0; i < raw.size(); ++i) EXPECT_NEAR(given[i], raw[i] / 2.5, 1e-6) << i;
}

TEST_P(FoldedTemperature, IsNotFoldedInTwice) {
  const TemporaryFolder once, twice;
  save(trained(), once);
  const ClassifierModel read = open_classifier(once.path());
  save(read, twice);
  EXPECT_EQ(notes(twice), notes(once));
  EXPECT_EQ(logits(open_classifier(twice.path())), logits(read));
}

// Training on starts from the head as it was trained.
TEST_P(FoldedTemperature, IsTakenOutForTrainingOn) {
  const TemporaryFolder folder;
  const ClassifierModel classifier = trained();
  save(classifier, folder);
  OpenOptions options;
  options.label_names = classifier.label_names;
  const ClassifierModel start = open_classifier(folder.path(), options);
  EXPECT_EQ(start.rules.temperature, 1);
  EXPECT_FALSE(start.rules.folded);
  const std::vector<float> raw = logits(classifier), again = logits(start);
  for (size_t i = 0; i < raw.size(); ++i) EXPECT_NEAR(again[i], raw[i], 2e-6) << i;
  // Other labels have a new head, which nothing was folded into.
  options.label_names = {"a", "b"};
  const ClassifierModel fresh = open_classifier(folder.path(), options);
  for (const float value : {fresh.table.at(Role::kClassifierBias, 0).value[0]}) {
    EXPECT_EQ(value, 0);
  }
  double squares = 0;
  const Parameter& weight = fresh.table.at(Role::kClassifierWeight, 0);
  for (int64_t i = 0; i < weight.size(); ++i) squares += std::pow(weight.value[i], 2);
  EXPECT_LT(std::sqrt(squares / static_cast<double>(weight.size())), 0.03) << "drawn with 0.02";
}

// Transformers keeps thaw's notes when it saves what it has trained on.
TEST_P(FoldedTemperature, IsLeftOutWhereTheHeadIsAnotherOne) {
  const TemporaryFolder folder, other;
  save(trained(), folder);
  ClassifierModel trained_on = trained();
  trained_on.rules.temperature = 4;
  save(trained_on, other);
  EXPECT_FALSE(open_classifier(folder.path()).rules_head.is_gone);
  const char* weights = GetParam() == "auto" ? "model.safetensors" : "2_Dense/model.safetensors";
  fs::copy_file(other / weights, folder / weights, fs::copy_options::overwrite_existing);
  const ClassifierModel read = open_classifier(folder.path());
  EXPECT_TRUE(read.rules_head.is_gone);
  EXPECT_EQ(read.rules.temperature, 1);
  EXPECT_EQ(logits(read), logits(open_classifier(other.path())));
  OpenOptions options;
  options.label_names = {"positive", "negative", "neutral"};
  EXPECT_TRUE(open_classifier(folder.path(), options).rules_head.is_gone);
  EXPECT_FALSE(open_classifier(other.path(), options).rules_head.is_gone)
      << "rows in another order";
}

INSTANTIATE_TEST_SUITE_P(Heads, FoldedTemperature, ::testing::Values("auto", "mean"),
                         [](const auto& info) { return info.param == "auto" ? "Own" : "Pooling"; });

// Folders that thaw saved before, with everything beside modules.json and a temperature beside
// weights as trained.
TEST(SavedFolder, OfEarlierVersionsGivesTheProbabilitiesThatItGave) {
  for (const std::string name : {"pooling", "native"}) {
    SCOPED_TRACE(name);
    const fs::path folder = golden::folder("saved_before/" + name);
    const ClassifierModel classifier = open_classifier(folder);
    EXPECT_EQ(classifier.head.native, name == "native");
    EXPECT_THAT(classifier.label_names, ElementsAre("negative", "neutral", "positive"));
    EXPECT_TRUE(classifier.report.rows.empty());
    EXPECT_EQ(classifier.max_length, 10);
    EXPECT_EQ(classifier.rules.thresholds.size(), name == "pooling" ? 3u : 0u);
    const Tokenizer tokenizer = Tokenizer::load(folder);
    std::ifstream lines(folder / "predictions.jsonl");
    int rows = 0;
    for (std::string line; std::getline(lines, line); ++rows) {
      const auto expected = nlohmann::json::parse(line);
      TextColumn text;
      text.push_back(expected["text"].get<std::string>());
      const auto logits =
          classify(classifier, tokenizer.encode_all(text, 10), NumberType::kFp32, "", {});
      const auto shares = probabilities(logits.data(), 1, 3);
      const auto raw = probabilities(logits.data(), 1, 3, 1 / classifier.rules.temperature);
      for (int label = 0; label < 3; ++label) {
        EXPECT_NEAR(logits[label] * classifier.rules.temperature,
                    expected["logits"][label].get<double>(), 2e-5);
        EXPECT_NEAR(shares[label], expected["probabilities"][label].get<double>(), 2e-6);
        EXPECT_NEAR(raw[label], expected["raw_probabilities"][label].get<double>(), 2e-6);
      }
    }
    EXPECT_EQ(rows, 3);
  }
}

}  // namespace
}  // namespace thaw
