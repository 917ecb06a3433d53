// Tests: tests/evaluation/metrics_test.cc
// How metrics are printed: scikit-learn's report and the confusion matrix.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/error.h"
#include "evaluation/metrics.h"
#include "text/text_width.h"

namespace thaw {
namespace {

constexpr int kLongestRowName = 40;
constexpr int kLongestColumnName = 16;
constexpr int kLongestPairName = 27;    // of two in a line
constexpr int kLongestReportName = 38;  // beside four numbers
constexpr int kColumns = 80;            // of a terminal

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", std::clamp(digits, 0, 17), value);
  return text;
}

void check_names(const ClassificationMetrics& metrics, const std::vector<std::string>& names) {
  if (names.size() != metrics.per_class.size() || names.empty() ||
      metrics.confusion.size() != names.size() * names.size()) {
    throw Error(fmt::format("{} label names do not belong to metrics of {} labels", names.size(),
                            metrics.per_class.size()));
  }
}

// Python's '{:>n}', which counts code points, not columns.
std::string right(const std::string& text, int width) {
  return std::string(static_cast<size_t>(std::max(0, width - code_points(text))), ' ') + text;
}

std::string table(const std::string& corner, const std::vector<std::string>& names,
                  const std::vector<std::string>& cells /* [labels, labels] */) {
  const size_t labels = names.size();
  int name_width = display_width(corner);
  for (const std::string& name : names) {
    name_width = std::max(name_width, display_width(fit_columns(name, kLongestRowName)));
  }
  std::vector<int> widths(labels);
  std::string text = pad_right(corner, name_width);
  for (size_t column = 0; column < labels; ++column) {
    const std::string name = fit_columns(names[column], kLongestColumnName);
    widths[column] = display_width(name);
    for (size_t row = 0; row < labels; ++row) {
      widths[column] = std::max(widths[column], display_width(cells[row * labels + column]));
    }
    text += "  " + pad_left(name, widths[column]);
  }
  text += '\n';
  for (size_t row = 0; row < labels; ++row) {
    text += pad_right(fit_columns(names[row], kLongestRowName), name_width);
    for (size_t column = 0; column < labels; ++column) {
      text += "  " + pad_left(cells[row * labels + column], widths[column]);
    }
    text += '\n';
  }
  return text;
}

std::string share_text(int64_t count, int64_t support) {
  if (support == 0) return "-";
  return fixed(100.0 * static_cast<double>(count) / static_cast<double>(support), 1);
}

// The pairs of labels that are mixed up most, of equals the first.
std::string confused_pairs(const ClassificationMetrics& metrics,
                           const std::vector<std::string>& names) {
  constexpr size_t kMost = 10;
  struct Pair {
    size_t gold, given;
    int64_t rows;
  };
  std::vector<Pair> pairs;
  for (size_t gold = 0; gold < names.size(); ++gold) {
    for (size_t given = 0; given < names.size(); ++given) {
      const int64_t rows = metrics.confusion[gold * names.size() + given];
      if (gold != given && rows > 0) pairs.push_back({gold, given, rows});
    }
  }
  if (pairs.empty()) return "No two labels are mixed up.\n";
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.rows > b.rows; });
  const size_t all = pairs.size();
  pairs.resize(std::min(all, kMost));
  int gold_width = 0, given_width = 0;
  for (const Pair& pair : pairs) {
    gold_width =
        std::max(gold_width, display_width(fit_columns(names[pair.gold], kLongestPairName)));
    given_width =
        std::max(given_width, display_width(fit_columns(names[pair.given], kLongestPairName)));
  }
  std::string text = "What is mixed up most (gold → predicted, rows, % of the gold rows)\n";
  for (const Pair& pair : pairs) {
    text += fmt::format("  {} → {}  {}  {}\n",
                        pad_right(fit_columns(names[pair.gold], kLongestPairName), gold_width),
                        pad_right(fit_columns(names[pair.given], kLongestPairName), given_width),
                        right(std::to_string(pair.rows), 5),
                        right(share_text(pair.rows, metrics.per_class[pair.gold].support), 5));
  }
  if (pairs.size() < all) {
    text += fmt::format("  … and {} rarer pairs\n", all - pairs.size());
  }
  return text;
}

}  // namespace

