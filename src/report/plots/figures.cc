#include "report/plots/figures.h"

#include <algorithm>
#include <set>

#include "report/findings/facts.h"
#include "report/plots/figure_plots.h"
#include "results/shown.h"
#include "text/markup.h"

namespace thaw {

std::vector<Figure> Figures::all() const {
  std::vector<Figure> every;
  for (const auto* kind : {&standing, &cost, &curve, &depth, &training, &loss, &quality, &confusion,
                           &difference, &classes, &reliability, &distribution, &lengths}) {
    every.insert(every.end(), kind->begin(), kind->end());
  }
  return every;
}

Figures figures(const ComparisonResults& results) {
  comparison_facts(results);  // checks that the metrics fit the labels
  Figures out;
  std::set<std::string> taken;
  const auto file = [&](const std::string& kind, const std::string& strategy = "") {
    const std::string stem = kind + (strategy.empty() ? "" : "-" + file_name_part(strategy));
    std::string name = stem;
    for (int copy = 2; !taken.insert(name).second; ++copy) name = stem + "-" + std::to_string(copy);
    return name + ".svg";
  };
  const auto add = [&](std::vector<Figure>& kind, const char* name,
                       const std::optional<LinePlot>& plot) {
    if (plot) kind.push_back({file(name), line_plot(*plot)});
  };
  const std::vector<size_t> strategies = measured_strategies(results);
  const plots::TrainingAxes axes = plots::training_axes(results);
  if (!strategies.empty())
    out.standing.push_back({file("quality"), dot_plot(plots::standing(results))});
  add(out.cost, "cost", plots::cost(results));
  add(out.curve, "learning-curve", plots::learning_curve(results));
  add(out.depth, "depth", plots::depth(results));
  if (results.strategies.size() > 1) {
    add(out.training, "training-loss", plots::all_training_losses(results, axes));
    add(out.training, "validation-loss", plots::all_validation_losses(results, axes));
    add(out.training, "validation-quality", plots::all_validation_scores(results, axes));
  }
  // A strategy that failed may have trained for a while: its curves show where it went wrong.
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& strategy = results.strategies[i];
    if (!plots::training_points(strategy).empty()) {
      out.loss.push_back({file("loss", strategy.name), line_plot(plots::loss(results, i, axes))});
    }
    if (strategy.best_epoch > 0 && !strategy.epochs.empty()) {
      out.quality.push_back(
          {file("validation", strategy.name), line_plot(plots::quality(results, i, axes))});
    }
  }
  for (const size_t i : strategies) {
    const StrategyResult& strategy = results.strategies[i];
    if (results.label_names.size() <= kMostLabelsShown) {
      out.confusion.push_back(
          {file("confusion", strategy.name), heat_map(plots::confusion(results, i))});
      if (i != strategies.front()) {
        out.difference.push_back({file("confusion-change", strategy.name),
                                  heat_map(plots::confusion_change(results, i))});
      }
    }
    if (strategy.calibration) {
      out.reliability.push_back(
          {file("reliability", strategy.name), reliability_plot(plots::reliability(results, i))});
    }
  }
  if (!strategies.empty())
    out.classes.push_back({file("classes"), bar_plot(plots::classes(results))});
  if (const auto plot = plots::distribution(results)) {
    out.distribution.push_back({file("distribution"), bar_plot(*plot)});
  }
  add(out.lengths, "lengths", plots::lengths(results));
  return out;
}

}  // namespace thaw
