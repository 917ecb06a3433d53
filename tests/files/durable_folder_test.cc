#include "files/durable_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "files/file_calls.h"
#include "files/files.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

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

using Files = std::map<std::string, std::string>;  // text by name

void write_folder(const fs::path& target, const Files& files,
                  FolderWriter::Others others = FolderWriter::Others::kGone) {
  FolderWriter writer(target, others);
  for (const auto& [name, text] : files) {
    create_folders((writer.path() / name).parent_path());
    write_file(writer.path() / name, text);
  }
  writer.commit();
}

// ---- Writing

TEST(FolderWriter, MakesAFolderThatVerifies) {
  const TemporaryFolder folder;
  write_folder(folder / "new/model", {{"a", "text"}, {"sub/b", ""}});
  EXPECT_EQ(read_text_file(folder / "new/model/a"), "text");
  EXPECT_THAT(names_in(folder / "new"), ElementsAre("model")) << "nothing is left beside it";
  EXPECT_THAT(names_in(folder / "new/model"), UnorderedElementsAre("a", "sub", "manifest.json"));
  verify_folder(folder / "new/model");
  EXPECT_EQ(read_text_file(folder / "new/model/manifest.json"),
            "{\n  \"format\": \"thaw manifest\",\n  \"version\": 1,\n  \"files\": [\n"
            "    {\n      \"name\": \"a\",\n      \"bytes\": 4,\n      \"sha256\": \"" +
                sha256_hex("text") +
                "\"\n    },\n"
                "    {\n      \"name\": \"sub/b\",\n      \"bytes\": 0,\n      \"sha256\": \"" +
                sha256_hex("") + "\"\n    }\n  ]\n}\n");
}

TEST(FolderWriter, ReplacesAFolderAsAWhole) {
  const TemporaryFolder folder;
  write_folder(folder / "model", {{"a", "old"}, {"gone/b", "old"}});
  write_folder(folder / "model", {{"a", "new"}});
  EXPECT_THAT(names_in(folder / "model"), UnorderedElementsAre("a", "manifest.json"));
  EXPECT_EQ(read_text_file(folder / "model/a"), "new");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("model"));
  write_folder(folder / "model/", {{"a", "slash"}});
  EXPECT_EQ(read_text_file(folder / "model/a"), "slash");
  fs::create_directory_symlink("model", folder / "link");
  write_folder(folder / "link", {{"a", "by a link"}});
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_text_file(folder / "model/a"), "by a link");
}

TEST(FolderWriter, LeavesNothingBehindWithoutACommit) {
  const TemporaryFolder folder;
  write_folder(folder / "model", {{"a", "old"}});
  for (const auto others : {FolderWriter::Others::kGone, FolderWriter::Others::kKept}) {
    {
      FolderWriter writer(folder / "model", others);
      write_file(writer.path() / "a", "new");
      EXPECT_TRUE(is_partial_name(writer.path().filename())) << writer.path();
    }
    EXPECT_THAT(names_in(folder.path()), ElementsAre("model"));
    EXPECT_THAT(names_in(folder / "model"), UnorderedElementsAre("a", "manifest.json"));
    EXPECT_EQ(read_text_file(folder / "model/a"), "old");
  }
}

TEST(FolderWriter, KeepsOtherFilesOfTheTargetWhereThatIsWanted) {
  const TemporaryFolder folder;
  write_file(folder / "report.html", "kept");
  write_folder(folder.path(), {{"a", "1"}, {"sub/b", "1"}}, FolderWriter::Others::kKept);
  write_folder(folder.path(), {{"a", "2"}, {"sub/c", "2"}}, FolderWriter::Others::kKept);
  EXPECT_THAT(names_in(folder.path()),
              UnorderedElementsAre("report.html", "a", "sub", "manifest.json"));
  EXPECT_EQ(read_text_file(folder / "report.html"), "kept");
  EXPECT_EQ(read_text_file(folder / "a"), "2");
  EXPECT_THAT(names_in(folder / "sub"), ElementsAre("c"));
  verify_folder(folder.path());
}

