#include "api/trained_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "api/answers.h"
#include "base/error.h"
#include "files/files.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TrainedModelOptions fp32(int max_length = 0) {
  TrainedModelOptions options;
  options.max_length = max_length;
  options.precision = "fp32";
  return options;
}

TextColumn texts_of(const std::vector<std::string>& texts) {
  TextColumn column;
  for (const std::string& text : texts) column.push_back(text);
  return column;
}

// A copy that may be changed.
class TrainedModelTest : public testing::Test {
 protected:
  TrainedModelTest() { fs::copy(golden::folder("saved_before/native"), model_); }
  void change_notes(const std::string& key, const nlohmann::ordered_json& value) {
    auto json = nlohmann::ordered_json::parse(read_text_file(model_ / "config.json"));
    json["thaw"][key] = value;
    std::ofstream(model_ / "config.json") << json.dump();
  }
  Error refusal(const TrainedModelOptions& options) {
    try {
      TrainedModel model(model_.string(), options);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no Error was thrown";
    return Error("");
  }

  TemporaryFolder folder_;
  fs::path model_ = folder_.path() / "model";
};

// What Transformers answers, for the folders of both kinds that are saved.
TEST(TrainedModelAgainstTransformers, GivesTheSameLogitsAndProbabilities) {
  for (const char* name : {"saved_before/native", "saved_before/pooling"}) {
    TrainedModel model(golden::folder(name).string(), fp32());
    EXPECT_THAT(model.label_names(), ElementsAre("negative", "neutral", "positive"));
    EXPECT_NE(model.rules().temperature, 1);
    std::ifstream lines(golden::folder(name) / "predictions.jsonl");
    std::vector<nlohmann::json> rows;
    std::vector<std::string> texts;
    for (std::string line; std::getline(lines, line);) {
      rows.push_back(nlohmann::json::parse(line));
      texts.push_back(rows.back()["text"]);
    }
    ASSERT_GT(rows.size(), 1u);
    const auto logits = model.logits(texts_of(texts));
    ASSERT_EQ(logits.size(), 3 * rows.size());
    AnswerSettings raw;
    raw.raw_probabilities = true;
    const Answers answers = choose_answers(model.classifier(), logits);
    const Answers trained = choose_answers(model.classifier(), logits, raw);
    for (size_t row = 0; row < rows.size(); ++row) {
      EXPECT_EQ(model.label_names()[answers.likeliest[row]], rows[row]["label"].get<std::string>());
      for (size_t label = 0; label < 3; ++label) {
        EXPECT_NEAR(answers.probabilities[3 * row + label],
                    rows[row]["probabilities"][label].get<double>(), 2e-6);
        EXPECT_NEAR(trained.probabilities[3 * row + label],
                    rows[row]["raw_probabilities"][label].get<double>(), 2e-6);
      }
    }
  }
}

TEST_F(TrainedModelTest, PacksItsWeightsOnceHoweverOftenItIsAsked) {
  TrainedModel model(model_.string(), fp32());
  const TextColumn texts = texts_of({"the film was very good", "a b was"});
  const auto first = model.logits(texts);
  // The matrices lie in the file, which is mapped: whoever packed them again would take zeros.
  const fs::path file = model_ / "model.safetensors";
  size_t zeroed = 0;
  {
    std::fstream weights(file, std::ios::binary | std::ios::in | std::ios::out);
    uint64_t length = 0;
    weights.read(reinterpret_cast<char*>(&length), sizeof(length));
    std::string header(length, '\0');
    weights.read(header.data(), static_cast<std::streamsize>(length));
    const auto tensors = nlohmann::json::parse(header);
    for (const auto& [name, tensor] : tensors.items()) {
      if (name.find(".layer.") == std::string::npos || tensor["shape"].size() != 2) continue;
      const auto begin = tensor["data_offsets"][0].get<uint64_t>();
      const auto end = tensor["data_offsets"][1].get<uint64_t>();
      weights.seekp(static_cast<std::streamoff>(sizeof(length) + length + begin));
      weights << std::string(end - begin, '\0');
      ++zeroed;
    }
  }
  ASSERT_EQ(zeroed, 12u) << "six matrices in each of two layers";
  EXPECT_EQ(model.logits(texts), first);
  const auto other = model.logits(texts_of({"a b was"}));
  ASSERT_EQ(other.size(), 3u);
  for (size_t label = 0; label < 3; ++label) EXPECT_NEAR(other[label], first[3 + label], 1e-5);
  EXPECT_TRUE(model.logits(TextColumn()).empty());
  EXPECT_NE(TrainedModel(model_.string(), fp32()).logits(texts), first) << "nothing was zeroed";
}

TEST_F(TrainedModelTest, NotesTextsThatItCuts) {
  TrainedModel model(model_.string(), fp32(4));
  EXPECT_EQ(model.max_length(), 4);
  std::vector<std::string> notes;
  model.logits(texts_of({"good", "bad"}), &notes);
  EXPECT_THAT(notes, IsEmpty());
  const TokenizedTexts tokens = model.encode(texts_of({"good", "the film was very good"}), &notes);
  EXPECT_EQ(tokens.offsets, (std::vector<int64_t>{0, 3, 7}));
  EXPECT_THAT(notes, ElementsAre(AllOf(HasSubstr("1 of 2 texts"), HasSubstr("max_length"))));
  EXPECT_EQ(TrainedModel(model_.string(), fp32()).max_length(), 10) << "the model's own";
}

TEST_F(TrainedModelTest, NotesThatAChangedHeadHasLostItsRules) {
  EXPECT_THAT(TrainedModel(model_.string(), fp32()).notes(), IsEmpty());
  change_notes("head_sha256", std::string(64, 'a'));
  const TrainedModel model(model_.string(), fp32());
  EXPECT_THAT(model.notes(), ElementsAre(HasSubstr("temperature and thresholds are left out")));
  EXPECT_EQ(model.rules().temperature, 1);
}

TEST_F(TrainedModelTest, TakesThresholdsFromTheFolder) {
  change_notes("precision_target", 0.9);
  change_notes("thresholds", {0.5, nullptr, 0.75});
  const TrainedModel model(model_.string(), fp32());
  ASSERT_EQ(model.rules().thresholds.size(), 3u);
  EXPECT_EQ(model.rules().thresholds[2], 0.75);
  EXPECT_TRUE(std::isnan(model.rules().thresholds[1]));
}

TEST_F(TrainedModelTest, RefusesOptionsThatCannotBeMeant) {
  TrainedModelOptions options;
  options.precision = "fp16";
  const Error precision = refusal(options);
  EXPECT_EQ(precision.setting(), "precision");
  EXPECT_EQ(precision.kind(), ErrorKind::kUsage);
  const Error negative = refusal(fp32(-1));
  EXPECT_EQ(negative.setting(), "max_length");
  EXPECT_EQ(negative.kind(), ErrorKind::kUsage);
  EXPECT_EQ(refusal(fp32(17)).setting(), "max_length") << "the model has 16 positions";
}

TEST(TrainedModelOfAnEncoder, IsRefused) {
  EXPECT_THAT(
      error_of([] { TrainedModel(golden::folder("variants/mpnet_plain").string(), fp32()); }),
      HasSubstr("classifier"));
}

TEST_F(TrainedModelTest, StopsWhereItIsToldTo) {
  TrainedModel model(model_.string(), fp32());
  const TextColumn texts = texts_of({"good"});
  Listener listener;
  listener.interrupted = [] { return StopRequest(true); };
  EXPECT_THROW(model.logits(texts, nullptr, listener), Interrupted);
  EXPECT_EQ(model.logits(texts).size(), 3u) << "and can be asked again";
}

}  // namespace
}  // namespace thaw
