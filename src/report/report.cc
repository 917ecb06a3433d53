#include "report/report.h"

#include <string>
#include <utility>
#include <vector>

#include "files/file_steps.h"
#include "files/files.h"
#include "report/export/model_card.h"
#include "report/export/results_json.h"
#include "report/export/tensorboard.h"
#include "report/export/zip.h"
#include "report/findings/slices.h"
#include "report/html/html.h"
#include "report/plots/figures.h"
#include "report/plots/svg_plot.h"
#include "results/csv.h"
#include "results/read_json.h"

namespace thaw {

namespace fs = std::filesystem;
void write_report(const ComparisonResults& results, const fs::path& out, ModelCards cards) {
  write_report(results, findings(results), out, cards);
}

void write_report(const ComparisonResults& results, const Findings& words, const fs::path& out,
                  ModelCards cards) {
  // Everything is made before anything is written.
  const Figures plots = figures(results);
  std::vector<OutputFile> files = {{"results.csv", results_csv(results)},
                                   {"results.json", results_json(results, words)},
                                   {"predictions.csv", predictions_csv(results)},
                                   {"report.html", report_html(results, words, plots)}};
  if (!results.slices.empty()) files.push_back({"slices.csv", slices_csv(results)});
  for (const Figure& figure : plots.all()) {
    files.push_back({"figures/" + figure.file, standalone_svg(figure.svg)});
  }
  for (OutputFile& file : tensorboard_files(results, words)) {
    files.push_back({"tensorboard/" + file.name, std::move(file.bytes)});
  }
  const std::string archive = zip_archive(files);
  for (const OutputFile& file : files) {
    const fs::path path = out / file.name;
    create_folders(path.parent_path());
    write_file(path, file.bytes);
  }
  write_file(out / "artifacts.zip", archive);
  if (cards == ModelCards::kWrite) write_model_cards(results, words, out);
}

void remove_report(const fs::path& out) noexcept {
  for (const char* file : {"results.csv", "results.json", "predictions.csv", "report.html",
                           "slices.csv", "artifacts.zip"}) {
    remove_file(out / file);
  }
  for (const char* folder : {"figures", "tensorboard"}) remove_tree(out / folder);
}

ComparisonResults read_results(const fs::path& results_json) {
  ComparisonResults results =
      parse_results(MappedFile::open(results_json).text(), results_json.string());
  const fs::path predictions = results_json.parent_path() / "predictions.csv";
  if (fs::exists(predictions)) {
    read_predictions(MappedFile::open(predictions).text(), predictions.string(), results);
  }
  return results;
}

}  // namespace thaw
