#include "experiment/unlabelled_predictions.h"

#include <cstdint>
#include <vector>

#include "engine/classify.h"
#include "evaluation/calibration.h"
#include "evaluation/metrics.h"
#include "files/files.h"
#include "model/classifier.h"
#include "results/csv.h"
#include "text/numbers.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

struct Answers {
  std::vector<int32_t> labels;  // [rows]; empty: the strategy failed
  std::vector<float> shares;    // [rows, labels]
};

Answers answers_of(const std::filesystem::path& folder, const TextColumn& texts, int max_length,
                   NumberType precision, const std::string& stage, const Listener& listener) {
  const ClassifierModel classifier = open_classifier(folder);
  const Tokenizer tokenizer = load_tokenizer(classifier);
  const TokenizedTexts tokens = tokenizer.encode_all(texts, max_length);
  const std::vector<float> logits = classify(classifier, tokens, precision, stage, listener);
  const int64_t labels = classifier.head.labels;
  return {predicted_labels(logits.data(), texts.size(), labels),
          probabilities(logits.data(), texts.size(), labels)};
}

}  // namespace

void write_unlabelled_predictions(
    const UnlabelledTest& test, const ComparisonResults& results,
    const std::function<std::filesystem::path(const std::string&)>& folder_of, int max_length,
    NumberType precision, const std::filesystem::path& out, const Listener& listener) {
  const size_t labels = results.label_names.size();
  std::vector<Answers> answers;
  std::string csv = test.ids.size() > 0 ? csv_text(test.id_name) : "row";
  for (const StrategyResult& result : results.strategies) {
    csv += "," + csv_text(result.name + "_label");
    for (const std::string& name : results.label_names) {
      csv += "," + csv_text(result.name + "_" + name);
    }
    answers.emplace_back();
    if (!result.failure.empty()) continue;
    answers.back() = answers_of(folder_of(result.name), test.split.texts, max_length, precision,
                                result.name + ": rows without labels", listener);
  }
  csv += "\n";
  for (int64_t row = 0; row < test.split.size(); ++row) {
    csv += test.ids.size() > 0 ? csv_text(test.ids[row]) : std::to_string(test.split.rows[row]);
    for (const Answers& own : answers) {
      if (own.labels.empty()) {
        csv += std::string(1 + labels, ',');
        continue;
      }
      csv += "," + csv_text(results.label_names[own.labels[row]]);
      for (size_t label = 0; label < labels; ++label) {
        csv += "," + shortest(own.shares[row * labels + label]);
      }
    }
    csv += "\n";
  }
  write_file(out / kUnlabelledPredictions, csv);
}

}  // namespace thaw
