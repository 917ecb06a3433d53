#include "text/printable.h"

#include <gtest/gtest.h>

namespace thaw {
namespace {

TEST(Printable, TextStaysAsItIs) {
  for (const char* text :
       {"", "plain", "größer, 大きい 🙂", "'quoted' \\ \"too\"", "e\u0301"}) {
    EXPECT_EQ(sanitize_for_terminal(text), text);
  }
}

TEST(Printable, NothingThatATerminalObeysIsLeft) {
  EXPECT_EQ(sanitize_for_terminal("\x1b[2Ja"), "?[2Ja");
  EXPECT_EQ(sanitize_for_terminal(std::string("a\0b\r\n\tc\x7F", 8)), "a?b???c?");
  EXPECT_EQ(sanitize_for_terminal("\u009B2J\u0085"), "?2J?");  // the eight-bit control characters
  EXPECT_EQ(sanitize_for_terminal("\u202Egnp.exe\u2066\u200F\u061C"), "?gnp.exe???");
  EXPECT_EQ(sanitize_for_terminal("a\u2028b"), "a?b");
  EXPECT_EQ(sanitize_for_terminal("\u00A0\u200B"), "\u00A0\u200B");
}

TEST(Printable, LinesStayWhereTheyAreWanted) {
  EXPECT_EQ(sanitize_for_terminal("a\nb\r\n", true), "a\nb?\n");
  EXPECT_EQ(sanitize_for_terminal("a\nb", false), "a?b");
}

TEST(Printable, BytesThatAreNotUtf8AreQuestionMarks) {
  EXPECT_EQ(sanitize_for_terminal("\xC0\xAF\xED\xA0\x80\xE5\xA4\xFF"), "????????");
  EXPECT_EQ(sanitize_for_terminal("\xF4\x90\x80\x80"), "????");
}

TEST(CharacterLength, FollowsTheUnicodeTable) {
  EXPECT_EQ(character_length(""), 0u);
  EXPECT_EQ(character_length("a"), 1u);
  EXPECT_EQ(character_length("é"), 2u);
  EXPECT_EQ(character_length("大"), 3u);
  EXPECT_EQ(character_length("🙂"), 4u);
  EXPECT_EQ(character_length("\xF0\x9F\x99"), 0u);
}

}  // namespace
}  // namespace thaw
