// The real encoder that the demo fetches, against Transformers.

#include <gtest/gtest.h>

#include "engine/cpu/gemm/quantized_linear.h"
#include "engine/engine.h"
#include "files/files.h"
#include "tests/golden/golden.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

TEST(MiniLm, SentenceVectorsAgreeWithTransformersWithin2e5AndInInt8Within13Percent) {
  const auto folder = cache_folder() / "models" / "minilm";
  if (!std::filesystem::exists(folder / "model.safetensors")) {
    GTEST_SKIP() << "the encoder is not there; scripts/fetch-minilm.sh fetches it";
  }
  OpenOptions options;
  options.label_names = {"a", "b"};
  const ClassifierModel classifier = open_classifier(folder, options);
  EXPECT_FALSE(classifier.head.native);
  EXPECT_EQ(classifier.head.pooling, std::vector{Pooling::kMean});
  const Tokenizer tokenizer = Tokenizer::load(folder);
  const auto sentences = golden::minilm_sentences();
  ASSERT_EQ(sentences.size(), 6u);
  TextColumn texts;
  for (const auto& sentence : sentences) texts.push_back(sentence.text);
  const TokenizedTexts tokens = tokenizer.encode_all(texts, 256);
  for (size_t i = 0; i < sentences.size(); ++i) {
    const std::vector<int32_t> ids(tokens.ids.begin() + tokens.offsets[i],
                                   tokens.ids.begin() + tokens.offsets[i + 1]);
    EXPECT_EQ(ids, sentences[i].ids) << sentences[i].text;
  }

  const auto session = open_engine()->session(classifier, {}, false);
  const auto frozen = session->cache(tokens, {{}, true, {}}, "", {});
  const int64_t hidden = session->feature_size();
  for (size_t i = 0; i < sentences.size(); ++i) {
    const float* vector = frozen->features().data() + i * hidden;
    golden::expect_near({vector, vector + hidden}, sentences[i].vector, 2e-5, 0, sentences[i].text);
  }

  if (!cpu_has_int8()) return;
  const auto in_int8 =
      open_engine()->session(classifier, {NumberType::kFp32, NumberType::kInt8}, false);
  const auto rough = in_int8->cache(tokens, {{}, true, {}}, "", {});
  for (size_t i = 0; i < sentences.size(); ++i) {
    double difference = 0, size = 0;
    for (int64_t c = 0; c < hidden; ++c) {
      const double own = sentences[i].vector[c];
      const double off = rough->features()[i * hidden + c] - own;
      difference += off * off;
      size += own * own;
    }
    EXPECT_LT(std::sqrt(difference / size), 0.13) << "int8: " << sentences[i].text;
  }
}

}  // namespace
}  // namespace thaw
