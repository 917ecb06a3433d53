#include "report/findings/caveats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/setting_words.h"
#include "report/findings/facts.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {
namespace {

constexpr double kWorseLoss = 5e-4;  // what four digits show
constexpr double kWorseError = 0.01;
constexpr size_t kMostNamed = 5;

void add_harmful_temperatures(const ComparisonResults& results, std::vector<Caveat>& out) {
  Caveat found{.kind = Caveat::Kind::kHarmfulTemperature, .about = {}, .rows = 0, .sentence = ""};
  std::vector<std::string> parts;
  for (const size_t i : measured_strategies(results)) {
    const StrategyResult& strategy = results.strategies[i];
    if (!temperature_harms(strategy)) continue;
    const CalibrationResult& own = *strategy.calibration;
    found.about.push_back(strategy.name);
    parts.push_back(fmt::format("{} (temperature {}: loss {} to {}, calibration error {} to {})",
                                strategy.name, fixed(own.temperature, 2), fixed(own.before.nll, 4),
                                fixed(own.after.nll, 4), fixed(own.before.ece, 3),
                                fixed(own.after.ece, 3)));
  }
  if (parts.empty()) return;
  const int64_t rows = validation_rows(results);
  found.rows = std::max<int64_t>(rows, 0);
  found.sentence = fmt::format(
      "The temperature fitted to {} makes the probabilities of the {} rows worse for {}; `{}` "
      "gives them as trained.",
      rows > 0 ? counted(rows, "validation row", "validation rows") : std::string("validation"),
      evaluated_split(results), listed(parts), command_words("predict", {{"raw_probabilities"}}));
  out.push_back(std::move(found));
}

void add_small_validation(const ComparisonResults& results, std::vector<Caveat>& out) {
  const int64_t rows = validation_rows(results);
  if (rows <= 0 || rows >= kFewValidationRows) return;
  const double points = 100.0 / static_cast<double>(rows);
  out.push_back({.kind = Caveat::Kind::kSmallValidation,
                 .about = {},
                 .rows = rows,
                 .sentence = fmt::format(
                     "Validation has {}, each worth {} points of accuracy: an epoch or a learning "
                     "rate chosen by them is chosen by little more than chance, and {}",
                     counted(rows, "row", "rows"), fixed(points, 1),
                     rows < kRowsToCalibrate ? "no temperature is fitted."
                                             : "a temperature fitted to them is rough.")});
}

void add_rare_labels(const ComparisonResults& results, std::vector<Caveat>& out) {
  const size_t labels = results.label_names.size();
  const SplitSummary* train = nullptr;
  for (const SplitSummary& split : results.splits) {
    if (split.name == "train" && split.label_counts.size() == labels) train = &split;
  }
  const StrategyResult& first = results.strategies[reference_strategy(results)];
  if (!measured(first) || first.test.rows < kTinyTestRows) return;
  bool any_tested = false;
  Caveat found{.kind = Caveat::Kind::kRareLabels, .about = {}, .rows = kTinyClass, .sentence = ""};
  std::vector<std::string> parts;
  for (size_t label = 0; label < labels; ++label) {
    // Labels without any are told of elsewhere.
    const int64_t tested = first.test.per_class[label].support;
    const int64_t learnt = train != nullptr ? train->label_counts[label] : kTinyClass;
    const bool few_tested = tested > 0 && tested < kTinyClass, few_learnt = learnt < kTinyClass;
    if (!few_tested && !few_learnt) continue;
    any_tested = any_tested || few_tested;
    found.about.push_back(results.label_names[label]);
    std::vector<std::string> counts;
    if (few_learnt) counts.push_back(grouped(learnt) + " of training");
    if (few_tested) counts.push_back(grouped(tested) + " of " + evaluated_split(results));
    found.rows =
        std::min({found.rows, few_learnt ? learnt : kTinyClass, few_tested ? tested : kTinyClass});
    if (parts.size() < kMostNamed) {
      parts.push_back(fmt::format("{} ({})", quoted_label(results, static_cast<int32_t>(label)),
                                  listed(counts)));
    }
  }
  if (found.about.empty()) return;
  const auto count = static_cast<int64_t>(found.about.size());
  const auto rest = count - static_cast<int64_t>(parts.size());
  if (rest > 0) parts.push_back(counted(rest, "other", "others"));
  const std::string which = fmt::format("{} fewer than {} rows to ",
                                        counted(count, "label has", "labels have"), kTinyClass);
  const std::string its = count == 1 ? "Its" : "Their";
  found.sentence = any_tested
                       ? fmt::format(
                             "{}learn from or to be tested on: {}. {} F1 is hardly measured, and "
                             "moves the macro F1 as much as any other label's.",
                             which, listed(parts), its)
                       : fmt::format(
                             "{}learn from: {}. Other rows of the same kind could teach something "
                             "else, which neither intervals nor p-values know.",
                             which, listed(parts));
  out.push_back(std::move(found));
}

void add_two_seeds(const ComparisonResults& results, std::vector<Caveat>& out) {
  const std::vector<size_t> tested = measured_strategies(results);
  const bool two = tested.size() > 1 && std::all_of(tested.begin(), tested.end(), [&](size_t i) {
                     return shown_seeds(results, i) == 2;
                   });
  if (!two || results.evidence.resamples == 0) return;
  out.push_back({.kind = Caveat::Kind::kTwoSeeds,
                 .about = {},
                 .rows = 0,
                 .sentence = "Two seeds tell little of what a third would do, so intervals are "
                             "wide and only large leads are clear; with three or more, smaller "
                             "ones may be."});
}

}  // namespace

int64_t validation_rows(const ComparisonResults& results) {
  for (const SplitSummary& split : results.splits) {
    if (split.name == "validation") return split.rows;
  }
  return -1;
}

bool temperature_harms(const StrategyResult& strategy) {
  if (!measured(strategy) || !strategy.calibration || strategy.calibration->temperature == 1) {
    return false;
  }
  const CalibrationSummary& before = strategy.calibration->before;
  const CalibrationSummary& after = strategy.calibration->after;
  return after.nll > before.nll + kWorseLoss ||
         (after.nll > before.nll - kWorseLoss && after.ece > before.ece + kWorseError);
}

const char* caveat_name(Caveat::Kind kind) {
  switch (kind) {
    case Caveat::Kind::kHarmfulTemperature:
      return "harmful_temperature";
    case Caveat::Kind::kSmallValidation:
      return "small_validation";
    case Caveat::Kind::kRareLabels:
      return "rare_labels";
    case Caveat::Kind::kTwoSeeds:
      return "two_seeds";
  }
  return "";
}

std::vector<Caveat> caveats(const ComparisonResults& results) {
  std::vector<Caveat> out;
  if (results.strategies.empty()) return out;
  add_harmful_temperatures(results, out);
  add_small_validation(results, out);
  add_rare_labels(results, out);
  add_two_seeds(results, out);
  return out;
}

std::string format_caveats(const ComparisonResults& results) {
  std::string text;
  for (const Caveat& caveat : caveats(results)) text += fmt::format("note: {}\n", caveat.sentence);
  return text;
}

}  // namespace thaw
