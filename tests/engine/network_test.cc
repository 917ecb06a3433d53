// What a network gives beside logits and the gradients of its parameters, which
// tests/training/golden_gradients_test.cc compares: vectors, gradients of the input, and gradients
// told of while the backward still runs.

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <map>

#include "engine/engine.h"
#include "tests/engine/cpu/gemm/needs_bf16.h"
#include "tests/golden/golden_texts.h"

namespace thaw {
namespace {

using golden::distance;
using golden::Golden;
using golden::GoldenTexts;
using golden::norm;

constexpr double kBf16 = 0.06;  // of a tensor's norm, as the gradients of parameters

class GoldenNetwork : public testing::TestWithParam<std::string> {
 protected:
  Targets targets() const { return {batch.labels.data(), {}, 0}; }
  BatchSource source() const { return {&batch.texts, nullptr, batch.rows}; }
  std::vector<float> input_gradients(Network& network, const BatchSource& of) const {
    int64_t tokens = 0;
    for (const int64_t row : of.rows) tokens += of.texts->length(row);
    std::vector<float> d_embeddings(static_cast<size_t>(tokens * classifier.config.hidden_size));
    network.input_gradients(of, targets(), d_embeddings);
    return d_embeddings;
  }
  std::unique_ptr<Network> session(NumberType number = NumberType::kFp32) const {
    return open_engine()->session(classifier, {number, number}, false);
  }
  std::unique_ptr<Network> network(const std::string& strategy) {
    plan = make_freeze_plan(classifier.table, strategy);
    return open_engine()->network(classifier, plan, {}, {});
  }

