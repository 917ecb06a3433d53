// The sections of the page that are tables.
#include <algorithm>
#include <cmath>
#include <set>

#include "evaluation/text_width.h"
#include "report/facts.h"
#include "report/figures.h"
#include "report/html.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/svg_plot.h"

namespace thaw::html {
namespace {

constexpr size_t kMostChangedRows = 6;  // of either direction
constexpr int kMostTextColumns = 240;

std::string column(const std::string& name) {
  return "<th scope=\"col\">" + escape_breakable(name) + "</th>";
}
std::string row_name(const std::string& name) {
  return "<th scope=\"row\">" + escape_breakable(name) + "</th>";
}

// A value with the change against the first under it.
std::string changed_cell(const std::string& value, const std::string& change, bool better,
                         bool worse, bool best) {
  std::string cell = best ? "<td class=\"best\">" : "<td>";
  cell += escape_markup(value);
  if (!change.empty()) {
    const char* direction = better ? "change better" : worse ? "change worse" : "change";
    cell += " " + element("span", change, std::string("class=\"") + direction + "\"");
  }
  return cell + "</td>";
}

std::string cost_cell(const std::string& value, double factor_of_first, bool first) {
  std::string cell = "<td>" + escape_markup(value);
  if (!first && factor_of_first > 0) {
    cell += " " + element("span", factor(factor_of_first), "class=\"change\"");
  }
  return cell + "</td>";
}

std::string loss_change(double change) {
  return (change > 0 ? "+" : change < 0 ? "−" : "") + fixed(std::fabs(change), 4);
}

}  // namespace

std::string comparison_section(const ComparisonResults& results) {
  const ComparisonFacts facts = comparison_facts(results);
  const bool compared = results.strategies.size() > 1;
  // The best value of a metric, where the strategies differ in it.
  const auto best_of = [&](auto value, double sign) {
    double best = NAN;
    bool differ = false;
    for (const StrategyResult& s : results.strategies) {
      const double own = value(s.test);
      differ = differ || own != value(results.strategies.front().test);
      if (!(sign * own <= sign * best)) best = own;
    }
    return differ ? best : NAN;
  };
  using Metrics = ClassificationMetrics;
  const double best_accuracy = best_of([](const Metrics& m) { return m.accuracy; }, 1);
  const double best_f1 = best_of([](const Metrics& m) { return m.f1(); }, 1);
  const double best_recall = best_of([](const Metrics& m) { return m.macro_recall; }, 1);
  const double best_loss = best_of([](const Metrics& m) { return m.loss; }, -1);
  const std::string rows =
      counted(facts.rows, evaluated_split(results) + " row", evaluated_split(results) + " rows");
  std::string note;
  if (compared) {
    note = element("p", "Under each value stands the change against " +
                            results.strategies.front().approach +
                            ": points for accuracy, F1 and recall, times as much for costs.") +
           "\n";
  }
  std::string table = "<table class=\"comparison\">\n" + element("caption", "Measured on " + rows) +
                      "\n<thead><tr>" + column("Approach") + column("Accuracy") +
                      column(results.label_names.size() == 2 ? f1_name(results) : "Macro F1") +
                      column("Macro recall") + column("Loss") + column("Trainable parameters") +
                      column("Training time") + column("Evaluation time") + column("Peak memory") +
                      "</tr></thead>\n<tbody>\n";
  const StrategyResult& first = results.strategies.front();
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& s = results.strategies[i];
    const StrategyFacts& own = facts.strategies[i];
    const auto higher = [&](double value, double change, double best) {
      return changed_cell(fixed(value, 4), i == 0 ? "" : points(change), change > 0, change < 0,
                          value == best);
    };
    table += "<tr><th scope=\"row\"><div>" + marker_icon(static_cast<int>(i)) + " <span>" +
             escape_breakable(s.approach) + " " +
             element("span", strategy_description(s), "class=\"kind\"") + "</span></div></th>";
    table += higher(s.test.accuracy, own.accuracy_change, best_accuracy);
    table += higher(s.test.f1(), own.f1_change, best_f1);
    table +=
        higher(s.test.macro_recall, s.test.macro_recall - first.test.macro_recall, best_recall);
    table += changed_cell(fixed(s.test.loss, 4), i == 0 ? "" : loss_change(own.loss_change),
                          own.loss_change<0, own.loss_change> 0, s.test.loss == best_loss);
    table += cost_cell(grouped(s.trainable_parameters), own.parameter_factor, i == 0);
    table += cost_cell(duration(s.train_seconds), own.time_factor, i == 0);
    table += cost_cell(duration(s.eval_seconds), 0, i == 0);
    table += cost_cell(memory(s.peak_memory_mb), own.memory_factor, i == 0);
    table += "</tr>\n";
  }
  table += "</tbody>\n</table>\n";
  return section("comparison",
                 compared ? "What each approach reached, and what it cost" : "What it reached",
                 note + scrolling("Comparison of the approaches", table));
}

