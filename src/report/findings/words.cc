#include "report/findings/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "data/class_balance.h"
#include "report/findings/caveats.h"
#include "report/findings/facts.h"
#include "report/findings/reasons.h"
#include "report/findings/recommendation.h"
#include "report/findings/references.h"
#include "report/findings/seed_words.h"
#include "report/findings/strategy_phrases.h"
#include "report/findings/training_state.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw {
namespace {

using Sentences = std::vector<std::string>;

constexpr double kShiftedShare = 0.10;   // of a class between training and test
constexpr int64_t kRowsForShares = 100;  // below, a class's share says little
constexpr double kTooSure = 1.5;         // a temperature that nobody overlooks

std::string against(const ComparisonResults& results, const ComparisonFacts& facts, size_t index) {
  const size_t reference = reference_strategy(results);
  const StrategyResult& first = results.strategies[reference];
  const StrategyResult& other = results.strategies[index];
  const StrategyFacts& own = facts.strategies[index];
  if (several_seeds(results)) return against_over_seeds(results, index);
  const std::string rows =
      counted(facts.rows, evaluated_split(results) + " row", evaluated_split(results) + " rows");
  return fmt::format(
      "{} got {} of {} right, {} {}: accuracy {} against {} ({} points), {} {} against {} ({}).",
      other.name, grouped(own.answers.correct), rows, first.name,
      grouped(facts.strategies[reference].answers.correct), score(results, other.test.accuracy),
      score(results, first.test.accuracy), points(own.change.accuracy), f1_name(results),
      score(results, other.test.f1()), score(results, first.test.f1()), points(own.change.f1));
}

std::string noise(const ComparisonResults& results, const ComparisonFacts& facts, size_t index) {
  const size_t reference = reference_strategy(results);
  const std::string& first = results.strategies[reference].name;
  const std::string& other = results.strategies[index].name;
  const StrategyFacts& own = facts.strategies[index];
  const int64_t discordant = own.change.paired->first_only + own.change.paired->second_only;
  if (discordant == 0)
    return fmt::format("{} and {} are right on exactly the same rows.", first, other);
  return fmt::format("From {} to {}, {} corrected and {} newly wrong (exact McNemar test, {}). {}",
                     first, other, counted(own.change.paired->second_only, "row is", "rows are"),
                     grouped(own.change.paired->first_only), p_value_text(own.change.p_holm),
                     own.change.clear
                         ? "For accuracy that is more than the choice of rows explains."
                         : "The choice of rows alone could explain that.");
}

void describe_answers(const ComparisonResults& results, const ComparisonFacts& facts,
                      Sentences& out) {
  const size_t reference = reference_strategy(results);
  for (const size_t i : measured_strategies(results)) {
    const StrategyFacts& own = facts.strategies[i];
    const StrategyResult& strategy = results.strategies[i];
    const std::string label = quoted_label(results, own.answers.most_given);
    const std::string note = first_seed_note(strategy);  // of answers, those of the first seed
    const std::string who =
        strategy.name + (note.empty() ? "" : fmt::format(" ({})", note.substr(2)));
    const int64_t gold = strategy.test.per_class[own.answers.most_given].support;
    const double gold_share = static_cast<double>(gold) / static_cast<double>(facts.rows);
    if (own.answers.one_label_only) {
      out.push_back(fmt::format(
          "{} answered {} for every row{}", who, label,
          own.answers.ends_at_majority ? ": it ended at the majority class of training." : "."));
    } else if (own.answers.most_given_share >= 0.97 && gold_share < 0.9 && !facts.tiny) {
      out.push_back(fmt::format("{} answered {} for {} of the rows, of which {} are.", who, label,
                                percent(own.answers.most_given_share), percent(gold_share)));
    }
    if (!own.answers.one_label_only &&
        shown_value(results, i, Metric::kAccuracy) <= facts.baseline) {
      out.push_back(fmt::format(
          "{} is no better than answering {} every time, which is right on {} of the rows.",
          strategy.name, quoted_label(results, facts.most_frequent), percent(facts.baseline)));
    }
    if (i == reference || facts.tiny) continue;
    if (own.change.accuracy * own.change.f1 < 0 &&
        std::min(std::fabs(own.change.accuracy), std::fabs(own.change.f1)) >= 0.001) {
      out.push_back(
          fmt::format("For {} accuracy and {} point in opposite directions; the table of classes "
                      "shows where it gains and where it loses.",
                      strategy.name, f1_name(results)));
    }
    // Of calibrated models, the loss that the saved ones have.
    if (own.change.accuracy > 0 && own.change.saved_loss > 0.005) {
      const auto loss = [&](size_t index) {
        const auto& calibration = results.strategies[index].calibration;
        return fixed(
            calibration ? calibration->after.nll : shown_metrics(results.strategies[index]).loss,
            4);
      };
      out.push_back(
          fmt::format("{} is right more often, yet its {}{} loss is higher ({} against {}).",
                      strategy.name, strategy.calibration ? "calibrated " : "",
                      evaluated_split(results), loss(i), loss(reference)));
    }
  }
}

// The tables show losses as trained; the saved folders answer with the temperature.
void describe_confidence(const ComparisonResults& results, Sentences& out) {
  std::vector<std::string> parts;
  for (const size_t i : measured_strategies(results)) {
    const StrategyResult& strategy = results.strategies[i];
    if (!strategy.calibration || strategy.calibration->temperature < kTooSure ||
        temperature_harms(strategy)) {
      continue;
    }
    const std::string note = first_seed_note(strategy);
    parts.push_back(fmt::format(
        "{} (temperature {}: {} loss {} to {}{})", strategy.name,
        fixed(strategy.calibration->temperature, 1), evaluated_split(results),
        fixed(strategy.calibration->before.nll, 3), fixed(strategy.calibration->after.nll, 3),
        note.empty() ? "" : "; " + note.substr(2)));
  }
  if (parts.empty()) return;
  out.push_back(
      fmt::format("As trained, probabilities are too sure: {}. The saved {} the temperature, which "
                  "validation chose, in it; the losses in the tables are as trained.",
                  listed(parts), parts.size() == 1 ? "folder has" : "folders have"));
}

void describe_data(const ComparisonResults& results, const ComparisonFacts& facts, Sentences& out) {
  const SplitSummary* train = nullptr;
  for (const SplitSummary& split : results.splits) {
    if (split.name == "train" && split.rows > 0) train = &split;
  }
  if (train == nullptr || train->label_counts.size() != results.label_names.size()) return;
  const auto& tested = results.strategies[reference_strategy(results)].test.per_class;
  size_t widest = 0;
  double widest_change = 0;
  std::vector<std::string> unseen;
  const auto train_share = [&](size_t label) {
    return static_cast<double>(train->label_counts[label]) / static_cast<double>(train->rows);
  };
  const auto test_share = [&](size_t label) {
    return static_cast<double>(tested[label].support) / static_cast<double>(facts.rows);
  };
  for (size_t label = 0; label < tested.size(); ++label) {
    const double change = std::fabs(test_share(label) - train_share(label));
    if (change > widest_change) {
      widest = label;
      widest_change = change;
    }
    if (tested[label].support == 0) {
      unseen.push_back(quoted_label(results, static_cast<int32_t>(label)));
    }
  }
  if (widest_change >= kShiftedShare && std::min(train->rows, facts.rows) >= kRowsForShares) {
    out.push_back(fmt::format(
        "The class {} makes up {} of the training rows and {} of the {} rows: the two were not "
        "drawn alike.",
        quoted_label(results, static_cast<int32_t>(widest)), percent(train_share(widest)),
        percent(test_share(widest)), evaluated_split(results)));
  }
  const ClassBalance balance = class_balance(train->label_counts);
  if (balance.is_imbalanced()) {
    out.push_back(
        fmt::format("The largest class of training has {} the rows of the smallest: accuracy hides "
                    "the rare classes, macro F1 does not.",
                    factor(balance.ratio())));
  }
  if (unseen.size() > 5) {
    out.push_back(fmt::format("{} classes have no {} row; nothing is known about them.",
                              grouped(static_cast<int64_t>(unseen.size())),
                              evaluated_split(results)));
  } else if (!unseen.empty()) {
    out.push_back(fmt::format("No {} row is {}; nothing is known about {}",
                              evaluated_split(results), listed(unseen),
                              unseen.size() == 1 ? "it." : "them."));
  }
}

Sentences observations(const ComparisonResults& results, const ComparisonFacts& facts) {
  Sentences out;
  const std::vector<size_t> tested = measured_strategies(results);
  if (tested.empty()) return out;
  const size_t reference = tested.front();
  const StrategyResult& first = results.strategies[reference];
  if (tested.size() == 1 && several_seeds(results)) {
    out.push_back(alone_over_seeds(results, reference));
  } else if (tested.size() == 1) {
    out.push_back(fmt::format(
        "{} got {} of {} right: accuracy {}, {} {}, loss {}.", first.name,
        grouped(facts.strategies[reference].answers.correct),
        counted(facts.rows, evaluated_split(results) + " row", evaluated_split(results) + " rows"),
        score(results, first.test.accuracy), f1_name(results), score(results, first.test.f1()),
        fixed(first.test.loss, 4)));
  }
  bool paired = false;
  for (const size_t i : tested) {
    if (i == reference) continue;
    out.push_back(against(results, facts, i));
    if (!facts.tiny && several_seeds(results)) {
      const std::string sentence = certainty_over_seeds(results, i);
      if (!sentence.empty()) out.push_back(sentence);
      paired = paired || !sentence.empty();
      continue;
    }
    if (!facts.strategies[i].change.paired || facts.tiny) continue;
    paired = true;
    out.push_back(noise(results, facts, i));
  }
  if (paired && tested.size() > 2) {
    const auto others = static_cast<int64_t>(tested.size());
    const bool all_pairs = !results.evidence.pairs.empty();
    out.push_back(fmt::format("The p-values are corrected for {} comparisons by Holm's method.",
                              grouped(all_pairs ? others * (others - 1) / 2 : others - 1)));
  }
  for (std::string& sentence : reference_sentences(results)) out.push_back(std::move(sentence));
  describe_answers(results, facts, out);
  if (!facts.tiny) describe_confidence(results, out);
  describe_data(results, facts, out);
  for (const Caveat& caveat : caveats(results)) out.push_back(caveat.sentence);
  return out;
}

std::string wrapped(const std::string& text, const std::string& first_prefix,
                    const std::string& prefix, int columns) {
  std::string out, line = first_prefix;
  bool empty = true;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!empty && display_width(line) + 1 + display_width(word) > columns) {
      out += line + "\n";
      line = prefix;
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
    at = end + 1;
  }
  return out + line + "\n";
}

