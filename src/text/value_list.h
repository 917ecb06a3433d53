#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// A list as one argument of a command line: values with commas between, white space around each
// left out. As in a CSV file a value in double quotes may hold commas and spaces, and a quote in it
// is doubled: `"a, b",c`. A quote within a value that does not begin with one stands for itself.
// Throws Error of kind kUsage, without a place, for a quote that is not closed or not followed by a
// comma.
std::vector<std::string> split_value_list(std::string_view text);

// The inverse: values in quotes where they need them.
std::string value_list(const std::vector<std::string>& values);

// The first `most` values as a sentence lists them, each as `shown` gives it or as it stands:
// "a, b, … (40 in all)".
std::string comma_list(const std::vector<std::string>& values, size_t most,
                       const std::function<std::string(const std::string&)>& shown = {});

// A text as one word of a shell's command, in single quotes where it needs them. Characters that do
// not print are replaced, as in every message.
std::string shell_word(const std::string& text);

}  // namespace thaw
