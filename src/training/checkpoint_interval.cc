#include "training/checkpoint_interval.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/time_span.h"

namespace thaw {

CheckpointInterval parse_checkpoint_interval(const std::string& text, const std::string& where) {
  CheckpointInterval interval;
  if (text == "never") {
    interval.never = true;
    return interval;
  }
  const size_t digits = text.find_first_not_of("0123456789");
  const size_t unit =
      std::min(text.find_first_not_of(' ', std::min(digits, text.size())), text.size());
  if (digits > 0 && (text.substr(unit) == "steps" || text.substr(unit) == "step")) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, interval.steps);
    if (error == std::errc() && interval.steps > 0) return interval;
    throw Error(fmt::format("'{}' is no number of steps", text), where,
                "write for instance 20steps");
  }
  try {
    interval.seconds = parse_time_span(text, where);
  } catch (const Error& error) {
    throw Error(fmt::format("'{}' is no interval", text), where,
                "write for instance 60s, 5min, 20steps or never");
  }
  return interval;
}

}  // namespace thaw
