#include "report/findings/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/findings/facts.h"
#include "report/findings/recommendation.h"
#include "report/findings/tables.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {
namespace {

using Kind = ReferenceResult::Kind;

std::string value_text(const ComparisonResults& results, const ReferenceResult& reference) {
  return metric_label(results, results.decision.metric) + " " +
         score(results, metric_value(reference.test, results.decision.metric));
}

// "+2.9 points of macro F1 (95% +2.1…+3.7, p < 0.001)"
std::string lead(const ComparisonResults& results, const MetricDifference& own) {
  const Metric metric = results.decision.metric;
  return fmt::format("{}{}{} (95% {}, {})", metric_change(metric, own.value),
                     higher_is_better(metric) ? " points of " : " ", metric_label(results, metric),
                     change_interval(metric, own.low, own.high), p_value_text(own.p));
}

// How the recommended strategy stands beside a reference. That no difference was found says that
// the two are equal only where a lead that is worth having would have been found.
enum class Standing { kAhead, kAsGood, kUnclear, kBehind };

constexpr double kLeadWorthHaving = 0.02;  // of a metric between 0 and 1, and of the loss

Standing standing_beside(const ComparisonResults& results, const ReferenceResult& reference) {
  const MetricDifference& own = *reference.difference;
  const bool higher = higher_is_better(results.decision.metric);
  const double lead = higher ? own.value : -own.value;
  const double most = higher ? own.high : -own.low;
  if (own.p < 0.05) return lead > 0 ? Standing::kAhead : Standing::kBehind;
  return lead <= 0 || most < kLeadWorthHaving ? Standing::kAsGood : Standing::kUnclear;
}

}  // namespace

const char* reference_name(Kind kind) {
  switch (kind) {
    case Kind::kMajority:
      return "majority class";
    case Kind::kTfidf:
      return "TF-IDF with logistic regression";
    case Kind::kLinear:
      return "exact probe";
    case Kind::kPooled:
      return "solved probe (on the pooled vector)";
  }
  return "";
}

const ReferenceResult* find_reference(const ComparisonResults& results, Kind kind) {
  const auto found = std::find_if(results.references.begin(), results.references.end(),
                                  [&](const ReferenceResult& r) { return r.kind == kind; });
  return found == results.references.end() ? nullptr : &*found;
}

double solved_probe_value(const ComparisonResults& results) {
  const Metric metric = results.decision.metric;
  if (const ReferenceResult* solved = find_reference(results, Kind::kLinear)) {
    return solved->test.rows > 0 ? metric_value(solved->test, metric)
                                 : std::numeric_limits<double>::quiet_NaN();
  }
  for (const size_t i : measured_strategies(results)) {
    const StrategyResult& strategy = results.strategies[i];
    if (solved_exactly(strategy) && strategy.settings.count("freeze") == 0 &&
        strategy.init_from.empty()) {
      return metric_value(strategy.test, metric);
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

std::string format_references(const ComparisonResults& results) {
  std::vector<std::vector<std::string>> rows = {
      {"to be beaten", "accuracy", f1_name(results), "loss", "train time"}};
  std::string notes;
  for (const ReferenceResult& reference : results.references) {
    if (reference.test.rows == 0) continue;
    const std::string name = reference_name(reference.kind);
    rows.push_back({name, fixed(reference.test.accuracy, 4), fixed(reference.test.f1(), 4),
                    fixed(reference.test.loss, 4),
                    reference.train_seconds > 0 ? duration(reference.train_seconds) : "–"});
    if (!reference.note.empty()) notes += fmt::format("{}: {}\n", name, reference.note);
  }
  return rows.size() < 2 ? "" : "\n" + text_table(rows, 80) + notes;
}

std::string reference_clause(const ComparisonResults& results) {
  const ReferenceResult* tfidf = find_reference(results, Kind::kTfidf);
  if (tfidf == nullptr || !tfidf->difference) return "";
  const std::string name = reference_name(tfidf->kind);
  const std::string value = value_text(results, *tfidf);
  switch (standing_beside(results, *tfidf)) {
    case Standing::kAhead:
      return "";
    case Standing::kAsGood:
      return fmt::format(" {} does as well without an encoder: {}.", name, value);
    case Standing::kUnclear:
      return fmt::format(
          " {} reaches {} without an encoder; these rows cannot tell whether one is needed.", name,
          value);
    case Standing::kBehind:
      return fmt::format(" {} does better without an encoder: {}.", name, value);
  }
  return "";
}

std::vector<std::string> reference_sentences(const ComparisonResults& results) {
  std::vector<std::string> out;
  for (const ReferenceResult& reference : results.references) {
    // The strategies' training is judged by what was solved (training_state.h).
    const bool solved = reference.kind == Kind::kLinear || reference.kind == Kind::kPooled;
    if (!reference.difference || solved) continue;
    const std::string name = reference_name(reference.kind);
    const std::string change = lead(results, *reference.difference);
    const std::string note = reference.note.empty() ? "" : fmt::format(" ({})", reference.note);
    const Standing standing = standing_beside(results, reference);
    if (reference.kind == Kind::kTfidf && standing == Standing::kAhead) {
      out.push_back(fmt::format(
          "The encoder earns its place: {} is ahead of {}, which has no encoder{}, by {}.",
          reference.against, name, note, change));
    } else if (reference.kind == Kind::kTfidf && standing == Standing::kUnclear) {
      out.push_back(
          fmt::format("Whether the encoder is needed is not clear from these rows: {} reaches {} "
                      "without one{}, and {}'s lead over it, {}, may be chance.",
                      name, value_text(results, reference), note, reference.against, change));
    } else if (reference.kind == Kind::kTfidf) {
      out.push_back(
          fmt::format("The encoder has not earned its place here: {} reaches {} without one{}; "
                      "from it to {} the change is {}.",
                      name, value_text(results, reference), note, reference.against, change));
    } else if (standing != Standing::kAhead) {
      out.push_back(
          fmt::format("{} cannot be told from answering the most frequent label always: {}.",
                      reference.against, change));
    }
  }
  return out;
}

}  // namespace thaw
