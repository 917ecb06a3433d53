#include "files/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What the Error says; fails the test when there is none.
template <class Action>
std::string sentence_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no Error was thrown";
  return "";
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

size_t open_descriptors() { return names_in("/proc/self/fd").size(); }

// ---- Reading

TEST(MappedFile, HoldsTheBytesOfTheFile) {
  const TemporaryFolder folder;
  const std::string bytes("a\0b\xFF\n", 5);
  write_file(folder / "x", bytes);
  const MappedFile file = MappedFile::open(folder / "x");
  EXPECT_EQ(file.text(), bytes);
  EXPECT_EQ(file.size(), 5u);
  EXPECT_EQ(file.data()[3], std::byte{0xFF});
  EXPECT_EQ(read_text_file(folder / "x"), bytes);
}

TEST(MappedFile, IsEmptyForAnEmptyFile) {
  const TemporaryFolder folder;
  write_file(folder / "x", "");
  EXPECT_EQ(MappedFile::open(folder / "x").size(), 0u);
  EXPECT_EQ(MappedFile::open(folder / "x").text(), "");
}

TEST(MappedFile, OutlivesItsNameAndItsMoves) {
  const TemporaryFolder folder;
  write_file(folder / "x", "first");
  write_file(folder / "y", "second");
  MappedFile first = MappedFile::open(folder / "x");
  MappedFile moved = std::move(first);
  fs::remove(folder / "x");
  EXPECT_EQ(moved.text(), "first");
  moved = MappedFile::open(folder / "y");
  EXPECT_EQ(moved.text(), "second");
}

TEST(MappedFile, SaysWhatIsWrongWithThePath) {
  const TemporaryFolder folder;
  EXPECT_EQ(sentence_of([&] { MappedFile::open(folder / "absent"); }),
            (folder / "absent").string() + ": there is no such file; check the path");
  EXPECT_EQ(sentence_of([&] { MappedFile::open(folder.path()); }),
            folder.path().string() + ": is a folder where a file is needed");
  write_file(folder / "x", "");
  EXPECT_THAT(sentence_of([&] { MappedFile::open(folder / "x" / "y"); }),
              HasSubstr("cannot be read: Not a directory"));
  EXPECT_THAT(sentence_of([&] { read_text_file(folder / "absent"); }), HasSubstr("no such file"));
}

TEST(MappedFile, ReadsAPipeToItsEnd) {
  const TemporaryFolder folder;
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::string sent;  // more than a pipe holds at once
  for (int i = 0; i < 100000; ++i) sent += std::to_string(i) + "\n";
  std::thread writer([&] { std::ofstream(pipe) << sent; });
  const MappedFile file = MappedFile::open(pipe);
  writer.join();
  EXPECT_EQ(file.text(), sent);
}

TEST(MappedFile, LeavesNoDescriptorOpen) {
  const TemporaryFolder folder;
  write_file(folder / "x", "text");
  const size_t before = open_descriptors();
  const MappedFile file = MappedFile::open(folder / "x");
  EXPECT_THROW(MappedFile::open(folder.path()), Error);
  EXPECT_EQ(open_descriptors(), before);
}

// ---- Writing

TEST(WriteFile, ReplacesTheFileAndLeavesNothingBeside) {
  const TemporaryFolder folder;
  write_file(folder / "x", "a long first version");
  write_file(folder / "x", [](std::ostream& out) { out << "second " << 2; });
  EXPECT_EQ(read_text_file(folder / "x"), "second 2");
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"x"});
}

TEST(WriteFile, WritesWhatIsLargerThanItsBuffer) {
  const TemporaryFolder folder;
  std::string pieces;
  for (int i = 0; i < 50000; ++i) pieces += std::to_string(i) + ' ';
  const std::string whole(1 << 20, 'w');
  write_file(folder / "x", [&](std::ostream& out) {
    for (int i = 0; i < 50000; ++i) out << i << ' ';
    out << whole;
    out.put('.');
  });
  EXPECT_EQ(read_text_file(folder / "x"), pieces + whole + ".");
}

TEST(WriteFile, KeepsTheOldFileWhenWritingIsBrokenOff) {
  const TemporaryFolder folder;
  write_file(folder / "x", "old");
  const size_t before = open_descriptors();
  const auto broken = [](std::ostream& out) {
    out << "new";
    throw std::runtime_error("no more");
  };
  EXPECT_THROW(write_file(folder / "x", broken), std::runtime_error);
  const auto mistaken = [](std::ostream& out) {
    out << "new";
    throw Error("is not finite", "loss");
  };
  EXPECT_THAT(sentence_of([&] { write_file(folder / "x", mistaken); }), "loss: is not finite");
  EXPECT_EQ(read_text_file(folder / "x"), "old");
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"x"});
  EXPECT_EQ(open_descriptors(), before);
}

