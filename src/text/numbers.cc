#include "text/numbers.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdio>

namespace thaw {
namespace {

constexpr const char* kUnknown = "–";

template <typename Number>
std::string round_trip(Number value) {
  if (!std::isfinite(value)) return kUnknown;
  char text[64];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return std::string(text, end);
}

std::string two_digits(int64_t value) {
  return value < 10 ? fmt::format("0{}", value) : std::to_string(value);
}

}  // namespace

std::string fixed(double value, int digits) {
  if (!std::isfinite(value)) return kUnknown;
  char text[400];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

std::string shortest(double value) { return round_trip(value); }
std::string shortest(float value) { return round_trip(value); }

std::string grouped(int64_t count) {
  std::string text = std::to_string(count);
  const int64_t first = count < 0 ? 1 : 0;
  for (int64_t at = static_cast<int64_t>(text.size()) - 3; at > first; at -= 3) {
    text.insert(static_cast<size_t>(at), ",");
  }
  return text;
}

std::string signed_count(int64_t change) {
  if (change == 0) return "0";
  return (change < 0 ? "−" : "+") + grouped(change < 0 ? -change : change);
}

std::string short_count(int64_t count) {
  const double value = static_cast<double>(count);
  if (count < 10'000) return grouped(count);
  if (value < 999'500) return fixed(value / 1e3, 0) + " k";
  if (value < 999'995'000) return fixed(value / 1e6, 2) + " M";
  return fixed(value / 1e9, 2) + " G";
}

std::string percent(double share, int digits) {
  return std::isfinite(share) ? fixed(100 * share, digits) + "%" : kUnknown;
}

std::string points(double change) {
  if (!std::isfinite(change)) return kUnknown;
  const std::string text = fixed(std::fabs(100 * change), 2);
  if (text == "0.00") return "0.00";
  return (change < 0 ? "−" : "+") + text;
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return kUnknown;
  if (seconds == 0) return "0 s";
  if (seconds < 0.0995) return fixed(seconds, 3) + " s";
  if (seconds < 9.95) return fixed(seconds, 2) + " s";
  if (seconds < 59.95) return fixed(seconds, 1) + " s";
  if (seconds > 1e12) return kUnknown;
  const int64_t whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, two_digits(whole % 60));
  const int64_t minutes = std::llround(seconds / 60);
  return fmt::format("{} h {} min", grouped(minutes / 60), two_digits(minutes % 60));
}

std::string memory(double megabytes) {
  if (!std::isfinite(megabytes) || megabytes <= 0) return kUnknown;
  if (megabytes < 9.95) return fixed(megabytes, 1) + " MB";
  return megabytes < 999.5 ? fixed(megabytes, 0) + " MB" : fixed(megabytes / 1000, 1) + " GB";
}

std::string factor(double value) {
  if (!std::isfinite(value) || value <= 0) return kUnknown;
  if (value < 0.095) return fixed(value, 3) + "×";
  if (value >= 999.5 && value < 1e15) return grouped(std::llround(value)) + "×";
  return fixed(value, value < 9.95 ? 1 : 0) + "×";
}

std::string p_value_text(double p) {
  if (!std::isfinite(p)) return "p unknown";
  return p < 0.001 ? "p < 0.001" : "p = " + fixed(p, p < 0.1 ? 3 : 2);
}

std::string counted(int64_t count, const std::string& one, const std::string& many) {
  return grouped(count) + " " + (count == 1 ? one : many);
}

}  // namespace thaw
