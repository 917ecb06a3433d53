#pragma once

#include <string>

#include "results/results.h"

namespace thaw {

// How many texts were cut at which length, in which splits where there are several, which share of
// all tokens that took, and the flag that changes it; one sentence without an end. "" where nobody
// counted.
std::string truncation_sentence(const TruncationFindings& found);

// "3.1 %"; "less than 0.1 %" where that would be rounded to none.
std::string small_percent(int64_t part, int64_t whole);

}  // namespace thaw
