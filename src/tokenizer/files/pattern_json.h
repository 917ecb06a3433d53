#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <nlohmann/json.hpp>
#include <string>

#include "tokenizer/pattern.h"

namespace thaw {

// The field "pattern" of a component: {"String": …} or {"Regex": …}. Throws Error where it is
// neither, or no regular expression. `where` is for messages.
Pattern read_pattern(const nlohmann::json& component, const std::string& where);

// The field "behavior": "Removed", "Isolated" … Throws Error where it is none of them.
SplitBehavior read_behavior(const nlohmann::json& component, const std::string& where);

}  // namespace thaw
