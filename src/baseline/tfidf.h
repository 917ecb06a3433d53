#pragma once  // Tests: tests/baseline/tfidf_classifier_test.cc

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/listener.h"
#include "baseline/ngrams.h"
#include "baseline/sparse_matrix.h"
#include "data/readers/text_column.h"
#include "tokenizer/string_table.h"

namespace thaw {

// Texts as weights of their n-grams: scikit-learn's
//
//   FeatureUnion([("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
//                 ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5),
//                                                sublinear_tf=True))])
//
// and, for pairs of texts, one such union for each of the two, side by side. All else is
// scikit-learn's default: lower case, min_df=1, smooth idf, rows of length 1.
class Tfidf {
 public:
  // One vectorizer: its n-grams are the columns from first_column on, by code points as
  // scikit-learn sorts them.
  struct Block {
    NgramKind kind;
    TextSide side;
    int32_t first_column;
    StringTable columns;      // n-gram -> column
    std::vector<double> idf;  // [n-grams] ln((1 + texts) / (1 + texts with it)) + 1
    int64_t distinct;         // n-grams before the cap
    int64_t entries;          // of its columns in the texts of fit()
  };

  // Learns n-grams and idf. A block keeps `most_columns` n-grams at most (see count_ngrams). Texts
  // without n-grams are no error, even if all are. Throws
  // Interrupted as the listener says.
  static Tfidf fit(const TextColumn& texts, int64_t most_columns, const Listener& listener = {});

  // Rows [begin, end). An n-gram that fit() did not see, or that the cap took, counts for nothing;
  // a text without any that is known has no entries. In each block an entry is (1 + ln of how often
  // the n-gram occurs) * idf, over the length of the block's part of the row. The texts are pairs
  // as those of fit() are. Runs on the caller's thread.
  SparseMatrix transform(const TextColumn& texts, int64_t begin, int64_t end) const;
  // All rows, by all threads.
  SparseMatrix transform(const TextColumn& texts) const;

  int64_t columns() const;   // n-grams kept
  int64_t distinct() const;  // n-grams seen
  int64_t entries() const;   // of transform() on the texts of fit()
  bool capped() const { return columns() < distinct(); }
  bool has_pairs() const { return blocks_.size() > 2; }
  const std::vector<Block>& blocks() const { return blocks_; }
  // What the column stands for: "word good", "characters ' go'", of pairs with "first " or
  // "second " before it.
  std::vector<std::string> column_names() const;

 private:
  std::vector<Block> blocks_;
};

}  // namespace thaw
