#pragma once

#include <string>
#include <vector>

#include "report/findings/recommendation.h"
#include "results/results.h"

namespace thaw {

// What a comparison says, in sentences drawn from its numbers and from nothing else.
//
// The headline and the first conclusions are the recommendation (recommendation.h). A difference is
// called clear only where the paired bootstrap, or for accuracy the exact McNemar test, on the same
// rows gives p below 0.05 after Holm's correction. Fewer than kTinyTestRows rows are said to decide
// nothing. A strategy that gave one label to every row, or did not finish, is named as such.
// Reasons are offered as likely, never as known.
struct Findings {
  Recommendation recommendation;         // that all of it goes by
  std::string headline;                  // for people: whole sentences
  std::string basis;                     // the numbers behind it, or ""
  std::vector<std::string> observation;  // sentences: who was better, by how much, is it noise
  std::vector<std::string> reason;       // what in the runs may explain it
  std::vector<std::string> conclusion;   // what follows, what it costs, what is not known
};

// `recommendation` is that of these results (recommend). Throws Error when there is no strategy.
Findings findings(const ComparisonResults& results, Recommendation recommendation);
// With recommend(results).
Findings findings(const ComparisonResults& results);

// The three parts under their names, wrapped at `columns`, for a terminal.
std::string findings_text(const Findings& findings, int columns = 100);

}  // namespace thaw
