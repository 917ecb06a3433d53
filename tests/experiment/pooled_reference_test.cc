// The solved probe beside a head with a dense layer of its own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "evaluation/metrics.h"
#include "experiment/comparison.h"
#include "report/findings/recommendation.h"
#include "report/findings/references.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path kGolden = tiny_model("pooled_probe");

class PooledReference : public testing::Test {
 protected:
  // With validation where it is to choose C.
  ComparisonResults run(const std::string& model, const std::string& out, bool validation,
                        const std::vector<std::string>& more) {
    std::vector<Assignment> given;
    std::vector<std::string> all{
        "train=" + (kGolden / "train.csv").string(),
        "test=" + (kGolden / "test.csv").string(),
        validation ? "validation=" + (kGolden / "validation.csv").string() : "validation_size=0",
        "out=" + (folder_.path() / out).string(),
        "max_length=24",
        "precision=fp32",
        "frozen_precision=fp32",
        "learning_rate=1e-2",
        "epochs=3",
        "check_data=false"};
    all.insert(all.end(), more.begin(), more.end());
    for (const auto& text : all) given.push_back(parse_assignment(text, "--set"));
    return run_comparison(make_settings({}, given), tiny_model(model), false, {});
  }
  TemporaryFolder folder_;
};

const ReferenceResult& solved(const ComparisonResults& results) {
  const ReferenceResult* found = find_reference(results, ReferenceResult::Kind::kPooled);
  EXPECT_NE(found, nullptr);
  return *found;
}

TEST_F(PooledReference, IsScikitLearnsOnTheVectorsOfTransformers) {
  std::ifstream file(kGolden / "golden.json");
  const auto golden = nlohmann::json::parse(file);
  ASSERT_EQ(golden.size(), 6u);
  int compared = 0;
  for (const auto& expected : golden) {
    const std::string model = expected.at("model"), by = expected.at("chosen_by");
    std::vector<std::string> more{"strategies=probe"};
    if (by == "balanced") more.emplace_back("class_weights=balanced");
    const auto results = run(model, model + by, by == "validation", more);
    const ReferenceResult& found = solved(results);
    const std::vector<double> wanted = expected.at("probabilities");
    ASSERT_EQ(found.test_logits.size(), wanted.size());
    const auto shares = probabilities(found.test_logits.data(), 80, 3, 1);
    double furthest = 0;
    for (size_t i = 0; i < wanted.size(); ++i) {
      furthest = std::max(furthest, std::fabs(shares[i] - wanted[i]));
    }
    EXPECT_LT(furthest, 2e-3) << model << " " << by;
    // A probe that gives one answer is not recommended, and then there is nothing to compare.
    ASSERT_EQ(found.difference.has_value(), recommend(results).chosen.has_value());
    if (!found.difference) continue;
    ++compared;
    EXPECT_EQ(found.difference->metric, results.decision.metric);
    EXPECT_THAT(format_references(results), HasSubstr("solved probe (on the pooled vector)"));
  }
  EXPECT_GE(compared, 3);
}

// Also where the times, by which the cheaper of two equals is recommended, are not recorded.
TEST_F(PooledReference, IsComparedWithWhatTheReportRecommends) {
  int compared = 0;
  for (const std::string times : {"times=true", "times=false"}) {
    for (const std::string strategies : {"strategies=full,last-1,probe", "strategies=probe,full"}) {
      const auto results = run("distilbert", times + strategies, true, {strategies, times});
      const Recommendation found = recommend(results);
      if (!found.chosen) continue;
      ++compared;
      EXPECT_EQ(solved(results).against, results.strategies[*found.chosen].name) << times;
    }
  }
  EXPECT_EQ(compared, 4);
}

// Whoever reads the vectors, and whether anybody does, it is the same reference.
TEST_F(PooledReference, DoesNotDependOnTheStrategies) {
  const auto probe = run("distilbert", "probe", true, {"strategies=probe"});
  const auto full = run("distilbert", "full", true, {"strategies=full,bitfit", "head_start=new"});
  const auto both = run("distilbert", "both", true, {"strategies=last-1,probe", "seeds=2"});
  const auto frozen = run("distilbert", "frozen", true,
                          {"strategies=probe,mine", "mine.strategy=probe", "mine.init_from=probe",
                           "mine.freeze=pre_classifier.*"});
  // What is read here comes out of the dense layer.
  const auto above =
      run("distilbert", "above", true,
          {"strategies=mine", "mine.strategy=probe", "mine.freeze=pre_classifier.*"});
  EXPECT_EQ(solved(above).test_logits, solved(probe).test_logits);
  EXPECT_EQ(solved(full).test_logits, solved(probe).test_logits);
  EXPECT_EQ(solved(both).test_logits, solved(probe).test_logits);
  EXPECT_EQ(solved(frozen).test_logits, solved(probe).test_logits);
  EXPECT_EQ(find_reference(both, ReferenceResult::Kind::kLinear), nullptr);
}

TEST_F(PooledReference, IsTheProbeItselfWhereTheHeadIsLinear) {
  const auto results = run("bert", "bert", true, {"strategies=probe"});
  EXPECT_EQ(find_reference(results, ReferenceResult::Kind::kPooled), nullptr);
  EXPECT_NE(find_reference(results, ReferenceResult::Kind::kLinear), nullptr);
}

}  // namespace
}  // namespace thaw
