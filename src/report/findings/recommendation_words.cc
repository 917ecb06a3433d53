// What a recommendation says.
#include <algorithm>
#include <cmath>

#include "report/findings/recommendation_parts.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {
namespace {

class Words : RecommendationParts {
 public:
  using RecommendationParts::RecommendationParts;

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
    return "Take " + name(best) + "; it trains in " + cost(best) + ". Its lead over " + rival +
           ", " + gain_with_interval(best, *next) + ", is more than the choice of " +
           evaluated_split(results_) + " rows" + (several_seeds(results_) ? " and seeds" : "") +
           " explains.";
  }

  std::string take_the_cheaper() const {
    const size_t best = *found_.best, chosen = *found_.chosen;
    const StrategyDifference gap = difference(results_, best, chosen);
    std::string text = "Take " + name(chosen) + ": " + name(best) + " is ahead of it by " +
                       gain_with_interval(best, chosen) + ", ";
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
           name(over) + " is ahead by " + gain_with_interval(over, *found_.chosen) + " for " +
           cost(over) + " of training.";
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
        return name(index) + " answered " + quoted_label(results_, facts.answers.most_given) +
               " for every row" +
               (facts.answers.ends_at_majority ? ", the majority class of training" : "") +
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
};

}  // namespace

void put_into_words(const ComparisonResults& results, Recommendation& recommendation) {
  recommendation.headline = headline_of(results, recommendation);
  recommendation.basis = basis_of(results, recommendation);
  recommendation.sentences = Words(results, recommendation).sentences();
}

}  // namespace thaw
