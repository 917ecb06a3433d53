// Tests: tests/report/html/html_test.cc
// How it was run: settings, seeds, frozen tensors, versions, machine, time and memory.
#include <set>

#include "report/findings/facts.h"
#include "report/html/html.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/markup.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw::html {
namespace {

Markup settings_table(const ComparisonResults& results) {
  const ComparisonFacts facts = comparison_facts(results);
  std::set<std::string> names;
  bool hashed = false, seeded = false;
  for (const StrategyResult& s : results.strategies) {
    for (const auto& [name, value] : s.settings) names.insert(name);
    hashed = hashed || !s.frozen_hash_before.empty();
    seeded = seeded || s.seed != 0 || !s.reruns.empty();
  }
  Markup table =
      "<table class=\"settings\">\n<caption>Settings of each approach</caption>\n"
      "<thead><tr>" +
      column("Setting");
  for (const StrategyResult& s : results.strategies) table += column(s.name);
  table += "</tr></thead>\n<tbody>\n";
  const auto line = [&](const std::string& name, auto value) {
    table += "<tr>" + row_name(name);
    for (size_t i = 0; i < results.strategies.size(); ++i) {
      table += cell(value(results.strategies[i], facts.strategies[i]));
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
  if (seeded) {
    line("seeds", [](const S& s, const F&) {
      std::vector<std::string> seeds = {std::to_string(s.seed)};
      for (const SeedRun& run : s.reruns) seeds.push_back(std::to_string(run.seed));
      return listed(seeds);
    });
  }
  line("steps", [](const S&, const F& f) { return f.steps > 0 ? grouped(f.steps) : "–"; });
  line("epoch kept", [](const S& s, const F&) {
    return s.best_epoch > 0 ? std::to_string(s.best_epoch) : std::string("last");
  });
  line("total parameters", [](const S& s, const F&) { return grouped(s.total_parameters); });
  line("training time", [](const S& s, const F&) { return duration(shown_train_seconds(s)); });
  line("of which frozen layers", [](const S& s, const F&) {
    return s.prefix_seconds > 0 ? duration(s.prefix_seconds) : std::string("–");
  });
  line("evaluation time", [](const S& s, const F&) { return duration(s.eval_seconds); });
  line("peak memory", [](const S& s, const F&) { return memory(s.peak_memory_mb); });
  if (hashed) {
    line("frozen tensors unchanged", [](const S& s, const F&) {
      if (s.frozen_hash_before.empty()) return std::string("none frozen");
      if (s.frozen_hash_after.empty()) return std::string("unknown");
      if (s.frozen_hash_before != s.frozen_hash_after) return std::string("no, they changed");
      return "yes, SHA-256 " + fit_columns(s.frozen_hash_before, 13);
    });
  }
  return scrolling("Settings of each approach", table + "</tbody>\n</table>\n");
}

// The hashes themselves are long: a list has room for them.
Markup hashes(const ComparisonResults& results) {
  Markup out;
  for (const StrategyResult& s : results.strategies) {
    if (s.frozen_hash_before.empty()) continue;
    const bool same = s.frozen_hash_before == s.frozen_hash_after;
    out += "<div>" + element("dt", s.name) +
           element("dd",
                   same ? s.frozen_hash_before
                        : "before " + s.frozen_hash_before + ", after " +
                              (s.frozen_hash_after.empty() ? "unknown" : s.frozen_hash_after),
                   "class=\"hash\"") +
           "</div>\n";
  }
  if (out.empty()) return {};
  return folded("SHA-256 of the frozen tensors, before and after training",
                "<dl>\n" + out + "</dl>\n");
}

Markup list(const std::string& name, const std::map<std::string, std::string>& entries) {
  if (entries.empty()) return {};
  Markup out = "<div>\n" + element("h3", name) + "\n<dl>\n";
  for (const auto& [key, value] : entries) {
    out += "<div>" + element("dt", key) + element("dd", value) + "</div>\n";
  }
  return out + "</dl>\n</div>\n";
}

Markup load_reports(const ComparisonResults& results) {
  Markup reports;
  std::string last;
  for (const StrategyResult& s : results.strategies) {
    if (s.load_report.empty() || s.load_report == last) continue;
    last = s.load_report;
    reports += element("h3", "Load report of " + s.name) +
               "\n<div class=\"scroll\" "
               "role=\"region\" tabindex=\"0\" aria-label=\"Load report\">" +
               element("pre", s.load_report) + "</div>\n";
  }
  return folded("What was loaded from the checkpoint, and what was not", reports);
}

}  // namespace

Section run_section(const ComparisonResults& results) {
  std::map<std::string, std::string> machine = results.machine;
  if (!results.precision.empty()) machine["precision"] = results.precision;
  if (results.total_seconds > 0) machine["total time"] = duration(results.total_seconds);
  std::map<std::string, std::string> decision;
  if (results.strategies.size() > 1) {
    decision["metric"] = metric_name(results.decision.metric);
    decision["budget"] = results.decision.budget_seconds > 0
                             ? duration(results.decision.budget_seconds)
                             : "no limit";
  }
  return {"run", "How it was run", "Run",
          settings_table(results) + hashes(results) +
              grid(list("Shared settings", results.settings) + list("Decided by", decision) +
                   list("Versions", results.versions) + list("Machine", machine)) +
              load_reports(results)};
}

}  // namespace thaw::html
