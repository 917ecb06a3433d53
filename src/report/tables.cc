#include "report/tables.h"

#include <algorithm>
#include <vector>

#include "evaluation/text_width.h"
#include "report/facts.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/words.h"

namespace thaw {
namespace {

constexpr int kLongestName = 40;

// The first column to the left, all others to the right; a rule under the first row.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths(rows.front().size());
  for (const auto& row : rows) {
    for (size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], display_width(row[column]));
    }
  }
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string line = pad_right(rows[i][0], widths[0]);
    for (size_t column = 1; column < rows[i].size(); ++column) {
      line += "  " + pad_left(rows[i][column], widths[column]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
    if (i == 0) {
      int total = -2;
      for (const int width : widths) total += width + 2;
      for (int column = 0; column < total; ++column) text += "─";
      text += "\n";
    }
  }
  return text;
}

const char* f1_heading(int64_t labels) { return labels == 2 ? "F1" : "Macro F1"; }

std::string heading_line(const std::string& title) {
  std::string line = title + "\n";
  for (int column = 0; column < display_width(title); ++column) line += "═";
  return line + "\n";
}

}  // namespace

std::string comparison_table(const ComparisonResults& results) {
  const ComparisonFacts facts = comparison_facts(results);
  const bool compared = results.strategies.size() > 1;
  std::vector<std::vector<std::string>> rows = {
      {"approach", "accuracy", results.label_names.size() == 2 ? "f1" : "macro f1", "loss"}};
  if (compared) {
    for (const char* name : {"Δ accuracy", "Δ f1"}) rows[0].emplace_back(name);
  }
  for (const char* name : {"trainable", "of total", "train time", "peak memory"}) {
    rows[0].emplace_back(name);
  }
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& strategy = results.strategies[i];
    std::vector<std::string> row = {printable(strategy.approach, kLongestName),
                                    fixed(strategy.test.accuracy, 4), fixed(strategy.test.f1(), 4),
                                    fixed(strategy.test.loss, 4)};
    if (compared) {
      row.push_back(i == 0 ? "" : points(facts.strategies[i].accuracy_change));
      row.push_back(i == 0 ? "" : points(facts.strategies[i].f1_change));
    }
    row.push_back(grouped(strategy.trainable_parameters));
    row.push_back(strategy.total_parameters > 0
                      ? percent(static_cast<double>(strategy.trainable_parameters) /
                                static_cast<double>(strategy.total_parameters))
                      : "–");
    row.push_back(duration(strategy.train_seconds));
    row.push_back(memory(strategy.peak_memory_mb));
    rows.push_back(std::move(row));
  }
  std::string text = aligned(rows);
  if (compared) {
    text += "Δ: change against " + printable(results.strategies.front().approach, kLongestName) +
            ", in points.\n";
  }
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
    line += "  " + pad_left(fixed(epoch.validation_loss, 6), 15) + "  " +
            pad_left(fixed(epoch.validation_accuracy, 6), 8) + "  " + pad_left(fixed(f1, 6), 8);
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
  for (const std::string& name : results.label_names) names.push_back(printable(name));
  for (const StrategyResult& strategy : results.strategies) {
    text +=
        heading_line(printable(strategy.approach + " (" + strategy_description(strategy) + ")"));
    if (!strategy.epochs.empty()) text += "\n" + epoch_table(strategy, labels);
    text += "\nConfusion matrix (" + evaluated_split(results) + ")\n" +
            format_confusion_matrix(strategy.test, names);
    text += "\nClassification report (" + evaluated_split(results) + ")\n" +
            classification_report(strategy.test, names) + "\n";
  }
  text += heading_line("Comparison");
  text += "\n" + comparison_table(results) + "\n" + findings_text(findings(results));
  return text;
}

}  // namespace thaw
