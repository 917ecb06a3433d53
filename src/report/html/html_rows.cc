// Tests: tests/report/html/html_test.cc
// Single rows with their texts: those that changed sides, and the surest errors.
#include <algorithm>
#include <cmath>
#include <functional>

#include "report/findings/facts.h"
#include "report/html/html.h"
#include "report/html/html_texts.h"
#include "results/shown.h"
#include "text/markup.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw::html {

namespace {

constexpr int kMostTextColumns = 240;

Markup placed(MarkupView markup, const std::string& place) {
  return "<th scope=\"row\">" + markup +
         (place.empty() ? Markup() : " " + element("span", place, "class=\"place\"")) + "</th>";
}

Markup isolated(const std::string& text) {
  return R"(<bdi dir="auto">)" + escape_markup(text) + "</bdi>";
}

}  // namespace

Markup text_cell(const std::string& text, const std::string& place) {
  return placed(isolated(fit_columns(text, kMostTextColumns)), place);
}

Markup whole_text_cell(const std::string& text, const std::string& place) {
  const std::string shown = fit_columns(text), start = fit_columns(text, kMostTextColumns);
  if (shown == start) return text_cell(text, place);
  return placed("<details class=\"rest\"><summary>" + isolated(start) + "</summary>" +
                    isolated(shown) + "</details>",
                place);
}

std::string named_row(const std::string& id, int64_t row) {
  const std::string number = "row\u00a0" + std::to_string(row);
  return id.empty() ? number : fit_columns(id, 60) + ", " + number;
}

Markup answer_cell(const std::string& name, const std::string& label, double share) {
  Markup out = "<td data-label=\"" + escape_markup(fit_columns(name)) + "\">" +
               escape_breakable(fit_columns(label, 60));
  if (std::isfinite(share)) out += " " + element("span", fixed(share, 2), "class=\"share\"");
  return out + "</td>";
}

Markup texts_table(const std::string& caption, const std::vector<std::string>& columns,
                   MarkupView rows) {
  if (rows.empty()) return {};
  Markup out = "<table class=\"texts\">\n" + table_caption(caption) + "\n<thead><tr>";
  for (const std::string& name : columns) out += column(name);
  return scrolling(caption, out + "</tr></thead>\n<tbody>\n" + rows + "</tbody>\n</table>\n");
}

