// Power failures: what is on the disk is worked out from the calls that were made (disk_model.h),
// for the time after each of them and for every order in which the disk may have done what was not
// synced.

#include <fcntl.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "files/durable_folder.h"
#include "files/file_calls.h"
#include "files/files.h"
#include "tests/base/temporary_folder.h"
#include "tests/faults/disk_model.h"
#include "tests/faults/faulty_calls.h"
#include "tests/faults/program_sweep.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::Contents;
using testing::contents_of;
using testing::DiskRecorder;
using testing::DiskState;
using testing::sweep_place;

// Those that lie below the name, or are it.
Contents below(const Contents& files, const std::string& name) {
  Contents found;
  for (const auto& [path, bytes] : files) {
    if (path == name || path.starts_with(name + "/")) found[path] = bytes;
  }
  return found;
}

struct Counts {
  int states = 0, old = 0, now = 0;
};

// Plays a change of what is called `name` and requires the complete old or the complete new in
// every state. When the change has returned, the new one must be there.
Counts sweep(const std::string& name, const std::function<void(const fs::path&)>& prepare,
             const std::function<void(const fs::path&)>& change) {
  const TemporaryFolder folder(sweep_place());
  prepare(folder.path());
  const Contents old = below(contents_of(folder.path()), name);
  const DiskRecorder recorder(folder.path());
  change(folder.path());
  const Contents now = below(contents_of(folder.path()), name);
  EXPECT_NE(old, now);
  Counts counts;
  std::string last;
  std::set<Contents> last_states;
  recorder.model().for_each_crash([&](const DiskState& state, const std::string& when) {
    const Contents found = below(state.files, name);
    ++counts.states;
    counts.old += found == old;
    counts.now += found == now;
    if (found != old && found != now) {
      std::string list;
      for (const auto& [path, bytes] : state.files) {
        list += "\n  " + path + " (" + std::to_string(bytes.size()) + " bytes)";
      }
      ADD_FAILURE() << when << " there is neither the old nor the new:" << list;
    }
    if (when != last) last_states.clear();
    last = when;
    last_states.insert(found);
  });
  EXPECT_EQ(last_states, std::set<Contents>{now}) << "it returned before it was on the disk";
  EXPECT_GT(counts.old, 0);
  EXPECT_GT(counts.now, 0);
  return counts;
}

void write_model(const fs::path& folder, const std::string& text,
                 FolderWriter::Others others = FolderWriter::Others::kGone) {
  FolderWriter writer(folder, others);
  write_file(writer.path() / "config.json", text);
  create_folders(writer.path() / "1_Pooling");
  write_file(writer.path() / "1_Pooling/config.json", text + text);
  write_file(writer.path() / "weights", std::string(100000, text[0]));
  writer.commit("config.json");
}

TEST(PowerLoss, LeavesTheOldFileOrTheNewOne) {
  const Counts counts = sweep(
      "x", [](const fs::path& folder) { write_file(folder / "x", "old"); },
      [](const fs::path& folder) { write_file(folder / "x", std::string(200000, 'n')); });
  EXPECT_GE(counts.states, 20);
}

TEST(PowerLoss, LeavesNoFileOrTheNewOne) {
  sweep(
      "sub/x", [](const fs::path&) {},
      [](const fs::path& folder) {
        create_folders(folder / "sub");
        write_file(folder / "sub/x", "new");
      });
}

TEST(PowerLoss, LeavesTheOldFolderOrTheNewOne) {
  const Counts counts = sweep(
      "model", [](const fs::path& folder) { write_model(folder / "model", "old"); },
      [](const fs::path& folder) { write_model(folder / "model", "new"); });
  EXPECT_GE(counts.states, 300);
}

TEST(PowerLoss, LeavesNoFolderOrTheNewOne) {
  sweep(
      "out/model", [](const fs::path&) {},
      [](const fs::path& folder) { write_model(folder / "out/model", "new"); });
}

