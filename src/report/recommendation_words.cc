// What a recommendation says.
#include <algorithm>
#include <cmath>

#include "report/facts.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/recommendation.h"
#include "report/shown.h"

namespace thaw {
namespace {

class Words {
 public:
  Words(const ComparisonResults& results, const Recommendation& found)
      : results_(results),
        found_(found),
        facts_(comparison_facts(results)),
        metric_(metric_label(results, found.metric)),
        rows_(counted(facts_.rows, evaluated_split(results) + " row",
                      evaluated_split(results) + " rows")) {}

  std::string headline() const {
    switch (found_.verdict) {
      case Verdict::kNothingUsable:
        return nothing_usable();
      case Verdict::kOverBudget: {
        const size_t fastest = fastest_over_budget();
        return "No approach trains within " + duration(results_.decision.budget_seconds) +
               ": the fastest, " + name(fastest) + ", takes " + cost(fastest);
      }
      case Verdict::kTooFewRows:
        return "Nothing can be concluded from " + rows_;
      case Verdict::kAlone:
      case Verdict::kOnlyOne:
        return name(*found_.chosen) + " reaches " + quality(*found_.chosen) + " on " + rows_;
      case Verdict::kNoPredictions:
        return point_values();
      case Verdict::kBest:
      case Verdict::kCheaper:
        break;
    }
    if (found_.best == found_.reference) {
      return "Nothing beats " + name(*found_.best) + ": " + quality(*found_.best) +
             " for the least training time";
    }
    if (found_.chosen == found_.best && !clear(*found_.best, *found_.reference)) {
      return "No clear difference: " + name(*found_.best) + " is ahead of " +
             name(*found_.reference) + " by " + gain(*found_.best, *found_.reference) + " " +
             metric_ + " (" + interval_and_p(*found_.best, *found_.reference) + ")";
    }
    if (found_.chosen == found_.reference) {
      return name(*found_.chosen) + " is enough: " + name(*found_.best) + "'s " +
             gain(*found_.best, *found_.chosen) + " " + metric_ + " may be chance (" +
             interval_and_p(*found_.best, *found_.chosen) + ")" + at_cost(*found_.best);
    }
    std::string text = name(*found_.chosen) + ": " + gain(*found_.chosen, *found_.reference) + " " +
                       metric_ + over() + name(*found_.reference) + " (" +
                       interval_and_p(*found_.chosen, *found_.reference) + ")" +
                       at_cost(*found_.chosen);
    if (found_.chosen != found_.best) {
      return text + "; " + name(*found_.best) + " cannot be told from it";
    }
    const std::vector<size_t> between = on_the_way();
    if (!between.empty()) text += "; " + reaches(between.front());
    return text;
  }

  std::vector<std::string> sentences() const {
    std::vector<std::string> out;
    const auto say = [&](const std::string& sentence) {
      if (!sentence.empty()) out.push_back(sentence);
    };
    say(advice());
    if (found_.chosen && found_.verdict != Verdict::kNoPredictions) {
      const std::vector<size_t> between = on_the_way();
      for (size_t i = 0; i < between.size() && i < kMostBetween; ++i) {
        say(reaches(between[i]) + " the training time of " + name(*found_.reference) + " (" +
            cost(between[i]) + ").");
      }
      say(beyond_budget());
    }
    for (size_t i = 0; i < found_.strategies.size(); ++i) say(left_out(i));
    for (size_t i = 0; i < found_.strategies.size(); ++i) say(shaken_seeds(i));
    if (found_.verdict != Verdict::kTooFewRows) {
      say(spread_over_seeds());
      say(disagreeing_seeds());
    }
    return out;
  }

 private:
  static constexpr size_t kMostBetween = 3;

