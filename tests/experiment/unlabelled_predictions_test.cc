#include "experiment/unlabelled_predictions.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "engine/classify.h"
#include "evaluation/calibration.h"
#include "files/files.h"
#include "model/classifier.h"
#include "tests/base/temporary_folder.h"
#include "text/numbers.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

// A saved model's logits are the calibrated ones, whose probabilities are not divided by its
// temperature once more. The folder's is 1.41.
TEST(UnlabelledPredictions, AreThoseOfTheSavedModel) {
  const fs::path folder =
      fs::path(THAW_SOURCE_DIR) / "tests" / "golden" / "saved_before" / "native";
  const ClassifierModel classifier = open_classifier(folder);
  ASSERT_NE(classifier.rules.temperature, 1);
  UnlabelledTest test;
  for (const char* text : {"the film was very good", "a b was"}) {
    test.split.texts.push_back(text);
    test.split.rows.push_back(test.split.size());
  }
  constexpr int kMaxLength = 10;
  const TokenizedTexts tokens = load_tokenizer(classifier).encode_all(test.split.texts, kMaxLength);
  const std::vector<float> logits = classify(classifier, tokens, NumberType::kFp32, "", {});
  const std::vector<float> shares =
      probabilities(logits.data(), test.split.size(), classifier.head.labels);

  ComparisonResults results;
  results.label_names = classifier.label_names;
  results.strategies.resize(2);
  results.strategies[0].name = "probe";
  results.strategies[1].name = "full";
  results.strategies[1].failure = "diverged";
  const TemporaryFolder out;
  write_unlabelled_predictions(test, results, [&](const std::string&) { return folder; },
                               kMaxLength, NumberType::kFp32, out.path(), {});

  std::istringstream lines(read_text_file(out.path() / kUnlabelledPredictions));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line.substr(0, 16), "row,probe_label,");
  for (int64_t row = 0; row < test.split.size(); ++row) {
    std::getline(lines, line);
    std::string wanted;
    for (int64_t label = 0; label < classifier.head.labels; ++label) {
      wanted += "," + shortest(shares[row * classifier.head.labels + label]);
    }
    wanted += std::string(1 + classifier.head.labels, ',');  // the failed one's
    EXPECT_TRUE(line.starts_with(std::to_string(test.split.rows[row]) + ",")) << line;
    EXPECT_TRUE(line.ends_with(wanted)) << line << "\n" << wanted;
  }
  EXPECT_FALSE(std::getline(lines, line)) << line;
}

}  // namespace
}  // namespace thaw
