#include "results/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {
namespace {

std::string number(double value) { return std::isfinite(value) ? shortest(value) : ""; }
std::string number(double value, int digits) {
  return std::isfinite(value) ? fixed(value, digits) : "";
}

// -1, +0.5, -2e-05: what a spreadsheet takes for a number, not for a formula.
bool is_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || (text.front() != '.' && (text.front() < '0' || text.front() > '9'))) {
    return false;
  }
  double ignored = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ignored);
  return error == std::errc() && end == text.data() + text.size();
}

// Whether a spreadsheet may run the cell, or would once one guard is taken away.
bool is_dangerous(std::string_view text) {
  const size_t first = text.find_first_not_of('\'');
  if (first == std::string_view::npos) return false;
  const std::string_view rest = text.substr(first);
  return std::string_view("=+-@\t\r").find(rest.front()) != std::string_view::npos &&
         !is_number(rest);
}

// The metrics whose estimates follow the columns that have always been there.
constexpr Metric kEstimated[] = {Metric::kAccuracy, Metric::kF1, Metric::kMacroF1,
                                 Metric::kMacroRecall, Metric::kLoss};

std::string estimates(const ComparisonResults& results, size_t strategy) {
  std::string cells;
  const auto& all = results.evidence.strategies;
  for (const Metric metric : kEstimated) {
    MetricEstimate found{.metric = metric, .value = NAN, .sd = NAN, .low = NAN, .high = NAN};
    if (strategy < all.size()) {
      for (const MetricEstimate& own : all[strategy]) {
        if (own.metric == metric) found = own;
      }
    }
    for (const double value : {found.value, found.sd, found.low, found.high}) {
      cells += "," + number(value);
    }
  }
  return cells;
}

std::string seeds(const StrategyResult& strategy) {
  std::string text = std::to_string(strategy.seed);
  for (const SeedRun& run : strategy.reruns) text += fmt::format(" {}", run.seed);
  return text;
}

}  // namespace

std::string csv_field(std::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string csv_text(std::string_view text) {
  return csv_field(is_dangerous(text) ? "'" + std::string(text) : std::string(text));
}

std::string without_guard(std::string text) {
  if (text.starts_with('\'') && is_dangerous(text)) text.erase(0, 1);
  return text;
}

std::string results_csv(const ComparisonResults& results) {
  std::string csv =
      "approach,accuracy,f1,loss,macro_recall,train_seconds,eval_seconds,peak_memory_mb,"
      "trainable_parameters,total_parameters";
  for (const Metric metric : kEstimated) {
    for (const char* part : {"_mean", "_sd", "_low", "_high"}) {
      csv += "," + std::string(metric_name(metric)) + part;
    }
  }
  csv += ",seeds,temperature,frozen_hash_before,frozen_hash_after,failure,calibrated_loss\n";
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& s = results.strategies[i];
    const auto metric = [&](Metric which) {
      return "," + (s.test.rows > 0 ? number(shown_value(results, i, which)) : "");
    };
    csv += fmt::format("{}{}{}{}{},{},{},{},{},{}{},{},{},{},{},{},{}\n", csv_text(s.name),
                       metric(Metric::kAccuracy), metric(Metric::kF1), metric(Metric::kLoss),
                       metric(Metric::kMacroRecall), number(shown_train_seconds(results, i), 3),
                       number(s.eval_seconds, 3), number(s.peak_memory_mb, 1),
                       s.trainable_parameters, s.total_parameters, estimates(results, i), seeds(s),
                       s.calibration ? number(s.calibration->temperature) : "",
                       s.frozen_hash_before, s.frozen_hash_after, csv_text(s.failure),
                       s.calibration && s.test.rows > 0 ? number(s.calibration->after.nll) : "");
  }
  return csv;
}

}  // namespace thaw
