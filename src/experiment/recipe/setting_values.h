#pragma once  // Tests: tests/experiment/recipe/settings_test.cc

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/recipe/settings.h"

namespace thaw {

// The values of keys, from text, for recipes and flags alike. Each throws Error of the assignment's
// place, in words that say what is needed ("a number from 0 to below 1").

// Numbers from `lowest` to `highest`, the ends included unless they are said not to be.
struct Range {
  double lowest, highest;
  bool above_lowest = false, below_highest = false;
};
inline constexpr double kNoLimit = 1e300;  // as `highest`: any number

double parse_number(const Assignment& given, const Range& range);
// Every value of a list that must have some.
std::vector<double> parse_numbers(const Assignment& given, const Range& range);
int parse_whole(const Assignment& given, int lowest, int highest = 2'000'000'000);

// A share: 0.2, or 20%.
double parse_share(const Assignment& given, const Range& range);
// A share below 1 (0.2, 20%) or a whole number of rows from 1 (500); 0 for none.
double parse_size(const Assignment& given);
// Shares up to 1 or whole numbers of rows. 1 is all rows.
std::vector<double> parse_sizes(const Assignment& given);

uint64_t parse_seed(const Assignment& given);  // what NumPy takes: from 0 to 2^32 - 1
bool parse_truth(const Assignment& given);
std::string parse_text(const Assignment& given, const std::string& wanted = "one text");
std::string parse_one_of(const Assignment& given, const std::vector<std::string>& known);
// Cuts that ascend.
std::vector<double> parse_cuts(const Assignment& given);
// Names of labels: none is empty, none is there twice.
std::vector<std::string> parse_label_names(const Assignment& given);
// Names of columns, each once; empty ones take back what was named before.
std::vector<std::string> parse_column_names(const Assignment& given);

// Throws Error: the value is not what the key wants.
[[noreturn]] void reject(const Assignment& given, const std::string& wanted);

}  // namespace thaw
