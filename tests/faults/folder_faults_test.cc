// Every failure of every system call under write_file and FolderWriter, in this process: what was
// there before is there afterwards, or the complete new thing is.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "files/durable_folder.h"
#include "files/file_calls.h"
#include "files/files.h"
#include "tests/base/temporary_folder.h"
#include "tests/faults/faulty_calls.h"
#include "tests/faults/function_sweep.h"
#include "tests/faults/program_sweep.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::Contents;
using testing::contents_of;
using testing::Fault;
using testing::FaultyCalls;
using ::testing::HasSubstr;
using testing::sweep;
using testing::sweep_errors;
using testing::sweep_kills;
using testing::sweep_place;
using testing::sweep_short_writes;
using testing::Writing;

void write_model(const fs::path& folder, const std::string& text, FolderWriter::Others others) {
  FolderWriter writer(folder, others);
  write_file(writer.path() / "config.json", text);
  create_folders(writer.path() / "1_Pooling");
  write_file(writer.path() / "1_Pooling/config.json", text + text);
  write_file(writer.path() / "weights", std::string(100000, text[0]));
  writer.commit("config.json");
}

constexpr auto kGone = FolderWriter::Others::kGone, kKept = FolderWriter::Others::kKept;

TEST(FaultsOfWriteFile, LeaveTheOldFileOrTheNewOne) {
  sweep({[](const fs::path& folder) { write_file(folder / "x", std::string(90000, 'o')); },
         [](const fs::path& folder) { write_file(folder / "x", std::string(200000, 'n')); }});
}

TEST(FaultsOfWriteFile, LeaveNoFileOrTheNewOne) {
  sweep({[](const fs::path&) {}, [](const fs::path& folder) { write_file(folder / "x", "new"); }});
}

TEST(FaultsOfFolderWriter, LeaveTheOldFolderOrTheNewOne) {
  sweep({[](const fs::path& folder) { write_model(folder / "model", "old", kGone); },
         [](const fs::path& folder) { write_model(folder / "model", "new", kGone); }});
}

TEST(FaultsOfFolderWriter, LeaveNoFolderOrTheNewOne) {
  sweep({[](const fs::path& folder) { write_file(folder / "beside", "kept"); },
         [](const fs::path& folder) { write_model(folder / "out/model", "new", kGone); }});
}

// A file system that cannot exchange two folders, which is no failure.
TEST(FaultsOfFolderWriter, LeaveTheOldFolderOrTheNewOneWithoutAnExchange) {
  static FileCalls without;
  const auto prepare = [](const fs::path& folder) { write_model(folder / "model", "old", kGone); };
  const Writing writing{prepare, [](const fs::path& folder) {
                          static const FileCalls* under;
                          under = &file_calls();
                          without = *under;
                          without.exchange = [](const char*, const char*) {
                            errno = EINVAL;
                            return -1;
                          };
                          set_file_calls(without);
                          try {
                            write_model(folder / "model", "new", kGone);
                          } catch (...) {
                            set_file_calls(*under);
                            throw;
                          }
                          set_file_calls(*under);
                        }};
  sweep_errors(writing);
  sweep_kills(writing);
}

TEST(FaultsOfFolderWriter, LeaveTheOtherFilesOfAFolderThatIsFilled) {
  const Writing writing{[](const fs::path& folder) { write_file(folder / "report.html", "kept"); },
                        [](const fs::path& folder) { write_model(folder, "new", kKept); }};
  sweep_errors(writing, /*once=*/true);
  sweep_short_writes(writing);
}

// Errors are undone file by file where there is an older model among the other files, too.
TEST(FaultsOfFolderWriter, AreUndoneInAFolderThatIsFilledAnew) {
  sweep_errors({[](const fs::path& folder) {
                  write_file(folder / "report.html", "kept");
                  write_model(folder, "old", kKept);
                },
                [](const fs::path& folder) { write_model(folder, "new", kKept); }},
               /*once=*/true);
}

