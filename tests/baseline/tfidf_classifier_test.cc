#include "baseline/tfidf_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/threads.h"
#include "baseline/majority_class.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

const nlohmann::json& tfidf_golden() {
  static const auto parsed =
      nlohmann::json::parse(std::ifstream(golden::folder("tfidf_golden.json")));
  return parsed;
}

TextColumn column(const std::vector<std::string>& texts,
                  const std::vector<std::string>& second = {}) {
  TextColumn all;
  for (const std::string& text : texts) all.push_back(text);
  for (const std::string& text : second) all.push_back_pair(text);
  return all;
}

TextColumn golden_texts(const std::string& name) { return column(tfidf_golden().at(name)); }

class TfidfTest : public testing::Test {
 protected:
  void TearDown() override { set_thread_count(0); }
};

TEST_F(TfidfTest, HasScikitLearnsVocabularyAndIdf) {
  const Tfidf tfidf = Tfidf::fit(golden_texts("texts"), 1 << 20);
  ASSERT_EQ(tfidf.blocks().size(), 2u);
  EXPECT_FALSE(tfidf.capped());
  std::vector<std::string> expected;
  for (const std::string name : {"words", "characters"}) {
    const Tfidf::Block& block = tfidf.blocks()[name == "words" ? 0 : 1];
    EXPECT_EQ(block.first_column, static_cast<int32_t>(expected.size()));
    for (const auto& ngram : tfidf_golden().at(name)) {
      expected.push_back(name + " " + ngram.get<std::string>());
    }
    const auto idf = tfidf_golden().at(name + "_idf").get<std::vector<double>>();
    ASSERT_EQ(block.idf.size(), idf.size());
    for (size_t i = 0; i < idf.size(); ++i) EXPECT_NEAR(block.idf[i], idf[i], 1e-12);
  }
  EXPECT_EQ(tfidf.column_names(), expected);
  EXPECT_EQ(tfidf.columns(), static_cast<int64_t>(expected.size()));
}

TEST_F(TfidfTest, HasScikitLearnsFeatures) {
  const Tfidf tfidf = Tfidf::fit(golden_texts("texts"), 1 << 20);
  for (const auto& [texts, name] :
       {std::pair("texts", "features"), std::pair("unseen", "unseen_features")}) {
    const SparseMatrix features = tfidf.transform(golden_texts(texts));
    const auto& expected = tfidf_golden().at(name);
    EXPECT_EQ(features.offsets, expected.at("offsets").get<std::vector<int64_t>>());
    EXPECT_EQ(features.column, expected.at("columns").get<std::vector<int32_t>>());
    const auto values = expected.at("values").get<std::vector<double>>();
    ASSERT_EQ(features.value.size(), values.size());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(features.value[i], values[i], 1e-12);
  }
}

void expect_scikit_learns(const std::string& name, const TextColumn& texts,
                          const TextColumn& unseen) {
  SCOPED_TRACE(name);
  const auto& expected = tfidf_golden().at(name);
  const auto labels = expected.at("labels").get<int64_t>();
  TfidfSettings settings;
  settings.inverse_regularization = expected.at("c");
  settings.tolerance = 1e-17;
  const auto model = TfidfClassifier::fit(texts, expected.at("gold"), labels, settings);
  EXPECT_TRUE(model.weights().converged);
  auto probabilities = model.probabilities(texts);
  for (const double p : model.probabilities(unseen)) probabilities.push_back(p);
  const auto their = expected.at("probabilities").get<std::vector<double>>();
  ASSERT_EQ(probabilities.size(), their.size());
  for (size_t i = 0; i < their.size(); ++i) EXPECT_NEAR(probabilities[i], their[i], 1e-6) << i;

  // scikit-learn has the difference alone where there are two labels.
  const bool two = labels == 2;
  const auto& weight = model.weights().weight;
  const auto coefficient = [&](int64_t k, int64_t c) {
    return two ? weight[c * 2 + 1] - weight[c * 2] : weight[c * labels + k];
  };
  const auto columns = expected.at("coef_columns").get<std::vector<int64_t>>();
  const auto coefficients = expected.at("coef").get<std::vector<double>>();
  const int64_t vectors = two ? 1 : labels;
  ASSERT_EQ(coefficients.size(), columns.size() * vectors);
  double norm = 0;
  for (int64_t k = 0; k < vectors; ++k) {
    for (size_t i = 0; i < columns.size(); ++i) {
      EXPECT_NEAR(coefficient(k, columns[i]), coefficients[k * columns.size() + i], 1e-4);
    }
    for (int64_t c = 0; c < model.vocabulary_size(); ++c) norm += std::pow(coefficient(k, c), 2);
    const double bias =
        two ? model.weights().bias[1] - model.weights().bias[0] : model.weights().bias[k];
    EXPECT_NEAR(bias, expected.at("intercept")[k], 1e-4);
  }
  EXPECT_NEAR(std::sqrt(norm), expected.at("norm"), 1e-4);
}

