#pragma once

#include <string>

namespace thaw {

// Lines for the terminal whose names and texts come from files: as printable() shows them, so that
// none of them can command it.
std::string shown(const std::string& lines);

// The same of one sentence, cut where nobody would read it to its end.
std::string shown_sentence(const std::string& sentence);

// The same of JSON, which stays the same value: what a terminal would obey becomes \\u….
std::string shown_json(const std::string& json);

}  // namespace thaw
