#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time_span.h"
#include "commands.h"
#include "console.h"
#include "files/output_folder.h"
#include "flag_values.h"
#include "outputs.h"
#include "report/export/merge_runs.h"
#include "report/findings/references.h"
#include "report/findings/words.h"
#include "report/report.h"
#include "results/evidence.h"
#include "results/shown.h"

namespace thaw {
namespace {

// "accuracy, f1, …", for --help.
std::string metric_names() {
  std::string names;
  for (const Metric metric : all_metrics()) {
    names += (names.empty() ? "" : ", ") + std::string(metric_name(metric));
  }
  return names;
}

struct ReportFlags {
  std::vector<std::string> runs;
  std::string out, metric, budget;
};

void run_report(const ReportFlags& flags) {
  if (flags.runs.size() > 1 && flags.out.empty()) {
    throw Error("there is no place for the report of several runs", "--out",
                "name a new folder: --out merged", ErrorKind::kUsage);
  }
  // What the flags say wrong is told before anything is read.
  DecisionSettings wanted;
  as_usage([&] {
    if (!flags.metric.empty()) wanted.metric = parse_metric(flags.metric, "--metric");
    if (!flags.budget.empty() && flags.budget != "none") {
      wanted.budget_seconds = parse_time_span(flags.budget, "--budget");
    }
  });
  std::vector<SavedRun> runs;
  for (const std::string& named : flags.runs) runs.push_back(read_run(named));
  const std::filesystem::path own = runs.front().folder;
  const bool several = runs.size() > 1;
  ComparisonResults results =
      several ? merge_runs(std::move(runs), console_listener()) : std::move(runs.front().results);
  if (!flags.metric.empty()) results.decision.metric = wanted.metric;
  if (!flags.budget.empty()) results.decision.budget_seconds = wanted.budget_seconds;
  // What thaw 0.1 said of several seeds is of the rows alone.
  const bool rows_alone =
      several_seeds(results) && !results.evidence.over_seeds && !results.test_gold.empty();
  if (results.evidence.resamples == 0 || rows_alone) {
    results.evidence = make_evidence(results);
  }
  Recommendation recommendation = recommend(results);
  if (rows_alone) compare_with_references(results, recommendation);
  decide_references_anew(results, recommendation);
  const Findings words = findings(results, std::move(recommendation));
  std::optional<OutputFolder> folder;
  const std::filesystem::path out = flags.out.empty() ? own : std::filesystem::path(flags.out);
  with_way_out("name another folder with " + setting("out"), [&] {
    if (!flags.out.empty()) folder.emplace(flags.out);
    write_report(results, words, out, ModelCards::kLeave);
  });
  print_comparison(results, words);
  print_outputs(results, words.recommendation, out.string(), false);
}

}  // namespace

void add_report_command(CLI::App& app) {
  const auto flags = std::make_shared<ReportFlags>();
  CLI::App* command = app.add_subcommand(
      "report", "make the report of a run anew, or one of several runs on the same rows");
  command->add_option("runs", flags->runs, "folders that thaw compare or thaw train wrote")
      ->type_name("OUT")
      ->required();
  command
      ->add_option("--out", flags->out,
                   "new folder for the report (the run's own; needed for several runs)")
      ->type_name("FOLDER");
  command->add_option("--metric", flags->metric, "what decides: " + metric_names())
      ->type_name("NAME");
  command
      ->add_option("--budget", flags->budget,
                   "training time that may be spent: 90s, 5min, 1h; none: no limit")
      ->type_name("TIME");
  command->footer(
      "Examples:\n"
      "  thaw report review-results\n"
      "  thaw report review-results --metric accuracy --budget 5min\n"
      "  thaw report minilm-results distilbert-results --out both");
  command->callback([flags] { run_report(*flags); });
}

}  // namespace thaw
