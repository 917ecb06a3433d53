#include "data/splits/splits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "data/splits/numpy_random.h"
#include "files/files.h"

namespace thaw {
namespace {

const std::filesystem::path kFacts = THAW_SOURCE_DIR "/../shared/facts/splits.json";

std::string row_bytes(const std::vector<int64_t>& rows) {
  std::string bytes;
  for (const int64_t row : rows) {
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(row >> (8 * i));
  }
  return bytes;
}

std::vector<int64_t> first(const std::vector<int64_t>& rows, size_t count) {
  return {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(std::min(count, rows.size()))};
}

TEST(ShuffledRows, AgreesWithDatasetsShuffleAndSelect) {
  if (!std::filesystem::exists(kFacts)) GTEST_SKIP() << "shared/facts is not beside the clone";
  const auto facts = nlohmann::json::parse(read_text_file(kFacts));
  int compared = 0;
  for (const auto& fact : facts["shuffle_select"]) {
    const std::vector<int64_t> rows = shuffled_rows(fact["rows"], fact["take"], fact["seed"]);
    const auto start = fact["first"].get<std::vector<int64_t>>();
    EXPECT_EQ(first(rows, start.size()), start);
    EXPECT_EQ(sha256_hex(row_bytes(rows)), fact["sha256"].get<std::string>()) << fact.dump();
    ++compared;
  }
  EXPECT_EQ(compared, 8);
}

// numpy.random.default_rng(seed).permutation(9), NumPy 2.4: also seeds of more than 32 bits.
TEST(ShuffledRows, TakesSeedsOf64Bits) {
  EXPECT_EQ(shuffled_rows(9, 9, 4294967296u), (std::vector<int64_t>{1, 3, 6, 7, 8, 0, 4, 2, 5}));
  EXPECT_EQ(shuffled_rows(9, 9, 18446744073709551615u),
            (std::vector<int64_t>{8, 7, 3, 0, 4, 6, 1, 2, 5}));
}

TEST(ShuffledRows, OfNoRowsIsEmptyAndOfTooManyStopsAtTheTable) {
  EXPECT_TRUE(shuffled_rows(0, 0, 1).empty());
  EXPECT_EQ(shuffled_rows(5, 30, 1).size(), 5u);
}

std::vector<int32_t> labels_of_fact(const nlohmann::json& fact) {
  if (!fact["labels"].is_null()) return fact["labels"].get<std::vector<int32_t>>();
  std::vector<int32_t> labels;
  const std::string rule = fact["case"];
  for (int64_t i = 0; i < fact["rows"].get<int64_t>(); ++i) {
    if (rule == "label = i*i % 3") {
      labels.push_back(static_cast<int32_t>(i * i % 3));
    } else if (rule == "label = (i*2654435761 >> 7) % 5") {
      labels.push_back(static_cast<int32_t>((i * 2654435761 >> 7) % 5));
    } else {
      labels.push_back(static_cast<int32_t>(i % 4));  // what "absolute test size" was made with
    }
  }
  return labels;
}

TEST(TrainTestSplit, AgreesWithScikitLearnOnTheRecordedFacts) {
  if (!std::filesystem::exists(kFacts)) GTEST_SKIP() << "shared/facts is not beside the clone";
  const auto facts = nlohmann::json::parse(read_text_file(kFacts));
  int compared = 0;
  for (const auto& fact : facts["train_test_split"]) {
    const int64_t rows = fact["rows"];
    const std::vector<int32_t> labels = labels_of_fact(fact);
    const int64_t test_rows = rows_for_size(fact["test_size"], rows, "test_size");
    const RowSplit split = fact["stratify"]
                               ? stratified_train_test_split(labels, test_rows, fact["seed"])
                               : train_test_split(rows, test_rows, fact["seed"]);
    EXPECT_EQ(first(split.train, 12), fact["train_first"].get<std::vector<int64_t>>());
    EXPECT_EQ(first(split.test, 12), fact["test_first"].get<std::vector<int64_t>>());
    EXPECT_EQ(sha256_hex(row_bytes(split.train)), fact["train_sha256"].get<std::string>())
        << fact["case"];
    EXPECT_EQ(sha256_hex(row_bytes(split.test)), fact["test_sha256"].get<std::string>())
        << fact["case"];
    ++compared;
  }
  EXPECT_EQ(compared, 5);
}

// 250 tables with uneven classes and many ties (tests/golden/data/make_splits.py).
TEST(TrainTestSplit, AgreesWithScikitLearnOnManyShapes) {
  std::istringstream cases(read_text_file(THAW_SOURCE_DIR "/tests/golden/data/splits.tsv"));
  std::string line;
  std::getline(cases, line);
  int compared = 0;
  int64_t rows, classes, multiplier, test_rows;
  uint64_t seed;
  int stratified;
  std::string digest;
  while (cases >> rows >> classes >> multiplier >> test_rows >> seed >> stratified >> digest) {
    std::vector<int32_t> labels;
    for (int64_t i = 0; i < rows; ++i) {
      labels.push_back(static_cast<int32_t>(i * i * multiplier / 8 % classes));
    }
    const RowSplit split = stratified ? stratified_train_test_split(labels, test_rows, seed)
                                      : train_test_split(rows, test_rows, seed);
    EXPECT_EQ(sha256_hex(row_bytes(split.train) + row_bytes(split.test)).substr(0, 16), digest)
        << rows << " rows, " << classes << " classes, seed " << seed;
    ++compared;
  }
  EXPECT_EQ(compared, 250);
}

TEST(TrainTestSplit, RefusesAClassWithASingleRowByName) {
  const std::vector<int32_t> labels = {0, 0, 0, 1, 0, 0};
  const std::vector<std::string> names = {"ham", "spam"};
  try {
    stratified_train_test_split(labels, 2, 42, names);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fact(), "class 'spam' has a single row, too few to stand in two splits");
    EXPECT_NE(error.remedy().find("stratify = false"), std::string::npos);
  }
}

TEST(TrainTestSplit, RefusesAPartThatIsSmallerThanTheNumberOfClasses) {
  const std::vector<int32_t> labels = {0, 1, 2, 0, 1, 2, 0, 1, 2};
  EXPECT_THROW(stratified_train_test_split(labels, 2, 42), Error);
  EXPECT_THROW(stratified_train_test_split(labels, 7, 42), Error);
  EXPECT_EQ(stratified_train_test_split(labels, 3, 42).test.size(), 3u);
}

TEST(TrainTestSplit, RefusesASeedThatNumpysRandomStateCannotTake) {
  EXPECT_THROW(train_test_split(10, 3, 4294967296u), Error);
  EXPECT_EQ(train_test_split(10, 3, 4294967295u).test.size(), 3u);
}

TEST(RowsForSize, RoundsSharesUpAndTakesCountsAsTheyAre) {
  EXPECT_EQ(rows_for_size(0.25, 12, "test_size"), 3);
  EXPECT_EQ(rows_for_size(0.2, 12, "test_size"), 3);
  EXPECT_EQ(rows_for_size(5, 12, "test_size"), 5);
}

TEST(RowsForSize, RefusesSizesThatLeaveAPartEmpty) {
  for (const double size : {12.0, 0.99, 1e300, 2.5, -3.0, 0.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW(rows_for_size(size, 12, "test_size"), Error) << size;
  }
}

}  // namespace
}  // namespace thaw
