#include "text/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace thaw {
namespace {

TEST(Utf8, AcceptsEveryCharacterAndRefusesEverySurrogate) {
  for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
    std::string text;
    if (code < 0x80) {
      text = {static_cast<char>(code)};
    } else if (code < 0x800) {
      text = {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
    } else if (code < 0x10000) {
      text = {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
              static_cast<char>(0x80 | (code & 63))};
    } else {
      text = {static_cast<char>(0xF0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 63)),
              static_cast<char>(0x80 | (code >> 6 & 63)), static_cast<char>(0x80 | (code & 63))};
    }
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    ASSERT_EQ(first_invalid_utf8(text), is_surrogate ? 0 : std::string_view::npos) << code;
  }
}

TEST(Utf8, FindsTheFirstInvalidByteWhereverItStands) {
  const char* const broken[] = {"\x80",
                                "\xC0\x80",
                                "\xC1\xBF",
                                "\xE0\x80\x80",
                                "\xF0\x80\x80\x80",
                                "\xF4\x90\x80\x80",
                                "\xF5\x80\x80\x80",
                                "\xFF",
                                "\xE2\x82",
                                "\xF0\x9F\x98"};
  for (const char* bytes : broken) {
    for (size_t before = 0; before < 40; ++before) {
      const std::string prefix =
          before % 3 == 0 ? std::string(before, 'a') : "é" + std::string(before, 'b');
      EXPECT_EQ(first_invalid_utf8(prefix + bytes + "tail of the text"), prefix.size());
      EXPECT_EQ(first_invalid_utf8(prefix + bytes), prefix.size());
    }
  }
}

TEST(Utf8, ExcerptsStayShortAndPrintable) {
  EXPECT_EQ(quoted_excerpt("plain"), "'plain'");
  EXPECT_EQ(quoted_excerpt("a\x1B[31mb\n\xFF"),
            "'a?[31mb?"
            "?'");
  EXPECT_EQ(quoted_excerpt(std::string(39, 'a') + "é"), "'" + std::string(39, 'a') + "…'");
}

TEST(TrimAscii, LeavesTheMiddleAndOtherSpaces) {
  EXPECT_EQ(trim_ascii(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim_ascii(" \n"), "");
  EXPECT_EQ(trim_ascii("\u00a0x"), "\u00a0x");
}

}  // namespace
}  // namespace thaw