std::string confusion_section(const ComparisonResults& results) {
  const size_t labels = results.label_names.size();
  if (labels > kMostLabelsShown) {
    return section("confusion", "Confusion matrices",
                   element("p", "There are " + std::to_string(labels) +
                                    " labels; their matrices are in results.json.") +
                       "\n");
  }
  std::string content =
      "<p>Rows are gold labels, columns predictions: how many, and the share of "
      "the row. The stronger the shade, the larger the share; right answers lie on the "
      "diagonal.</p>\n<div class=\"grid tables\">\n";
  for (const StrategyResult& s : results.strategies) {
    std::string table = "<table class=\"heat-table\">\n<caption>" + escape_markup(s.approach) +
                        "</caption>\n<thead><tr><td class=\"corner\">gold \\ predicted</td>";
    for (const std::string& name : results.label_names) table += column(name);
    table += "</tr></thead>\n<tbody>\n";
    for (size_t gold = 0; gold < labels; ++gold) {
      table += "<tr>" + row_name(results.label_names[gold]);
      const int64_t support = s.test.per_class[gold].support;
      for (size_t label = 0; label < labels; ++label) {
        const int64_t count = s.test.confusion[gold * labels + label];
        const double share =
            support > 0 ? static_cast<double>(count) / static_cast<double>(support) : 0;
        table += "<td style=\"--share:" + fixed(share, 3) + "\"" +
                 (gold == label ? " class=\"diagonal\"" : "") + ">" + grouped(count) + " " +
                 element("span", support > 0 ? percent(share) : "–", "class=\"share\"") + "</td>";
      }
      table += "</tr>\n";
    }
    table += "</tbody>\n</table>\n";
    content += scrolling("Confusion matrix of " + s.approach, table);
  }
  return section("confusion", "Where they are right and wrong", content + "</div>\n");
}

std::string classes_section(const ComparisonResults& results) {
  std::string content = "<div class=\"grid tables\">\n";
  for (const StrategyResult& s : results.strategies) {
    std::string table = "<table>\n<caption>" + escape_markup(s.approach) +
                        "</caption>\n<thead><tr>" + column("Class") + column("Precision") +
                        column("Recall") + column("F1") + column("Rows") +
                        "</tr></thead>\n<tbody>\n";
    const auto line = [&](const std::string& name, double precision, double recall, double f1,
                          int64_t rows) {
      return "<tr>" + row_name(name) + element("td", fixed(precision, 3)) +
             element("td", fixed(recall, 3)) + element("td", fixed(f1, 3)) +
             element("td", grouped(rows)) + "</tr>\n";
    };
    for (size_t label = 0; label < results.label_names.size(); ++label) {
      const ClassMetrics& own = s.test.per_class[label];
      table += line(results.label_names[label], own.precision, own.recall, own.f1, own.support);
    }
    const ClassificationMetrics& m = s.test;
    table +=
        "</tbody>\n<tfoot>\n<tr>" + row_name("accuracy") + "<td></td><td></td>" +
        element("td", fixed(m.accuracy, 3)) + element("td", grouped(m.rows)) + "</tr>\n" +
        line("macro average", m.macro_precision, m.macro_recall, m.macro_f1, m.rows) +
        line("weighted average", m.weighted_precision, m.weighted_recall, m.weighted_f1, m.rows) +
        "</tfoot>\n</table>\n";
    content += scrolling("Metrics of each class for " + s.approach, table);
  }
  return section("classes", "Class by class", content + "</div>\n");
}

