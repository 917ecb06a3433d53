#include "report/findings/recommendation_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {

RecommendationParts::RecommendationParts(const ComparisonResults& results,
                                         const Recommendation& found)
    : results_(results),
      found_(found),
      facts_(comparison_facts(results)),
      metric_(metric_label(results, found.metric)),
      rows_(counted(facts_.rows, evaluated_split(results) + " row",
                    evaluated_split(results) + " rows")) {}

std::string RecommendationParts::cost(size_t index) const {
  return duration(standing(index).cost_seconds);
}

bool RecommendationParts::lower_is_better() const { return !higher_is_better(found_.metric); }

std::string RecommendationParts::quality(size_t index) const {
  const StrategyStanding& own = standing(index);
  std::string text = score(results_, own.quality);
  if (own.seeds > 1 && std::isfinite(own.sd)) text += " ± " + score(results_, own.sd);
  text = metric_ + " " + text;
  std::string notes;
  if (std::isfinite(own.low)) {
    notes = fmt::format("95% {}–{}", score(results_, own.low), score(results_, own.high));
  }
  if (own.seeds > 1) {
    notes += fmt::format("{}{} seeds, mean ± sd", notes.empty() ? "" : "; ", own.seeds);
  }
  return notes.empty() ? text : fmt::format("{} ({})", text, notes);
}

std::string RecommendationParts::gain_with_interval(size_t of, size_t against) const {
  const StrategyDifference own = difference(results_, of, against);
  std::string text = metric_change(found_.metric, own.value) +
                     (lower_is_better() ? " " : " points of ") + metric_ + " (";
  if (!own.known()) return text + "not compared row by row)";
  return fmt::format("{}95% {}, {})", text, change_interval(found_.metric, own.low, own.high),
                     p_value_text(own.p));
}

std::string RecommendationParts::reaches(size_t index) const {
  std::string text = fmt::format("{} reaches {} of that gain", name(index),
                                 percent(standing(index).gain_share, 0));
  if (standing(index).cost_factor > 0) text += " at " + factor(standing(index).cost_factor);
  return text;
}

bool RecommendationParts::clear(size_t of, size_t against) const {
  return difference(results_, of, against).clear();
}

bool RecommendationParts::disagreeing(size_t of, size_t against) const {
  const StrategyDifference own = difference(results_, of, against);
  return own.known() && own.p < 0.05 && own.seeds_disagree;
}

std::vector<size_t> RecommendationParts::on_the_way() const {
  std::vector<size_t> between;
  if (found_.chosen != found_.best) return between;
  for (const size_t i : found_.front) {
    const bool inside = standing(i).gain_share > 0 && standing(i).gain_share < 1;
    if (inside && i != found_.best && i != found_.reference) between.push_back(i);
  }
  std::stable_sort(between.begin(), between.end(), [&](size_t a, size_t b) {
    return standing(a).gain_share > standing(b).gain_share;
  });
  return between;
}

size_t RecommendationParts::fastest_over_budget() const {
  size_t fastest = found_.front.front();
  for (const size_t i : found_.front) {
    if (standing(i).cost_seconds < standing(fastest).cost_seconds) fastest = i;
  }
  return fastest;
}

bool RecommendationParts::all(Exclusion reason) const {
  return std::all_of(found_.strategies.begin(), found_.strategies.end(),
                     [&](const StrategyStanding& own) { return own.excluded == reason; });
}

}  // namespace thaw
