#include "engine/cpu/ops/embedding.h"

#include "tests/engine/cpu/ops/op_testing.h"
#include "tests/engine/cpu/ops/reference/embedding.h"

namespace thaw {
namespace {

using namespace thaw::testing;

constexpr int64_t kVocabulary = 29, kPositions = 8, kTypes = 2;

// Ids that repeat, in sequences of kPositions tokens.
struct Tokens {
  explicit Tokens(int64_t count) {
    for (int64_t t = 0; t < count; ++t) {
      ids.push_back(static_cast<int32_t>(t * t % 13));  // ids from 13 on never occur
      positions.push_back(static_cast<int32_t>(t % kPositions));
      types.push_back(static_cast<int32_t>(t % 3 == 0));
    }
  }
  EmbeddingIndices indices(bool with_types = true) const {
    return {.ids = ids.data(),
            .positions = positions.data(),
            .types = with_types ? types.data() : nullptr,
            .tokens = static_cast<int64_t>(ids.size())};
  }
  std::vector<int32_t> ids, positions, types;
};

template <class T>
class EmbeddingOf : public ::testing::Test {};
TYPED_TEST_SUITE(EmbeddingOf, Storages);

TYPED_TEST(EmbeddingOf, ForwardAgreesWithItsDoubleTwinAndZeroesThePadding) {
  for_each_setting([&] {
    for (const int64_t hidden : kOddSizes) {
      for (const int64_t tokens : {0, 1, 30, 61}) {
        const int64_t padded = (tokens + 31) / 32 * 32;
        const Tokens some(tokens);
        const auto word = random_array<float>(kVocabulary * hidden, 1);
        const auto position = random_array<float>(kPositions * hidden, 2);
        const auto type = random_array<float>(kTypes * hidden, 3);
        const auto word_d = word.doubles(), position_d = position.doubles();
        const auto type_d = type.doubles();
        for (const bool with_table : {true, false}) {
          for (const bool with_types : {true, false}) {
            auto sum = random_array<TypeParam>(padded * hidden, 4);
            embedding_forward({word.data(), position.data(), with_table ? type.data() : nullptr},
                              some.indices(with_types), padded, hidden, sum.data());
            std::vector<double> expected(padded * hidden);
            reference::embedding_forward(
                {word_d.data(), position_d.data(), with_table ? type_d.data() : nullptr},
                some.indices(with_types), padded, hidden, expected.data());
            expect_close(sum, expected, 1.01 * kRounding<TypeParam>, 5e-7, "sum");
          }
        }
      }
    }
  });
}

TYPED_TEST(EmbeddingOf, BackwardAgreesWithItsDoubleTwinAndLeavesOtherRowsAlone) {
  for_each_setting([&] {
    for (const int64_t hidden : kOddSizes) {
      const int64_t tokens = 61;
      const Tokens some(tokens);
      const auto d_sum = random_array<TypeParam>(tokens * hidden, 5);
      for (const bool with_types : {true, false}) {
        auto word = random_array<float>(kVocabulary * hidden, 6);
        auto position = random_array<float>(kPositions * hidden, 7);
        auto type = random_array<float>(kTypes * hidden, 8);
        auto word_d = word.doubles(), position_d = position.doubles(), type_d = type.doubles();
        const auto before = word;
        embedding_backward(some.indices(with_types), d_sum.data(), hidden,
                           {word.data(), position.data(), type.data()});
        reference::embedding_backward(some.indices(with_types), d_sum.doubles().data(), hidden,
                                      {word_d.data(), position_d.data(), type_d.data()});
        expect_close(word, word_d, 1e-6, 3e-6, "word");
        expect_close(position, position_d, 1e-6, 3e-6, "position");
        expect_close(type, type_d, 1e-6, 2e-5, "type");
        for (int64_t i = 13 * hidden; i < kVocabulary * hidden; ++i) {
          ASSERT_EQ(word[i], before[i]) << "a row without a token was touched";
        }
      }
    }
  });
}

TYPED_TEST(EmbeddingOf, GradientHasTheSameBitsForAnyNumberOfThreads) {
  const int64_t tokens = 200, hidden = 385;
  const Tokens some(tokens);
  const auto d_sum = random_array<TypeParam>(tokens * hidden, 9);
  std::vector<Array<float>> words;
  for (const int threads : {1, 2, 3, 7}) {
    set_thread_count(threads);
    Array<float> word(kVocabulary * hidden), position(kPositions * hidden);
    embedding_backward(some.indices(false), d_sum.data(), hidden,
                       {word.data(), position.data(), nullptr});
    words.push_back(word);
  }
  set_thread_count(0);
  for (const auto& word : words) EXPECT_TRUE(word.same_bits(words[0]));
}

TYPED_TEST(EmbeddingOf, FrozenTablesAreLeftOut) {
  const Tokens some(5);
  const auto d_sum = random_array<TypeParam>(5 * 3, 10);
  Array<float> position(kPositions * 3);
  embedding_backward(some.indices(), d_sum.data(), 3, {nullptr, position.data(), nullptr});
  EXPECT_EQ(position[0], d_sum[0]);
}

TEST(ReferenceEmbedding, GradientsAgreeWithFiniteDifferences) {
  const int64_t tokens = 20, hidden = 3;
  const Tokens some(tokens);
  expect_gradients_agree(
      {.inputs = {random_doubles(kVocabulary * hidden, 1), random_doubles(kPositions * hidden, 2),
                  random_doubles(kTypes * hidden, 3)},
       .forward =
           [&](const Arrays& in) {
             std::vector<double> sum(32 * hidden);
             reference::embedding_forward({in[0].data(), in[1].data(), in[2].data()},
                                          some.indices(), 32, hidden, sum.data());
             return Arrays{sum};
           },
       .backward =
           [&](const Arrays& in, const Arrays& d_out) {
             Arrays d = {std::vector<double>(in[0].size()), std::vector<double>(in[1].size()),
                         std::vector<double>(in[2].size())};
             reference::embedding_backward(some.indices(), d_out[0].data(), hidden,
                                           {d[0].data(), d[1].data(), d[2].data()});
             return d;
           }});
}

}  // namespace
}  // namespace thaw
