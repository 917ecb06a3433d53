// A disk that is really full: a file system in memory of a few hundred kilobytes, where one may be
// mounted (as root).

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.h"
#include "files/durable_folder.h"
#include "files/files.h"
#include "tests/base/temporary_folder.h"
#include "tests/faults/program_sweep.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contents_of;

class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=300k") == 0;
    if (!mounted_) GTEST_SKIP() << "no file system can be mounted: " << std::strerror(errno);
  }
  void TearDown() override {
    if (mounted_) ::umount(folder_.path().c_str());
  }
  static void write_model(const fs::path& target, size_t bytes) {
    FolderWriter writer(target);
    write_file(writer.path() / "config.json", "{}");
    write_file(writer.path() / "weights", std::string(bytes, 'w'));
    writer.commit();
  }

  TemporaryFolder folder_;
  bool mounted_ = false;
};

TEST_F(FullDisk, KeepsWhatWasThereAndTakesMoreOnceThereIsRoom) {
  write_model(folder_ / "model", 100'000);
  const auto before = contents_of(folder_.path());
  for (int attempt = 0; attempt < 3; ++attempt) {
    try {
      write_model(folder_ / "model", 250'000);
      FAIL() << "there was room";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(),
                  ::testing::EndsWith("/weights: cannot be written: No space left on device; free "
                                      "space there or choose another folder"));
    }
    EXPECT_EQ(contents_of(folder_.path()), before) << "and nothing is left of the attempt";
  }
  write_model(folder_ / "model", 120'000);
  verify_folder(folder_ / "model");
}

TEST_F(FullDisk, ThatMayNotBeWrittenToSaysSo) {
  write_file(folder_ / "x", "old");
  ASSERT_EQ(::mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, ""), 0);
  try {
    write_file(folder_ / "x", "new");
    FAIL() << "it was written";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                ::testing::HasSubstr("Read-only file system; make the disk writable"));
  }
  EXPECT_EQ(read_text_file(folder_ / "x"), "old");
}

}  // namespace
}  // namespace thaw
