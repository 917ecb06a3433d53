#include "experiment/recipe/setting_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "text/utf8.h"

namespace thaw {
namespace {

const char kWantedSize[] = "a share below 1 (0.2 or 20%) or a whole number of rows (500)";
const char kWantedSizes[] =
    "a list of shares up to 1 (0.5 or 50%) or of whole numbers of rows (500)";

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || std::isnan(value)) {
    return std::nullopt;
  }
  return value;
}

// "20%" as exactly the number that "0.2" is: its decimal point is moved, nothing is divided.
std::optional<double> percent_of(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.find_first_of("eE") != std::string_view::npos) return std::nullopt;
  return number_of(std::string(text) + "e-2");
}

std::optional<double> share_of(std::string_view text) {
  return text.ends_with('%') ? percent_of(text) : number_of(text);
}

bool lies_in(double value, const Range& range) {
  return (range.above_lowest ? value > range.lowest : value >= range.lowest) &&
         (range.below_highest ? value < range.highest : value <= range.highest);
}

std::string plain(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, end);
}

// Upper ends that nobody comes near unless by mistake are told to whom they concern alone.
constexpr double kUsual = 1e6;

// "from 0 to below 1"
std::string words(const Range& range, bool whole_range) {
  std::string text;
  if (range.lowest > -kUsual || whole_range) {
    text = (range.above_lowest ? " above " : " from ") + plain(range.lowest);
  }
  if (range.highest <= kUsual || (whole_range && range.highest < kNoLimit)) {
    text += text.empty()          ? " up to "
            : range.below_highest ? (range.above_lowest ? " and below " : " to below ")
            : range.above_lowest  ? ", up to "
                                  : " to ";
    text += plain(range.highest);
  }
  return text;
}

// Of a list, the one value that is wrong.
Assignment one(const Assignment& given, const std::string& value) {
  return {given.scope, given.key, {value}, given.where};
}

}  // namespace

void reject(const Assignment& given, const std::string& wanted) {
  std::string shown;
  for (const auto& value : given.values) shown += (shown.empty() ? "" : ", ") + value;
  throw Error(fmt::format("'{}' is {} where {} is needed", given.key,
                          shown.empty() ? "empty" : fmt::format("'{}'", shown), wanted),
              given.where, "correct the value");
}

std::string parse_text(const Assignment& given, const std::string& wanted) {
  if (given.values.size() != 1) reject(given, wanted);
  return given.values[0];
}

double parse_number(const Assignment& given, const Range& range) {
  const auto value = number_of(parse_text(given, "a number" + words(range, false)));
  if (value && lies_in(*value, range)) return *value;
  reject(given, "a number" + words(range, value && *value > range.highest));
}

std::vector<double> parse_numbers(const Assignment& given, const Range& range) {
  if (given.values.empty()) reject(given, "a list of numbers" + words(range, false));
  std::vector<double> list;
  for (const auto& value : given.values) list.push_back(parse_number(one(given, value), range));
  return list;
}

int parse_whole(const Assignment& given, int lowest, int highest) {
  const Range range{static_cast<double>(lowest), static_cast<double>(highest)};
  const auto value = number_of(parse_text(given, "a whole number" + words(range, false)));
  if (value && lies_in(*value, range) && *value == std::floor(*value)) {
    return static_cast<int>(*value);
  }
  if (value && *value > highest) {  // not as 2e+09
    reject(given, fmt::format("a whole number from {} to {}", lowest, highest));
  }
  reject(given, "a whole number" + words(range, false));
}

double parse_share(const Assignment& given, const Range& range) {
  const auto value = share_of(parse_text(given, "a share" + words(range, false)));
  if (value && lies_in(*value, range)) return *value;
  reject(given, fmt::format("a share{} (such as 0.2 or 20%)", words(range, false)));
}

double parse_size(const Assignment& given) {
  const std::string text = parse_text(given, kWantedSize);
  const auto value = share_of(text);
  const bool share = value && *value < 1;
  const bool rows = value && !text.ends_with('%') && *value == std::floor(*value);
  if (!value || *value < 0 || *value > 1e12 || !(share || rows)) reject(given, kWantedSize);
  return *value;
}

std::vector<double> parse_sizes(const Assignment& given) {
  if (given.values.empty()) reject(given, kWantedSizes);
  std::vector<double> sizes;
  for (const std::string& text : given.values) {
    const auto value = share_of(text);
    const bool share = value && *value <= 1;
    const bool rows = value && !text.ends_with('%') && *value == std::floor(*value);
    if (!value || *value <= 0 || *value > 1e12 || !(share || rows)) {
      reject(one(given, text), kWantedSizes);
    }
    sizes.push_back(*value);
  }
  return sizes;
}

uint64_t parse_seed(const Assignment& given) {
  // NumPy's legacy generator, which splits the data, takes 32 bits.
  constexpr uint64_t kLargest = std::numeric_limits<uint32_t>::max();
  const std::string wanted = fmt::format("a whole number from 0 to {}", kLargest);
  const std::string text = parse_text(given, wanted);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > kLargest) {
    reject(given, wanted);
  }
  return value;
}

bool parse_truth(const Assignment& given) {
  const std::string text = parse_text(given, "true or false");
  if (text == "true" || text == "1" || text == "yes") return true;
  if (text == "false" || text == "0" || text == "no") return false;
  reject(given, "true or false");
}

std::string parse_one_of(const Assignment& given, const std::vector<std::string>& known) {
  std::string wanted;
  for (const auto& name : known) wanted += (wanted.empty() ? "one of " : ", ") + name;
  const std::string text = parse_text(given, wanted);
  if (std::find(known.begin(), known.end(), text) != known.end()) return text;
  reject(given, wanted);
}

std::vector<double> parse_cuts(const Assignment& given) {
  const std::string wanted = "a list of numbers that ascend (such as -0.5,0.5)";
  std::vector<double> cuts;
  for (const std::string& text : given.values) {
    const auto value = number_of(text);
    if (!value || !std::isfinite(*value) || (!cuts.empty() && !(cuts.back() < *value))) {
      reject(given, wanted);
    }
    cuts.push_back(*value);
  }
  if (cuts.empty()) reject(given, wanted);
  return cuts;
}

std::vector<std::string> parse_label_names(const Assignment& given) {
  std::set<std::string> seen;
  for (const std::string& name : given.values) {
    if (name.empty()) throw Error("a label's name is empty", given.where, "give it a name");
    if (!seen.insert(name).second) {
      throw Error(fmt::format("the name '{}' is given twice", name), given.where,
                  "give each label a name of its own");
    }
  }
  return given.values;
}

std::vector<std::string> parse_column_names(const Assignment& given) {
  std::vector<std::string> names;
  for (const std::string& name : given.values) {
    if (name.empty()) continue;
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw Error(fmt::format("the column '{}' is given twice", name), given.where,
                  "name each column once");
    }
    names.push_back(name);
  }
  return names;
}

}  // namespace thaw
