#include "data/readers/table_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include "data/load.h"
#include "data/readers/parquet.h"
#include "data/readers/table.h"
#include "files/files.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;

std::string golden(const std::string& name) { return THAW_SOURCE_DIR "/tests/golden/data/" + name; }

TEST(TableFile, IsReadThroughEveryCompression) {
  const Table plain = read_table(golden("compressed/rows.csv"), {});
  for (const char* ending : {"gz", "zst", "bz2", "xz"}) {
    for (const char* name : {"compressed/rows.csv.", "compressed/members.csv."}) {
      const Table table = read_table(golden(std::string(name) + ending), {});
      ASSERT_EQ(table.texts.size(), 40);
      for (int64_t row = 0; row < 40; ++row) EXPECT_EQ(table.texts[row], plain.texts[row]);
      EXPECT_EQ(table.labels.codes(), plain.labels.codes());
    }
  }
}

TEST(TableFile, IsToldByItsBytesAndNamedByWhatStandsBeforeItsEnding) {
  TemporaryFolder folder;
  const std::string packed = read_text_file(golden("compressed/rows.csv.gz"));
  folder.write("a.csv", packed);  // servers unpack, or do not, as they like
  folder.write("b.csv.gz", read_text_file(golden("compressed/rows.csv")));
  folder.write("c", packed);
  folder.write("d.TXT.gz", packed);
  EXPECT_EQ(read_table(folder.path() / "a.csv", {}).texts.size(), 40);
  EXPECT_EQ(read_table(folder.path() / "b.csv.gz", {}).texts.size(), 40);
  EXPECT_EQ(read_table(folder.path() / "c", {}).texts.size(), 40);
  EXPECT_EQ(read_texts((folder.path() / "d.TXT.gz").string()).size(), 41);
  EXPECT_TRUE(has_table_ending("x/train.CSV.GZ"));
  EXPECT_TRUE(has_table_ending("train.jsonl.zst"));
  EXPECT_FALSE(has_table_ending("train.txt.gz"));
  EXPECT_FALSE(has_table_ending("model.tar.gz"));
}

TEST(TableFile, NamesTheLineOfWhatWasUnpacked) {
  TemporaryFolder folder;
  folder.write("a.csv.gz", read_text_file(golden("compressed/rows.csv.gz")));
  TableRequest request;
  request.columns = {"text", "label", "more"};
  EXPECT_THAT(error_of([&] { read_table(folder.path() / "a.csv.gz", request); }),
              HasSubstr("a.csv.gz:1: the row has 2 fields where columns names 3"));
}

TEST(TableFile, OfParquetMayBeCompressedToo) {
  const auto folders = parquet_module_folders();
  const bool has_module = std::any_of(folders.begin(), folders.end(), [](const auto& folder) {
    return std::filesystem::exists(folder / "thaw_parquet.so");
  });
  if (!has_module) GTEST_SKIP() << "built without Arrow";
  TemporaryFolder folder;
  const MappedFile packed = MappedFile::open(golden("types.parquet"));
  folder.write("types.parquet", std::string(packed.text()));
  const std::string command = "gzip -k " + (folder.path() / "types.parquet").string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  const Table table = read_table(folder.path() / "types.parquet.gz", {});
  EXPECT_EQ(table.texts.size(), read_table(golden("types.parquet"), {}).texts.size());
  EXPECT_EQ(table.labels.codes(), read_table(golden("types.parquet"), {}).labels.codes());
}

TEST(TableFile, ComesThroughAPipeOnce) {
  TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << "text,label\na,x\nb,y\n"; });
  const Table table = read_table(pipe, {});
  writer.join();
  ASSERT_EQ(table.texts.size(), 2);
  EXPECT_EQ(table.texts[1], "b");
  EXPECT_THAT(error_of([&] { read_table(pipe, {}); }),
              HasSubstr("pipe: is a pipe that was read already; name each pipe once"));
}

TEST(TableFile, OfAnotherKindIsNamed) {
  TemporaryFolder folder;
  folder.write("a.jsonl", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n");
  folder.write("b.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n");
  folder.write("c.csv", "<!DOCTYPE html>\n<html>\n");
  folder.write("d.csv", "PK\x03\x04 zip");
  for (const char* name : {"a.jsonl", "b.parquet"}) {
    EXPECT_THAT(error_of([&] { read_table(folder.path() / name, {}); }),
                HasSubstr("is a Git LFS pointer, not the file itself; run `git lfs pull`"));
  }
  EXPECT_THAT(error_of([&] { read_table(folder.path() / "c.csv", {}); }), HasSubstr("HTML page"));
  EXPECT_THAT(error_of([&] { read_table(folder.path() / "d.csv", {}); }), HasSubstr("zip archive"));
  EXPECT_THAT(error_of([&] { read_texts((folder.path() / "c.csv").string()); }),
              HasSubstr("HTML page"));
}

TEST(TableFile, OfAnotherFormatThanItsNameSaysIsNamed) {
  TemporaryFolder folder;
  const auto refusal = [&](const char* name, const std::string& bytes) {
    folder.write(name, bytes);
    return error_of([&] { read_table(folder.path() / name, {}); });
  };
  const std::string json = "{\"text\": \"a, b\", \"label\": 1}\n";
  for (const char* name : {"a.csv", "a.tsv", "a.csv.gz"}) {
    EXPECT_THAT(refusal(name, json), HasSubstr("holds JSON, though its name ends in .")) << name;
  }
  EXPECT_THAT(
      refusal("b.csv", "\xEF\xBB\xBF [\n " + json + "]"),
      HasSubstr("b.csv: holds JSON, though its name ends in .csv; rename it to end in .jsonl"));
  EXPECT_THAT(
      refusal("c.jsonl", "text\tlabel\na\t1\n"),
      HasSubstr("c.jsonl: holds columns between tabs, though its name ends in .jsonl; rename "
                "it to end in .tsv"));
  for (const char* header : {"text,label\n", "\"text\",\"label\"\n", "text;label\n"}) {
    EXPECT_THAT(
        refusal("c.json", std::string(header) + "a,1\n"),
        HasSubstr("holds columns between commas or the like, though its name ends in .json; "
                  "rename it to end in .csv"));
  }
  EXPECT_THAT(
      refusal("d.tsv", "text,label\na,1\n"),
      HasSubstr("d.tsv: has no tab in its first line, 'text,label'; rename it to end in .csv"));
  // Rows of a CSV file whose header or first text has braces.
  folder.write("e.csv", "{text},label\na,1\nb,2\n");
  TableRequest request;
  request.text_column = "{text}";
  EXPECT_EQ(read_table(folder.path() / "e.csv", request).texts.size(), 2);
  folder.write("f.csv", "text,label\n\"{\"\"a\"\": 1}\",1\nb,2\n");
  EXPECT_EQ(read_table(folder.path() / "f.csv", {}).texts[0], "{\"a\": 1}");
}

TEST(TableFile, ThatIsNoTextAtAllIsNotTakenForAnotherEncoding) {
  TemporaryFolder folder;
  std::string bytes = "text,label\n";
  for (int i = 0; i < 600; ++i) bytes += static_cast<char>(i * 37);
  folder.write("a.csv", bytes);
  EXPECT_THAT(error_of([&] { read_table(folder.path() / "a.csv", {}); }),
              HasSubstr("a.csv: the file is not text, but binary data"));
  folder.write("b.csv", "text,label\nna\xEFve,1\n");
  EXPECT_THAT(error_of([&] { read_table(folder.path() / "b.csv", {}); }), HasSubstr("iconv"));
}

}  // namespace
}  // namespace thaw
