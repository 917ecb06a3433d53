// Tests: tests/report/html/html_test.cc
// The data: labels that look wrong, classes, lengths, rows in more than one split.
#include <algorithm>
#include <cmath>

#include "report/findings/truncation_words.h"
#include "report/html/html.h"
#include "report/html/html_texts.h"
#include "results/phrases.h"
#include "text/markup.h"
#include "text/numbers.h"

namespace thaw::html {
namespace {

constexpr size_t kMostOpenRows = 8;  // of a list; the rest is folded
constexpr size_t kFewClasses = 30;

std::string label_name(const ComparisonResults& results, int32_t label) {
  const auto index = static_cast<size_t>(label);
  return label >= 0 && index < results.label_names.size() ? results.label_names[index]
                                                          : std::to_string(label);
}

// A table of the first rows, and the others folded under it.
Markup cut_table(const std::string& caption, const std::vector<std::string>& columns,
                 const std::vector<Markup>& rows) {
  Markup open, more;
  for (size_t i = 0; i < rows.size(); ++i) (i < kMostOpenRows ? open : more) += rows[i];
  return texts_table(caption, columns, open) +
         folded(counted(static_cast<int64_t>(rows.size() - std::min(rows.size(), kMostOpenRows)),
                        "more row", "more rows"),
                texts_table(caption + ", continued", columns, more));
}

std::string place_of(const DataFindings& findings, const std::string& split, int64_t row) {
  const auto own = findings.row_ids.find(split);
  if (own == findings.row_ids.end()) return named_row("", row);
  const auto id = own->second.find(row);
  return named_row(id == own->second.end() ? "" : id->second, row);
}

// What the data looks like: the first rows of each class.
Markup samples(const ComparisonResults& results) {
  const DataFindings& found = results.findings;
  std::vector<Markup> rows;
  for (const SampleRow& sample : found.samples) {
    rows.push_back("<tr>" + whole_text_cell(sample.text, place_of(found, "train", sample.row)) +
                   answer_cell("label", label_name(results, sample.label)) +
                   answer_cell("tokens", sample.tokens > 0 ? grouped(sample.tokens) : "–") +
                   "</tr>\n");
  }
  return cut_table("The first training rows of each class", {"Text", "Label", "Tokens"}, rows);
}

Markup label_issues(const ComparisonResults& results) {
  const DataFindings& found = results.findings;
  std::vector<Markup> rows;
  for (const LabelIssue& suspect : found.label_issues) {
    rows.push_back(
        "<tr>" + text_cell(suspect.text, place_of(found, "train", suspect.row)) +
        answer_cell("label", label_name(results, suspect.label), suspect.label_probability) +
        answer_cell("suggested", label_name(results, suspect.suggested),
                    suspect.suggested_probability) +
        "</tr>\n");
  }
  if (rows.empty()) {
    return found.looked_for_label_issues ? paragraph("No training label looks wrong.") : Markup();
  }
  return paragraph(counted(found.suspected, "training row has", "training rows have") +
                   " a label that is likely wrong, judged by a classifier that was trained "
                   "without the row. Each label is shown with its probability.") +
         cut_table("Labels to check, the most doubtful first", {"Text", "Label", "Suggested"},
                   rows);
}

Markup conflicts(const ComparisonResults& results) {
  const DataFindings& found = results.findings;
  std::vector<Markup> rows;
  for (const ConflictingRow& conflict : found.conflicts) {
    rows.push_back(
        "<tr>" +
        text_cell(conflict.text, conflict.split + " " +
                                     place_of(found, conflict.split, conflict.first_row) + " and " +
                                     place_of(found, conflict.split, conflict.second_row)) +
        answer_cell("first label", label_name(results, conflict.first_label)) +
        answer_cell("second label", label_name(results, conflict.second_label)) + "</tr>\n");
  }
  if (rows.empty()) return {};
  return paragraph(counted(found.conflicting, "row has", "rows have") +
                   " the text of another row of the same split but a different label.") +
         cut_table("Equal texts with different labels", {"Text", "First label", "Second label"},
                   rows);
}

Markup shared_rows(const ComparisonResults& results) {
  const DataFindings& found = results.findings;
  if (!found.looked) return {};
  if (found.shared_equal + found.shared_near == 0 && found.shared.empty()) {
    return paragraph("No text occurs in two splits.");
  }
  std::vector<Markup> rows;
  for (const SharedRow& shared : found.shared) {
    const bool equal = shared.similarity >= 1;
    const std::string text = equal || shared.second_text.empty()
                                 ? shared.first_text
                                 : "“" + shared.first_text + "” and “" + shared.second_text + "”";
    rows.push_back("<tr>" +
                   text_cell(text, shared.first_split + " " +
                                       place_of(found, shared.first_split, shared.first_row) +
                                       "; " + shared.second_split + " " +
                                       place_of(found, shared.second_split, shared.second_row)) +
                   answer_cell("likeness", equal ? "equal" : fixed(shared.similarity, 2)) +
                   answer_cell("labels", shared.other_label ? "different" : "the same") +
                   "</tr>\n");
  }
  return paragraph("Texts that occur in two splits make the test look easier than the task is: " +
                   counted(found.shared_equal, "row is", "rows are") +
                   " equal to one of an earlier "
                   "split, " +
                   grouped(found.shared_near) + " nearly so.") +
         cut_table("Rows in two splits", {"Text", "Likeness", "Labels"}, rows);
}

Markup class_table(const ComparisonResults& results) {
  Markup table = "<table class=\"data\">\n<caption>Rows of each class</caption>\n<thead><tr>" +
                 column("Class");
  for (const SplitSummary& split : results.splits) table += column(split.name);
  table += "</tr></thead>\n<tbody>\n";
  for (size_t label = 0; label < results.label_names.size(); ++label) {
    table += "<tr>" + row_name(results.label_names[label]);
    for (const SplitSummary& split : results.splits) {
      const int64_t rows = label < split.label_counts.size() ? split.label_counts[label] : 0;
      const double share =
          split.rows > 0 ? static_cast<double>(rows) / static_cast<double>(split.rows) : 0;
      table += R"(<td class="bar" style="--share:)" + escape_markup(fixed(share, 3)) + "\">" +
               escape_markup(grouped(rows)) + " " +
               element("span", percent(share, 2), "class=\"share\"") + "</td>";
    }
    table += "</tr>\n";
  }
  table += "</tbody>\n<tfoot><tr>" + row_name("all");
  for (const SplitSummary& split : results.splits) table += cell(grouped(split.rows));
  table += "</tr></tfoot>\n</table>\n";
  return scrolling("Class distribution", table);
}

Markup truncated(const ComparisonResults& results) {
  const TruncationFindings& found = results.findings.truncation;
  if (found.max_length > 0) {
    std::string sentence = truncation_sentence(found);
    if (sentence.empty()) return {};
    if (sentence[0] == 'n') sentence[0] = 'N';
    return paragraph(sentence + ".");
  }
  std::vector<std::string> parts;  // a run of an earlier version
  for (const auto& [split, rows] : results.findings.truncated) {
    if (rows > 0) parts.push_back(grouped(rows) + " of " + split);
  }
  if (parts.empty()) return {};
  return paragraph("Texts longer than the model's limit were truncated: " + listed(parts) + ".");
}

Markup tiny_classes(const ComparisonResults& results) {
  const std::vector<int32_t>& tiny = results.findings.tiny_classes;
  if (tiny.empty()) return {};
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(tiny.size(), kMostOpenRows); ++i) {
    names.push_back("'" + label_name(results, tiny[i]) + "'");
  }
  const auto more = static_cast<int64_t>(tiny.size() - names.size());
  if (more > 0) names.push_back(grouped(more) + " more");
  return paragraph("Fewer than " + std::to_string(kTinyClass) + " training rows: " + listed(names) +
                   ". Little can be learned or said about " + (tiny.size() == 1 ? "it." : "them."));
}

}  // namespace

Section labels_section(const ComparisonResults& results) {
  return {"labels", "Labels to check", "Labels", label_issues(results) + conflicts(results)};
}

Section data_section(const ComparisonResults& results, const Figures& figures) {
  if (results.splits.empty()) return {};
  const Markup table = class_table(results);
  const Markup lead = paragraph("The number of rows of each class and its share of the split.");
  const Markup content =
      grid(plots(figures.distribution) + plots(figures.lengths), "wide") + tiny_classes(results) +
      truncated(results) +
      (results.label_names.size() > kFewClasses ? folded("Rows of each class", lead + table)
                                                : lead + table) +
      samples(results) + shared_rows(results);
  return {"data", "The data", "Data", content};
}

}  // namespace thaw::html