namespace {

constexpr size_t kMostChangedRows = 6;  // of either direction
constexpr size_t kMostErrors = 5;       // of each strategy

// What a strategy answered to each row.
struct Answers {
  std::vector<int32_t> given;  // [rows]
  std::vector<float> shares;   // [rows, labels]
};

bool has_answers(const ComparisonResults& results, size_t strategy) {
  return measured(results.strategies[strategy]) && !results.test_gold.empty() &&
         results.test_texts.size() == results.test_gold.size() &&
         results.strategies[strategy].test_logits.size() ==
             results.test_gold.size() * results.label_names.size();
}

Answers answers_of(const ComparisonResults& results, size_t strategy) {
  const float* logits = results.strategies[strategy].test_logits.data();
  const auto rows = static_cast<int64_t>(results.test_gold.size());
  const auto labels = static_cast<int64_t>(results.label_names.size());
  return {predicted_labels(logits, rows, labels), probabilities(logits, rows, labels)};
}

std::string place_of(const ComparisonResults& results, size_t row) {
  if (row >= results.test_rows.size()) return "";
  return named_row(row < results.test_ids.size() ? results.test_ids[row] : "",
                   results.test_rows[row]);
}

Markup changed_tables(const ComparisonResults& results, size_t one, size_t other, size_t most) {
  const size_t rows = results.test_gold.size(), labels = results.label_names.size();
  const StrategyResult& first = results.strategies[one];
  const StrategyResult& second = results.strategies[other];
  const Answers before = answers_of(results, one), after = answers_of(results, other);
  const auto change = [&](size_t row) {
    const size_t gold = row * labels + static_cast<size_t>(results.test_gold[row]);
    return std::fabs(after.shares[gold] - before.shares[gold]);
  };
  // The rows on which the two are furthest apart, of one direction.
  const auto table = [&](bool gained) {
    std::vector<size_t> found;
    for (size_t row = 0; row < rows; ++row) {
      const bool first_right = before.given[row] == results.test_gold[row];
      const bool second_right = after.given[row] == results.test_gold[row];
      if (first_right != second_right && second_right == gained) found.push_back(row);
    }
    std::stable_sort(found.begin(), found.end(),
                     [&](size_t a, size_t b) { return change(a) > change(b); });
    const auto all = static_cast<int64_t>(found.size());
    found.resize(std::min(found.size(), most));
    Markup lines;
    for (const size_t row : found) {
      const auto share = [&](const Answers& own) {
        return own.shares[row * labels + static_cast<size_t>(own.given[row])];
      };
      lines += "<tr>" + text_cell(results.test_texts[row], place_of(results, row)) +
               answer_cell("gold", results.label_names[results.test_gold[row]]) +
               answer_cell(first.name, results.label_names[before.given[row]], share(before)) +
               answer_cell(second.name, results.label_names[after.given[row]], share(after)) +
               "</tr>\n";
    }
    return texts_table("Change from " + first.name + " to " + second.name + ", " +
                           (gained ? "corrected: " : "newly wrong: ") + counted(all, "row", "rows"),
                       {"Text", "Gold", first.name, second.name}, lines);
  };
  return table(true) + table(false);
}

Markup errors_table(const ComparisonResults& results, size_t strategy) {
  const Answers answers = answers_of(results, strategy);
  const size_t labels = results.label_names.size();
  const auto share = [&](size_t row, int32_t label) {
    return answers.shares[row * labels + static_cast<size_t>(label)];
  };
  std::vector<size_t> wrong;
  for (size_t row = 0; row < answers.given.size(); ++row) {
    if (answers.given[row] != results.test_gold[row]) wrong.push_back(row);
  }
  const auto all = static_cast<int64_t>(wrong.size());
  std::stable_sort(wrong.begin(), wrong.end(), [&](size_t a, size_t b) {
    return share(a, answers.given[a]) > share(b, answers.given[b]);
  });
  wrong.resize(std::min(wrong.size(), kMostErrors));
  Markup lines;
  for (const size_t row : wrong) {
    const int32_t gold = results.test_gold[row], given = answers.given[row];
    lines += "<tr>" + text_cell(results.test_texts[row], place_of(results, row)) +
             answer_cell("gold", results.label_names[gold], share(row, gold)) +
             answer_cell("answer", results.label_names[given], share(row, given)) + "</tr>\n";
  }
  return texts_table(results.strategies[strategy].name + ": the most confident of " +
                         counted(all, "error", "errors"),
                     {"Text", "Gold", "Answer"}, lines);
}

}  // namespace

Section changed_rows_section(const ComparisonResults& results) {
  const std::vector<size_t> strategies = measured_strategies(results);
  if (strategies.size() < 2) return {};
  const size_t first = strategies.front();
  size_t best = best_strategy(results);
  if (best == first) best = strategies[1];
  if (!has_answers(results, first)) return {};
  Markup open, more;
  for (const size_t i : strategies) {
    if (i == first || !has_answers(results, i)) continue;
    (i == best ? open : more) += changed_tables(results, first, i, kMostChangedRows);
  }
  if (open.empty() && more.empty()) return {};
  return {"changed", "Rows whose answer changed", "Changed rows",
          "<p>The rows on which the two differ most. Each answer is shown with its "
          "probability.</p>\n" +
              first_seed_paragraph(results) + open +
              folded("The same for the other approaches", more)};
}

Section errors_section(const ComparisonResults& results) {
  Markup open, more;
  for (const size_t i : measured_strategies(results)) {
    if (!has_answers(results, i)) continue;
    (i == best_strategy(results) ? open : more) += errors_table(results, i);
  }
  if (open.empty() && more.empty()) return {};
  return {
      "errors", "Most confident errors", "Errors",
      "<p>Wrong answers with the highest probability: either the model is mistaken, or the gold "
      "label is.</p>\n" +
          first_seed_paragraph(results) + open +
          folded("The other approaches’ most confident errors", more)};
}

}  // namespace thaw::html
