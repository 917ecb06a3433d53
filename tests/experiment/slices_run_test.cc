// --slices through a whole comparison, one that is broken off among them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/comparison.h"
#include "report/findings/slices.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// small_table() with a column of two values, turned round on demand.
std::string sliced_table(int rows, bool turned) {
  std::string table = small_table(rows), with;
  int row = -1;
  for (size_t at = 0; at < table.size(); ++row) {
    const size_t end = table.find('\n', at);
    const bool first = (row % 5 < 3) != turned;
    with += table.substr(at, end - at) + (row < 0 ? ",source" : first ? ",web" : ",app") + "\n";
    at = end + 1;
  }
  return with;
}

class SlicesRun : public testing::Test {
 protected:
  ComparisonResults run(const std::string& out, bool resume, const Listener& listener) {
    const auto assignments = small_assignments(
        folder_.path() / "rows.csv", folder_.path() / out,
        {"strategies=probe,last-1", "slices=source,length", "times=false", "pooling=mean",
         "precision=fp32", "frozen_precision=fp32", "checkpoint_every=4steps", "threads=1"});
    const RunSpec asked{"compare", fs::current_path(), {}, assignments};
    return run_comparison(make_settings({}, assignments), tiny_model("bert"), false, listener,
                          &asked, resume);
  }
  void break_off(const std::string& out) {
    int64_t calls = 0;
    Listener impatient;
    impatient.interrupted = [&] { return ++calls > 60; };
    EXPECT_THROW(run(out, false, impatient), Interrupted);
  }
  std::string file(const std::string& out, const std::string& name) const {
    return bytes_of(folder_.path() / out / name);
  }

  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", sliced_table(240, false));
};

TEST_F(SlicesRun, KnowsTheRowsOfTheTestThatWasSplitOff) {
  std::string said;
  Listener listener;
  listener.message = [&](const std::string& text) { said += text; };
  const auto results = run("out", false, listener);
  ASSERT_EQ(results.slices.size(), 2u);
  EXPECT_FALSE(results.slices[0].tokens);
  EXPECT_TRUE(results.slices[1].tokens);
  EXPECT_THAT(said, HasSubstr("Slices: length is the number of tokens"));
  EXPECT_EQ(results.settings.at("slices"), "source, length");
  std::map<std::string, int64_t> rows;
  for (const int64_t row : results.test_rows) ++rows[row % 5 < 3 ? "web" : "app"];
  for (const Slice& slice : results.slices[0].slices) {
    EXPECT_EQ(slice.rows, rows.at(slice.name)) << slice.name;
    ASSERT_EQ(slice.strategies.size(), 2u);
    EXPECT_EQ(slice.strategies[1].size(), all_metrics().size());
  }
  int64_t all = 0;
  for (const Slice& slice : results.slices[1].slices) all += slice.rows;
  EXPECT_EQ(all, static_cast<int64_t>(results.test_rows.size()));
}

TEST_F(SlicesRun, IsTheSameAfterABreak) {
  run("whole", false, {});
  break_off("broken");
  run("broken", true, {});
  for (const char* name : {"slices.csv", "predictions.csv"}) {
    EXPECT_EQ(file("broken", name), file("whole", name)) << name;
  }
}

TEST_F(SlicesRun, DoesNotGoOnWithOtherValues) {
  break_off("broken");
  folder_.write("rows.csv", sliced_table(240, true));
  EXPECT_THAT(error_of([&] { run("broken", true, {}); }),
              HasSubstr("the values of the columns for slices are not those"));
}

}  // namespace
}  // namespace thaw
