#pragma once

#include <string>
#include <vector>

#include "report/findings/recommendation.h"
#include "results/results.h"

namespace thaw {

// What strategies are measured against besides each other (ReferenceResult).

const char* reference_name(ReferenceResult::Kind kind);  // "TF-IDF with logistic regression"

// Null where there is none of the kind.
const ReferenceResult* find_reference(const ComparisonResults& results, ReferenceResult::Kind kind);
// The optimum of a linear classifier on the pretrained vectors in the metric that decides: that of
// the reference, or of a strategy that was solved; NaN where neither is there.
double solved_probe_value(const ComparisonResults& results);

// Gives every reference its difference to the recommended strategy: paired bootstrap over the rows
// (evaluation/bootstrap.h). Needs results.evidence. `recommendation` is that of these results,
// which does not depend on the references.
void compare_with_references(ComparisonResults& results, const Recommendation& recommendation);
// Where another metric or budget decides than the file was written with, whose predictions of the
// references are not kept: the differences of that metric, or none where another strategy is
// recommended now.
void decide_references_anew(ComparisonResults& results, const Recommendation& recommendation);

// A line a reference, with its values, for the terminal; "" where there are none.
std::string format_references(const ComparisonResults& results);

// " TF-IDF with logistic regression does as well without an encoder: macro F1 0.712." behind a
// headline, or "".
std::string reference_clause(const ComparisonResults& results);
// Whether the encoder has earned its place, for the observations.
std::vector<std::string> reference_sentences(const ComparisonResults& results);

}  // namespace thaw