TEST(FolderWriter, RefusesATargetThatIsAFile) {
  const TemporaryFolder folder;
  write_file(folder / "model", "text");
  EXPECT_THAT(sentence_of([&] {
                write_folder(folder / "model/x", {{"a", "1"}});
              }),
              StartsWith((folder / "model").string() + ": cannot be created: File exists"));
  EXPECT_EQ(read_text_file(folder / "model"), "text");
}

// A file system that cannot exchange two folders at once, as NFS and FAT.
class WithoutExchange {
 public:
  WithoutExchange() : calls_(system_file_calls()) {
    calls_.exchange = [](const char*, const char*) {
      errno = EINVAL;
      return -1;
    };
    set_file_calls(calls_);
  }
  WithoutExchange(const WithoutExchange&) = delete;
  WithoutExchange& operator=(const WithoutExchange&) = delete;
  ~WithoutExchange() { set_file_calls(system_file_calls()); }

 private:
  FileCalls calls_;
};

TEST(FolderWriter, ReplacesAFolderWhereTheFileSystemCannotExchangeTwo) {
  const TemporaryFolder folder;
  const WithoutExchange old_file_system;
  for (const char* text : {"first", "second"}) {
    write_folder(folder / "model", {{"a", text}});
    EXPECT_EQ(read_text_file(folder / "model/a"), text);
    EXPECT_THAT(names_in(folder.path()), ElementsAre("model"));
  }
  for (const char* text : {"first", "second"}) {
    write_folder(folder / "model", {{"a", text}, {"b/c", text}}, FolderWriter::Others::kKept);
    EXPECT_EQ(read_text_file(folder / "model/b/c"), text);
    EXPECT_THAT(names_in(folder / "model"), UnorderedElementsAre("a", "b", "manifest.json"));
  }
}

TEST(FolderWriter, FindsTheOldFolderAgainThatAKilledReplacementHadPutAside) {
  const TemporaryFolder folder;
  write_folder(folder / "model", {{"a", "old"}});
  fs::rename(folder / "model", folder / ".thaw-replaced-model");
  remove_leftovers(folder.path());
  EXPECT_EQ(read_text_file(folder / "model/a"), "old");
  fs::rename(folder / "model", folder / ".thaw-replaced-model");
  { const FolderWriter writer(folder / "model"); }
  EXPECT_EQ(read_text_file(folder / "model/a"), "old");
  // Where the new one is there, the old one has had its time.
  fs::create_directory(folder / ".thaw-replaced-model");
  remove_leftovers(folder.path());
  EXPECT_THAT(names_in(folder.path()), ElementsAre("model"));
}

// ---- Verifying

class Verify : public ::testing::Test {
 protected:
  Verify() { write_folder(model_, {{"a", "text"}, {"sub/b", "more"}}); }
  std::string sentence() {
    return sentence_of([&] { verify_folder(model_); });
  }
  void put_manifest(const std::string& text) { write_file(model_ / "manifest.json", text); }
  // A manifest of one file, with a part of it replaced.
  std::string manifest_with(const std::string& part, const std::string& other) {
    std::string text = manifest_text({{"a", 4, sha256_hex("text")}});
    return text.replace(text.find(part), part.size(), other);
  }

  TemporaryFolder folder_;
  fs::path model_ = folder_ / "model";
};

TEST_F(Verify, NamesTheFileThatIsMissing) {
  fs::remove(model_ / "a");
  EXPECT_THAT(sentence(), StartsWith((model_ / "a").string() + ": is missing; "));
}

TEST_F(Verify, NamesTheFolderThatIsMissing) {
  fs::remove_all(model_ / "sub");
  EXPECT_THAT(sentence(), StartsWith((model_ / "sub").string() + ": is missing; "));
}

