// results.json and predictions.csv, as `thaw report` reads them: what was accepted is written
// again, read again as the same, and makes a whole report.
#include "fuzz/target.h"
#include "report/export/results_json.h"
#include "report/findings/tables.h"
#include "report/findings/words.h"
#include "report/html/html.h"
#include "report/plots/figures.h"
#include "results/csv.h"
#include "results/read_json.h"

THAW_FUZZ_TARGET(results) {
  using thaw::fuzz::require;
  thaw::fuzz::Input parts(input);
  const std::string_view json = parts.take_part();
  thaw::ComparisonResults results;
  const bool accepted = thaw::fuzz::accepts([&] {
    results = thaw::parse_results(json, "results.json");
    if (!parts.rest().empty()) thaw::read_predictions(parts.rest(), "predictions.csv", results);
  });
  if (!accepted) return;

  std::string written;
  if (thaw::fuzz::accepts([&] { written = thaw::results_json(results); })) {
    thaw::ComparisonResults again;
    require(thaw::fuzz::accepts([&] { again = thaw::parse_results(written, "again.json"); }),
            "what is written can be read");
    // The first writing fills in what follows from the rest; from then on nothing changes.
    require(thaw::results_json(again) == written, "results make a round trip");
  }
  thaw::fuzz::accepts([&] {
    const thaw::Figures figures = thaw::figures(results);
    const std::string page = thaw::report_html(results, thaw::findings(results), figures);
    require(page.find("<script") == std::string::npos, "a report holds no script");
  });
  thaw::fuzz::accepts([&] { thaw::results_csv(results); });
  thaw::fuzz::accepts([&] { thaw::comparison_table(results); });
}
