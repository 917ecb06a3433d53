// Tests: tests/report/html/html_test.cc
// What each approach reached and cost, how sure that is, and the sweeps.
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

std::string loss_change(double change) {
  return (change > 0 ? "+" : change < 0 ? "−" : "") + fixed(std::fabs(change), 4);
}

// The change of a metric, as it stands beside its value.
std::string change_text(Metric metric, double change) {
  return metric == Metric::kLoss ? loss_change(change) : points(change);
}

Markup small(std::string_view text, MarkupView kind) {
  return " " + element("span", text, "class=\"" + kind + "\"");
}

// The best value of a metric, NaN where the strategies do not differ in it.
double best_of(const ComparisonResults& results, Metric metric) {
  const double sign = higher_is_better(metric) ? 1 : -1;
  double best = NAN;
  bool differ = false;
  for (const size_t i : measured_strategies(results)) {
    const double own = shown_value(results, i, metric);
    differ = differ || own != shown_value(results, reference_strategy(results), metric);
    if (!(sign * own <= sign * best)) best = own;
  }
  return differ ? best : NAN;
}

Markup metric_cell(const ComparisonResults& results, size_t strategy, Metric metric) {
  const size_t first = reference_strategy(results);
  const double value = shown_value(results, strategy, metric);
  const double change = value - shown_value(results, first, metric);
  const bool higher = higher_is_better(metric);
  Markup out = value == best_of(results, metric) ? "<td class=\"best\">"_markup : "<td>"_markup;
  out += escape_markup(fixed(value, 4));
  if (const MetricEstimate* estimate = estimate_of(results, strategy, metric)) {
    if (std::isfinite(estimate->sd)) out += small("± " + fixed(estimate->sd, 4), "sd");
    out += small(interval(estimate->low, estimate->high, 3), "interval");
  }
  if (strategy != first && std::isfinite(change)) {
    const bool better = higher ? change > 0 : change < 0, worse = higher ? change < 0 : change > 0;
    out += small(change_text(metric, change), better  ? "change better"_markup
                                              : worse ? "change worse"_markup
                                                      : "change"_markup);
  }
  return out + "</td>";
}

Markup cost_cell(const std::string& value, double factor_of_first) {
  Markup out = "<td>" + escape_markup(value);
  if (factor_of_first > 0) out += small(factor(factor_of_first), "change");
  return out + "</td>";
}

std::vector<Metric> shown_metrics(const ComparisonResults& results) {
  std::vector<Metric> metrics = {Metric::kAccuracy, Metric::kF1};
  const Metric decision = results.decision.metric;
  if ((decision == Metric::kMacroF1 && results.label_names.size() == 2) ||
      decision == Metric::kMacroPrecision || decision == Metric::kWeightedF1) {
    metrics.push_back(decision);
  }
  metrics.push_back(Metric::kMacroRecall);
  metrics.push_back(Metric::kLoss);
  return metrics;
}

// With more than two labels the F1 of the tables is the macro F1 by another name.
Metric known_metric(const ComparisonResults& results, Metric metric) {
  return metric == Metric::kF1 && results.label_names.size() != 2 ? Metric::kMacroF1 : metric;
}

Markup name_cell(const StrategyResult& strategy, size_t index, const std::string& mark) {
  Markup description = element("span", strategy_description(strategy), "class=\"kind\"");
  if (!mark.empty()) description += " " + element("span", mark, "class=\"mark\"");
  return "<th scope=\"row\"><div>" + marker_icon(static_cast<int>(index)) + " <span>" +
         escape_breakable(strategy.name) + " " + description + "</span></div></th>";
}

// What is there to be beaten, below the approaches and in their columns.
Markup reference_rows(const ComparisonResults& results, const std::vector<Metric>& metrics) {
  Markup rows;
  for (const ReferenceResult& reference : results.references) {
    if (reference.test.rows == 0) continue;
    rows += "<tr class=\"reference\"><th scope=\"row\"><div><span>" +
            escape_breakable(reference_name(reference.kind)) + " " +
            element("span", reference.note.empty() ? "reference" : "reference: " + reference.note,
                    "class=\"kind\"") +
            "</span></div></th>";
    for (const Metric metric : metrics) {
      rows += cell(fixed(metric_value(reference.test, known_metric(results, metric)), 4));
    }
    rows += cell("–") +
            cell(reference.train_seconds > 0 ? duration(reference.train_seconds) : "–") +
            cell("–") + cell("–") + "</tr>\n";
  }
  return rows;
}

