// What a recommendation says first, and the numbers that it rests on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "report/findings/recommendation_parts.h"
#include "report/findings/strategy_phrases.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {
namespace {

constexpr double kNothingMeasurable = 0.01;  // of a metric: a smaller change that may be chance

class Headline : RecommendationParts {
 public:
  using RecommendationParts::RecommendationParts;

  std::string text() const {
    switch (found_.verdict) {
      case Verdict::kNothingUsable:
        return nothing_usable();
      case Verdict::kOverBudget: {
        const size_t fastest = fastest_over_budget();
        return fmt::format("No approach trains within {}: the fastest, {}, takes {}.",
                           duration(results_.decision.budget_seconds), name(fastest),
                           cost(fastest));
      }
      case Verdict::kTooFewRows:
        return fmt::format("Nothing can be concluded from {}.", rows_);
      case Verdict::kAlone:
        return name(*found_.chosen) + reaches_on_rows() + beyond_budget();
      case Verdict::kOnlyOne:
        return fmt::format("Take {}, the only one left: it{}{}", name(*found_.chosen),
                           reaches_on_rows(), beyond_budget());
      case Verdict::kNoPredictions:
        return point_values();
      case Verdict::kBest:
      case Verdict::kCheaper:
        return verdict();
    }
    return "";
  }

  // Each pair that the headline speaks of.
  std::string basis() const {
    switch (found_.verdict) {
      case Verdict::kAlone:
      case Verdict::kOnlyOne:
        return quality_alone(*found_.chosen);
      case Verdict::kBest:
      case Verdict::kCheaper:
        break;
      default:
        return "";
    }
    const size_t best = *found_.best, chosen = *found_.chosen, reference = *found_.reference;
    std::string text;
    const auto add = [&](size_t of, size_t against) {
      text += fmt::format("{}{} against {}: {}{}.", text.empty() ? "" : " ", name(of),
                          name(against), gain_with_interval(of, against), trains_in(of, against));
    };
    if (chosen != reference) add(chosen, reference);
    if (best != chosen) add(best, chosen);
    if (best == reference) {
      if (const auto next = next_best()) add(*next, best);
    }
    return text;
  }

 private:
  // Three digits, or four where three do not tell the two apart.
  std::string value(size_t index, size_t beside) const {
    const double own = standing(index).quality, other = standing(beside).quality;
    return fixed(own, index != beside && fixed(own, 3) == fixed(other, 3) ? 4 : 3);
  }

  // "macro F1", "mean macro F1 over 3 seeds".
  std::string metric_of(size_t one, size_t other) const {
    const int seeds = standing(one).seeds;
    if (std::max(seeds, standing(other).seeds) < 2) return metric_;
    return fmt::format(
        "mean {} over {}", metric_,
        seeds == standing(other).seeds ? fmt::format("{} seeds", seeds) : "the seeds");
  }

  std::string reaches_on_rows() const {
    const size_t chosen = *found_.chosen;
    return fmt::format(" reaches {} {} on {}.", metric_of(chosen, chosen), value(chosen, chosen),
                       rows_);
  }

  std::string quality_alone(size_t index) const {
    const StrategyStanding& own = standing(index);
    std::string text;
    if (std::isfinite(own.low)) {
      text = fmt::format("95% interval of its {}: {}–{}", metric_, score(results_, own.low),
                         score(results_, own.high));
    }
    if (own.seeds > 1 && std::isfinite(own.sd)) {
      text += (text.empty() ? "Standard" : "; standard") +
              std::string(" deviation over the seeds: ") + score(results_, own.sd);
    }
    return text.empty() ? "" : text + ".";
  }

  std::string trains_in(size_t of, size_t against) const {
    if (standing(of).cost_seconds <= 0 || standing(against).cost_seconds <= 0) return "";
    return fmt::format("; {} of training instead of {}", cost(of), cost(against));
  }

  // The best of the others.
  std::optional<size_t> next_best() const {
    std::optional<size_t> next;
    for (size_t i = 0; i < found_.strategies.size(); ++i) {
      if (standing(i).excluded != Exclusion::kNone || i == *found_.best) continue;
      const bool ahead =
          next && (lower_is_better() ? standing(i).quality < standing(*next).quality
                                     : standing(i).quality > standing(*next).quality);
      if (!next || ahead) next = i;
    }
    return next;
  }

  // The strategy that costs the most, if that is more than the best.
  std::optional<size_t> dearer_than_best() const {
    std::optional<size_t> dearest;
    for (size_t i = 0; i < found_.strategies.size(); ++i) {
      if (standing(i).excluded != Exclusion::kNone || i == *found_.best) continue;
      const double least = standing(dearest.value_or(*found_.best)).cost_seconds;
      if (standing(i).cost_seconds > least) dearest = i;
    }
    return dearest;
  }

  std::string beyond_budget() const {
    if (!found_.beyond_budget) return "";
    const size_t over = *found_.beyond_budget, chosen = *found_.chosen;
    return fmt::format(" Beyond the budget of {}, {} reaches {} in {}.",
                       duration(results_.decision.budget_seconds), doing(results_, over),
                       value(over, chosen), cost(over));
  }

