// Saving a model through every failure of every call: over nothing, in the place of an older one,
// and beside other files.

#include <gtest/gtest.h>

#include <string>

#include "files/durable_folder.h"
#include "files/files.h"
#include "model/save_classifier.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"
#include "tests/faults/disk_model.h"
#include "tests/faults/function_sweep.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::Contents;
using testing::sweep_place;
using testing::Writing;

constexpr auto kGone = FolderWriter::Others::kGone, kKept = FolderWriter::Others::kKept;

// A tiny sentence classifier, whose folder has folders of its own.
struct Model {
  explicit Model(uint64_t seed) {
    OpenOptions options;
    options.label_names = {"negative", "positive"};
    options.pooling = "mean";
    options.seed = seed;
    classifier = open_classifier(tiny_model("bert"), options);
  }
  void save(const fs::path& folder, FolderWriter::Others others) const {
    save_classifier(classifier, tokenizer, 20, folder, others);
  }
  ClassifierModel classifier;
  Tokenizer tokenizer = Tokenizer::load(tiny_model("bert"));
};

class SavedModel : public ::testing::Test {
 protected:
  const Model old_{1}, now_{2};
};

TEST_F(SavedModel, IsCompleteOrAbsentAfterAnyFault) {
  testing::sweep({[](const fs::path& folder) { write_file(folder / "beside", "kept"); },
                  [&](const fs::path& folder) { now_.save(folder / "out/full", kGone); }});
}

TEST_F(SavedModel, IsTheOldOneOrTheNewOneAfterAnyFault) {
  const Writing writing{[&](const fs::path& folder) { old_.save(folder / "full", kGone); },
                        [&](const fs::path& folder) { now_.save(folder / "full", kGone); }};
  testing::sweep_errors(writing);
  testing::sweep_kills(writing);
}

TEST_F(SavedModel, IsCompleteOrAbsentBesideOtherFiles) {
  testing::sweep_errors({[](const fs::path& folder) { write_file(folder / "report.html", "kept"); },
                         [&](const fs::path& folder) { now_.save(folder, kKept); }},
                        /*once=*/true);
}

TEST_F(SavedModel, OpensAndVerifies) {
  const TemporaryFolder folder(sweep_place());
  now_.save(folder / "full", kGone);
  verify_folder(folder / "full");
  EXPECT_EQ(open_classifier(folder / "full").label_names,
            (std::vector<std::string>{"negative", "positive"}));
  EXPECT_TRUE(fs::exists(folder / "full/2_Dense/model.safetensors"));
}

// As many states as there are ways to lose power: fewer are taken of each moment than elsewhere.
TEST_F(SavedModel, IsTheOldOneOrTheNewOneAfterAPowerFailure) {
  const TemporaryFolder folder(sweep_place());
  old_.save(folder / "full", kGone);
  const auto in_full = [](const Contents& files) {
    Contents found = files;
    std::erase_if(found, [](const auto& file) { return !file.first.starts_with("full/"); });
    return found;
  };
  const Contents old = in_full(testing::contents_of(folder.path()));
  const testing::DiskRecorder recorder(folder.path());
  now_.save(folder / "full", kGone);
  const Contents now = in_full(testing::contents_of(folder.path()));
  ASSERT_NE(old, now);
  int states = 0, wrong = 0;
  recorder.model().for_each_crash(
      [&](const testing::DiskState& state, const std::string&) {
        const Contents found = in_full(state.files);
        ++states;
        wrong += found != old && found != now;
      },
      /*most=*/6);
  EXPECT_GT(states, 500);
  EXPECT_EQ(wrong, 0) << "of " << states;
}

}  // namespace
}  // namespace thaw
