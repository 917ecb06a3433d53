// Tests: tests/report/html/html_test.cc
// How training went, what searches tried, and how far probabilities can be believed.
#include <algorithm>
#include <cmath>

#include "report/findings/seed_words.h"
#include "report/html/html.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/markup.h"
#include "text/numbers.h"

namespace thaw::html {
namespace {

Markup epochs_table(const StrategyResult& strategy, size_t labels) {
  const bool validated = strategy.best_epoch > 0;
  Markup out = "<table>\n" + table_caption(strategy.name) + "\n<thead><tr>" + column("Epoch") +
               column("Training loss");
  if (validated) {
    out += column("Validation loss") + column("Accuracy") + column(labels == 2 ? "F1" : "Macro F1");
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const EpochResult& epoch : strategy.epochs) {
    const bool kept = validated && epoch.epoch == strategy.best_epoch && strategy.epochs.size() > 1;
    out += kept ? "<tr class=\"best\">"_markup : "<tr>"_markup;
    out += row_name(std::to_string(epoch.epoch) + (kept ? "\u00a0(kept)" : ""));
    out += cell(fixed(epoch.train_loss, 4));
    if (validated) {
      out += cell(fixed(epoch.validation_loss, 4)) + cell(fixed(epoch.validation_accuracy, 4)) +
             cell(fixed(labels == 2 ? epoch.validation_f1 : epoch.validation_macro_f1, 4));
    }
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n";
}

Markup trials_table(const StrategyResult& strategy, const std::string& metric) {
  if (strategy.trials.empty()) return {};
  std::vector<std::string> names;
  for (const auto& [name, value] : strategy.trials.front().settings) names.push_back(name);
  Markup out =
      "<table>\n" + table_caption("Search of " + strategy.name) + "\n<thead><tr>" + column("Trial");
  for (const std::string& name : names) out += column(name);
  const bool by_metric =
      std::any_of(strategy.trials.begin(), strategy.trials.end(),
                  [](const SearchTrial& trial) { return std::isfinite(trial.validation_metric); });
  out += column("Rows") + column("Validation loss") +
         (by_metric ? column("Validation " + metric) : Markup()) + column("Time") + column("Kept") +
         "</tr></thead>\n<tbody>\n";
  int number = 0;
  for (const SearchTrial& trial : strategy.trials) {
    out += (trial.kept ? "<tr class=\"best\">"_markup : "<tr>"_markup) +
           row_name(std::to_string(++number));
    for (const std::string& name : names) {
      const auto found = trial.settings.find(name);
      out += cell(found == trial.settings.end() ? "–" : found->second);
    }
    out +=
        cell(grouped(trial.train_rows)) +
        cell(std::isfinite(trial.validation_loss) ? fixed(trial.validation_loss, 4) : "diverged") +
        (by_metric ? cell(fixed(trial.validation_metric, 4)) : Markup()) +
        cell(duration(trial.seconds)) + cell(trial.kept ? "yes" : "no") + "</tr>\n";
  }
  return scrolling("Search of " + strategy.name, out + "</tbody>\n</table>\n");
}

}  // namespace

Section training_section(const ComparisonResults& results, const Figures& figures) {
  Markup tables, searches;
  for (const StrategyResult& strategy : results.strategies) {
    searches += trials_table(strategy, metric_label(results, results.decision.metric));
    if (strategy.epochs.empty()) continue;
    tables +=
        scrolling("Epochs of " + strategy.name, epochs_table(strategy, results.label_names.size()));
  }
  const Markup own =
      grid(plots(figures.loss)) + grid(plots(figures.quality)) + grid(tables, "tables");
  // One strategy's own curves are all there is.
  const Markup content =
      first_seed_paragraph(results) + grid(plots(figures.training)) +
      (figures.training.empty() ? own : folded("Each approach by itself, epoch by epoch", own)) +
      folded("What the search tried", searches);
  return {"training", "How training went", "Training", content};
}

Section calibration_section(const ComparisonResults& results, const Figures& figures) {
  Markup rows;
  for (const size_t i : measured_strategies(results)) {
    const StrategyResult& strategy = results.strategies[i];
    if (!strategy.calibration) continue;
    const CalibrationResult& own = *strategy.calibration;
    const auto pair = [](double before, double after) {
      return cell(fixed(before, 4)) + cell(fixed(after, 4));
    };
    rows += "<tr>" + row_name(strategy.name) + cell(fixed(own.temperature, 3)) +
            pair(own.before.ece, own.after.ece) + pair(own.before.brier, own.after.brier) +
            pair(own.before.nll, own.after.nll) + "</tr>\n";
  }
  if (rows.empty()) return {};
  const Markup table = "<table class=\"calibration\">\n" +
                       table_caption(
                           "Before and after temperature scaling on the validation rows; "
                           "lower is better. Other tables "
                           "show losses before it; the saved model includes it") +
                       "\n<thead><tr>" + column("Approach") + column("Temperature") +
                       column("Calibration error") + column("after") + column("Brier score") +
                       column("after") + column("Log loss") + column("after") +
                       "</tr></thead>\n<tbody>\n" + rows + "</tbody>\n</table>\n";
  return {
      "calibration", "How reliable the probabilities are", "Probabilities",
      paragraph("On the diagonal, answers with a confidence of 0.8 are right eight times out of "
                "ten. Below it the model is overconfident. " +
                first_seed_sentence(results)) +
          grid(plots(figures.reliability)) + scrolling("Calibration", table)};
}

}  // namespace thaw::html