  const StrategyStanding& standing(size_t index) const { return found_.strategies[index]; }
  const std::string& name(size_t index) const { return results_.strategies[index].approach; }
  std::string cost(size_t index) const { return duration(standing(index).cost_seconds); }
  bool lower_is_better() const { return !higher_is_better(found_.metric); }
  std::string over() const { return lower_is_better() ? " against " : " over "; }

  // "macro F1 0.6747 (95% 0.6659–0.6834)", "… ± 0.0037 over 3 seeds …".
  std::string quality(size_t index) const {
    const StrategyStanding& own = standing(index);
    std::string text = score(results_, own.quality);
    if (own.seeds > 1 && std::isfinite(own.sd)) text += " ± " + score(results_, own.sd);
    text = metric_ + " " + text;
    std::string notes;
    if (std::isfinite(own.low)) {
      notes = "95% " + score(results_, own.low) + "–" + score(results_, own.high);
    }
    if (own.seeds > 1) {
      notes += (notes.empty() ? "" : "; ") + std::to_string(own.seeds) + " seeds, mean ± sd";
    }
    return notes.empty() ? text : text + " (" + notes + ")";
  }

  std::string gain(size_t of, size_t against) const {
    return metric_change(found_.metric, difference(results_, of, against).value);
  }
  // "+2.9 points of macro F1", for sentences; a headline leaves the unit to its readers.
  std::string gain_in_full(size_t of, size_t against) const {
    return gain(of, against) + (lower_is_better() ? " " : " points of ") + metric_;
  }
  // "95% +2.1…+3.7, p < 0.001".
  std::string interval_and_p(size_t of, size_t against) const {
    const StrategyDifference own = difference(results_, of, against);
    if (!own.known()) return "not compared row by row";
    return "95% " + change_interval(found_.metric, own.low, own.high) + ", " + p_value_text(own.p);
  }
  std::string at_cost(size_t index) const {
    const double times = standing(index).cost_factor;
    return times > 0 ? " for " + factor(times) + " the time" : "";
  }
  // "last-2 reaches 92% of that gain at 9.0×".
  std::string reaches(size_t index) const {
    std::string text =
        name(index) + " reaches " + percent(standing(index).gain_share, 0) + " of that gain";
    if (standing(index).cost_factor > 0) text += " at " + factor(standing(index).cost_factor);
    return text;
  }

  bool clear(size_t of, size_t against) const { return difference(results_, of, against).clear(); }

