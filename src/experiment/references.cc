#include "experiment/references.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/stopwatch.h"
#include "baseline/majority_class.h"
#include "baseline/tfidf_classifier.h"
#include "classifier/freeze_plan.h"
#include "report/references.h"

namespace thaw {
namespace {

// Softmax gives the probabilities back.
std::vector<float> log_probabilities(const std::vector<double>& probabilities) {
  constexpr double kLeast = 1e-30;  // of a label that training does not have
  std::vector<float> logits;
  logits.reserve(probabilities.size());
  for (const double p : probabilities) {
    logits.push_back(static_cast<float>(std::log(std::max(p, kLeast))));
  }
  return logits;
}

}  // namespace

void add_text_references(const Dataset& data, ComparisonResults& results,
                         const Listener& listener) {
  const auto labels = static_cast<int64_t>(results.label_names.size());
  const Split& evaluated = data.test.size() > 0 ? data.test : data.validation;
  if (evaluated.size() == 0) return;
  ReferenceResult majority;
  majority.kind = ReferenceResult::Kind::kMajority;
  majority.test_logits = log_probabilities(
      MajorityClass::fit(data.train.labels, labels).probabilities(evaluated.size()));
  results.references.push_back(std::move(majority));
  try {
    Listener quiet;
    quiet.interrupted = listener.interrupted;
    const TfidfClassifier fitted =
        TfidfClassifier::fit(data.train.texts, data.train.labels, labels, {}, quiet);
    ReferenceResult tfidf;
    tfidf.kind = ReferenceResult::Kind::kTfidf;
    tfidf.test_logits = log_probabilities(fitted.probabilities(evaluated.texts));
    tfidf.train_seconds = fitted.fit_seconds();
    if (fitted.vocabulary_capped()) {
      tfidf.note = "it keeps " + with_thousands(fitted.vocabulary_size()) + " of " +
                   with_thousands(fitted.distinct_ngrams()) + " n-grams";
    }
    if (data.train.texts.has_pairs()) {
      tfidf.note += std::string(tfidf.note.empty() ? "" : "; ") +
                    "it does not see what the two texts of a pair have in common";
    }
    results.references.push_back(std::move(tfidf));
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    listener.say(std::string("There is no ") + reference_name(ReferenceResult::Kind::kTfidf) +
                 " to compare with: " + error.what() + "\n");
  }
}

}  // namespace thaw
