#include "baseline/tfidf_classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/memory.h"
#include "base/stopwatch.h"
#include "base/threads.h"

namespace thaw {
namespace {

constexpr int64_t kRowsAtOnce = 256;  // whose features are held, by each thread

void check_memory(const Tfidf& tfidf, int64_t labels, int64_t limit) {
  constexpr int64_t kBytesAnEntry = 24, kBytesAWeight = 210;
  const int64_t needed = tfidf.entries() * kBytesAnEntry + tfidf.columns() * labels * kBytesAWeight;
  const int64_t free = limit > 0 ? limit : available_memory();
  if (needed > free) {
    throw Error(
        fmt::format(
            "the n-grams of the training texts take up to {} of memory, of which {} are free",
            format_byte_size(needed), format_byte_size(free)),
        "tf-idf", "end other programs, or train on fewer rows", ErrorKind::kMemory);
  }
}

}  // namespace

TfidfClassifier TfidfClassifier::fit(const TextColumn& texts, const std::vector<int32_t>& gold,
                                     int64_t labels, const TfidfSettings& settings,
                                     const Listener& listener) {
  check_sparse_logistic(texts.size(), gold, labels, settings.inverse_regularization);
  TfidfClassifier model;
  auto start = Clock::now();
  const int64_t vectorizers = texts.has_pairs() ? 4 : 2;
  const int64_t most = std::max<int64_t>(
      1, std::min(settings.most_columns,
                  settings.most_weights / std::max<int64_t>(1, labels) / vectorizers));
  model.tfidf_ = Tfidf::fit(texts, most, listener);
  check_memory(model.tfidf_, labels, settings.memory);
  SparseMatrix features = model.tfidf_.transform(texts);
  model.feature_seconds_ = seconds_since(start);
  start = Clock::now();
  SparseLogisticSettings solver;
  solver.inverse_regularization = settings.inverse_regularization;
  solver.tolerance = settings.tolerance;
  model.weights_ = fit_sparse_logistic(std::move(features), gold, labels, solver, listener);
  model.solver_seconds_ = seconds_since(start);
  return model;
}

std::vector<double> TfidfClassifier::probabilities(const TextColumn& texts) const {
  std::vector<double> all(texts.size() * labels());
  parallel_parts(texts.size(), kRowsAtOnce, [&](int64_t begin, int64_t end, int) {
    for (int64_t at = begin; at < end; at += kRowsAtOnce) {
      const auto part = sparse_logistic_probabilities(
          weights_, tfidf_.transform(texts, at, std::min(end, at + kRowsAtOnce)));
      std::copy(part.begin(), part.end(), all.begin() + at * labels());
    }
  });
  return all;
}

}  // namespace thaw