  // On the front between reference and best; the largest share of the gain first.
  std::vector<size_t> on_the_way() const {
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

  size_t fastest_over_budget() const {
    size_t fastest = found_.front.front();
    for (const size_t i : found_.front) {
      if (standing(i).cost_seconds < standing(fastest).cost_seconds) fastest = i;
    }
    return fastest;
  }

  bool all(Exclusion reason) const {
    return std::all_of(found_.strategies.begin(), found_.strategies.end(),
                       [&](const StrategyStanding& own) { return own.excluded == reason; });
  }

  std::string nothing_usable() const {
    if (found_.strategies.size() == 1) {
      if (standing(0).excluded == Exclusion::kDidNotFinish)
        return name(0) + " could not be trained";
      return name(0) + " answered " + quoted_label(results_, facts_.strategies[0].most_given) +
             " for all " + rows_;
    }
    if (all(Exclusion::kDidNotFinish)) return "No approach could be trained";
    return all(Exclusion::kOneAnswer) ? "No approach learned to tell the classes apart"
                                      : "No approach gave a classifier of use";
  }

  std::string point_values() const {
    const size_t best = *found_.best, reference = *found_.reference;
    std::string text =
        name(best) + " reaches " + metric_ + " " + score(results_, standing(best).quality);
    if (best == reference) return text + ", the best value, for the least training time";
    return text + ", " + name(reference) + " " + score(results_, standing(reference).quality) +
           at_cost(best);
  }

  std::string advice() const {
    switch (found_.verdict) {
      case Verdict::kNothingUsable:
        return all(Exclusion::kDidNotFinish)
                   ? "There is nothing to recommend: train again with a lower learning rate."
                   : "There is no classifier of use yet: change learning rate, epochs or data "
                     "before comparing approaches.";
      case Verdict::kOverBudget: {
        const size_t fastest = fastest_over_budget();
        return "A budget of " + duration(results_.decision.budget_seconds) +
               " leaves nothing to choose from; " + name(fastest) + " needs " + cost(fastest) +
               " and reaches " + quality(fastest) + ".";
      }
      case Verdict::kTooFewRows:
        return counted(facts_.rows, evaluated_split(results_) + " row decides",
                       evaluated_split(results_) + " rows decide") +
               " nothing about which approach is better, in either direction; hold out several "
               "hundred before choosing.";
      case Verdict::kAlone:
        return facts_.tiny ? counted(facts_.rows, "row says", "rows say") +
                                 " little about how well it does; hold out several hundred."
                           : "";
      case Verdict::kOnlyOne:
        return "Take " + name(*found_.chosen) + ": it is the only one left.";
      case Verdict::kNoPredictions:
        return name(*found_.best) + " has the best " + metric_ +
               "; whether that is more than chance is not known: no bootstrap over the rows was "
               "made.";
      case Verdict::kBest:
        return take_the_best();
      case Verdict::kCheaper:
        return take_the_cheaper();
    }
    return "";
  }

  std::string take_the_best() const {
    const size_t best = *found_.best;
    if (best == *found_.reference) {
      return "Take " + name(best) + ": it is the cheapest, and nothing that was tried beside it " +
             "is better.";
    }
    // The runner-up among what costs less.
    std::optional<size_t> next;
    for (size_t i = 0; i < found_.strategies.size(); ++i) {
      if (standing(i).excluded != Exclusion::kNone || i == best ||
          standing(i).cost_seconds >= standing(best).cost_seconds) {
        continue;
      }
      const double quality = standing(i).quality;
      if (!next || (lower_is_better() ? quality < standing(*next).quality
                                      : quality > standing(*next).quality)) {
        next = i;
      }
    }
    if (!next || !clear(best, *next)) {
      return name(best) + " has the best value, but these " + rows_ + " do not tell it from " +
             name(next.value_or(*found_.reference)) + ", and no training time speaks for either.";
    }
    const std::string rival = name(*next) + (*next == *found_.reference ? "" : ", the next best");
    return "Take " + name(best) + " if " + cost(best) + " of training are no hindrance: its lead " +
           "over " + rival + " (" + gain_in_full(best, *next) + ", " + interval_and_p(best, *next) +
           ") is more than the choice of " + evaluated_split(results_) + " rows" +
           (several_seeds(results_) ? " and seeds" : "") + " explains.";
  }

  std::string take_the_cheaper() const {
    const size_t best = *found_.best, chosen = *found_.chosen;
    const StrategyDifference gap = difference(results_, best, chosen);
    std::string text = "Take " + name(chosen) + ": " + name(best) + " is ahead of it by " +
                       gain_in_full(best, chosen) + " (" + interval_and_p(best, chosen) + "), ";
    text += gap.p < 0.05 ? "but their seeds disagree about who is ahead"
                         : "which the choice of " + evaluated_split(results_) + " rows " +
                               (several_seeds(results_) ? "and seeds" : "alone") + " could explain";
    if (standing(chosen).cost_seconds > 0) {
      text += ", and " + name(chosen) + " trains in " +
              percent(standing(chosen).cost_seconds / standing(best).cost_seconds, 0) +
              " of its time (" + cost(chosen) + " against " + cost(best) + ")";
    }
    text += ".";
    if (chosen != *found_.reference && !difference(results_, chosen, *found_.reference).clear()) {
      text += " Nor is its own lead over " + name(*found_.reference) + " beyond doubt.";
    }
    return text;
  }

  std::string beyond_budget() const {
    if (!found_.beyond_budget) return "";
    const size_t over = *found_.beyond_budget;
    return "Beyond the budget of " + duration(results_.decision.budget_seconds) + ", " +
           name(over) + " is ahead by " + gain_in_full(over, *found_.chosen) + " (" +
           interval_and_p(over, *found_.chosen) + ") for " + cost(over) + " of training.";
  }

  std::string left_out(size_t index) const {
    const StrategyStanding& own = standing(index);
    const StrategyFacts& facts = facts_.strategies[index];
    switch (own.excluded) {
      case Exclusion::kDidNotFinish: {
        const std::string& why = results_.strategies[index].failure;
        return name(index) + " did not finish" + (why.empty() ? "" : ": " + why) +
               (found_.best ? "; it is left out." : ".");
      }
      case Exclusion::kOneAnswer:
        // With few rows the verdict is about these, and the observations name the label.
        if (found_.verdict == Verdict::kNothingUsable || facts_.tiny) return "";
        return name(index) + " answered " + quoted_label(results_, facts.most_given) +
               " for every row" +
               (facts.ends_at_majority ? ", the majority class of training" : "") +
               "; it is left out.";
      case Exclusion::kOverBudget:
        if (found_.verdict == Verdict::kOverBudget || found_.beyond_budget == index) return "";
        return name(index) + " trains for " + cost(index) + ", beyond the budget; it is left out.";
      case Exclusion::kNone:
        break;
    }
    return "";
  }

  std::string shaken_seeds(size_t index) const {
    const StrategyStanding& own = standing(index);
    std::vector<std::string> parts;
    if (own.failed_seeds > 0) {
      parts.push_back(counted(own.failed_seeds, "seed did not finish", "seeds did not finish"));
    }
    if (own.one_answer_seeds > 0 && own.one_answer_seeds < own.seeds) {
      parts.push_back(counted(own.one_answer_seeds, "ended", "ended") +
                      " with one answer for every row");
    }
    if (parts.empty()) return "";
    return "Of the " + std::to_string(own.seeds + own.failed_seeds) + " trainings of " +
           name(index) + ", " + listed(parts) + "; its numbers are means over the " +
           (own.seeds == 1 ? std::string("one") : std::to_string(own.seeds)) + " that finished.";
  }

  // "Mean ± sd over the seeds: probe 0.641 ± 0.002 (3), full 0.675 ± 0.004 (3)."
  std::string spread_over_seeds() const {
    std::vector<std::string> parts;
    for (size_t i = 0; i < found_.strategies.size(); ++i) {
      const StrategyStanding& own = standing(i);
      if (own.seeds < 2 || !std::isfinite(own.sd)) continue;
      parts.push_back(name(i) + " " + score(results_, own.quality) + " ± " +
                      score(results_, own.sd) + " (" + std::to_string(own.seeds) + " seeds)");
    }
    return parts.empty() ? "" : "Mean ± sd of " + metric_ + ": " + listed(parts) + ".";
  }

  std::string disagreeing_seeds() const {
    if (!found_.best) return "";
    std::vector<std::string> others;
    for (size_t i = 0; i < found_.strategies.size(); ++i) {
      if (i == *found_.best || standing(i).excluded != Exclusion::kNone) continue;
      if (difference(results_, *found_.best, i).seeds_disagree) others.push_back(name(i));
    }
    if (others.empty()) return "";
    return "With some seeds " + name(*found_.best) + " is ahead of " + listed(others) +
           ", with some behind: which is better is a matter of the seed.";
  }

  const ComparisonResults& results_;
  const Recommendation& found_;
  const ComparisonFacts facts_;
  const std::string metric_, rows_;
};

}  // namespace

void put_into_words(const ComparisonResults& results, Recommendation& recommendation) {
  const Words words(results, recommendation);
  recommendation.headline = words.headline();
  recommendation.sentences = words.sentences();
}

}  // namespace thaw