TEST_F(Verify, NamesTheFileOfAnotherSize) {
  write_file(model_ / "a", "tex");
  EXPECT_THAT(sentence(), StartsWith((model_ / "a").string() + ": has 3 of 4 bytes; "));
  write_file(model_ / "a", "texts and texts");
  EXPECT_THAT(sentence(), StartsWith((model_ / "a").string() + ": has more than 4 bytes; "));
}

TEST_F(Verify, NamesTheFileOfOtherBytes) {
  write_file(model_ / "sub/b", "mere");
  EXPECT_THAT(sentence(), StartsWith((model_ / "sub/b").string() + ": is damaged: "));
}

TEST_F(Verify, LeavesOtherFilesAlone) {
  write_file(model_ / "README.md", "a card");
  verify_folder(model_);
}

TEST_F(Verify, WantsAManifest) {
  fs::remove(model_ / "manifest.json");
  EXPECT_THAT(sentence(), StartsWith((model_ / "manifest.json").string() + ": is missing; "));
  EXPECT_THAT(sentence_of([&] { verify_folder(folder_ / "absent"); }),
              HasSubstr("absent/manifest.json: is missing; "));
}

TEST_F(Verify, FollowsNoLinkOutOfTheFolder) {
  write_file(folder_ / "elsewhere", "text");
  fs::remove(model_ / "a");
  fs::create_symlink("../elsewhere", model_ / "a");
  EXPECT_THAT(sentence(), StartsWith((model_ / "a").string() + ": is no regular file; "));
  fs::remove(model_ / "a");
  ASSERT_EQ(::mkfifo((model_ / "a").c_str(), 0600), 0);
  EXPECT_THAT(sentence(), StartsWith((model_ / "a").string() + ": is no regular file; "));
  fs::remove(model_ / "a");
  write_file(model_ / "a", "text");
  fs::rename(model_ / "sub", folder_ / "sub");
  fs::create_directory_symlink("../sub", model_ / "sub");
  EXPECT_THAT(sentence(), StartsWith((model_ / "sub").string() + ": is no folder; "));
}

TEST_F(Verify, RefusesAManifestCutAtAnyByte) {
  const std::string whole = read_text_file(model_ / "manifest.json");
  for (size_t size = 0; size + 2 < whole.size(); ++size) {
    put_manifest(whole.substr(0, size));
    ASSERT_EQ(sentence(), (model_ / "manifest.json").string() +
                              ": is a broken manifest; use a copy of the folder that is whole, or "
                              "make it again")
        << size;
  }
}

TEST_F(Verify, RefusesAHostileManifest) {
  const std::string hash = sha256_hex("text");
  put_manifest(manifest_with("\"a\"", "\"b\""));
  EXPECT_THAT(sentence(), HasSubstr("/b: is missing")) << "so the others below are not moot";
  for (const auto& [part, other, said] : std::vector<std::array<std::string, 3>>{
           {"\"a\"", "\"../model/a\"", "names a file that cannot be in its folder"},
           {"\"a\"", "\"/etc/passwd\"", "names a file that cannot be in its folder"},
           {"\"a\"", "\"sub/../a\"", "names a file that cannot be in its folder"},
           {"\"a\"", "\"a\\u0000b\"", "names a file that cannot be in its folder"},
           {"\"a\"", "\"manifest.json\"", "names a file that cannot be in its folder"},
           {"\"a\"", "7", "is a broken manifest"},
           {"4", "-4", "has no size and hash of a"},
           {"4", "4.0", "has no size and hash of a"},
           {"4", "18446744073709551615", "has no size and hash of a"},
           {"4", "99999999999999999999999", "has no size and hash of a"},
           {"4", "\"4\"", "has no size and hash of a"},
           {hash, hash + "0", "has no size and hash of a"},
           {hash.substr(0, 2), "ZZ", "has no size and hash of a"},
           {"thaw manifest", "tar", "is no manifest of thaw"},
           {"\"version\": 1", "\"version\": 2", "is a manifest of another version"},
           {"\"files\"", "\"file\"", "is a broken manifest"},
           {"[", "[[", "is a broken manifest"},
           {"[", "[7,", "is a broken manifest"},
           {"[", "[" + std::string(200000, '['), "is a broken manifest"}}) {
    put_manifest(manifest_with(part, other));
    EXPECT_THAT(sentence(),
                AllOf(StartsWith((model_ / "manifest.json").string() + ": "), HasSubstr(said)))
        << part << " -> " << other.substr(0, 40);
  }
  put_manifest(manifest_text({{"a", 4, hash}, {"a", 4, hash}}));
  EXPECT_THAT(sentence(), HasSubstr("names a twice"));
  put_manifest("[]");
  EXPECT_THAT(sentence(), HasSubstr("is a broken manifest"));
  put_manifest(std::string(17 << 20, ' '));
  EXPECT_THAT(sentence(), HasSubstr("is too large for a manifest"));
}