std::string changed_rows_section(const ComparisonResults& results) {
  const size_t rows = results.test_gold.size(), labels = results.label_names.size();
  if (results.strategies.size() < 2 || rows == 0 || results.test_texts.size() != rows) return "";
  const ComparisonFacts facts = comparison_facts(results);
  const size_t other = facts.best > 0 ? facts.best : 1;
  if (!paired_counts_of(results, 0, other)) return "";
  const auto count = static_cast<int64_t>(rows), width = static_cast<int64_t>(labels);
  const StrategyResult& first = results.strategies[0];
  const StrategyResult& second = results.strategies[other];
  const auto first_given = predicted_labels(first.test_logits.data(), count, width);
  const auto second_given = predicted_labels(second.test_logits.data(), count, width);
  const auto first_shares = probabilities(first.test_logits.data(), count, width);
  const auto second_shares = probabilities(second.test_logits.data(), count, width);
  const auto change = [&](size_t row) {
    const size_t gold = row * labels + static_cast<size_t>(results.test_gold[row]);
    return second_shares[gold] - first_shares[gold];
  };
  // The rows on which the two are furthest apart, of one direction.
  const auto most_changed = [&](bool gained) {
    std::vector<size_t> found;
    for (size_t row = 0; row < rows; ++row) {
      const bool first_right = first_given[row] == results.test_gold[row];
      const bool second_right = second_given[row] == results.test_gold[row];
      if (gained ? second_right && !first_right : first_right && !second_right)
        found.push_back(row);
    }
    std::stable_sort(found.begin(), found.end(), [&](size_t a, size_t b) {
      return std::fabs(change(a)) > std::fabs(change(b));
    });
    if (found.size() > kMostChangedRows) found.resize(kMostChangedRows);
    return found;
  };
  const auto answer = [&](const std::string& approach, int32_t label, float share) {
    return "<td data-label=\"" + escape_markup(approach) + "\">" +
           escape_markup(results.label_names[label]) + " " +
           element("span", fixed(share, 2), "class=\"share\"") + "</td>";
  };
  const auto table = [&](const std::string& caption, const std::vector<size_t>& list) {
    if (list.empty()) return std::string();
    std::string out = "<table class=\"texts\">\n" + element("caption", caption) + "\n<thead><tr>" +
                      column("Text") + column("Gold") + column(first.approach) +
                      column(second.approach) + "</tr></thead>\n<tbody>\n";
    for (const size_t row : list) {
      const int32_t a = first_given[row], b = second_given[row];
      out += "<tr><th scope=\"row\"><bdi>" +
             escape_markup(printable(results.test_texts[row], kMostTextColumns)) + "</bdi></th>" +
             element("td", results.label_names[results.test_gold[row]], "data-label=\"gold\"") +
             answer(first.approach, a, first_shares[row * labels + static_cast<size_t>(a)]) +
             answer(second.approach, b, second_shares[row * labels + static_cast<size_t>(b)]) +
             "</tr>\n";
    }
    return scrolling(caption, out + "</tbody>\n</table>\n");
  };
  const std::string content =
      table(second.approach + " right, " + first.approach + " wrong", most_changed(true)) +
      table(first.approach + " right, " + second.approach + " wrong", most_changed(false));
  if (content.empty()) return "";
  return section("changed", "Rows that changed sides",
                 "<p>Those on which the two differ most, each answer with the probability that it "
                 "was given.</p>\n" +
                     content);
}

