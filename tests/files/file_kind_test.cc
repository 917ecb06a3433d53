#include "files/file_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "base/error.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::string& bytes, const std::string& where = "data/train.csv") {
  try {
    refuse_foreign_kind(bytes, where);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// ASCII in units of `width` bytes.
std::string wide(const std::string& text, size_t width, bool little_endian) {
  std::string bytes;
  for (const char c : text) {
    std::string unit(width, '\0');
    unit[little_endian ? 0 : width - 1] = c;
    bytes += unit;
  }
  return bytes;
}

TEST(FileKind, NamesAPointerOfGitLfsAndItsRemedy) {
  const std::string pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n";
  EXPECT_EQ(refusal(pointer),
            "data/train.csv: is a Git LFS pointer, not the file itself; run `git lfs pull` in its "
            "repository (`git lfs install` before the first time)");
  EXPECT_THAT(refusal("/annex/objects/SHA256E-s3--abc.csv\n"), HasSubstr("git annex get"));
}

TEST(FileKind, NamesAPageOfTheWeb) {
  for (const char* page : {"<!DOCTYPE html>\n<html>", "\n <html lang=\"en\">", "<!doctype HTML>",
                           "\xEF\xBB\xBF<html>", "<!-- saved -->\n<HTML>"}) {
    EXPECT_THAT(refusal(page), HasSubstr("is an HTML page, not the file itself")) << page;
  }
  EXPECT_THAT(refusal("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"),
              HasSubstr("is an XML document"));
  for (const char* text : {"<htmlish>,label\n", "text,label\n<html>,pos\n", "<b>,label", "<"}) {
    EXPECT_EQ(refusal(text), "") << text;
  }
}

TEST(FileKind, NamesTextOfOtherWidthsWithItsCommand) {
  const std::string csv = "text,label\nfine,pos\n";
  EXPECT_EQ(refusal(wide(csv, 2, true)),
            "data/train.csv: the file is UTF-16 without a byte order mark, not UTF-8; save it as "
            "UTF-8: `iconv -f UTF-16LE -t UTF-8 data/train.csv > NEW_FILE`");
  EXPECT_THAT(refusal(wide(csv, 2, false)), HasSubstr("iconv -f UTF-16BE -t UTF-8"));
  EXPECT_THAT(refusal(wide(csv, 4, true)), HasSubstr("iconv -f UTF-32LE -t UTF-8"));
  EXPECT_THAT(refusal(wide(csv, 4, false)), HasSubstr("iconv -f UTF-32BE -t UTF-8"));
  EXPECT_THAT(refusal("\xFF\xFE" + wide(csv, 2, true)),
              HasSubstr("the file is UTF-16, not UTF-8; save it as UTF-8: `iconv -f UTF-16 -t"));
  EXPECT_THAT(refusal(std::string("\xFF\xFE\0\0", 4) + wide(csv, 4, true)),
              HasSubstr("`iconv -f UTF-32 -t UTF-8"));
  // Japanese between the header's ASCII and the commas.
  std::string japanese = wide("text,label\n", 2, true);
  for (int row = 0; row < 100; ++row) {
    for (int i = 0; i < 40; ++i) japanese += "\x42\x30\x44\x30";
    japanese += std::string(",\0p\0\n\0", 6);
  }
  EXPECT_THAT(refusal(japanese), HasSubstr("UTF-16LE"));
  EXPECT_THAT(refusal(wide(csv, 2, true), "my data/it's.csv"),
              HasSubstr("-t UTF-8 'my data/it'\\''s.csv' > NEW_FILE"));
}

TEST(FileKind, LeavesUtf8AloneEvenWithAZeroByte) {
  EXPECT_EQ(refusal(std::string("text,other\n\0]\x03,x\n", 17)), "");
  EXPECT_EQ(refusal("text,label\nna\xC3\xAFve \xF0\x9F\x98\x80,1\n"), "");
  EXPECT_EQ(refusal(std::string("text,label\na\0b,1\nc,2\n", 21)), "");
  EXPECT_EQ(refusal(""), "");
  EXPECT_EQ(refusal(std::string("\0", 1)), "");
}

// A header's checksum as tar writes it: six octal digits, a zero and a space, itself counted as
// spaces.
std::string with_checksum(std::string header) {
  header.replace(148, 8, std::string(8, ' '));
  int sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char digits[16] = {};
  std::snprintf(digits, sizeof digits, "%06o", sum);
  return header.replace(148, 6, digits, 6).replace(154, 1, 1, '\0');
}

TEST(FileKind, TellsATarArchiveFromATextWithItsWord) {
  std::string header(512, '\0');
  header.replace(0, 9, "train.csv");
  EXPECT_EQ(file_kind(with_checksum(header)), FileKind::kTar) << "the form before POSIX";
  header.replace(257, 5, "ustar");
  EXPECT_EQ(file_kind(with_checksum(header)), FileKind::kTar);
  header.replace(257, 7, "ustar  ");
  EXPECT_EQ(file_kind(with_checksum(header)), FileKind::kTar);
  for (const std::string& end : {std::string("s"), std::string(1, '\0'), std::string("  \0", 3)}) {
    std::string text = "text,label\n" + std::string(246, 'a');
    text += "ustar" + end + " is good,pos\n" + std::string(300, 'b') + ",neg\n";
    ASSERT_EQ(text.substr(257, 5), "ustar");
    EXPECT_EQ(file_kind(text), FileKind::kOther);
  }
}

TEST(FileKind, NamesFilesOfOtherProgramsAndHowToComeByATable) {
  const auto refusal_of = [](const std::string& bytes) -> std::string {
    try {
      refuse_archive(file_kind(bytes), "a b.csv");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const std::string zip = "PK\x03\x04\x14", filler(6000, 'x');
  EXPECT_THAT(
      refusal_of(zip + "[Content_Types].xml" + filler + "xl/workbook.xml" + filler.substr(0, 99)),
      HasSubstr("a b.csv: the file is a spreadsheet (.xlsx, .ods); save its sheet as CSV"));
  EXPECT_THAT(refusal_of(zip + "word/document.xml"), HasSubstr("word processor's document"));
  EXPECT_THAT(refusal_of(zip + "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
              HasSubstr("is a spreadsheet"));
  EXPECT_THAT(refusal_of(zip + "arr_0.npy\x93NUMPY"), HasSubstr("arrays of NumPy"));
  EXPECT_THAT(refusal_of(zip + "archive/data.pkl"), HasSubstr("archive of PyTorch"));
  EXPECT_THAT(refusal_of(zip + "train.csv" + filler),
              HasSubstr("is a zip archive; unpack it with `unzip`"));
  EXPECT_THAT(refusal_of("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
              HasSubstr("old Office document (.xls"));
  EXPECT_THAT(refusal_of("{\\rtf1\\ansi"), HasSubstr("rich text"));
  for (const char* protocol : {"\x80\x02]q", "\x80\x03]q", "\x80\x04\x95", "\x80\x05\x95"}) {
    EXPECT_THAT(refusal_of(protocol), HasSubstr("is a Python pickle"));
  }
  EXPECT_THAT(refusal_of("\x93NUMPY\x01"), HasSubstr("arrays of NumPy"));
  EXPECT_THAT(
      refusal_of(std::string("SQLite format 3\0", 16)),
      HasSubstr("is an SQLite database; save its table as CSV: `sqlite3 -header -csv 'a b.csv' "));
  EXPECT_THAT(refusal_of("\x89HDF\r\n\x1A\n"), HasSubstr("HDF5"));
  EXPECT_THAT(refusal_of("Obj\x01\x04"), HasSubstr("Avro"));
  EXPECT_THAT(refusal_of("RDX3\nX\n"), HasSubstr("data of R"));
  EXPECT_THAT(refusal_of("Rar!\x1A\x07"), HasSubstr("RAR archive"));
  EXPECT_THAT(refusal_of("\x89PNG\r\n\x1A\n"), HasSubstr("is an image"));
  EXPECT_EQ(refusal_of("text,label\nPK and so on,1\n"), "");
}

TEST(FileKind, KnowsWhatIsPackedByItsFirstBytes) {
  EXPECT_EQ(file_kind("\x1F\x8B\x08"), FileKind::kGzip);
  EXPECT_EQ(file_kind("\x28\xB5\x2F\xFD"), FileKind::kZstd);
  EXPECT_EQ(file_kind("BZh91AY&SY"), FileKind::kBzip2);
  EXPECT_EQ(file_kind(std::string("\xFD\x37zXZ\0", 6)), FileKind::kXz);
  EXPECT_EQ(file_kind("PAR1"), FileKind::kParquet);
  EXPECT_EQ(file_kind("BZh9 is a name,label\n"), FileKind::kOther);
  EXPECT_EQ(file_kind("text,label\n"), FileKind::kOther);
}

}  // namespace
}  // namespace thaw
