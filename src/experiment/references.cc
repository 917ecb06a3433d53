#include "experiment/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/stopwatch.h"
#include "baseline/majority_class.h"
#include "baseline/tfidf_classifier.h"
#include "data/class_balance.h"
#include "evaluation/metrics.h"
#include "model/freeze_plan.h"
#include "report/findings/references.h"
#include "training/choose_c.h"
#include "training/class_weights.h"
#include "training/logistic_regression.h"

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

// [rows, labels]
std::vector<float> logits_of(const LogisticFit& fit, const float* vectors, int64_t rows,
                             int64_t size) {
  std::vector<float> logits;
  logits.reserve(static_cast<size_t>(rows) * fit.bias.size());
  for (int64_t row = 0; row < rows; ++row) {
    const float* x = vectors + row * size;
    for (size_t label = 0; label < fit.bias.size(); ++label) {
      const double* w = fit.weight.data() + static_cast<int64_t>(label) * size;
      logits.push_back(static_cast<float>(std::inner_product(x, x + size, w, fit.bias[label])));
    }
  }
  return logits;
}

std::vector<double> class_weights_of(const TrainingSettings& settings,
                                     const std::vector<int32_t>& gold, int64_t labels) {
  if (!settings.balanced_classes) return settings.class_weights;
  return balanced_class_weights(rows_of_labels(gold, labels));
}

LogisticFit solve(const PooledVectors& vectors, int64_t labels,
                  const std::vector<double>& class_weights, const Listener& listener) {
  const auto rows = static_cast<int64_t>(vectors.train_labels.size());
  LogisticRegression regression(vectors.train, vectors.train_labels.data(), rows, vectors.size,
                                labels, class_weights);
  const auto validation = static_cast<int64_t>(vectors.validation_labels.size());
  if (validation < kRowsToChooseBy) {
    const ChosenC chosen = cross_validated_c(vectors.train, vectors.train_labels.data(), rows,
                                             vectors.size, labels, class_weights, listener);
    return regression.fit(chosen.inverse_regularization, listener);
  }
  LogisticFit best;
  double lowest = 0;
  for (const double c : kGridOfC) {
    LogisticFit fit = regression.fit(c, listener);
    const auto logits = logits_of(fit, vectors.validation, validation, vectors.size);
    const auto losses =
        row_losses(logits.data(), vectors.validation_labels.data(), validation, labels);
    const double loss = std::accumulate(losses.begin(), losses.end(), 0.0);
    if (!best.bias.empty() && loss >= lowest) continue;
    best = std::move(fit);
    lowest = loss;
  }
  return best;
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
      tfidf.note =
          fmt::format("it keeps {} of {} n-grams", with_thousands(fitted.vocabulary_size()),
                      with_thousands(fitted.distinct_ngrams()));
    }
    if (data.train.texts.has_pairs()) {
      tfidf.note += std::string(tfidf.note.empty() ? "" : "; ") +
                    "it does not see what the two texts of a pair have in common";
    }
    results.references.push_back(std::move(tfidf));
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    listener.say(fmt::format("There is no {} to compare with: {}\n",
                             reference_name(ReferenceResult::Kind::kTfidf), error.what()));
  }
}

void add_pooled_reference(const PooledVectors& vectors, const TrainingSettings& settings,
                          ComparisonResults& results, const Listener& listener) {
  const auto start = Clock::now();
  const auto labels = static_cast<int64_t>(results.label_names.size());
  ReferenceResult solved;
  solved.kind = ReferenceResult::Kind::kPooled;
  solved.note = "a linear classifier; the model's own head has a dense layer as well";
  try {
    Listener quiet;
    quiet.interrupted = listener.interrupted;
    const LogisticFit fit =
        solve(vectors, labels, class_weights_of(settings, vectors.train_labels, labels), quiet);
    solved.test_logits = logits_of(fit, vectors.evaluated, vectors.evaluated_rows, vectors.size);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    listener.say(fmt::format("There is no {} to compare with: {}\n", reference_name(solved.kind),
                             error.what()));
    return;
  }
  solved.train_seconds = vectors.seconds + seconds_since(start);
  results.references.push_back(std::move(solved));
}

}  // namespace thaw
