// JSON from files: what the guarded readers accept is what the library accepts, short of their
// limits, and both readers see the same value.
#include <nlohmann/json.hpp>

#include "files/json_file.h"
#include "fuzz/target.h"

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// The nesting of a text that the library accepted.
int depth_of(const json& value) {
  int deepest = 0;
  if (value.is_structured()) {
    for (const json& inner : value) deepest = std::max(deepest, 1 + depth_of(inner));
    deepest = std::max(deepest, 1);
  }
  return deepest;
}

bool has_discarded_number(const json& value) {
  if (value.is_number_float()) return !std::isfinite(value.get<double>());
  if (!value.is_structured()) return false;
  return std::any_of(value.begin(), value.end(), has_discarded_number);
}

}  // namespace

THAW_FUZZ_TARGET(json) {
  using thaw::fuzz::require;
  json unique;
  ordered_json ordered;
  const bool is_unique =
      thaw::fuzz::accepts([&] { unique = thaw::parse_unique_json(input, "a.json"); });
  const bool is_ordered =
      thaw::fuzz::accepts([&] { ordered = thaw::parse_ordered_json(input, "a.json"); });
  if (is_unique) {
    require(is_ordered, "what is JSON without repeated keys is JSON");
    require(unique == json(ordered), "both readers see the same value");
    require(depth_of(unique) <= 64, "nesting is limited");
    require(!has_discarded_number(unique), "numbers are finite");
    // What is written out is read again as the same.
    require(thaw::parse_unique_json(unique.dump(), "b.json") == unique, "JSON makes a round trip");
  }
  // The library recurses over what it builds, so only where the nesting was found to be small.
  if (is_ordered) require(json::accept(input), "what is accepted is JSON");
}