Markup note(const ComparisonResults& results, bool seeds) {
  std::vector<std::string> parts;
  const std::string text = "Under each value: ";
  if (seeds) parts.emplace_back("its standard deviation over seeds (±)");
  if (results.evidence.resamples > 0) {
    parts.push_back("its 95% interval (bootstrap over the rows" +
                    std::string(several_seeds(results) ? " and seeds" : "") + ", " +
                    grouped(results.evidence.resamples) + " resamples)");
  }
  if (results.strategies.size() > 1) {
    parts.push_back("the change from " + results.strategies[reference_strategy(results)].name +
                    " (in points; costs as a multiple)");
  }
  return parts.empty() ? Markup() : paragraph(text + listed(parts) + ".");
}

Markup pairs_table(const ComparisonResults& results) {
  if (results.evidence.pairs.empty()) return {};
  const Metric metric = results.decision.metric;
  Markup table = "<table class=\"pairs\">\n" +
                 table_caption("Changes of " + metric_label(results, metric) +
                               " on the same rows, with Holm's correction over all "
                               "pairs") +
                 "\n<thead><tr>" + column("Change") + column("Points") + column("95% interval") +
                 column("Bootstrap p") + column("Corrected") + column("Newly wrong") +
                 column("McNemar p") + "</tr></thead>\n<tbody>\n";
  for (const PairEvidence& pair : results.evidence.pairs) {
    if (std::max(pair.first, pair.second) >= results.strategies.size()) continue;
    const auto& first = results.strategies[pair.first].name;
    const auto& second = results.strategies[pair.second].name;
    table += "<tr>" + row_name("From " + first + " to " + second);
    const MetricDifference* found = nullptr;
    for (const MetricDifference& difference : pair.metrics) {
      if (difference.metric == metric) found = &difference;
    }
    if (found != nullptr) {
      const bool clear = found->p_holm < 0.05;
      table +=
          element("td", change_text(metric, found->value), markup_if(clear, "class=\"best\"")) +
          cell(change_text(metric, found->low) + " to " + change_text(metric, found->high)) +
          cell(p_value_text(found->p_holm));
    } else {
      table += cell("–") + cell("–") + cell("–");
    }
    // McNemar's test knows no seeds: of several, the first would speak for all.
    const bool once =
        shown_seeds(results, pair.first) == 1 && shown_seeds(results, pair.second) == 1;
    table += cell(once ? grouped(pair.counts.second_only) : "–") +
             cell(once ? grouped(pair.counts.first_only) : "–") +
             cell(once ? p_value_text(pair.mcnemar_p_holm) : "–") + "</tr>\n";
  }
  return scrolling("Changes of pairs", table + "</tbody>\n</table>\n");
}

Markup seeds_table(const ComparisonResults& results) {
  Markup rows;
  for (const StrategyResult& strategy : results.strategies) {
    if (strategy.reruns.empty()) continue;
    const auto line = [&](uint64_t seed, const std::string& failure,
                          const ClassificationMetrics& test, int best_epoch, double seconds) {
      rows += "<tr>" + row_name(strategy.name) + cell(std::to_string(seed));
      if (!failure.empty() || test.rows == 0) {
        rows +=
            R"(<td class="failure" colspan="5">)" + escape_markup("failed: " + failure) + "</td>";
      } else {
        rows +=
            cell(fixed(test.accuracy, 4)) + cell(fixed(test.f1(), 4)) + cell(fixed(test.loss, 4)) +
            cell(best_epoch > 0 ? std::to_string(best_epoch) : "last") + cell(duration(seconds));
      }
      rows += "</tr>\n";
    };
    line(strategy.seed, strategy.failure, strategy.test, strategy.best_epoch,
         strategy.train_seconds);
    for (const SeedRun& run : strategy.reruns) {
      line(run.seed, run.failure, run.test, run.best_epoch, run.train_seconds);
    }
  }
  if (rows.empty()) return {};
  return scrolling("Seeds", "<table>\n<caption>Each seed by itself</caption>\n<thead><tr>" +
                                column("Approach") + column("Seed") + column("Accuracy") +
                                column(capitalized(f1_name(results))) + column("Loss") +
                                column("Epoch kept") + column("Training time") +
                                "</tr></thead>\n<tbody>\n" + rows + "</tbody>\n</table>\n");
}

}  // namespace