// What was not trained alike gives advice for now at most.
std::string headline_text(const ComparisonResults& results, const Recommendation& recommendation) {
  const std::string unfair = not_yet_comparable(results, recommendation);
  std::string rest = recommendation.headline;
  if (!unfair.empty() && rest.starts_with(to_do(results, *recommendation.chosen))) {
    rest[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(rest[0])));
    rest = "For now, " + rest;
  }
  return unfair + rest + reference_clause(results);
}

}  // namespace

Findings findings(const ComparisonResults& results, Recommendation recommendation) {
  const ComparisonFacts facts = comparison_facts(results);
  Findings found;
  found.headline = headline_text(results, recommendation);
  found.basis = recommendation.basis;
  found.observation = observations(results, facts);
  found.reason = likely_reasons(results, facts, recommendation);
  found.conclusion = conclusions(results, facts, recommendation);
  found.recommendation = std::move(recommendation);
  return found;
}

Findings findings(const ComparisonResults& results) {
  return findings(results, recommend(results));
}

std::string findings_text(const Findings& findings, int columns) {
  std::string text = wrapped(fit_columns(findings.headline), "", "", columns);
  if (!findings.basis.empty()) text += wrapped(fit_columns(findings.basis), "", "", columns);
  const auto part = [&](const char* name, const Sentences& sentences) {
    if (sentences.empty()) return;
    text += std::string("\n") + name + "\n";
    for (const std::string& sentence : sentences) {
      text += wrapped(fit_columns(sentence), "  - ", "    ", columns);
    }
  };
  part("Observation", findings.observation);
  part("Likely reason", findings.reason);
  part("Conclusion", findings.conclusion);
  return text;
}

}  // namespace thaw
