#pragma once

#include <cstdint>
#include <vector>

#include "base/listener.h"
#include "baseline/sparse_logistic_regression.h"
#include "baseline/tfidf.h"
#include "data/readers/text_column.h"

namespace thaw {

struct TfidfSettings {
  double inverse_regularization = 1;  // scikit-learn's C, above 0
  double tolerance = 1e-9;            // of the solver: see SparseLogisticSettings
  // N-grams that each of the vectorizers (words, characters; twice as many for pairs) keeps at
  // most: those that the most training texts have, of equals the first in the alphabet.
  int64_t most_columns = 500'000;
  // Columns times labels, at most, for all vectorizers together: the solver takes up to 210 bytes
  // for each. Where there are many labels, fewer n-grams are kept.
  int64_t most_weights = 8'000'000;
  // Bytes that fit() may take; 0: what the machine has left.
  int64_t memory = 0;
};

// The classifier that a pretrained encoder has to beat: n-grams of words and of characters,
// weighted by TF-IDF (baseline/tfidf.h), under logistic regression
// (baseline/sparse_logistic_regression.h). No text is truncated. docs/statistics.md says what is
// fixed and why.
class TfidfClassifier {
 public:
  // Rows without a label are left out beforehand. Of pairs the n-grams of each text are features of
  // their own; that both texts have a word in common is not seen. The bits of the result depend on
  // neither the number of threads nor the machine's memory.
  //
  // Takes 24 bytes for each n-gram of each text, once however often it stands there (300 in a
  // tweet), up to 210 for each column and label, and up to 300 MB and twice the texts for counting.
  //
  // Throws Error where there are no rows, where all have one label, where a label is none of
  // [0, labels), where c is not above 0, or where memory does not hold the features; Interrupted as
  // the listener says. Training texts without any n-gram are no error: all texts then get the
  // labels' shares.
  static TfidfClassifier fit(const TextColumn& texts, const std::vector<int32_t>& gold /* [rows] */,
                             int64_t labels, const TfidfSettings& settings = {},
                             const Listener& listener = {});

  // Throws Error where the texts are pairs and those of fit() were not, or the other way round.
  std::vector<double> probabilities(const TextColumn& texts) const;  // [rows, labels]

  int64_t labels() const { return static_cast<int64_t>(weights_.bias.size()); }
  int64_t vocabulary_size() const { return tfidf_.columns(); }   // n-grams kept, of all vectorizers
  int64_t distinct_ngrams() const { return tfidf_.distinct(); }  // n-grams of the training texts
  bool vocabulary_capped() const { return tfidf_.capped(); }
  double feature_seconds() const { return feature_seconds_; }  // to learn and make the features
  double solver_seconds() const { return solver_seconds_; }
  double fit_seconds() const { return feature_seconds_ + solver_seconds_; }
  const Tfidf& tfidf() const { return tfidf_; }
  const SparseLogisticFit& weights() const { return weights_; }  // also: whether it converged

 private:
  Tfidf tfidf_;
  SparseLogisticFit weights_;
  double feature_seconds_ = 0, solver_seconds_ = 0;
};

}  // namespace thaw
