#include "report/findings/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/findings/facts.h"
#include "report/findings/references.h"
#include "report/findings/words.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw {
namespace {

constexpr int kLongestName = 40;

const char* f1_heading(int64_t labels) { return labels == 2 ? "F1" : "Macro F1"; }

std::string heading_line(const std::string& title) {
  std::string line = title + "\n";
  for (int column = 0; column < display_width(title); ++column) line += "═";
  return line + "\n";
}

std::string did_not_finish(const StrategyResult& strategy) {
  return fit_columns(strategy.name, kLongestName) + " did not finish" +
         (strategy.failure.empty() ? "." : fmt::format(": {}.", fit_columns(strategy.failure)));
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows, int columns) {
  std::vector<int> widths(rows.front().size());
  for (const auto& row : rows) {
    for (size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], display_width(row[column]));
    }
  }
  std::string text;
  for (size_t first = 1; first < widths.size();) {
    int total = widths[0] + 2 + widths[first];
    size_t end = first + 1;
    while (end < widths.size() && total + 2 + widths[end] <= columns) total += 2 + widths[end++];
    if (first > 1) text += "\n";
    for (size_t i = 0; i < rows.size(); ++i) {
      std::string line = pad_right(rows[i][0], widths[0]);
      for (size_t column = first; column < end; ++column) {
        line += "  " + pad_left(rows[i][column], widths[column]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
      if (i > 0) continue;
      for (int column = 0; column < total; ++column) text += "─";
      text += "\n";
    }
    first = end;
  }
  return text;
}

std::string comparison_table(const ComparisonResults& results, int columns) {
  return comparison_table(results, recommend(results), columns);
}

std::string comparison_table(const ComparisonResults& results, const Recommendation& recommendation,
                             int columns) {
  const ComparisonFacts facts = comparison_facts(results);
  const bool compared = results.strategies.size() > 1;
  const Metric decisive = results.decision.metric;
  const size_t reference = reference_strategy(results);
  const bool macro = results.label_names.size() != 2;  // then F1 is the macro F1
  std::vector<Metric> metrics = {Metric::kAccuracy, Metric::kF1};
  const bool shown = decisive == Metric::kAccuracy || decisive == Metric::kF1 ||
                     decisive == Metric::kLoss || (macro && decisive == Metric::kMacroF1);
  if (!shown) metrics.push_back(decisive);
  metrics.push_back(Metric::kLoss);
  const auto decides = [&](Metric metric) {
    return metric == decisive || (macro && metric == Metric::kF1 && decisive == Metric::kMacroF1);
  };
  const bool judged =
      std::any_of(recommendation.strategies.begin(), recommendation.strategies.end(),
                  [](const StrategyStanding& own) { return std::isfinite(own.low); });
  const bool repeated =
      std::any_of(recommendation.strategies.begin(), recommendation.strategies.end(),
                  [](const StrategyStanding& own) { return own.seeds > 1; });

  std::vector<std::vector<std::string>> rows = {{"approach"}};
  for (const Metric metric : metrics) {
    std::string name = metric_name(metric);
    std::replace(name.begin(), name.end(), '_', ' ');
    rows[0].push_back(metric == Metric::kF1 && macro ? "macro f1" : name);
    if (judged && decides(metric)) rows[0].emplace_back("95% interval");
  }
  if (compared) {
    for (const char* name : {"Δ accuracy", "Δ f1"}) rows[0].emplace_back(name);
  }
  for (const char* name : {"trainable", "of total", "train time", "peak memory"}) {
    rows[0].emplace_back(name);
  }
  std::string below;
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& strategy = results.strategies[i];
    const StrategyStanding& own = recommendation.strategies[i];
    std::vector<std::string> row = {fit_columns(strategy.name, kLongestName)};
    for (const Metric metric : metrics) {
      const Spread spread = shown_spread(results, i, metric);
      row.push_back(fixed(spread.mean, 4) +
                    (std::isfinite(spread.sd) ? " ± " + fixed(spread.sd, 4) : ""));
      if (judged && decides(metric)) {
        row.push_back(std::isfinite(own.low) ? interval(own.low, own.high, 4) : "–");
      }
    }
    if (compared) {
      const bool blank = i == reference || !measured(strategy);
      const auto change = [&](Metric metric) {
        return blank ? ""
                     : points(shown_spread(results, i, metric).mean -
                              shown_spread(results, reference, metric).mean);
      };
      row.push_back(change(Metric::kAccuracy));
      row.push_back(change(Metric::kF1));
    }
    row.push_back(grouped(strategy.trainable_parameters));
    row.push_back(strategy.total_parameters > 0
                      ? percent(static_cast<double>(strategy.trainable_parameters) /
                                static_cast<double>(strategy.total_parameters))
                      : "–");
    row.push_back(measured(strategy) ? duration(own.cost_seconds) : "–");
    row.push_back(memory(strategy.peak_memory_mb));
    rows.push_back(std::move(row));
    if (!measured(strategy)) below += did_not_finish(strategy) + "\n";
  }
  std::string text = text_table(rows, columns) + below;
  if (compared && measured(results.strategies[reference])) {
    text += fmt::format("Δ: change from {}, in points.\n",
                        fit_columns(results.strategies[reference].name, kLongestName));
  }
  if (judged) {
    text += fmt::format(
        "95% interval: how far the value could shift with another {} sample{}, by bootstrap ({} "
        "resamples).\n",
        evaluated_split(results), repeated ? " and other seeds" : "",
        grouped(results.evidence.resamples));
  }
  if (repeated) text += "±: standard deviation over seeds; values and times are their means.\n";
  return text;
}