  std::string verdict() const {
    const size_t best = *found_.best, chosen = *found_.chosen, reference = *found_.reference;
    if (best == reference) return nothing_beats(best);
    if (chosen == best && !clear(best, reference)) {
      return fmt::format("No clear difference: {} is {} with {} and {} with {}, and {}",
                         metric_of(best, reference), value(best, reference), name(best),
                         value(reference, best), name(reference),
                         disagreeing(best, reference) ? "the seeds do not agree on who is ahead."
                                                      : rows_ + " cannot tell them apart.");
    }
    if (chosen == reference) {
      return fmt::format("{}: {} is {}. {}{}", to_do(results_, chosen), metric_of(chosen, best),
                         value(chosen, best), may_be_chance(best, chosen), beyond_budget());
    }
    return takes_further(chosen, reference) + and_the_others() + beyond_budget();
  }

  std::string nothing_beats(size_t best) const {
    std::string text = fmt::format("{}: {} is {}, and nothing that was tried beside it is better.",
                                   to_do(results_, best), metric_of(best, best), value(best, best));
    if (const auto next = next_best()) {
      text +=
          fmt::format(" {}{}{}){}.", doing_first(results_, *next),
                      clear(best, *next) ? " is clearly worse (" : " brings nothing measurable (",
                      value(*next, best), for_times_the_training_time(standing(*next).cost_factor));
    }
    return text + beyond_budget();
  }

  // "Unfreeze the last layer: macro F1 rises from 0.682 to 0.722 for three times the training
  // time."
  std::string takes_further(size_t chosen, size_t reference) const {
    // The frozen encoder is where everybody starts from; others are named.
    const bool plain = to_do(results_, reference) == "Keep the encoder frozen";
    std::string text =
        fmt::format("{}: {}{}{}{} to {}{}", to_do(results_, chosen), metric_of(chosen, reference),
                    lower_is_better() ? " falls from " : " rises from ", value(reference, chosen),
                    plain ? "" : fmt::format(" ({})", name(reference)), value(chosen, reference),
                    for_times_the_training_time(standing(chosen).cost_factor));
    if (!clear(chosen, reference)) {
      text += disagreeing(chosen, reference) ? ", though not with every seed"
                                             : ", which by itself may be chance";
    }
    return text + ".";
  }

  std::string may_be_chance(size_t best, size_t chosen) const {
    const std::string who = doing_first(results_, best), reached = value(best, chosen);
    const std::string at_cost = for_times_the_training_time(standing(best).cost_factor);
    if (disagreeing(best, chosen)) {
      return fmt::format("{} reaches {}{}, and is better with some seeds, worse with others.", who,
                         reached, at_cost);
    }
    const double gain = std::fabs(standing(best).quality - standing(chosen).quality);
    return gain < kNothingMeasurable
               ? fmt::format("{} brings nothing measurable ({}){}.", who, reached, at_cost)
               : fmt::format("{} reaches {}, which may be chance{}.", who, reached,
                             at_cost.empty() ? "" : "," + at_cost);
  }

  // What the strategies bring that cost less, or more.
  std::string and_the_others() const {
    const size_t best = *found_.best, chosen = *found_.chosen;
    if (chosen != best) {
      const double gain = std::fabs(standing(best).quality - standing(chosen).quality);
      const std::string who = " " + doing_first(results_, best);
      if (disagreeing(best, chosen)) return who + " is better with some seeds, worse with others.";
      return gain < kNothingMeasurable
                 ? who + " brings nothing measurable beyond that."
                 : fmt::format("{} reaches {}; its lead over {} may be chance.", who,
                               value(best, chosen), name(chosen));
    }
    const std::vector<size_t> between = on_the_way();
    if (!between.empty()) {
      const size_t way = between.front();
      return fmt::format(" {} brings {} of that{}.", doing_first(results_, way),
                         percent(standing(way).gain_share, 0),
                         for_times_the_training_time(standing(way).cost_factor));
    }
    if (const auto dearer = dearer_than_best()) {
      return " " + doing_first(results_, *dearer) +
             (clear(best, *dearer) ? fmt::format(" is clearly worse ({}).", value(*dearer, best))
                                   : " brings nothing measurable beyond that.");
    }
    return "";
  }

  std::string nothing_usable() const {
    if (found_.strategies.size() == 1) {
      if (standing(0).excluded == Exclusion::kDidNotFinish) {
        return name(0) + " could not be trained.";
      }
      return fmt::format("{} answered {} for all {}.", name(0),
                         quoted_label(results_, facts_.strategies[0].answers.most_given), rows_);
    }
    if (all(Exclusion::kDidNotFinish)) return "No approach could be trained.";
    return all(Exclusion::kOneAnswer) ? "No approach learned to tell the classes apart."
                                      : "No approach gave a classifier of use.";
  }

  std::string point_values() const {
    const size_t best = *found_.best, reference = *found_.reference;
    const std::string unknown = " Whether that is more than chance is not known.";
    std::string text = fmt::format("{} has the best {}, {}", name(best), metric_of(best, reference),
                                   value(best, reference));
    if (best == reference) {
      return text + (standing(best).cost_seconds > 0 ? ", and trains fastest." : ".") + unknown;
    }
    const std::string times = for_times_the_training_time(standing(best).cost_factor);
    return fmt::format("{} against {}'s {}{}.{}", text, name(reference), value(reference, best),
                       times.empty() ? "" : "," + times, unknown);
  }
};

}  // namespace

std::string headline_of(const ComparisonResults& results, const Recommendation& found) {
  return Headline(results, found).text();
}

std::string basis_of(const ComparisonResults& results, const Recommendation& found) {
  return Headline(results, found).basis();
}

}  // namespace thaw
