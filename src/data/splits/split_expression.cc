#include "data/splits/split_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace thaw {
namespace {

constexpr int64_t kLargestBound = int64_t{1} << 53;

// Reads from the left what it is asked for.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void skip_spaces() {
    while (take(' ') || take('\t')) {
    }
  }

  // Words of letters, digits and underscores with dots between them; empty where there are none.
  std::string name() {
    size_t end = 0;
    while (end < text_.size() && (is_word(text_[end]) || is_inner_dot(end))) ++end;
    return cut(end);
  }

  // A whole number, with underscores between its digits if they like. Nothing where none is there.
  std::optional<int64_t> number() {
    size_t end = !text_.empty() && text_[0] == '-' ? 1 : 0;
    const size_t begin = end;
    while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '_')) ++end;
    if (end == begin) return std::nullopt;
    std::string digits = cut(end);
    std::erase(digits, '_');
    int64_t value = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc::invalid_argument) return std::nullopt;
    if (error != std::errc()) value = digits[0] == '-' ? -kLargestBound : kLargestBound;
    return std::clamp(value, -kLargestBound, kLargestBound);
  }

  std::string until(char c) {
    const size_t end = std::min(text_.find(c), text_.size());
    return cut(end);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
  }
  bool is_inner_dot(size_t i) const {
    return text_[i] == '.' && i > 0 && is_word(text_[i - 1]) && i + 1 < text_.size() &&
           is_word(text_[i + 1]);
  }
  std::string cut(size_t size) {
    std::string taken(text_.substr(0, size));
    text_.remove_prefix(size);
    return taken;
  }

  std::string_view text_;
};

// False where it is no term.
bool scan_term(Scanner& scanner, SplitTerm& term, const std::string& where) {
  term.split = scanner.name();
  if (term.split.empty()) return false;
  RowRange& rows = term.rows;
  if (scanner.take('[')) {
    rows.from = scanner.number();
    if (rows.from) rows.in_percent = scanner.take('%');
    if (!scanner.take(':')) return false;
    rows.to = scanner.number();
    if (rows.to && scanner.take('%')) rows.in_percent = true;
    if (!scanner.take(']')) return false;
  }
  if (scanner.take('(')) {
    const std::string rounding = scanner.until(')');
    if (!scanner.take(')')) return false;
    if (!rows.in_percent || (rounding != "closest" && rounding != "pct1_dropremainder")) {
      throw Error(
          fmt::format("the rounding '{}' is not known, or there is nothing to round", rounding),
          where, "write percents and (closest) or (pct1_dropremainder)", ErrorKind::kUsage);
    }
    rows.in_whole_percents = rounding == "pct1_dropremainder";
  }
  for (const auto& bound : {rows.from, rows.to}) {
    if (rows.in_percent && bound && std::abs(*bound) > 100) {
      throw Error(fmt::format("{} % is more than there is", *bound), where,
                  "write percents from -100 to 100", ErrorKind::kUsage);
    }
  }
  return true;
}

}  // namespace

std::pair<int64_t, int64_t> RowRange::bounds(int64_t rows, const std::string& where) const {
  if (in_whole_percents && rows < 100) {
    throw Error(fmt::format("has {} rows, and pct1_dropremainder needs 100", rows), where,
                "leave the rounding out");
  }
  const auto absolute = [&](int64_t bound) {
    if (in_whole_percents) {
      bound *= rows / 100;
    } else if (in_percent) {
      // Python's round(): halves to the even number, as the processor does by default.
      bound = static_cast<int64_t>(std::nearbyint(static_cast<double>(bound * rows) / 100.0));
    }
    if (bound < 0) bound = std::max<int64_t>(rows + bound, 0);
    return std::min(bound, rows);
  };
  const int64_t first = from ? absolute(*from) : 0;
  const int64_t last = to ? absolute(*to) : rows;
  return {first, std::max(first, last)};
}

std::optional<std::vector<SplitTerm>> parse_split_expression(const std::string& text,
                                                             const std::string& where) {
  std::vector<SplitTerm> terms;
  Scanner scanner(text);
  do {
    scanner.skip_spaces();
    SplitTerm term;
    if (!scan_term(scanner, term, where)) return std::nullopt;
    terms.push_back(std::move(term));
    scanner.skip_spaces();
  } while (scanner.take('+'));
  if (!scanner.at_end()) return std::nullopt;
  return terms;
}

}  // namespace thaw