  Golden golden{GetParam()};
  GoldenTexts batch{golden, 0};
  ClassifierModel classifier = open_classifier(golden::folder(GetParam()));
  FreezePlan plan;
};

TEST_P(GoldenNetwork, InputGradientsAgreeWithTransformers) {
  const auto expected = golden.floats("batch.0.input_gradients");
  const auto found = input_gradients(*session(), source());
  ASSERT_EQ(found.size(), expected.size());
  EXPECT_LE(distance(found.data(), expected), 3e-6 * norm(expected));
}

TEST_P(GoldenNetwork, InputGradientsAreNearTransformersInBf16) {
  THAW_NEEDS_BF16();
  const auto expected = golden.floats("batch.0.input_gradients");
  const auto found = input_gradients(*session(NumberType::kBf16), source());
  EXPECT_LE(distance(found.data(), expected), kBf16 * norm(expected));
}

// Whatever is trained, and whichever rows are asked for with it, in whatever order.
TEST_P(GoldenNetwork, InputGradientsOfARowAreItsOwn) {
  const auto expected = golden.floats("batch.0.input_gradients");
  const int64_t hidden = classifier.config.hidden_size;
  for (const char* strategy : {"probe", "last-1", "full"}) {
    const auto trained = network(strategy);
    const std::vector<int64_t> rows{3, 0};
    const auto found = input_gradients(*trained, {&batch.texts, nullptr, rows});
    const float* next = found.data();
    for (const int64_t row : rows) {
      const auto begin = expected.begin() + batch.texts.offsets[row] * hidden;
      const std::vector<float> own(begin, begin + batch.texts.length(row) * hidden);
      EXPECT_LE(distance(next, own), 1e-5 * norm(own)) << strategy << ", row " << row;
      next += own.size();
    }
  }
}

// After a step, of the new weights.
TEST_P(GoldenNetwork, InputGradientsFollowTheSteps) {
  const auto trained = network("full");
  const auto before = input_gradients(*trained, source());
  SingleProcess alone;
  trained->accumulate(source(), targets(), {}, 1, nullptr);
  trained->step({1, 0.01, 0, 0}, alone);
  trained->flush();
  const auto after = input_gradients(*trained, source());
  EXPECT_NE(after, before);
  EXPECT_EQ(after, input_gradients(*session(), source()));
}

TEST_P(GoldenNetwork, GradientsOfParametersDoNotMixWithThoseOfTheInput) {
  const auto trained = network("full");
  trained->accumulate(source(), targets(), {}, 1, nullptr);
  std::map<std::string, std::vector<float>> before;
  for (const Parameter& p : classifier.table.list) {
    before[p.name].assign(p.gradient, p.gradient + p.size());
  }
  input_gradients(*trained, source());
  for (const Parameter& p : classifier.table.list) {
    EXPECT_EQ(std::vector<float>(p.gradient, p.gradient + p.size()), before[p.name]) << p.name;
  }
}

TEST_P(GoldenNetwork, TokenVectorsAreTransformersLastHiddenStates) {
  const std::string last = "batch.0.hidden." + std::to_string(classifier.table.layers);
  const auto expected = golden.floats(last);
  const int64_t hidden = classifier.config.hidden_size;
  std::vector<float> found(expected.size());
  session()->vectors(source(), Level::kTokens, found);
  golden::expect_near(found, expected, 1e-5, 0, last);

  const std::vector<int64_t> rows{2, 0, 2};
  std::vector<float> chosen(
      static_cast<size_t>((2 * batch.texts.length(2) + batch.texts.length(0)) * hidden));
  session()->vectors({&batch.texts, nullptr, rows}, Level::kTokens, chosen);
  size_t at = 0;
  for (const int64_t row : rows) {
    for (int64_t i = 0; i < batch.texts.length(row) * hidden; ++i, ++at) {
      ASSERT_NEAR(chosen[at], expected[batch.texts.offsets[row] * hidden + i], 1e-5);
    }
  }
}

TEST_P(GoldenNetwork, PooledVectorsAreTheFirstTokensWhereTheHeadReadsThose) {
  const auto tokens = golden.floats("batch.0.hidden." + std::to_string(classifier.table.layers));
  const int64_t hidden = classifier.config.hidden_size;
  std::vector<float> found(batch.rows.size() * static_cast<size_t>(hidden));
  session()->vectors(source(), Level::kPooled, found);
  for (const int64_t row : batch.rows) {
    for (int64_t i = 0; i < hidden; ++i) {
      ASSERT_NEAR(found[row * hidden + i], tokens[batch.texts.offsets[row] * hidden + i], 1e-5);
    }
  }
}

TEST_P(GoldenNetwork, PooledVectorsAreThoseOfASentenceEncodersPooling) {
  for (const char* pooling : {"mean", "cls", "max"}) {
    if (!golden.has(std::string(pooling) + ".pooled")) continue;
    OpenOptions options;
    options.pooling = pooling;
    options.label_names = {"a", "b", "c"};
    const ClassifierModel pooled = load_classifier(golden::folder(GetParam()), options);
    const auto expected = golden.floats(std::string(pooling) + ".pooled");
    std::vector<float> found(expected.size());
    open_engine()->session(pooled, {}, false)->vectors(source(), Level::kPooled, found);
    golden::expect_near(found, expected, 1e-5, 0, pooling);
  }
}

// A session took its weights when it was made: no call packs them again, and none needs the table.
TEST_P(GoldenNetwork, ASessionTakesItsWeightsOnce) {
  auto copy = std::make_unique<ClassifierModel>(classifier);
  const auto once = open_engine()->session(*copy, {}, false);
  const auto first = logits_of(*once, batch.texts);
  for (Parameter& parameter : copy->table.list) parameter.value = nullptr;
  copy.reset();
  const auto second = logits_of(*once, batch.texts);
  EXPECT_EQ(first, second);
}

// What step() asks to be summed, and what accumulate() told of before.
class Recorder final : public GradientSink, public Communicator {
 public:
  void ready(std::span<float> gradients) override {
    told.push_back(gradients);
    values.emplace_back(gradients.begin(), gradients.end());
  }
  int rank() const override { return 0; }
  int size() const override { return 2; }
  void sum(std::span<float> gradients) override { summed.push_back(gradients); }
  std::vector<int32_t> gather_rows(std::span<const int32_t> rows) override {
    return {rows.begin(), rows.end()};
  }

