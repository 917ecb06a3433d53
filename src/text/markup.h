#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace thaw {

// HTML or XML that may stand in a page as it is, and text that may not, are different types: markup
// is made of string literals, of escaped text and of other markup, and of nothing else. A
// std::string neither converts to it nor can be added to it, so text that nobody escaped does not
// compile.

class Markup;

// A piece of markup that is kept elsewhere: a string literal, or a Markup that outlives the view.
class MarkupView {
 public:
  constexpr MarkupView() = default;
  template <size_t kSize>
  consteval MarkupView(const char (&literal)[kSize])  // NOLINT(google-explicit-constructor)
      : view_(literal, kSize - 1) {}

  constexpr std::string_view str() const { return view_; }
  constexpr bool empty() const { return view_.empty(); }

 private:
  friend class Markup;
  friend consteval MarkupView operator""_markup(const char* literal, size_t size);
  constexpr explicit MarkupView(std::string_view view) : view_(view) {}

  std::string_view view_;
};

// For literals where the compiler needs the type, as in `first ? "<tr>"_markup : "<td>"_markup`.
consteval MarkupView operator""_markup(const char* literal, size_t size) {
  return MarkupView(std::string_view(literal, size));
}

// The markup, or none.
constexpr MarkupView markup_if(bool condition, MarkupView markup) {
  return condition ? markup : MarkupView();
}

class Markup {
 public:
  Markup() = default;
  Markup(MarkupView view) : markup_(view.str()) {}  // NOLINT(google-explicit-constructor)
  operator MarkupView() const {
    return MarkupView(markup_);
  }  // NOLINT(google-explicit-constructor)

  const std::string& str() const { return markup_; }
  bool empty() const { return markup_.empty(); }

  Markup& operator+=(MarkupView more) {
    markup_ += more.str();
    return *this;
  }

 private:
  friend Markup escape_markup(std::string_view text);

  std::string markup_;
};

inline Markup operator+(Markup first, MarkupView second) {
  first += second;
  return first;
}
inline Markup operator+(MarkupView first, MarkupView second) { return Markup(first) + second; }

// Text made safe for the inside of an element or of a quoted attribute, in HTML and in XML: & < > "
// ' become entities; control characters and bytes that are not UTF-8 become U+FFFD.
Markup escape_markup(std::string_view text);

// escape_markup, and a place to break the line after each '_', '-', '.' and '/'.
Markup escape_breakable(std::string_view text);

// A name that is safe as the name of a file: letters, digits, '.', '_' and '-' stay, everything
// else becomes '_'; never empty, never starting with '.'.
std::string file_name_part(std::string_view text);

}  // namespace thaw
