#include "data/label_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <clocale>
#include <cmath>
#include <cwctype>

#include "base/error.h"
#include "text/utf8.h"

namespace thaw {
namespace {

constexpr std::string_view kDigits = "0123456789";

bool all_digits(std::string_view text) {
  return text.find_first_not_of(kDigits) == std::string_view::npos;
}

const char* words_for(ValueKind kind) {
  switch (kind) {
    case ValueKind::kNumber:
      return "the number ";
    case ValueKind::kBoolean:
      return "the truth value ";
    default:
      return "the text ";
  }
}

[[noreturn]] void throw_mixed(const LabelColumn& column, int32_t one, int32_t other) {
  const auto told = [&](int32_t code) {
    const ValueKind kind = column.kinds()[code];
    const std::string& value = column.values()[code];
    return words_for(kind) + (kind == ValueKind::kText ? quoted_excerpt(value) : value);
  };
  throw Error(fmt::format("the label column holds {} and ({}) {}", told(one), column.place(other),
                          told(other)),
              column.place(one), "write all labels as text or all as numbers");
}

// Of cells that are not missing.
LabelKind kind_of_cells(const std::vector<std::string>& values, const std::vector<bool>& missing) {
  bool all_whole = true, all_numbers = true, any_fraction = false;
  for (size_t code = 0; code < values.size(); ++code) {
    if (missing[code]) continue;
    if (whole_number(values[code])) continue;
    all_whole = false;
    const auto number = as_number(values[code]);
    if (!number) all_numbers = false;
    if (number && (!std::isfinite(*number) || *number != std::floor(*number))) any_fraction = true;
  }
  if (all_whole) return LabelKind::kIntegers;
  return all_numbers && any_fraction ? LabelKind::kFractions : LabelKind::kText;
}

}  // namespace

std::string shortest_text(double number) {
  char digits[40];
  return {digits, std::to_chars(digits, digits + sizeof(digits), number).ptr};
}

std::optional<double> as_number(std::string_view value) {
  double number;
  const char* begin = value.data() + (value.starts_with("+") ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || std::isnan(number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::string> whole_number(std::string_view value) {
  const bool negative = value.starts_with("-");
  std::string_view digits = value.substr(negative ? 1 : 0);
  const size_t point = digits.find('.');
  const bool has_point = point != std::string_view::npos;
  if (has_point) {
    const std::string_view behind = digits.substr(point + 1);
    if (behind.empty() || behind.find_first_not_of('0') != std::string_view::npos) {
      return std::nullopt;
    }
    digits = digits.substr(0, point);
  }
  if (digits.empty() || !all_digits(digits) || (digits.size() > 1 && digits.front() == '0')) {
    return std::nullopt;
  }
  if (digits == "0") {
    // A column of fractions may hold -0.0; nobody writes a whole number as -0.
    if (negative && !has_point) return std::nullopt;
    return "0";
  }
  return (negative ? "-" : "") + std::string(digits);
}

std::optional<int32_t> as_index(std::string_view whole, size_t count) {
  int32_t index;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), index);
  if (error != std::errc() || end != whole.data() + whole.size()) return std::nullopt;
  if (index < 0 || static_cast<size_t>(index) >= count) return std::nullopt;
  return index;
}

bool LessAsNumbers::operator()(const std::string& a, const std::string& b) const {
  const bool a_negative = a.starts_with("-"), b_negative = b.starts_with("-");
  if (a_negative != b_negative) return a_negative;
  const std::string& low = a_negative ? b : a;  // of two negative ones, the nearer to 0 is greater
  const std::string& high = a_negative ? a : b;
  return low.size() != high.size() ? low.size() < high.size() : low < high;
}

bool is_missing_in_pandas(std::string_view value) {
  static constexpr std::array<std::string_view, 17> kMarkers = {
      "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
      "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "None", "n/a",  "nan"};
  return value == "null" || std::find(kMarkers.begin(), kMarkers.end(), value) != kMarkers.end();
}

ColumnKind kind_of_labels(const LabelColumn& column) {
  const std::vector<std::string>& values = column.values();
  std::array<int32_t, kValueKinds> first;  // code of the first value of the kind
  first.fill(-1);
  for (size_t code = 0; code < values.size(); ++code) {
    int32_t& found = first[static_cast<size_t>(column.kinds()[code])];
    if (found < 0) found = static_cast<int32_t>(code);
  }
  const auto any = [&](ValueKind kind) { return first[static_cast<size_t>(kind)]; };
  int32_t one = -1;
  for (const ValueKind kind : {ValueKind::kText, ValueKind::kNumber, ValueKind::kBoolean}) {
    if (any(kind) < 0) continue;
    if (one >= 0) throw_mixed(column, std::min(one, any(kind)), std::max(one, any(kind)));
    one = any(kind);
  }
  // Where some files are CSV, the others say what the cells beside their values are.
  const bool cells = any(ValueKind::kCell) >= 0;
  const auto check_cells = [&](const auto& fits) {
    for (int32_t code = 0; cells && code < static_cast<int32_t>(values.size()); ++code) {
      if (column.kinds()[code] != ValueKind::kCell || fits(values[code])) continue;
      throw_mixed(column, std::min(one, code), std::max(one, code));
    }
  };
  ColumnKind result;
  result.missing.assign(values.size(), false);
  if (any(ValueKind::kText) >= 0) return result;
  if (any(ValueKind::kBoolean) >= 0) {
    check_cells([](const std::string& value) { return value == "true" || value == "false"; });
    result.kind = LabelKind::kBooleans;
    return result;
  }
  for (size_t code = 0; code < values.size(); ++code) {
    result.missing[code] = is_missing_in_pandas(values[code]);
  }
  const bool all_missing = std::all_of(result.missing.begin(), result.missing.end(),
                                       [](bool missing) { return missing; });
  result.kind = all_missing ? LabelKind::kText : kind_of_cells(values, result.missing);
  if (!cells && result.kind == LabelKind::kText) result.kind = LabelKind::kFractions;  // 1e+20
  if (one >= 0 && result.kind == LabelKind::kText) {
    check_cells([](const std::string& value) {
      return whole_number(value) || is_missing_in_pandas(value);
    });
  }
  if (result.kind == LabelKind::kText) result.missing.assign(values.size(), false);
  return result;
}

std::string without_case(std::string_view text) {
  // Letters of any alphabet, whatever the user's locale.
  static const locale_t everywhere = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::string folded;
  for (size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (size == 1 || size > 3 || at + size > text.size() || everywhere == locale_t()) {
      folded += lead < 0x80 ? static_cast<char>(std::tolower(lead)) : text[at];
      ++at;
      continue;
    }
    wint_t point = lead & (size == 2 ? 0x1F : 0x0F);
    for (size_t i = 1; i < size; ++i) {
      point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3F);
    }
    point = ::towlower_l(point, everywhere);
    if (point < 0x80) {
      folded += static_cast<char>(point);
    } else if (point < 0x800) {
      folded += static_cast<char>(0xC0 | (point >> 6));
    } else {
      folded += static_cast<char>(0xE0 | (point >> 12));
      folded += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    }
    if (point >= 0x80) folded += static_cast<char>(0x80 | (point & 0x3F));
    at += size;
  }
  return folded;
}

std::string listed_names(const std::vector<std::string>& names) {
  constexpr size_t kShown = 12;
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    list += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kShown) list += fmt::format(", … ({} in all)", names.size());
  return list;
}

}  // namespace thaw
