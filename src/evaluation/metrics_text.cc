// How metrics are printed: scikit-learn's report and the confusion matrix.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/error.h"
#include "evaluation/metrics.h"
#include "evaluation/text_width.h"

namespace thaw {
namespace {

constexpr int kLongestRowName = 40;
constexpr int kLongestColumnName = 16;

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", std::clamp(digits, 0, 17), value);
  return text;
}

void check_names(const ClassificationMetrics& metrics, const std::vector<std::string>& names) {
  if (names.size() != metrics.per_class.size() || names.empty() ||
      metrics.confusion.size() != names.size() * names.size()) {
    throw Error(std::to_string(names.size()) + " label names do not belong to metrics of " +
                std::to_string(metrics.per_class.size()) + " labels");
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
    name_width = std::max(name_width, display_width(printable(name, kLongestRowName)));
  }
  std::vector<int> widths(labels);
  std::string text = pad_right(corner, name_width);
  for (size_t column = 0; column < labels; ++column) {
    const std::string name = printable(names[column], kLongestColumnName);
    widths[column] = display_width(name);
    for (size_t row = 0; row < labels; ++row) {
      widths[column] = std::max(widths[column], display_width(cells[row * labels + column]));
    }
    text += "  " + pad_left(name, widths[column]);
  }
  text += '\n';
  for (size_t row = 0; row < labels; ++row) {
    text += pad_right(printable(names[row], kLongestRowName), name_width);
    for (size_t column = 0; column < labels; ++column) {
      text += "  " + pad_left(cells[row * labels + column], widths[column]);
    }
    text += '\n';
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
    return std::to_string(support) + (metrics.accuracy == 0 ? ".0" : "");
  };
  const auto line = [&](const std::string& name, double precision, double recall, double f1,
                        int64_t support) {
    text += right(name, width) + " ";
    for (const double value : {precision, recall, f1}) {
      text += " " + right(fixed(value, digits), kNumber);
    }
    text += " " + right(support_text(support), kNumber) + "\n";
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
  text += "\n" + right("accuracy", width) + " ";
  text += std::string(2 * (kNumber + 1), ' ');
  text += " " + right(fixed(metrics.accuracy, digits), kNumber);
  text += " " + right(support_text(metrics.rows), kNumber) + "\n";
  // Here, with its labels given, scikit-learn's mean goes over all of them.
  const double share = static_cast<double>(present) / static_cast<double>(labels);
  line("macro avg", metrics.macro_precision * share, metrics.macro_recall * share,
       metrics.macro_f1 * share, metrics.rows);
  line("weighted avg", metrics.weighted_precision, metrics.weighted_recall, metrics.weighted_f1,
       metrics.rows);
  return text;
}

std::string format_confusion_matrix(const ClassificationMetrics& metrics,
                                    const std::vector<std::string>& label_names) {
  check_names(metrics, label_names);
  const size_t labels = label_names.size();
  std::vector<std::string> counts, shares;
  for (size_t row = 0; row < labels; ++row) {
    const int64_t support = metrics.per_class[row].support;
    for (size_t column = 0; column < labels; ++column) {
      const int64_t count = metrics.confusion[row * labels + column];
      counts.push_back(std::to_string(count));
      shares.push_back(
          support == 0
              ? "-"
              : fixed(100.0 * static_cast<double>(count) / static_cast<double>(support), 1));
    }
  }
  return table("gold \\ predicted", label_names, counts) + "\n" +
         table("% of the gold row", label_names, shares);
}

}  // namespace thaw
