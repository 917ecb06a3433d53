// A real tokenizer on real tweets.

#include <gtest/gtest.h>

#include "base/error.h"
#include "data/load.h"
#include "tests/tokenizer/golden_folder.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

// What make_minilm_golden.py's fnv() gives for the rows [begin, end).
std::string fnv(const TokenizedTexts& tokens, int64_t begin, int64_t end) {
  uint64_t value = 0xCBF29CE484222325u;
  const auto add = [&](int64_t number) {
    value = (value ^ static_cast<uint64_t>(number)) * 0x100000001B3u;
  };
  for (int64_t row = begin; row < end; ++row) {
    add(tokens.length(row));
    for (int64_t i = tokens.offsets[row]; i < tokens.offsets[row + 1]; ++i) add(tokens.ids[i]);
  }
  char digits[17];
  std::snprintf(digits, sizeof(digits), "%016lx", static_cast<unsigned long>(value));
  return digits;
}

TEST(MiniLm, AgreesWithTransformersOnEveryTweetOfTweetEval) {
  const auto model = cache_folder() / "models" / "minilm";
  if (!std::filesystem::exists(model / "tokenizer.json")) {
    GTEST_SKIP() << model << " is absent: scripts/demo.sh fetches it";
  }
  const auto data = std::filesystem::path(THAW_SOURCE_DIR) / ".." / "shared" / "data";
  const Tokenizer tokenizer = Tokenizer::load(model);
  EXPECT_EQ(tokenizer.vocabulary_size(), 30522);
  EXPECT_EQ(tokenizer.model_max_length(), 512);
  EXPECT_EQ(tokenizer.pad_id(), 0);
  const auto golden = nlohmann::json::parse(read_text_file(golden_folder() / "minilm_tweets.json"));
  const int64_t rows_a_hash = golden["rows_a_hash"];
  for (const auto& file : golden["files"]) {
    const auto path = data / file["file"].get<std::string>();
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent";
    TextColumn texts;
    try {
      texts = read_texts(path.string(), "text");
    } catch (const Error& error) {
      GTEST_SKIP() << "cannot read Parquet here: " << error.what();
    }
    ASSERT_EQ(texts.size(), file["rows"].get<int64_t>());
    const TokenizedTexts tokens = tokenizer.encode_all(texts, file["max_length"]);
    const auto hashes = file["hashes"].get<std::vector<std::string>>();
    ASSERT_EQ(static_cast<int64_t>(hashes.size()), (texts.size() + rows_a_hash - 1) / rows_a_hash);
    for (size_t i = 0; i < hashes.size(); ++i) {
      const int64_t begin = static_cast<int64_t>(i) * rows_a_hash;
      EXPECT_EQ(fnv(tokens, begin, std::min(begin + rows_a_hash, texts.size())), hashes[i])
          << path << ", rows from " << begin;
    }
  }
}

}  // namespace
}  // namespace thaw
