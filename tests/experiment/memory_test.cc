// What a training takes is foreseen, and a machine with less gets it in smaller parts.

#include "base/memory.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "experiment/comparison.h"
#include "small_experiment.h"
#include "tests/base/temporary_folder.h"
#include "training/memory_plan.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

class MemoryLimit : public testing::Test {
 protected:
  // What the listener was told.
  std::string run(const std::string& memory, const std::string& strategies = "probe,full") {
    std::string said;
    Listener listener;
    listener.message = [&](const std::string& text) { said += text; };
    fs::remove_all(out());
    run_comparison(small_experiment(data_, out(),
                                    {"strategies=" + strategies, "precision=fp32",
                                     "memory=" + memory, "epochs=1"}),
                   tiny_model("bert"), false, listener, &asked_, false);
    return said;
  }
  fs::path out() const { return folder_.path() / "out"; }

  RunSpec asked_{"compare", fs::current_path(), {}, {}};
  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", small_table(120));
};

// Between what one text takes and what a step of sixteen does.
TEST_F(MemoryLimit, IsMetByTakingStepsInParts) {
  const ClassifierModel model = open_classifier(tiny_model("bert"));
  const MemoryNeed need = open_engine()->need(
      model.config, model.table, make_freeze_plan(model.table, "full"), NumberType::kFp32, false);
  const std::string limit = std::to_string(need.bytes(64) * 6 / 5 + 6) + "B";
  const std::string said = run(limit);
  EXPECT_NE(said.find("full: a step may take "), std::string::npos) << said;
  EXPECT_NE(said.find("its rows are run in parts of at most 64 tokens"), std::string::npos);
  EXPECT_EQ(said.find("probe: a step"), std::string::npos) << "which needs less";
  EXPECT_TRUE(fs::exists(out() / "full" / "model.safetensors"));
}

TEST_F(MemoryLimit, ThatIsTooLowForAStrategyIsAnErrorBeforeAnythingIsTrained) {
  try {
    run("1MB");
    FAIL();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("probe: training it takes about ")) << text;
    EXPECT_NE(text.find("1 MB are free"), std::string::npos) << text;
  }
  EXPECT_FALSE(fs::exists(out())) << "so that the next try finds nothing in its way";
}

TEST_F(MemoryLimit, OfAWholeMachineChangesNothing) {
  EXPECT_EQ(run("64GB").find("in parts"), std::string::npos);
}

}  // namespace
}  // namespace thaw