  std::vector<std::span<float>> told, summed;
  std::vector<std::vector<float>> values;  // when they were told
};

bool same_place(std::span<float> a, std::span<float> b) {
  return a.data() == b.data() && a.size() == b.size();
}

TEST_P(GoldenNetwork, GradientsAreToldOnceEachWhenTheyAreFinalTheHeadsFirst) {
  for (const char* strategy : {"full", "last-1", "probe", "bitfit"}) {
    SCOPED_TRACE(strategy);
    classifier = open_classifier(golden::folder(GetParam()));
    const auto trained = network(strategy);
    Recorder recorder;
    trained->accumulate(source(), targets(), {}, 1, &recorder);

    std::map<const float*, int> times;
    for (size_t i = 0; i < recorder.told.size(); ++i) {
      const std::span<float> range = recorder.told[i];
      EXPECT_TRUE(std::equal(range.begin(), range.end(), recorder.values[i].begin()))
          << "range " << i << " changed after it was told";
      for (float& gradient : range) ++times[&gradient];
    }
    const auto lowest = [](const std::span<float>& range) { return range.data(); };
    int64_t expected = 0, first_of_head = -1;
    for (size_t i = 0; i < classifier.table.list.size(); ++i) {
      const Parameter& p = classifier.table.list[i];
      const bool told = plan.trainable[i] && p.role != Role::kWordEmbedding;
      if (told) expected += p.size();
      if (p.gradient == nullptr) continue;
      for (int64_t j = 0; j < p.size(); ++j) {
        const auto found = times.find(p.gradient + j);
        ASSERT_EQ(found == times.end() ? 0 : found->second, told ? 1 : 0) << p.name;
      }
      if (p.group == classifier.table.head_group() && told && first_of_head < 0) {
        first_of_head = p.gradient - lowest(recorder.told.front());
      }
    }
    EXPECT_EQ(static_cast<int64_t>(times.size()), expected);
    EXPECT_EQ(first_of_head, 0) << "the head is told first";
  }
}

TEST_P(GoldenNetwork, AStepAsksForTheSumsOfTheRangesThatWereTold) {
  const auto trained = network("full");
  Recorder recorder;
  trained->accumulate(source(), targets(), {}, 1, &recorder);
  trained->step({1, 1e-3, 0, 1}, recorder);
  ASSERT_EQ(recorder.summed.size(), recorder.told.size() + 1) << "and those of the words' rows";
  for (size_t i = 0; i < recorder.told.size(); ++i) {
    EXPECT_TRUE(same_place(recorder.summed[i], recorder.told[i])) << i;
  }
}

// A reduction that runs beside the backward, by doubling: as of two ranks with the same rows.
class Overlapping final : public GradientSink, public Communicator {
 public:
  void ready(std::span<float> gradients) override {
    running_[gradients.data()] = std::async(std::launch::async, [gradients] {
      for (float& gradient : gradients) gradient += gradient;
    });
  }
  int rank() const override { return 0; }
  int size() const override { return 2; }
  void sum(std::span<float> gradients) override {
    const auto found = running_.find(gradients.data());
    if (found != running_.end()) return found->second.get();
    for (float& gradient : gradients) gradient += gradient;
  }
  std::vector<int32_t> gather_rows(std::span<const int32_t> rows) override {
    return {rows.begin(), rows.end()};
  }

 private:
  std::map<const float*, std::future<void>> running_;
};

TEST_P(GoldenNetwork, AReductionMayRunBesideTheBackward) {
  const auto values_after = [&](bool beside) {
    ClassifierModel copy = classifier;
    const FreezePlan full = make_freeze_plan(copy.table, "full");
    const auto trained = open_engine()->network(copy, full, {}, {});
    for (int64_t step = 1; step <= 3; ++step) {
      Overlapping ranks;
      trained->accumulate(source(), targets(), {}, 0.5, beside ? &ranks : nullptr);
      trained->step({step, 1e-3, 0.01, 1}, ranks);
    }
    trained->flush();
    return trained->values();
  };
  EXPECT_EQ(values_after(true), values_after(false));
}

INSTANTIATE_TEST_SUITE_P(Families, GoldenNetwork, testing::ValuesIn(golden::kFamilyFolders),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace thaw
