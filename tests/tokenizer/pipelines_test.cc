// Tokenizers of every kind of model, normalizer, pre-tokenizer and post-processor.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

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

}  // namespace
}  // namespace thaw