// ---- The newest

TEST(NewestVerifiedFolder, PassesOverBrokenOnesAndNamesThem) {
  const TemporaryFolder folder;
  for (const int number : {2, 9, 10, 11}) {
    write_folder(folder / ("state-" + std::to_string(number)), {{"a", std::to_string(number)}});
  }
  fs::create_directory(folder / "state-x12");
  fs::create_directory(folder / "other-13");
  fs::create_directory(folder / "state-99999999999999999999999");
  fs::remove(folder / "state-11/manifest.json");
  write_file(folder / "state-10/a", "1_");
  std::vector<std::string> broken;
  const auto note = [&](const fs::path& path, const Error& error) {
    broken.push_back(path.filename().string() + ": " + error.fact());
  };
  EXPECT_EQ(newest_verified_folder(folder.path(), "state", note), folder / "state-9");
  EXPECT_THAT(broken, ElementsAre("state-11: is missing", StartsWith("state-10: is damaged")));
  broken.clear();
  EXPECT_EQ(newest_verified_folder(folder.path(), "none", note), std::nullopt);
  EXPECT_EQ(newest_verified_folder(folder / "absent", "state", note), std::nullopt);
  EXPECT_THAT(broken, IsEmpty());
}

// ---- What killed programs leave

TEST(Leftovers, OfKilledProgramsGoAndThoseOfRunningOnesStay) {
  const TemporaryFolder folder;
  write_file(folder / "kept", "text");
  write_file(folder / ".thaw-partial-abcdefg", "too long a name");
  write_file(folder / ".thaw-partial-abcdef", "left by a killed program");
  fs::create_directories(folder / ".thaw-partial-000000/sub");
  write_file(folder / ".thaw-partial-000000/sub/a", "as well");
  FolderWriter running(folder / "model");
  write_file(running.path() / "a", "text");
  remove_leftovers(folder.path());
  EXPECT_THAT(names_in(folder.path()), UnorderedElementsAre("kept", ".thaw-partial-abcdefg",
                                                            running.path().filename().string()));
  running.commit();
  verify_folder(folder / "model");
  remove_leftovers(folder / "absent");  // which is no error
}

TEST(Leftovers, DoNotMakeAnOutputFolderOneThatHoldsFiles) {
  const TemporaryFolder folder;
  fs::create_directories(folder / ".thaw-partial-000000/sub");
  create_output_folder(folder.path());
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(Leftovers, AreRemovedWithoutFollowingLinks) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "elsewhere");
  write_file(folder / "elsewhere/x", "kept");
  fs::create_directory(folder / ".thaw-partial-000000");
  fs::create_directory_symlink("../elsewhere", folder / ".thaw-partial-000000/link");
  fs::create_directory_symlink("elsewhere", folder / ".thaw-partial-abcdef");
  remove_leftovers(folder.path());
  EXPECT_EQ(read_text_file(folder / "elsewhere/x"), "kept");
  EXPECT_FALSE(fs::exists(folder / ".thaw-partial-000000"));
}

}  // namespace
}  // namespace thaw
