#include "text/markup.h"

#include <gtest/gtest.h>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace thaw {
namespace {

template <class First, class Second>
concept Addable = requires(First first, Second second) {
  first + second;
};
template <class First, class Second>
concept Appendable = requires(First first, Second second) {
  first += second;
};

// Text that nobody escaped becomes no markup by any way.
template <class Text>
constexpr bool kStaysText =
    !std::is_constructible_v<Markup, Text> && !std::is_constructible_v<MarkupView, Text> &&
    !std::is_convertible_v<Text, Markup> && !std::is_convertible_v<Text, MarkupView> &&
    !std::is_assignable_v<Markup&, Text> && !Addable<Markup, Text> && !Addable<Text, Markup> &&
    !Addable<MarkupView, Text> && !Addable<Text, MarkupView> && !Appendable<Markup&, Text>;
static_assert(kStaysText<std::string> && kStaysText<const std::string&> &&
              kStaysText<std::string_view> && kStaysText<const char*> && kStaysText<char>);
// Nor is markup taken for text, which would be escaped a second time.
static_assert(!std::is_convertible_v<Markup, std::string> &&
              !std::is_convertible_v<Markup, std::string_view> &&
              !Appendable<std::string&, Markup>);
// A choice between the two types would be a view of what is gone.
template <class First, class Second>
concept Choosable = requires(First first, Second second) {
  true ? first : second;
};
static_assert(!Choosable<Markup, MarkupView>);

TEST(Markup, IsMadeOfLiteralsEscapedTextAndMarkup) {
  const std::string text = "<script>";
  Markup markup = "<p>" + escape_markup(text) + "</p>";
  markup += "<hr>";
  markup += markup;
  const std::string once = "<p>&lt;script&gt;</p><hr>";
  EXPECT_EQ(markup.str(), once + once);
  EXPECT_EQ(("<b>"_markup + "</b>" + Markup("<i>")).str(), "<b></b><i>");
  EXPECT_EQ(markup_if(true, "<hr>").str(), "<hr>");
  EXPECT_TRUE(markup_if(false, "<hr>").empty());
  EXPECT_TRUE(Markup().empty());
}

TEST(Markup, IsEscapedForElementsAndAttributes) {
  EXPECT_EQ(escape_markup("</script><b a='1' c=\"2\">&amp;").str(),
            "&lt;/script&gt;&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;");
  EXPECT_EQ(escape_markup("größer 大きい 🙂\n").str(), "größer 大きい 🙂\n");
}

TEST(Markup, ReplacesControlCharactersAndWhatIsNotUtf8) {
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(escape_markup("\x1b[31m").str(), replaced + "[31m");
  EXPECT_EQ(escape_markup(std::string("a\0b", 3)).str(), "a" + replaced + "b");
  EXPECT_EQ(escape_markup("\xC0\xAF").str(), replaced + replaced);                 // overlong
  EXPECT_EQ(escape_markup("\xED\xA0\x80").str(), replaced + replaced + replaced);  // surrogate
  EXPECT_EQ(escape_markup("\xE5\xA4").str(), replaced + replaced);                 // cut short
  EXPECT_EQ(escape_markup("\xEF\xBF\xBF").str(), replaced);  // no character in XML
}

TEST(Markup, BreaksNamesAfterTheirJoints) {
  EXPECT_EQ(escape_breakable("fine_tune-last").str(), "fine_<wbr>tune-<wbr>last");
  EXPECT_EQ(escape_breakable("ends_").str(), "ends_");
  EXPECT_EQ(escape_breakable("").str(), "");
}

TEST(Markup, FileNamesStayInTheirFolder) {
  EXPECT_EQ(file_name_part("../../etc/passwd"), "_._.._etc_passwd");
  EXPECT_EQ(file_name_part("last-1"), "last-1");
  EXPECT_EQ(file_name_part(""), "_");
}

}  // namespace
}  // namespace thaw
