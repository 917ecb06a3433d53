// Tests: tests/experiment/label_issues_test.cc
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "experiment/label_issues.h"
#include "results/csv.h"
#include "text/utf8.h"

namespace thaw {
namespace {

std::string number(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

const std::string& name_of(const std::vector<std::string>& label_names, int32_t label) {
  if (label < 0 || label >= static_cast<int32_t>(label_names.size())) {
    throw Error(fmt::format("there is no name for label {}", label), "suspects",
                "name every label");
  }
  return label_names[label];
}

}  // namespace

std::string format_label_issues(const LabelIssues& label_issues,
                                const std::vector<std::string>& label_names, size_t most,
                                int width) {
  if (label_issues.rows == 0) {
    return "Labels: not looked at; fewer than two of them have enough rows\n";
  }
  if (!label_issues.can_judge()) {
    return fmt::format(
        "Labels: not judged; the linear classifier that would judge them finds {} % of a label's "
        "rows, and less than {} % says little about who is wrong\n",
        number(100 * label_issues.recall, 0), number(100 * kRecallToJudge, 0));
  }
  const std::string of_all = fmt::format(" of {} training labels ", label_issues.rows);
  if (label_issues.found.empty()) return fmt::format("Labels: none{}is suspect\n", of_all);
  std::string text = fmt::format(
      "Labels: {}{}{} likely wrong (a linear classifier on frozen vectors, out of fold)\n",
      label_issues.found.size(), of_all, label_issues.found.size() == 1 ? "is" : "are");
  const size_t listed = std::min(most, label_issues.found.size());
  for (size_t i = 0; i < listed; ++i) {
    const LabelIssue& row = label_issues.found[i];
    text += fmt::format(
        "  {} is {} (probability {}), rather {} ({})\n    {}\n", row.row,
        quoted_excerpt(name_of(label_names, row.label)), number(row.label_probability, 3),
        quoted_excerpt(name_of(label_names, row.suggested)), number(row.suggested_probability, 3),
        quoted_excerpt(row.text, static_cast<size_t>(std::max(40, width - 6))));
  }
  if (listed < label_issues.found.size()) {
    text += fmt::format("  … and {} less likely ones\n", label_issues.found.size() - listed);
  }
  return text;
}

std::string label_issues_csv(const LabelIssues& label_issues,
                             const std::vector<std::string>& label_names) {
  std::string csv = "row,label,label_probability,suggested,suggested_probability,text\n";
  for (const LabelIssue& row : label_issues.found) {
    csv +=
        fmt::format("{},{},{},{},{},{}\n", row.row, csv_text(name_of(label_names, row.label)),
                    number(row.label_probability, 6), csv_text(name_of(label_names, row.suggested)),
                    number(row.suggested_probability, 6), csv_text(row.text));
  }
  return csv;
}

}  // namespace thaw