TEST_F(TfidfTest, GivesScikitLearnsProbabilitiesAndCoefficients) {
  const TextColumn texts = golden_texts("texts"), unseen = golden_texts("unseen");
  for (const std::string name : {"three_labels", "strong", "two_labels"}) {
    expect_scikit_learns(name, texts, unseen);
  }
}

TEST_F(TfidfTest, PutsTheFeaturesOfPairsSideBySide) {
  const std::vector<std::string> unseen = tfidf_golden().at("unseen");
  expect_scikit_learns("pairs", column(tfidf_golden().at("texts"), tfidf_golden().at("second")),
                       column(unseen, {unseen.rbegin(), unseen.rend()}));
}

TEST_F(TfidfTest, NamesTheSideOfAPairsFeatures) {
  const Tfidf tfidf = Tfidf::fit(column({"ab"}, {"cd"}), 100);
  EXPECT_THAT(
      tfidf.column_names(),
      testing::AllOf(testing::Contains("first words ab"), testing::Contains("second words cd"),
                     testing::Contains("first characters  ab"),
                     testing::Not(testing::Contains("second words ab"))));
}

// TF-IDF of words by maps, for texts of ASCII letters and spaces.
TEST_F(TfidfTest, WeighsAsTheFormulaSays) {
  const std::vector<std::string> texts = {"aa bb aa cc", "bb cc", "aa aa aa", "dd", ""};
  std::vector<std::map<std::string, double>> counts;
  std::map<std::string, double> document_frequency;
  for (const std::string& text : texts) {
    std::map<std::string, double> found;
    std::istringstream in(text);
    std::string before;
    for (std::string word; in >> word; before = word) {
      ++found[word];
      if (!before.empty()) ++found[before + " " + word];
    }
    for (const auto& [ngram, count] : found) ++document_frequency[ngram];
    counts.push_back(found);
  }
  const Tfidf tfidf = Tfidf::fit(column(texts), 1 << 20);
  const SparseMatrix features = tfidf.transform(column(texts));
  const auto names = tfidf.column_names();
  ASSERT_EQ(features.rows(), 5);
  for (int64_t row = 0; row < 5; ++row) {
    double squares = 0;
    for (auto& [ngram, value] : counts[row]) {
      value = (1 + std::log(value)) * (std::log(6 / (1 + document_frequency[ngram])) + 1);
      squares += value * value;
    }
    size_t seen = 0;
    for (int64_t i = features.offsets[row]; i < features.offsets[row + 1]; ++i) {
      const std::string& name = names[features.column[i]];
      if (!name.starts_with("words ")) continue;
      ++seen;
      EXPECT_NEAR(features.value[i], counts[row].at(name.substr(6)) / std::sqrt(squares), 1e-14);
    }
    EXPECT_EQ(seen, counts[row].size());
  }
}

TEST_F(TfidfTest, HasTheSameBitsForAnyNumberOfThreads) {
  TextColumn texts;
  std::vector<int32_t> gold;
  for (int row = 0; row < 700; ++row) {
    const int kind = row % 3;
    texts.push_back("row " + std::to_string(row * 7919 % 1000) +
                    (kind == 0   ? " good film"
                     : kind == 1 ? " BAD film"
                                 : " film"));
    gold.push_back(row % 11 == 0 ? 0 : kind);
  }
  set_thread_count(1);
  const auto one = TfidfClassifier::fit(texts, gold, 3);
  const auto expected = one.probabilities(texts);
  for (const int threads : {2, 3}) {
    set_thread_count(threads);
    const auto many = TfidfClassifier::fit(texts, gold, 3);
    EXPECT_EQ(many.tfidf().column_names(), one.tfidf().column_names());
    EXPECT_EQ(many.weights().weight, one.weights().weight);
    EXPECT_EQ(many.probabilities(texts), expected);
  }
}

TEST_F(TfidfTest, AnswersTextsWithoutKnownNgramsByTheBiasAlone) {
  const auto model = TfidfClassifier::fit(column({"good", "fine", "", "bad"}), {1, 1, 1, 0}, 2);
  const auto p = model.probabilities(column({"", "XYZ", "\u3000"}));
  ASSERT_EQ(p.size(), 6u);
  const double total = std::exp(model.weights().bias[0]) + std::exp(model.weights().bias[1]);
  for (int row = 0; row < 3; ++row) {
    EXPECT_DOUBLE_EQ(p[row * 2 + 1], std::exp(model.weights().bias[1]) / total);
  }
  EXPECT_TRUE(model.probabilities({}).empty());
}