std::string data_section(const ComparisonResults& results) {
  if (results.splits.empty()) return "";
  std::string table = "<table class=\"data\">\n<caption>Rows of each class</caption>\n<thead><tr>" +
                      column("Class");
  for (const SplitSummary& split : results.splits) table += column(split.name);
  table += "</tr></thead>\n<tbody>\n";
  for (size_t label = 0; label < results.label_names.size(); ++label) {
    table += "<tr>" + row_name(results.label_names[label]);
    for (const SplitSummary& split : results.splits) {
      const int64_t rows = label < split.label_counts.size() ? split.label_counts[label] : 0;
      const double share =
          split.rows > 0 ? static_cast<double>(rows) / static_cast<double>(split.rows) : 0;
      table += "<td class=\"bar\" style=\"--share:" + fixed(share, 3) + "\">" + grouped(rows) +
               " " + element("span", percent(share, 2), "class=\"share\"") + "</td>";
    }
    table += "</tr>\n";
  }
  table += "</tbody>\n<tfoot><tr>" + row_name("all");
  for (const SplitSummary& split : results.splits) table += element("td", grouped(split.rows));
  table += "</tr></tfoot>\n</table>\n";
  return section("data", "The data",
                 "<p>With each number stands its share of the split.</p>\n" +
                     scrolling("Class distribution", table));
}

std::string run_section(const ComparisonResults& results) {
  const ComparisonFacts facts = comparison_facts(results);
  std::set<std::string> names;
  for (const StrategyResult& s : results.strategies) {
    for (const auto& [name, value] : s.settings) names.insert(name);
  }
  std::string table =
      "<table class=\"settings\">\n<caption>Settings of each approach</caption>\n"
      "<thead><tr>" +
      column("Setting");
  for (const StrategyResult& s : results.strategies) table += column(s.approach);
  table += "</tr></thead>\n<tbody>\n";
  const auto line = [&](const std::string& name, auto value) {
    table += "<tr>" + row_name(name);
    for (size_t i = 0; i < results.strategies.size(); ++i) {
      table += element("td", value(results.strategies[i], facts.strategies[i]));
    }
    table += "</tr>\n";
  };
  using S = StrategyResult;
  using F = StrategyFacts;
  line("strategy", [](const S& s, const F&) { return s.strategy; });
  line("starts from", [](const S& s, const F&) {
    return s.init_from.empty() ? std::string("checkpoint") : s.init_from;
  });
  for (const std::string& name : names) {
    line(name, [&](const S& s, const F&) {
      const auto found = s.settings.find(name);
      return found == s.settings.end() ? std::string("–") : found->second;
    });
  }
  line("steps", [](const S&, const F& f) { return f.steps > 0 ? grouped(f.steps) : "–"; });
  line("epoch kept", [](const S& s, const F&) {
    return s.best_epoch > 0 ? std::to_string(s.best_epoch) : std::string("last");
  });
  line("total parameters", [](const S& s, const F&) { return grouped(s.total_parameters); });
  line("training time", [](const S& s, const F&) { return duration(s.train_seconds); });
  line("of it, frozen layers", [](const S& s, const F&) {
    return s.prefix_seconds > 0 ? duration(s.prefix_seconds) : std::string("–");
  });
  line("evaluation time", [](const S& s, const F&) { return duration(s.eval_seconds); });
  line("peak memory", [](const S& s, const F&) { return memory(s.peak_memory_mb); });
  table += "</tbody>\n</table>\n";

  const auto list = [](const std::string& name, const std::map<std::string, std::string>& entries) {
    if (entries.empty()) return std::string();
    std::string out = "<div>\n" + element("h3", name) + "\n<dl>\n";
    for (const auto& [key, value] : entries) {
      out += "<div>" + element("dt", key) + element("dd", value) + "</div>\n";
    }
    return out + "</dl>\n</div>\n";
  };
  std::map<std::string, std::string> machine = results.machine;
  if (!results.precision.empty()) machine["precision"] = results.precision;
  if (results.total_seconds > 0) machine["time in all"] = duration(results.total_seconds);
  std::string content = scrolling("Settings of each approach", table) + "<div class=\"grid\">\n" +
                        list("Shared settings", results.settings) +
                        list("Versions", results.versions) + list("Machine", machine) + "</div>\n";
  std::string reports, last;
  for (const StrategyResult& s : results.strategies) {
    if (s.load_report.empty() || s.load_report == last) continue;
    last = s.load_report;
    reports += element("h3", "Load report of " + s.approach) +
               "\n<div class=\"scroll\" "
               "role=\"region\" tabindex=\"0\" aria-label=\"Load report\">" +
               element("pre", s.load_report) + "</div>\n";
  }
  return section("run", "How it was run", content + reports);
}

}  // namespace thaw::html
