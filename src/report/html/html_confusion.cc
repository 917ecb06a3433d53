// Tests: tests/report/html/html_test.cc
// Which labels are taken for which, what changes between strategies, and each class by itself.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "report/findings/seed_words.h"
#include "report/html/html.h"
#include "results/shown.h"
#include "text/markup.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw::html {
namespace {

constexpr size_t kMostOpenColumns = 40;  // of all matrices together; beyond, most are folded
constexpr size_t kMostConfusions = 12;
constexpr size_t kFewClasses = 30;  // more and the tables of classes are folded

Markup matrix_head(const ComparisonResults& results, const std::string& caption) {
  Markup out = "<table class=\"heat-table\">\n" + table_caption(caption) +
               "\n<thead><tr><td class=\"corner\">gold \\ predicted</td>";
  // The row's heading has room for the whole name.
  for (const std::string& name : results.label_names) out += column(fit_columns(name, 28));
  return out + "</tr></thead>\n<tbody>\n";
}

Markup matrix(const ComparisonResults& results, const StrategyResult& s) {
  const size_t labels = results.label_names.size();
  Markup table = matrix_head(results, s.name + first_seed_note(s));
  for (size_t gold = 0; gold < labels; ++gold) {
    table += "<tr>" + row_name(results.label_names[gold]);
    const int64_t support = s.test.per_class[gold].support;
    for (size_t label = 0; label < labels; ++label) {
      const int64_t count = s.test.confusion[gold * labels + label];
      const double share =
          support > 0 ? static_cast<double>(count) / static_cast<double>(support) : 0;
      table += "<td style=\"--share:" + escape_markup(fixed(share, 3)) + "\"" +
               markup_if(gold == label, " class=\"diagonal\"") + ">" +
               escape_markup(grouped(count)) + " " +
               element("span", support > 0 ? percent(share) : "–", "class=\"share\"") + "</td>";
    }
    table += "</tr>\n";
  }
  return scrolling("Confusion matrix of " + s.name, table + "</tbody>\n</table>\n");
}

Markup difference(const ComparisonResults& results, const StrategyResult& first,
                  const StrategyResult& s) {
  const size_t labels = results.label_names.size();
  int64_t widest = 1;
  const auto change = [&](size_t i) { return s.test.confusion[i] - first.test.confusion[i]; };
  for (size_t i = 0; i < labels * labels; ++i) widest = std::max(widest, std::abs(change(i)));
  Markup table = matrix_head(results, "Change from " + first.name + " to " + s.name);
  for (size_t gold = 0; gold < labels; ++gold) {
    table += "<tr>" + row_name(results.label_names[gold]);
    for (size_t label = 0; label < labels; ++label) {
      const int64_t own = change(gold * labels + label);
      const double share = std::abs(static_cast<double>(own)) / static_cast<double>(widest);
      const MarkupView kind = own == 0                       ? "same"_markup
                              : (own > 0) == (gold == label) ? "good"_markup
                                                             : "bad"_markup;
      table += "<td style=\"--share:" + escape_markup(fixed(share, 3)) + "\" class=\"" + kind +
               markup_if(gold == label, " diagonal") + "\">" + escape_markup(signed_count(own)) +
               "</td>";
    }
    table += "</tr>\n";
  }
  return scrolling("Change of the confusion matrix from " + first.name + " to " + s.name,
                   table + "</tbody>\n</table>\n");
}

// The pairs that are mixed up most, for matrices that are too large to be read.
Markup confusions_table(const ComparisonResults& results, const std::vector<size_t>& strategies) {
  const size_t labels = results.label_names.size();
  std::vector<std::pair<int64_t, size_t>> cells;  // errors of all strategies, place
  for (size_t i = 0; i < labels * labels; ++i) {
    if (i / labels == i % labels) continue;
    int64_t sum = 0;
    for (const size_t s : strategies) sum += results.strategies[s].test.confusion[i];
    if (sum > 0) cells.emplace_back(sum, i);
  }
  const size_t most = std::min(kMostConfusions, cells.size());
  std::partial_sort(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(most), cells.end(),
                    [](const auto& a, const auto& b) {
                      return a.first != b.first ? a.first > b.first : a.second < b.second;
                    });
  cells.resize(most);
  if (cells.empty()) return {};
  Markup table =
      "<table class=\"confusions\">\n<caption>What is mixed up most</caption>\n<thead><tr>" +
      column("Gold") + column("Predicted");
  for (const size_t s : strategies) table += column(results.strategies[s].name);
  table += "</tr></thead>\n<tbody>\n";
  for (const auto& [sum, i] : cells) {
    table += "<tr>" + row_name(results.label_names[i / labels]) +
             row_name(results.label_names[i % labels]);
    for (const size_t s : strategies) {
      table += cell(grouped(results.strategies[s].test.confusion[i]));
    }
    table += "</tr>\n";
  }
  return scrolling("What is mixed up most", table + "</tbody>\n</table>\n");
}

Markup class_table(const ComparisonResults& results, const StrategyResult& s) {
  const ClassificationMetrics m = shown_metrics(s);  // means over the seeds
  Markup table = "<table>\n" + table_caption(s.name) + "\n<thead><tr>" + column("Class") +
                 column("Precision") + column("Recall") + column("F1") + column("Rows") +
                 "</tr></thead>\n<tbody>\n";
  const auto line = [&](const std::string& name, double precision, double recall, double f1,
                        int64_t rows) {
    return "<tr>" + row_name(name) + cell(fixed(precision, 3)) + cell(fixed(recall, 3)) +
           cell(fixed(f1, 3)) + cell(grouped(rows)) + "</tr>\n";
  };
  for (size_t label = 0; label < results.label_names.size(); ++label) {
    const ClassMetrics& own = m.per_class[label];
    table += line(results.label_names[label], own.precision, own.recall, own.f1, own.support);
  }
  table +=
      "</tbody>\n<tfoot>\n<tr>" + row_name("accuracy") + "<td></td><td></td>" +
      cell(fixed(m.accuracy, 3)) + cell(grouped(m.rows)) + "</tr>\n" +
      line("macro average", m.macro_precision, m.macro_recall, m.macro_f1, m.rows) +
      line("weighted average", m.weighted_precision, m.weighted_recall, m.weighted_f1, m.rows) +
      "</tfoot>\n</table>\n";
  return scrolling("Metrics of each class for " + s.name, table);
}

}  // namespace

