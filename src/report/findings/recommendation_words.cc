// Tests: tests/report/findings/recommendation_test.cc
// What a recommendation says.
#include <fmt/format.h>

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
        say(fmt::format("{} the training time of {} ({}).", reaches(between[i]),
                        name(*found_.reference), cost(between[i])));
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
        return fmt::format(
            "A budget of {} leaves nothing to choose from; {} needs {} and reaches {}.",
            duration(results_.decision.budget_seconds), name(fastest), cost(fastest),
            quality(fastest));
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
        return fmt::format("Take {}: it is the only one left.", name(*found_.chosen));
      case Verdict::kNoPredictions:
        return fmt::format(
            "{} has the best {}; whether that is more than chance is not known: no bootstrap over "
            "the rows was made.",
            name(*found_.best), metric_);
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
      return fmt::format(
          "Take {}: it is the cheapest, and nothing that was tried beside it is better.",
          name(best));
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
      return fmt::format(
          "{} has the best value, but these {} do not tell it from {}, and no training time speaks "
          "for either.",
          name(best), rows_, name(next.value_or(*found_.reference)));
    }
    const std::string rival = name(*next) + (*next == *found_.reference ? "" : ", the next best");
    return fmt::format(
        "Take {}; it trains in {}. Its lead over {}, {}, is more than the choice of {} rows{} "
        "explains.",
        name(best), cost(best), rival, gain_with_interval(best, *next), evaluated_split(results_),
        several_seeds(results_) ? " and seeds" : "");
  }

  std::string take_the_cheaper() const {
    const size_t best = *found_.best, chosen = *found_.chosen;
    const StrategyDifference gap = difference(results_, best, chosen);
    std::string text = fmt::format("Take {}: {} is ahead of it by {}, ", name(chosen), name(best),
                                   gain_with_interval(best, chosen));
    text += gap.p < 0.05 ? "but their seeds disagree about who is ahead"
                         : fmt::format("which the choice of {} rows {} could explain",
                                       evaluated_split(results_),
                                       several_seeds(results_) ? "and seeds" : "alone");
    if (standing(chosen).cost_seconds > 0) {
      text += fmt::format(", and {} trains in {} of its time ({} against {})", name(chosen),
                          percent(standing(chosen).cost_seconds / standing(best).cost_seconds, 0),
                          cost(chosen), cost(best));
    }
    text += ".";
    if (chosen != *found_.reference && !difference(results_, chosen, *found_.reference).clear()) {
      text += fmt::format(" Nor is its own lead over {} beyond doubt.", name(*found_.reference));
    }
    return text;
  }

  std::string beyond_budget() const {
    if (!found_.beyond_budget) return "";
    const size_t over = *found_.beyond_budget;
    return fmt::format("Beyond the budget of {}, {} is ahead by {} for {} of training.",
                       duration(results_.decision.budget_seconds), name(over),
                       gain_with_interval(over, *found_.chosen), cost(over));
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
        return fmt::format(
            "{} answered {} for every row{}; it is left out.", name(index),
            quoted_label(results_, facts.answers.most_given),
            facts.answers.ends_at_majority ? ", the majority class of training" : "");
      case Exclusion::kOverBudget:
        if (found_.verdict == Verdict::kOverBudget || found_.beyond_budget == index) return "";
        return fmt::format("{} trains for {}, beyond the budget; it is left out.", name(index),
                           cost(index));
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
    return fmt::format(
        "Of the {} trainings of {}, {}; its numbers are means over the {} that finished.",
        own.seeds + own.failed_seeds, name(index), listed(parts),
        own.seeds == 1 ? std::string("one") : std::to_string(own.seeds));
  }

  // "Mean ± sd over the seeds: probe 0.641 ± 0.002 (3), full 0.675 ± 0.004 (3)."
  std::string spread_over_seeds() const {
    std::vector<std::string> parts;
    for (size_t i = 0; i < found_.strategies.size(); ++i) {
      const StrategyStanding& own = standing(i);
      if (own.seeds < 2 || !std::isfinite(own.sd)) continue;
      parts.push_back(fmt::format("{} {} ± {} ({} seeds)", name(i), score(results_, own.quality),
                                  score(results_, own.sd), own.seeds));
    }
    return parts.empty() ? "" : fmt::format("Mean ± sd of {}: {}.", metric_, listed(parts));
  }

  std::string disagreeing_seeds() const {
    if (!found_.best) return "";
    std::vector<std::string> others;
    for (size_t i = 0; i < found_.strategies.size(); ++i) {
      if (i == *found_.best || standing(i).excluded != Exclusion::kNone) continue;
      if (difference(results_, *found_.best, i).seeds_disagree) others.push_back(name(i));
    }
    if (others.empty()) return "";
    return fmt::format(
        "With some seeds {} is ahead of {}, with some behind: which is better is a matter of the "
        "seed.",
        name(*found_.best), listed(others));
  }
};

}  // namespace

void put_into_words(const ComparisonResults& results, Recommendation& recommendation) {
  recommendation.headline = headline_of(results, recommendation);
  recommendation.basis = basis_of(results, recommendation);
  recommendation.sentences = Words(results, recommendation).sentences();
}

}  // namespace thaw
