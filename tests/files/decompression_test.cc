#include "files/decompression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "files/files.h"

namespace thaw {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

// Made by tests/golden/data/make_compressed.py.
std::string golden(const std::string& name) {
  return read_text_file(THAW_SOURCE_DIR "/tests/golden/data/compressed/" + name);
}

std::string unpacked(std::string_view packed, FileKind kind) {
  std::string text;
  unpack(packed, kind, "x", [&](std::string_view piece) { text += piece; });
  return text;
}

std::string refusal(std::string_view packed, FileKind kind) {
  try {
    unpack(packed, kind, "x", [](std::string_view) {});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

struct Form {
  const char* ending;
  const char* name;
  FileKind kind;
};

class Decompression : public ::testing::TestWithParam<Form> {
 protected:
  std::string packed(const std::string& name) const { return golden(name + GetParam().ending); }
  FileKind kind() const { return GetParam().kind; }
};

TEST_P(Decompression, GivesWhatWasPacked) {
  EXPECT_EQ(file_kind(packed("rows.csv.")), kind());
  EXPECT_EQ(compression_name(kind()), std::string(GetParam().name));
  EXPECT_EQ(unpacked(packed("rows.csv."), kind()), golden("rows.csv"));
}

TEST_P(Decompression, TakesSeveralMembersAsOneText) {
  EXPECT_EQ(unpacked(packed("members.csv."), kind()), golden("rows.csv"));
}

TEST_P(Decompression, RefusesWhatIsCutShortAtAnyByte) {
  for (const char* name : {"rows.csv.", "members.csv."}) {
    const std::string whole = packed(name);
    for (size_t size = 1; size < whole.size(); ++size) {
      const std::string said = refusal(whole.substr(0, size), kind());
      // The end of a member is the end of a file.
      if (said.empty()) {
        EXPECT_NE(unpacked(whole.substr(0, size), kind()), golden("rows.csv")) << size;
        EXPECT_EQ(std::string(name), "members.csv.") << size;
      } else {
        EXPECT_THAT(said, AnyOf(HasSubstr("and ends too early; fetch or write it again"),
                                HasSubstr("stands something else")))
            << size;
      }
    }
  }
}

TEST_P(Decompression, RefusesWhatStandsBehindTheData) {
  const std::string whole = packed("rows.csv.");
  EXPECT_EQ(refusal(whole + "more of it", kind()),
            std::string("x: behind the compressed data (") + GetParam().name +
                ") stands something else, from byte " + std::to_string(whole.size()) +
                " on; fetch or write it again");
}

TEST_P(Decompression, RefusesDamage) {
  std::string whole = packed("rows.csv.");
  whole[whole.size() / 2] ^= '\x55';
  EXPECT_THAT(refusal(whole, kind()), HasSubstr("compressed (" + std::string(GetParam().name)));
}

INSTANTIATE_TEST_SUITE_P(Forms, Decompression,
                         ::testing::Values(Form{"gz", "gzip", FileKind::kGzip},
                                           Form{"zst", "zstd", FileKind::kZstd},
                                           Form{"bz2", "bzip2", FileKind::kBzip2},
                                           Form{"xz", "xz", FileKind::kXz}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(DecompressionBounds, StopBombs) {
  for (const auto& [name, kind] :
       {std::pair{"bomb.bz2", FileKind::kBzip2}, std::pair{"bomb.zst", FileKind::kZstd}}) {
    const std::string bomb = golden(name);
    size_t given = 0;
    std::string said;
    try {
      unpack(bomb, kind, "x", [&](std::string_view piece) { given += piece.size(); });
    } catch (const Error& error) {
      said = error.what();
    }
    EXPECT_THAT(said, HasSubstr("unpacks to more than 2")) << name;
    EXPECT_THAT(said, HasSubstr(" MB, more than a thousand times its size")) << name;
    EXPECT_LE(given, most_unpacked_bytes(bomb.size())) << name;
  }
  EXPECT_GT(most_unpacked_bytes(~size_t{0}), size_t{1} << 60);
}

TEST(DecompressionBounds, StopWindowsThatTakeAllMemory) {
  EXPECT_THAT(refusal(golden("window.zst"), FileKind::kZstd),
              HasSubstr("takes too much memory; compress it again: without zstd's --long"));
}

}  // namespace
}  // namespace thaw