Section comparison_section(const ComparisonResults& results) {
  const ComparisonFacts facts = comparison_facts(results);
  const std::string rows =
      counted(facts.rows, evaluated_split(results) + " row", evaluated_split(results) + " rows");
  const size_t first = reference_strategy(results);
  bool seeds = false;
  for (const StrategyResult& s : results.strategies) seeds = seeds || !s.reruns.empty();
  const std::vector<Metric> metrics = shown_metrics(results);
  Markup table = "<table class=\"comparison\">\n" + table_caption("Measured on " + rows) +
                 "\n<thead><tr>" + column("Approach");
  for (const Metric metric : metrics) {
    const bool decides =
        known_metric(results, metric) == known_metric(results, results.decision.metric);
    table += "<th scope=\"col\"" + markup_if(decides, " class=\"decides\"") + ">" +
             escape_breakable(capitalized(metric_label(results, metric))) +
             (decides && results.strategies.size() > 1 ? small("decides", "kind") : Markup()) +
             "</th>";
  }
  table += column("Trainable parameters") + column("Training time") + column("Evaluation time") +
           column("Peak memory") + "</tr></thead>\n<tbody>\n";
  const auto states = training_findings(results, facts);
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& s = results.strategies[i];
    const StrategyFacts& own = facts.strategies[i];
    table += "<tr>" + name_cell(s, i, facts.tiny ? "" : training_mark(states[i].state));
    if (!measured(s)) {
      table += R"(<td class="failure" colspan=")" + escape_markup(std::to_string(metrics.size())) +
               "\">" + escape_markup(s.failure.empty() ? "not tested" : "failed: " + s.failure) +
               "</td>";
    } else {
      for (const Metric metric : metrics) {
        table += metric_cell(results, i, known_metric(results, metric));
      }
    }
    table +=
        cost_cell(grouped(s.trainable_parameters), i == first ? 0 : own.cost_factors.parameters);
    table += cost_cell(duration(shown_train_seconds(results, i)),
                       i == first ? 0 : own.cost_factors.time);
    table += cost_cell(duration(s.eval_seconds), 0);
    table += cost_cell(memory(s.peak_memory_mb), i == first ? 0 : own.cost_factors.memory);
    table += "</tr>\n";
  }
  table += reference_rows(results, metrics) + "</tbody>\n</table>\n";
  Markup content = note(results, seeds) + scrolling("Comparison of the approaches", table);
  const Markup pairs = pairs_table(results);
  content += results.evidence.pairs.size() > 3 ? folded("Changes, pair by pair", pairs) : pairs;
  content += folded("Seed by seed", seeds_table(results));
  return {"comparison",
          results.strategies.size() > 1 ? "All metrics and costs" : "All metrics and costs",
          "Results", content};
}

Section cost_section(const Figures& figures) {
  // The picture of the first screen is either of the two.
  return {"standing", "Quality by several metrics", "Quality",
          figures.cost.empty() ? Markup() : grid(plots(figures.standing), "wide")};
}

Section sweeps_section(const ComparisonResults& results, const Figures& figures) {
  const Markup drawn = plots(figures.curve) + plots(figures.depth);
  if (drawn.empty()) return {};
  const std::string heading = figures.curve.empty()   ? "What more layers bring"
                              : figures.depth.empty() ? "What more rows bring"
                                                      : "What more rows and more layers bring";
  Markup table;
  for (const CurvePoint& point : results.curve) {
    table += "<tr>" + row_name(point.name) + cell(grouped(point.train_rows)) +
             cell(std::to_string(point.seed));
    if (point.test.rows > 0) {
      table += cell(fixed(point.test.accuracy, 4)) + cell(fixed(point.test.f1(), 4)) +
               cell(fixed(point.test.loss, 4));
    } else {
      table += cell("–") + cell("–") + cell("–");
    }
    table += cell(duration(point.train_seconds)) + "</tr>\n";
  }
  if (!table.empty()) {
    table =
        folded("Every point of the learning curve",
               scrolling("Learning curve",
                         "<table>\n<caption>Trained on some of the rows, tested on all</caption>"
                         "\n<thead><tr>" +
                             column("Approach") + column("Rows") + column("Seed") +
                             column("Accuracy") + column(capitalized(f1_name(results))) +
                             column("Loss") + column("Training time") + "</tr></thead>\n<tbody>\n" +
                             table + "</tbody>\n</table>\n"));
  }
  return {"sweeps", heading, "Sweeps", grid(drawn, "wide") + table};
}

}  // namespace thaw::html