std::string epoch_table_header(int64_t labels, bool validated) {
  std::string line = "Epoch  Training Loss";
  if (validated) {
    line += "  Validation Loss  Accuracy  " + pad_left(f1_heading(labels), 8);
  }
  return line + "\n";
}

std::string epoch_table_row(const EpochResult& epoch, int64_t labels, bool validated) {
  std::string line =
      pad_left(std::to_string(epoch.epoch), 5) + "  " + pad_left(fixed(epoch.train_loss, 6), 13);
  if (validated) {
    const double f1 = labels == 2 ? epoch.validation_f1 : epoch.validation_macro_f1;
    line +=
        fmt::format("  {}  {}  {}", pad_left(fixed(epoch.validation_loss, 6), 15),
                    pad_left(fixed(epoch.validation_accuracy, 6), 8), pad_left(fixed(f1, 6), 8));
  }
  return line + "\n";
}

std::string epoch_table(const StrategyResult& strategy, int64_t labels) {
  const bool validated = strategy.best_epoch > 0;
  std::string text = epoch_table_header(labels, validated);
  for (const EpochResult& epoch : strategy.epochs) {
    std::string line = epoch_table_row(epoch, labels, validated);
    if (epoch.epoch == strategy.best_epoch && strategy.epochs.size() > 1) {
      line.insert(line.size() - 1, "  kept");
    }
    text += line;
  }
  return text;
}

std::string terminal_report(const ComparisonResults& results) {
  std::string text;
  const auto labels = static_cast<int64_t>(results.label_names.size());
  std::vector<std::string> names;
  for (const std::string& name : results.label_names) names.push_back(fit_columns(name));
  for (const StrategyResult& strategy : results.strategies) {
    text += heading_line(
        fit_columns(fmt::format("{} ({})", strategy.name, strategy_description(strategy))));
    if (!strategy.epochs.empty()) text += "\n" + epoch_table(strategy, labels);
    if (!measured(strategy)) {
      text += fmt::format("\n{}\n\n", did_not_finish(strategy));
      continue;
    }
    const std::string of = evaluated_split(results) + first_seed_note(strategy);
    text += fmt::format("\nConfusion matrix ({})\n{}", of,
                        format_confusion_matrix(strategy.test, names));
    text += fmt::format("\nClassification report ({})\n{}\n", of,
                        classification_report(strategy.test, names));
  }
  text += heading_line("Comparison");
  const Findings words = findings(results);
  text += fmt::format("\n{}{}\n{}", comparison_table(results, words.recommendation),
                      format_references(results), findings_text(words));
  return text;
}

}  // namespace thaw
