#include "api/text_vectors.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

TextColumn sentences() {
  TextColumn texts;
  for (const char* text : {"the film was good", "i like it", "the film was good"}) {
    texts.push_back(text);
  }
  return texts;
}

TEST(TextVectors, AreOneForEachTextAndTheSameForTheSameText) {
  TextVectorOptions options;
  options.model = tiny_model("bert").string();
  options.label_names = {"negative", "positive"};
  const TextVectors vectors = text_vectors(sentences(), options);
  EXPECT_EQ(vectors.size, 36);
  ASSERT_EQ(vectors.values.size(), 3u * 36);
  const auto row = [&](int64_t at) {
    return std::vector<float>(vectors.values.begin() + at * vectors.size,
                              vectors.values.begin() + (at + 1) * vectors.size);
  };
  EXPECT_EQ(row(0), row(2));
  EXPECT_NE(row(0), row(1));
}

TEST(TextVectors, RefuseALengthThatTheModelDoesNotHave) {
  TextVectorOptions options;
  options.model = tiny_model("bert").string();
  options.label_names = {"negative", "positive"};
  options.max_length = 100'000;
  EXPECT_THROW(text_vectors(sentences(), options), Error);
}

}  // namespace
}  // namespace thaw