Section confusion_section(const ComparisonResults& results) {
  const size_t labels = results.label_names.size();
  const std::vector<size_t> strategies = measured_strategies(results);
  if (strategies.empty()) return {};
  const size_t first = strategies.front();
  Section section{"confusion", "Confusion matrices", "Confusion", {}};
  if (labels > kMostLabelsShown) {
    section.content =
        paragraph("There are " + std::to_string(labels) +
                  " labels; their matrices are in results.json. " + first_seed_sentence(results)) +
        confusions_table(results, strategies);
    return section;
  }
  // Where there is much to show, the first and the best are open.
  size_t best = best_strategy(results);
  if (best == first && strategies.size() > 1) best = strategies[1];
  const bool many = labels * strategies.size() > kMostOpenColumns && strategies.size() > 2;
  Markup open, more, changes, more_changes;
  for (const size_t i : strategies) {
    const bool shown = !many || i == first || i == best;
    (shown ? open : more) += matrix(results, results.strategies[i]);
    if (i == first) continue;
    (shown ? changes : more_changes) +=
        difference(results, results.strategies[first], results.strategies[i]);
  }
  const MarkupView kind = labels > 6 ? "tables large"_markup : "tables"_markup;
  section.content =
      "<p>Rows are gold labels, columns are predictions, each with its share of the row. Right "
      "answers lie on the diagonal.</p>\n" +
      first_seed_paragraph(results) + grid(open, kind) +
      folded("The other approaches’ matrices", grid(more, kind));
  if (!changes.empty()) {
    section.content +=
        element("h3", "What changes from " + results.strategies[first].name) + "\n" +
        "<p><span class=\"key good\">corrected</span>: more right answers on the diagonal, fewer "
        "wrong "
        "ones beside it. <span class=\"key bad\">newly wrong</span>: the reverse. The frame is "
        "solid "
        "for better and dashed for worse.</p>\n" +
        grid(changes, kind) + folded("The other approaches’ changes", grid(more_changes, kind));
  }
  if (labels > 6) section.content += confusions_table(results, strategies);
  return section;
}

Section classes_section(const ComparisonResults& results, const Figures& figures) {
  Markup tables;
  for (const size_t i : measured_strategies(results)) {
    tables += class_table(results, results.strategies[i]);
  }
  if (tables.empty()) return {};
  tables = grid(tables, "tables");
  const bool many = results.label_names.size() > kFewClasses || results.strategies.size() > 3;
  return {"classes", "Class by class", "Classes",
          grid(plots(figures.classes), "wide") +
              (many ? folded("Precision, recall and F1 of each class", tables) : tables)};
}

}  // namespace thaw::html