TEST_F(TfidfTest, GivesTheSharesWhereNoTrainingTextHasAnNgram) {
  const auto model = TfidfClassifier::fit(column({"", " ", "\t", ""}), {1, 0, 1, 1}, 2);
  EXPECT_EQ(model.vocabulary_size(), 0);
  EXPECT_FALSE(model.vocabulary_capped());
  const auto p = model.probabilities(column({"new"}));
  EXPECT_NEAR(p[0], 0.25, 1e-4);
  EXPECT_NEAR(p[1], 0.75, 1e-4);
}

TEST_F(TfidfTest, GivesALabelThatNoRowHasOneInRowsAndOneAtMost) {
  const TextColumn texts = column({"good", "fine", "", "bad"});
  const auto p = TfidfClassifier::fit(texts, {2, 2, 0, 0}, 3).probabilities(texts);
  for (int row = 0; row < 4; ++row) {
    EXPECT_GT(p[row * 3 + 1], 0);
    EXPECT_LT(p[row * 3 + 1], 1 / 5.0 + 1e-12);
  }
}

TEST_F(TfidfTest, CapsTheVocabularyAndSaysSo) {
  const TextColumn texts = golden_texts("texts");
  const std::vector<int32_t> gold = tfidf_golden().at("three_labels").at("gold");
  TfidfSettings settings;
  const auto whole = TfidfClassifier::fit(texts, gold, 3, settings);
  EXPECT_FALSE(whole.vocabulary_capped());
  EXPECT_EQ(whole.vocabulary_size(), whole.distinct_ngrams());
  settings.most_columns = 20;
  const auto few = TfidfClassifier::fit(texts, gold, 3, settings);
  EXPECT_TRUE(few.vocabulary_capped());
  EXPECT_EQ(few.vocabulary_size(), 40);
  EXPECT_EQ(few.distinct_ngrams(), whole.distinct_ngrams());
  settings.most_weights = 3 * 2 * 10;
  EXPECT_EQ(TfidfClassifier::fit(texts, gold, 3, settings).vocabulary_size(), 20);
}

TEST_F(TfidfTest, RefusesWhatMemoryDoesNotHold) {
  const TextColumn texts = golden_texts("texts");
  const std::vector<int32_t> gold = tfidf_golden().at("three_labels").at("gold");
  const Tfidf tfidf = Tfidf::fit(texts, 1 << 20);
  EXPECT_EQ(tfidf.entries(), tfidf.transform(texts).entries());
  TfidfSettings settings;
  settings.memory = tfidf.entries() * 24 + tfidf.columns() * 3 * 210;
  EXPECT_NO_THROW(TfidfClassifier::fit(texts, gold, 3, settings));
  --settings.memory;
  try {
    TfidfClassifier::fit(texts, gold, 3, settings);
    ADD_FAILURE() << "was not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("are free; end other programs, or train on fewer"));
  }
}

TEST_F(TfidfTest, RefusesOneLabelAndTextsOfAnotherForm) {
  EXPECT_THROW(TfidfClassifier::fit(column({"aa", "bb"}), {1, 1}, 2), Error);
  EXPECT_THROW(TfidfClassifier::fit({}, {}, 2), Error);
  const auto single = TfidfClassifier::fit(column({"aa", "bb"}), {1, 0}, 2);
  const auto pairs = TfidfClassifier::fit(column({"aa", "bb"}, {"cc", "dd"}), {1, 0}, 2);
  EXPECT_THROW(single.probabilities(column({"aa"}, {"cc"})), Error);
  EXPECT_THROW(pairs.probabilities(column({"aa"})), Error);
}

TEST(MajorityClass, SaysTheMostFrequentLabelWithTheShares) {
  const auto model = MajorityClass::fit({2, 0, 2, 1, 2, 0, 0, 3}, 5);
  EXPECT_EQ(model.label, 0);  // as frequent as 2
  const std::vector<double> shares = {3 / 8.0, 1 / 8.0, 3 / 8.0, 1 / 8.0, 0};
  EXPECT_EQ(model.shares, shares);
  auto twice = shares;
  twice.insert(twice.end(), shares.begin(), shares.end());
  EXPECT_EQ(model.probabilities(2), twice);
  EXPECT_TRUE(model.probabilities(0).empty());
  EXPECT_EQ(MajorityClass::fit({1, 1}, 2).label, 1);
}

TEST(MajorityClass, RefusesNoRowsAndUnknownLabels) {
  EXPECT_THROW(MajorityClass::fit({}, 2), Error);
  EXPECT_THROW(MajorityClass::fit({0, 2}, 2), Error);
  EXPECT_THROW(MajorityClass::fit({0, -1}, 2), Error);
}

}  // namespace
}  // namespace thaw
