// A masked language model without a pooler: what is new in its classifier is never frozen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/classify.h"
#include "experiment/comparison.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class FreshPooler : public testing::Test {
 protected:
  ComparisonResults run(const std::string& out, std::vector<std::string> more,
                        const fs::path& model = kModel) {
    for (const char* always : {"max_length=16", "precision=fp32"}) more.emplace_back(always);
    return run_comparison(small_experiment(data_, folder_.path() / out, more), model, false, {});
  }
  std::vector<float> pooler_of(const fs::path& folder) const {
    OpenOptions options;
    options.label_names = {"negative", "positive"};
    const ClassifierModel classifier = open_classifier(folder, options);
    const Parameter& dense = classifier.table.at(Role::kDenseWeight, 0);
    return {dense.value, dense.value + dense.size()};
  }

  static inline const fs::path kModel =
      fs::path(THAW_SOURCE_DIR) / "tests" / "cases" / "files" / "models" / "masked_lm";
  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", small_table(120));
};

TEST_F(FreshPooler, IsTrainedByAProbeAndSavedWithTheClassifier) {
  const auto results = run("out", {"strategies=probe"});
  const StrategyResult& probe = results.strategies.at(0);
  EXPECT_EQ(probe.trainable_parameters, 8 * 8 + 8 + 2 * 8 + 2);
  EXPECT_NE(probe.frozen_hash_before, "");
  EXPECT_EQ(probe.frozen_hash_before, probe.frozen_hash_after);
  const fs::path saved = folder_.path() / "out" / "probe";
  EXPECT_NE(pooler_of(saved), pooler_of(kModel));

  const ClassifierModel classifier = open_classifier(saved);
  EXPECT_TRUE(classifier.report.rows.empty());
  DataOptions data;
  data.paths = {data_.string()};
  const auto tokens = Tokenizer::load(saved).encode_all(load_dataset(data).test.texts, 16);
  EXPECT_EQ(classify(classifier, tokens, NumberType::kFp32, "", {}), probe.test_logits);

  // What came from a checkpoint is frozen in the next probe.
  const auto again = run("again", {"strategies=probe"}, saved);
  EXPECT_EQ(again.strategies.at(0).trainable_parameters, 2 * 8 + 2);
  EXPECT_EQ(pooler_of(folder_.path() / "again" / "probe"), pooler_of(saved));
}

// The cached [CLS] states are the same for every seed and for what starts from a probe: what is
// read of them must not depend on who else reads them.
TEST_F(FreshPooler, SharesCachedStatesWithoutSharingThePooler) {
  const std::vector<std::string> settings{"strategies=probe,second,full", "second.strategy=probe",
                                          "second.init_from=probe", "full.init_from=probe"};
  auto seeds = settings;
  seeds.emplace_back("seeds=2");
  const auto both = run("both", seeds);
  ASSERT_EQ(both.strategies.at(0).reruns.size(), 1u);
  EXPECT_NE(both.strategies[0].reruns[0].test.loss, both.strategies[0].test.loss);
  const auto one = run("one", settings);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(one.strategies[i].test_logits, both.strategies[i].test_logits) << i;
  }
}

TEST_F(FreshPooler, ToldToStayFrozenOrToBeSolvedIsASentence) {
  EXPECT_THAT(error_of([&] {
                run("out", {"strategies=probe", "probe.freeze=pooler.*"});
              }),
              HasSubstr("'pooler.dense.weight' is new and would stay random"));
  EXPECT_THAT(error_of([&] {
                run("out", {"strategies=probe", "probe.solver=exact"});
              }),
              AllOf(HasSubstr("trains pooler.dense.weight, which is new, as well"),
                    HasSubstr("pooling = cls or mean")));
  EXPECT_NO_THROW(run("out", {"strategies=probe", "probe.solver=exact", "pooling=cls"}));
}

}  // namespace
}  // namespace thaw
