#pragma once

#include <string>

namespace thaw {

// Seconds of a span of time as a user writes it: "90s", "5min", "5 min", "1.5h", "1h30min"; a
// number alone is seconds. Throws Error, named after `where`, for anything else, and for what is
// not above 0.
double parse_time_span(const std::string& text, const std::string& where);

}  // namespace thaw
