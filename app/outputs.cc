#include "outputs.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "api/run_experiment.h"
#include "console.h"
#include "experiment/unlabelled_predictions.h"
#include "report/findings/references.h"
#include "report/findings/slices.h"
#include "report/findings/tables.h"
#include "sanitize.h"
#include "text/text_width.h"
#include "text/value_list.h"

namespace thaw {
namespace fs = std::filesystem;

void print_comparison(const ComparisonResults& results, const Findings& words) {
  const std::string tables = comparison_table(results, words.recommendation, output_columns()) +
                             format_references(results);
  std::printf("%s\n%s\n", sanitize_lines(tables).c_str(),
              sanitize_lines(findings_text(words, std::min(100, output_columns()))).c_str());
  std::fputs(sanitize_lines(format_slices(results, words.recommendation)).c_str(), stdout);
}

void print_outputs(const ComparisonResults& results, const Recommendation& recommendation,
                   const std::string& out, bool single) {
  const fs::path folder = out;
  std::vector<std::pair<std::string, fs::path>> lines;
  const auto add = [&](const std::string& what, const fs::path& path) {
    std::error_code error;
    if (fs::exists(path, error)) lines.emplace_back(what, path);
  };
  if (single) {
    add("model", folder);
  } else {
    for (const StrategyResult& strategy : results.strategies) {
      add("model " + strategy.name, folder / strategy.name);
    }
  }
  add("report", folder / "report.html");
  add("results", folder / "results.json");
  add("as a table", folder / "results.csv");
  add("predictions", folder / "predictions.csv");
  add("unlabelled rows", folder / kUnlabelledPredictions);
  add("all in a zip", folder / "artifacts.zip");
  int width = 0;
  for (auto& [what, path] : lines) {
    what = fit_columns(what, 30);
    width = std::max(width, display_width(what));
  }
  for (const auto& [what, path] : lines) {
    std::printf("%s  %s\n", pad_right(what, width).c_str(), sanitize_lines(path.string()).c_str());
  }
  const StrategyResult* taken = strategy_to_take(results, recommendation);
  if (taken == nullptr) return;
  const fs::path model = single ? folder : folder / taken->name;
  std::error_code error;
  if (!fs::exists(model, error)) return;  // of several runs, the report lies by itself
  std::printf("\nNext:  echo \"some text\" | thaw predict %s -\n",
              sanitize_lines(shell_word(model.string())).c_str());
}

}  // namespace thaw
