#pragma once

#include <string>

namespace thaw {

// Lines for the terminal whose names and texts come from files: as printable() shows them, so that
// none of them can command it.
std::string sanitize_lines(const std::string& lines);

// The same of one sentence, cut where nobody would read it to its end.
std::string sanitize_sentence(const std::string& sentence);

// The same of JSON, which stays the same value: what a terminal would obey becomes \\u….
std::string sanitize_json(const std::string& json);

}  // namespace thaw
