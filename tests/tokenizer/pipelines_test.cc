// Tokenizers of every kind of model, normalizer, pre-tokenizer and post-processor.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "base/error.h"
#include "tests/tokenizer/golden_folder.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

using nlohmann::json;
using Files = std::map<std::string, json>;

TEST(Pipelines, OfEveryKindGiveTheIdsOfTransformers) {
  const json golden = json::parse(read_text_file(golden_folder() / "pipelines.json"));
  const auto texts = golden["texts"].get<std::vector<std::string>>();
  ASSERT_GE(golden["configurations"].size(), 16u);
  for (const json& configuration : golden["configurations"]) {
    SCOPED_TRACE(configuration["name"].get<std::string>());
    const TokenizerFiles files(configuration["files"].get<Files>());
    if (configuration.contains("merges")) {
      std::ofstream(files.path() / "merges.txt") << configuration["merges"].get<std::string>();
    }
    const Tokenizer tokenizer = Tokenizer::load(files.path());
    const json& ids = configuration["ids"];
    ASSERT_EQ(ids.size(), texts.size());
    for (size_t i = 0; i < texts.size(); ++i) {
      EXPECT_EQ(tokenizer.encode(texts[i], 0), ids[i].get<std::vector<int32_t>>())
          << "text " << i << ": " << texts[i];
    }
  }
}

// Reads a folder whose tokenizer.json is `text`, and what it makes of a few texts. False: an error.
bool loads(const TokenizerFiles& files, const std::string& text) {
  std::ofstream(files.path() / "tokenizer.json", std::ios::binary) << text;
  try {
    const Tokenizer tokenizer = Tokenizer::load(files.path());
    tokenizer.encode("The river's  lovely \u00e9\u0301 1234 <mask>", 8);
    return true;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(files.path().string()), std::string::npos)
        << error.what();
    return false;
  }
}

TEST(Pipelines, ThatAreCutOffAreErrorsAndSpoiltOnesNeverCrash) {
  const json golden = json::parse(read_text_file(golden_folder() / "pipelines.json"));
  std::mt19937 random(7);
  int errors = 0;
  for (const json& configuration : golden["configurations"]) {
    SCOPED_TRACE(configuration["name"].get<std::string>());
    if (!configuration["files"].contains("tokenizer.json")) continue;
    const TokenizerFiles files(configuration["files"].get<Files>());
    const std::string text = configuration["files"]["tokenizer.json"].dump();
    ASSERT_TRUE(loads(files, text));
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(loads(files, text.substr(0, random() % text.size())));
    for (int i = 0; i < 60; ++i) {
      std::string spoilt = text;
      for (int change = 0; change < 3; ++change) {
        spoilt[random() % spoilt.size()] = "\"[]{},:0-9eNu\\ "[random() % 16];
      }
      errors += !loads(files, spoilt);
    }
  }
  EXPECT_GT(errors, 100);
}

}  // namespace
}  // namespace thaw