TEST(WriteFile, KeepsTheOldFileWhenThereIsNoSpace) {
  const TemporaryFolder folder;
  write_file(folder / "x", "old");
  // The system refuses to let a file grow past the limit, as it does on a full disk.
  struct rlimit kept {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &kept), 0);
  struct rlimit small = kept;
  small.rlim_cur = 100000;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string sentence =
      sentence_of([&] { write_file(folder / "x", std::string(1 << 20, 'n')); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &kept), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(sentence, (folder / "x").string() +
                          ": cannot be written: File too large; free space there or choose "
                          "another folder");
  EXPECT_EQ(read_text_file(folder / "x"), "old");
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"x"});
}

TEST(WriteFile, SaysWhereItMayNotWrite) {
  const TemporaryFolder folder;
  EXPECT_THAT(sentence_of([&] { write_file(folder / "absent" / "x", "text"); }),
              AllOf(StartsWith((folder / "absent" / "x").string()),
                    HasSubstr("cannot be written: No such file or directory"),
                    HasSubstr("see whether the folder is still there, or choose another folder")));
  fs::create_directory(folder / "taken");
  EXPECT_THAT(sentence_of([&] { write_file(folder / "taken", "text"); }),
              HasSubstr("cannot be written: Is a directory"));
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"taken"});
}

TEST(WriteFile, GivesTheFileTheUsersOwnPermissions) {
  const TemporaryFolder folder;
  const mode_t old = ::umask(027);
  write_file(folder / "x", "text");
  EXPECT_EQ(::umask(old), 027u) << "the mask is the user's, and stays";
  struct stat status {};
  ASSERT_EQ(::stat((folder / "x").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST(WriteFile, IsAtomicForReadersAndOtherWriters) {
  const TemporaryFolder folder;
  const fs::path path = folder / "x";
  write_file(path, std::string(100000, 'a'));
  std::vector<std::thread> writers;
  for (const char letter : {'b', 'c'}) {
    writers.emplace_back([&path, letter] {
      for (int i = 0; i < 20; ++i) write_file(path, std::string(100000, letter));
    });
  }
  for (int i = 0; i < 200; ++i) {
    const std::string seen = read_text_file(path);
    ASSERT_EQ(seen, std::string(100000, seen[0]));
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"x"});
}

// ---- Folders

TEST(OutputFolder, IsMadeWithItsParents) {
  const TemporaryFolder folder;
  create_output_folder(folder / "a" / "b");
  EXPECT_TRUE(fs::is_directory(folder / "a" / "b"));
  create_output_folder(folder / "a" / "b");  // there, and empty
}

TEST(OutputFolder, IsRefusedWhenItHoldsFilesOrIsOne) {
  const TemporaryFolder folder;
  write_file(folder / "x", "text");
  EXPECT_EQ(sentence_of([&] { create_output_folder(folder.path()); }),
            folder.path().string() + ": is not empty; name a new folder with out, or empty it");
  EXPECT_EQ(sentence_of([&] { create_output_folder(folder / "x"); }),
            (folder / "x").string() +
                ": is a file where a folder for results is needed; choose another folder");
  create_output_folder(folder.path(), /*may_hold_files=*/true);
  EXPECT_EQ(read_text_file(folder / "x"), "text");
}

TEST(OutputFolder, IsRefusedWhereNothingMayBeWritten) {
  EXPECT_THAT(
      sentence_of([] { create_output_folder("/proc/thaw-test"); }),
      AllOf(StartsWith("/proc/thaw-test: cannot be created"), HasSubstr("choose another folder")));
}

TEST(OutputFolder, IsRefusedWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write to a folder without permission";
  const TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(sentence_of([&] { create_output_folder(folder.path()); }),
              HasSubstr("cannot be written to: Permission denied"));
  fs::permissions(folder.path(), fs::perms::owner_all);
}

// Sets an environment variable (null: unsets it) while it lives.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    set(value);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { set(old_ ? old_->c_str() : nullptr); }

 private:
  void set(const char* value) const {
    if (value != nullptr) {
      ::setenv(name_, value, 1);
    } else {
      ::unsetenv(name_);
    }
  }
  const char* name_;
  std::optional<std::string> old_;
};

TEST(CacheFolder, IsWhatTheEnvironmentSaysInOrder) {
  const Environment home("HOME", "/home/someone");
  const Environment no_xdg("XDG_CACHE_HOME", nullptr);
  const Environment no_own("THAW_CACHE", "");
  EXPECT_EQ(cache_folder(), "/home/someone/.cache/thaw");
  const Environment xdg("XDG_CACHE_HOME", "/var/cache/someone");
  EXPECT_EQ(cache_folder(), "/var/cache/someone/thaw");
  const Environment own("THAW_CACHE", "/data/thaw");
  EXPECT_EQ(cache_folder(), "/data/thaw");
}

}  // namespace
}  // namespace thaw
