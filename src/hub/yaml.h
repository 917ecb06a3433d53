#pragma once  // Tests: tests/hub/card_test.cc

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace thaw {

// A YAML document as JSON: mappings in their order, sequences, and every scalar as the text that it
// is ("no" and 1.0 stay such). Aliases are put in where they stand. Throws Error, with line, for
// what is not YAML, a key that is no scalar or stands there twice, nesting beyond 64 levels, and
// more than a million values once the aliases are put in.
nlohmann::ordered_json parse_yaml(std::string_view text, const std::string& where);

}  // namespace thaw
