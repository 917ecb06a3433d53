// `thaw tokenize` as a user calls it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "files/files.h"
#include "tests/app/run_command.h"
#include "tests/base/temporary_folder.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;

// A folder with a vocabulary is all that a tokenizer needs.
const std::string kModel =
    (std::filesystem::path(THAW_SOURCE_DIR) / "tests" / "golden" / "tokenizer").string();

Outcome tokenize(const std::string& arguments, const std::string& before = "",
                 const std::string& errors = "2>&1") {
  return run_command(before + THAW_PROGRAM " tokenize " + kModel + " " + arguments + " " + errors);
}

// The line that the library gives for a text.
std::string line(const std::string& text, int max_length = 0) {
  std::string out = "[";
  for (const int32_t id : Tokenizer::load(kModel).encode(text, max_length)) {
    if (out.size() > 1) out += ", ";
    out += std::to_string(id);
  }
  return out + "]\n";
}

TEST(TokenizeCommand, PrintsAListALineOfStandardInput) {
  const std::string input = "printf 'the world [MASK]\\n\\ncaf\\303\\251 x' | ";
  EXPECT_THAT(tokenize("-", input).text, HasSubstr("1 line is empty"));
  const Outcome outcome = tokenize("-", input, "2>/dev/null");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.text, line("the world [MASK]") + line("") + line("café x"));
}

TEST(TokenizeCommand, ReadsDataFilesAndCutsToMaxLength) {
  const TemporaryFolder folder;
  const std::string csv = (folder / "rows.csv").string();
  write_file(csv, "n,body\n1,\"the new, world\"\n2,hello\n");
  const Outcome outcome = tokenize(csv + " --text-column body --max-length 4", "", "2>/dev/null");
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_EQ(outcome.text, line("the new, world", 4) + line("hello", 4));
  const std::string jsonl = (folder / "rows.jsonl").string();
  write_file(jsonl, "{\"text\": \"a\\nb\\u0000c\"}\n{\"text\": \"hello\"}\n");
  EXPECT_EQ(tokenize(jsonl, "", "2>/dev/null").text,
            line(std::string("a\nb\0c", 5)) + line("hello"));
}

TEST(TokenizeCommand, ThreadsDoNotChangeALongOutput) {
  const TemporaryFolder folder;
  const std::string path = (folder / "texts.txt").string();
  std::string texts;
  for (int i = 0; i < 20000; ++i) texts += "the world number " + std::to_string(i) + "!\n";
  write_file(path, texts);
  const Outcome one = tokenize(path + " --threads 1");
  EXPECT_EQ(one.code, 0);
  EXPECT_EQ(std::count(one.text.begin(), one.text.end(), '\n'), 20000);
  EXPECT_EQ(tokenize(path + " --threads 3").text, one.text);
}

TEST(TokenizeCommand, MistakesAreOneSentence) {
  const TemporaryFolder folder;
  const Outcome empty =
      run_command(THAW_PROGRAM " tokenize " + folder.path().string() + " - 2>&1 </dev/null");
  EXPECT_EQ(empty.code, 1);
  EXPECT_THAT(empty.text, HasSubstr("holds no tokenizer"));
  const Outcome full =
      run_command("echo hello | " THAW_PROGRAM " tokenize " + kModel + " - 2>&1 >/dev/full");
  EXPECT_EQ(full.code, 1);
  EXPECT_THAT(full.text, HasSubstr("standard output: cannot be written to"));
  EXPECT_EQ(tokenize("- --max-length=-1", "echo x | ").code, 2);
}

}  // namespace
}  // namespace thaw