// Files that were written into the folder by other means than write_file are synced as well.
TEST(PowerLoss, LeavesAWholeFolderOfFilesThatTheirWriterDidNotSync) {
  sweep(
      "model", [](const fs::path&) {},
      [](const fs::path& folder) {
        FolderWriter writer(folder / "model");
        WritableFile file(writer.path() / "a", O_WRONLY | O_CREAT, 0666);
        file.write("not synced", 0);
        file.close();
        ASSERT_EQ(file_calls().mkdir((writer.path() / "sub").c_str(), 0777), 0);
        WritableFile other(writer.path() / "sub/b", O_WRONLY | O_CREAT, 0666);
        other.write("nor this", 0);
        other.close();
        writer.commit();
      });
}

// Where the files go beside others, the manifest is there only when all is.
TEST(PowerLoss, LeavesNoFalseManifestInAFolderThatIsFilled) {
  const TemporaryFolder folder(sweep_place());
  write_file(folder / "report.html", "kept");
  const DiskRecorder recorder(folder.path());
  write_model(folder.path(), "new", FolderWriter::Others::kKept);
  Contents whole = contents_of(folder.path());
  int complete = 0;
  recorder.model().for_each_crash([&](const DiskState& state, const std::string& when) {
    ASSERT_EQ(state.files.at("report.html"), "kept") << when;
    Contents found = state.files;
    std::erase_if(found, [](const auto& file) { return file.first.starts_with(".thaw-partial-"); });
    for (const auto& [path, bytes] : found) ASSERT_EQ(bytes, whole.at(path)) << when << path;
    if (found.count("config.json") > 0) {
      ASSERT_GE(found.size(), whole.size() - 1) << when;
    }
    complete += found == whole;
  });
  EXPECT_GT(complete, 0);
}

// The model itself: it must be unkind enough to catch what is wrong.

std::set<std::string> states_of(const std::string& name,
                                const std::function<void(const fs::path&)>& change) {
  const TemporaryFolder folder(sweep_place());
  write_file(folder / "x", "old");
  const DiskRecorder recorder(folder.path());
  change(folder.path());
  std::set<std::string> states;
  recorder.model().for_each_crash([&](const DiskState& state, const std::string&) {
    const auto found = state.files.find(name);
    states.insert(found == state.files.end() ? "(none)" : found->second);
  });
  return states;
}

TEST(DiskModel, LosesWhatWasNotSynced) {
  const auto without_sync = states_of("x", [](const fs::path& folder) {
    WritableFile file(folder / "t", O_WRONLY | O_CREAT, 0666);
    file.write("news", 0);
    file.close();
    rename_file(folder / "t", folder / "x");
  });
  EXPECT_EQ(without_sync, (std::set<std::string>{"old", "", "ne", std::string(4, '\0'), "news"}));
}

TEST(DiskModel, RenamesOrNotUntilTheFolderIsSynced) {
  const auto rename_alone = [](const fs::path& folder) {
    WritableFile file(folder / "t", O_WRONLY | O_CREAT, 0666);
    file.write("news", 0);
    file.sync();
    file.close();
    file_calls().rename((folder / "t").c_str(), (folder / "x").c_str());
  };
  EXPECT_EQ(states_of("x", rename_alone), (std::set<std::string>{"old", "news"}));
  EXPECT_EQ(states_of("t", rename_alone),
            (std::set<std::string>{"(none)", "", "ne", std::string(4, '\0'), "news"}));
}

TEST(DiskModel, ForgetsANewFolderWhoseOwnNameWasNotSynced) {
  const auto states = states_of("sub/y", [](const fs::path& folder) {
    file_calls().mkdir((folder / "sub").c_str(), 0777);
    write_file(folder / "sub/y", "new");
  });
  EXPECT_EQ(states, (std::set<std::string>{"(none)", "new"}));
}

TEST(DiskModel, OverwritesInPlaceWithoutMercy) {
  const auto states = states_of("x", [](const fs::path& folder) {
    WritableFile file(folder / "x", O_WRONLY, 0666);
    file.truncate(0);
    file.write("newer", 0);
    file.sync();
  });
  EXPECT_EQ(states, (std::set<std::string>{"old", "", "ne", std::string(5, '\0'), "newer"}));
}

}  // namespace
}  // namespace thaw
