#include "base/time_span.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace thaw {
namespace {

// 0 for what is no unit.
double seconds_of(std::string_view unit) {
  if (unit == "s" || unit == "sec" || unit == "second" || unit == "seconds") return 1;
  if (unit == "m" || unit == "min" || unit == "minute" || unit == "minutes") return 60;
  if (unit == "h" || unit == "hour" || unit == "hours") return 3600;
  if (unit == "d" || unit == "day" || unit == "days") return 86400;
  return 0;
}

}  // namespace

double parse_time_span(const std::string& text, const std::string& where) {
  const auto fail = [&]() -> double {
    throw Error(fmt::format("'{}' is not a span of time", text), where,
                "write it as 90s, 5min or 1h");
  };
  std::string_view rest = text;
  const auto skip_spaces = [&] {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
  };
  double seconds = 0, last_unit = INFINITY;
  skip_spaces();
  while (!rest.empty()) {
    double value = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), value, std::chars_format::fixed);
    if (error != std::errc() || !(value >= 0)) return fail();
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    skip_spaces();
    size_t length = 0;
    while (length < rest.size() && rest[length] >= 'a' && rest[length] <= 'z') ++length;
    const bool bare = rest.empty() && std::isinf(last_unit);
    const double unit = bare ? 1 : seconds_of(rest.substr(0, length));
    if (!(unit > 0) || unit >= last_unit) return fail();  // 5min1h is a slip
    seconds += value * unit;
    last_unit = unit;
    rest.remove_prefix(length);
    skip_spaces();
  }
  if (!(seconds > 0) || !std::isfinite(seconds)) return fail();
  return seconds;
}

}  // namespace thaw