std::string classification_report(const ClassificationMetrics& metrics,
                                  const std::vector<std::string>& label_names, int digits) {
  check_names(metrics, label_names);
  constexpr int kNumber = 9;
  int width = static_cast<int>(std::string("weighted avg").size());
  for (const std::string& name : label_names) width = std::max(width, code_points(name));
  width = std::max(width, digits);

  std::string text = right("", width) + " ";
  for (const char* heading : {"precision", "recall", "f1-score", "support"}) {
    text += " " + right(heading, kNumber);
  }
  text += "\n\n";
  // scikit-learn's counts become floating-point numbers where not one prediction is right.
  const auto support_text = [&](int64_t support) {
    return fmt::format("{}{}", support, metrics.accuracy == 0 ? ".0" : "");
  };
  const auto line = [&](const std::string& name, double precision, double recall, double f1,
                        int64_t support) {
    text += right(name, width) + " ";
    for (const double value : {precision, recall, f1}) {
      text += " " + right(fixed(value, digits), kNumber);
    }
    text += fmt::format(" {}\n", right(support_text(support), kNumber));
  };
  const size_t labels = label_names.size();
  size_t present = 0;
  for (size_t label = 0; label < labels; ++label) {
    const ClassMetrics& own = metrics.per_class[label];
    line(label_names[label], own.precision, own.recall, own.f1, own.support);
    int64_t predicted = 0;
    for (size_t gold = 0; gold < labels; ++gold) {
      predicted += metrics.confusion[gold * labels + label];
    }
    if (own.support > 0 || predicted > 0) ++present;
  }
  text += fmt::format("\n{} ", right("accuracy", width));
  text += std::string(2 * (kNumber + 1), ' ');
  text += " " + right(fixed(metrics.accuracy, digits), kNumber);
  text += fmt::format(" {}\n", right(support_text(metrics.rows), kNumber));
  // Here, with its labels given, scikit-learn's mean goes over all of them.
  const double share = static_cast<double>(present) / static_cast<double>(labels);
  line("macro avg", metrics.macro_precision * share, metrics.macro_recall * share,
       metrics.macro_f1 * share, metrics.rows);
  line("weighted avg", metrics.weighted_precision, metrics.weighted_recall, metrics.weighted_f1,
       metrics.rows);
  return text;
}

std::string short_classification_report(const ClassificationMetrics& metrics,
                                        const std::vector<std::string>& label_names) {
  std::vector<std::string> names;
  for (const std::string& name : label_names) {
    names.push_back(fit_columns(name, kLongestReportName));
  }
  const std::string whole = classification_report(metrics, names);
  const size_t labels = label_names.size();
  if (labels <= kMostLabelsInReport) return whole;
  std::vector<size_t> order(labels);
  for (size_t label = 0; label < labels; ++label) order[label] = label;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return metrics.per_class[a].support > metrics.per_class[b].support;
  });
  std::vector<bool> kept(labels);
  for (size_t i = 0; i < kMostLabelsInReport / 2; ++i) kept[order[i]] = true;
  // Two lines of heading, a line each label, then the means.
  std::string text;
  size_t line = 0;
  for (size_t at = 0; at < whole.size(); ++line) {
    const size_t end = whole.find('\n', at) + 1;
    const bool of_label = line >= 2 && line < 2 + labels;
    if (!of_label || kept[line - 2]) text += whole.substr(at, end - at);
    if (line == 1 + labels) {
      text += fmt::format("… and {} smaller classes, which results.json and the report hold\n",
                          labels - kMostLabelsInReport / 2);
    }
    at = end;
  }
  return text;
}

std::string format_confusion_matrix(const ClassificationMetrics& metrics,
                                    const std::vector<std::string>& label_names) {
  check_names(metrics, label_names);
  const size_t labels = label_names.size();
  if (labels > kMostLabelsInMatrix) return confused_pairs(metrics, label_names);
  std::vector<std::string> counts, shares;
  for (size_t row = 0; row < labels; ++row) {
    const int64_t support = metrics.per_class[row].support;
    for (size_t column = 0; column < labels; ++column) {
      const int64_t count = metrics.confusion[row * labels + column];
      counts.push_back(std::to_string(count));
      shares.push_back(share_text(count, support));
    }
  }
  const std::string matrix = table("gold \\ predicted", label_names, counts);
  if (display_width(matrix.substr(0, matrix.find('\n'))) > kColumns) {
    return confused_pairs(metrics, label_names);
  }
  return matrix + "\n" + table("% of the gold row", label_names, shares);
}

}  // namespace thaw