// A program that is killed while it fills a folder, or whose disk takes nothing from then on,
// leaves no manifest that is not true, and takes nothing away.
TEST(FaultsOfFolderWriter, LeaveNoFalseManifestWhereAFolderIsFilled) {
  const Writing writing{[](const fs::path& folder) { write_file(folder / "report.html", "kept"); },
                        [](const fs::path& folder) { write_model(folder, "new", kKept); }};
  const size_t calls = testing::calls_of(writing);
  size_t complete = 0;
  for (size_t run = 0; run < 2 * calls; ++run) {
    const std::string at = std::to_string(run / 2 + 1);
    const std::string fault = run % 2 == 0 ? "KILL@" + at : "EIO@" + at + "+";
    SCOPED_TRACE(fault);
    const TemporaryFolder folder(sweep_place());
    writing.prepare(folder.path());
    testing::killed_with(Fault::parse(fault), [&] { writing.write(folder.path()); });
    EXPECT_EQ(read_text_file(folder / "report.html"), "kept");
    if (fs::exists(folder / "manifest.json")) {
      ++complete;
      verify_folder(folder.path());
    }
    // What a program looks for in a model comes when all else is there.
    if (fs::exists(folder / "config.json")) {
      EXPECT_EQ(fs::file_size(folder / "weights"), 100000u);
    }
    write_model(folder.path(), "again", kKept);
    remove_leftovers(folder.path());
    verify_folder(folder.path());
  }
  EXPECT_GT(complete, 0u);
  EXPECT_LT(complete, calls);  // and hence not after each
}

// The folder goes while it is written to.
TEST(FaultsOfFolderWriter, TellWhenTheFolderVanishes) {
  const TemporaryFolder counting(sweep_place());
  const int64_t calls =
      testing::calls_of([&] { write_model(counting / "out/model", "new", kGone); });
  size_t told = 0;
  for (int64_t at = 1; at <= calls; ++at) {
    const TemporaryFolder folder(sweep_place());
    const FaultyCalls faulty(Fault::parse("VANISH@" + std::to_string(at)), {{}, folder / "out"});
    try {
      write_model(folder / "out/model", "new", kGone);
    } catch (const Error& error) {
      ++told;
      EXPECT_THAT(error.what(), HasSubstr((folder / "out").string())) << at;
    }
  }
  EXPECT_GT(told, 10u);
}

TEST(FaultsOfWriteFile, HaveTheirOwnRemedies) {
  const TemporaryFolder folder(sweep_place());
  for (const auto& [fault, said] : std::vector<std::pair<std::string, std::string>>{
           {"ENOSPC", "No space left on device; free space there or choose another folder"},
           {"EDQUOT",
            "Disk quota exceeded; delete files of yours there, since your quota is used up, or "
            "choose another folder"},
           {"EIO",
            "Input/output error; look for the disk's failure in the system's log, and choose "
            "another folder"},
           {"EROFS", "Read-only file system; make the disk writable or choose another folder"},
           {"EACCES",
            "Permission denied; get the permission to write there or choose another folder"},
           {"ENOENT",
            "No such file or directory; see whether the folder is still there, or choose another "
            "folder"}}) {
    const FaultyCalls faulty(Fault::parse(fault + "@2"));
    try {
      write_file(folder / "x", "text");
      FAIL() << fault;
    } catch (const Error& error) {
      EXPECT_EQ(error.what(), (folder / "x").string() + ": cannot be written: " + said);
    }
  }
}

// The tools themselves: a sweep that sees nothing wrong proves nothing.
TEST(FaultTools, CatchAWriterThatIsNotAtomic) {
  const Writing careless{[](const fs::path& folder) { write_file(folder / "x", "old"); },
                         [](const fs::path& folder) {
                           WritableFile file(folder / "x", O_WRONLY | O_TRUNC, 0666);
                           file.write("new", 0);
                           file.close();
                         }};
  const TemporaryFolder folder(sweep_place());
  careless.prepare(folder.path());
  {
    const FaultyCalls faulty(Fault::parse("ENOSPC@2"));
    EXPECT_THROW(careless.write(folder.path()), Error);
  }
  EXPECT_EQ(contents_of(folder.path()), (Contents{{"x", ""}})) << "the old bytes are lost";
  EXPECT_FALSE(testing::is_whole("x.json", "{\"a\": "));
  EXPECT_TRUE(testing::is_whole("x.json", "{\"a\": 1}"));
  EXPECT_FALSE(testing::is_whole("x.html", "<html>"));
  EXPECT_FALSE(testing::is_whole("x.zip", std::string(50, 'x')));
  EXPECT_THROW(Fault::parse("ENOSPC"), std::invalid_argument);
  EXPECT_THROW(Fault::parse("ESOMETHING@1"), std::invalid_argument);
}

}  // namespace
}  // namespace thaw
