// Tests: tests/report/html/html_test.cc
// The first screen: the verdict, its numbers, one table and one picture.
#include <algorithm>
#include <cmath>

#include "report/findings/facts.h"
#include "report/findings/references.h"
#include "report/findings/training_state.h"
#include "report/html/html.h"
#include "report/plots/svg_plot.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/markup.h"
#include "text/numbers.h"

namespace thaw::html {
namespace {

constexpr size_t kMostRows = 7;  // strategies that fit a laptop's screen beside the references

// Those that the recommendation speaks of, then the best of the others; in their own order.
std::vector<size_t> shown_strategies(const ComparisonResults& results,
                                     const Recommendation& recommendation) {
  std::vector<size_t> order;
  const auto take = [&](size_t index) {
    if (std::find(order.begin(), order.end(), index) == order.end()) order.push_back(index);
  };
  for (const auto& named : {recommendation.chosen, recommendation.best, recommendation.reference,
                            recommendation.beyond_budget}) {
    if (named) take(*named);
  }
  if (!results.strategies.empty()) take(reference_strategy(results));
  std::vector<size_t> rest(results.strategies.size());
  for (size_t i = 0; i < rest.size(); ++i) rest[i] = i;
  const double sign = higher_is_better(recommendation.metric) ? 1 : -1;
  std::stable_sort(rest.begin(), rest.end(), [&](size_t a, size_t b) {
    const double one = sign * shown_value(results, a, recommendation.metric);
    const double other = sign * shown_value(results, b, recommendation.metric);
    return std::isfinite(one) && (!std::isfinite(other) || one > other);
  });
  for (const size_t i : rest) take(i);
  order.resize(std::min(order.size(), kMostRows));
  std::sort(order.begin(), order.end());
  return order;
}

Markup change_cell(const ComparisonResults& results, double value, double first) {
  const Metric metric = results.decision.metric;
  return cell(std::isfinite(value - first) ? metric_change(metric, value - first) : "–");
}

Markup summary_table(const ComparisonResults& results, const Recommendation& recommendation) {
  const Metric metric = results.decision.metric;
  const bool compared = results.strategies.size() > 1;
  const size_t first = reference_strategy(results);
  const double base = shown_value(results, first, metric);
  const ComparisonFacts facts = comparison_facts(results);
  const auto states = training_findings(results, facts);
  Markup table = "<table class=\"summary\">\n" +
                 table_caption("On " + counted(facts.rows, evaluated_split(results) + " row",
                                               evaluated_split(results) + " rows")) +
                 "\n<thead><tr>" + column("Approach") +
                 column(capitalized(metric_label(results, metric)));
  const bool judged = results.evidence.resamples > 0;
  // On a phone the table below has them.
  const auto wide = [](std::string_view text) { return element("td", text, "class=\"wide\""); };
  if (judged) table += "<th scope=\"col\" class=\"wide\">95% interval</th>";
  if (compared) table += column("Change");
  table += column("Training time") + "</tr></thead>\n<tbody>\n";
  const std::vector<size_t> shown = shown_strategies(results, recommendation);
  for (const size_t i : shown) {
    const StrategyResult& own = results.strategies[i];
    const bool taken = recommendation.chosen == i && compared;
    Markup name = escape_breakable(printable_name(own.name));
    const std::string mark = facts.tiny ? "" : training_mark(states[i].state);
    if (!mark.empty()) name += " " + element("span", mark, "class=\"mark\"");
    table += (taken ? "<tr class=\"taken\">"_markup : "<tr>"_markup) + "<th scope=\"row\"><div>" +
             marker_icon(static_cast<int>(i)) + " <span>" + name + "</span></div></th>";
    if (!measured(own)) {
      table += "<td class=\"failure\" colspan=\"" + escape_markup(std::to_string(3 + judged)) +
               "\">did not finish</td></tr>\n";
      continue;
    }
    const double value = shown_value(results, i, metric);
    const MetricEstimate* estimate = estimate_of(results, i, metric);
    std::string text = fixed(value, 3);
    if (estimate != nullptr && std::isfinite(estimate->sd)) {
      text += "\u00a0±\u00a0" + fixed(estimate->sd, 3);
    }
    table += element("td", text, markup_if(taken, "class=\"best\""));
    if (judged) {
      table += wide(estimate != nullptr ? interval(estimate->low, estimate->high, 3) : "–");
    }
    if (compared) table += i == first ? cell("") : change_cell(results, value, base);
    table += cell(duration(shown_train_seconds(results, i))) + "</tr>\n";
  }
  for (const ReferenceResult& reference : results.references) {
    if (reference.test.rows == 0) continue;
    const double value = metric_value(reference.test, metric);
    table += "<tr class=\"reference\">" + row_name(reference_name(reference.kind)) +
             cell(fixed(value, 3));
    if (judged) table += wide("");
    if (compared) table += change_cell(results, value, base);
    table +=
        cell(reference.train_seconds > 0 ? duration(reference.train_seconds) : "–") + "</tr>\n";
  }
  table += "</tbody>\n</table>\n";
  const size_t more = results.strategies.size() - shown.size();
  std::string notes;
  if (compared) {
    notes = "Change from " + results.strategies[first].name +
            (higher_is_better(metric) ? ", in points. " : ". ");
  }
  if (more > 0) {
    notes += counted(static_cast<int64_t>(more), "more approach stands", "more approaches stand") +
             " below. ";
  }
  if (!notes.empty()) notes.pop_back();
  return scrolling("The verdict in numbers", table) +
         (notes.empty() ? Markup() : element("p", notes, "class=\"small\"") + "\n");
}

}  // namespace

Markup first_screen(const ComparisonResults& results, const Recommendation& recommendation,
                    const Figures& figures) {
  const std::vector<Figure>& picture = figures.cost.empty() ? figures.standing : figures.cost;
  return "<div class=\"first\">\n<div>\n" + summary_table(results, recommendation) + "</div>\n" +
         plots(picture) + "</div>\n";
}

}  // namespace thaw::html
