#include "experiment/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/error.h"
#include "engine/batch.h"
#include "model/freeze_plan.h"

namespace thaw {
namespace {

constexpr int kHalvings = 5;              // of the default learning curve
constexpr int64_t kLeastRowsALabel = 10;  // of its smallest size
constexpr double kRateFactors[] = {1.0 / 3, 1, 3};
constexpr double kEpochFactors[] = {0.5, 1, 2};

bool is_searched(const ExperimentSettings& settings, const char* key) {
  return std::find(settings.search.begin(), settings.search.end(), key) != settings.search.end();
}

}  // namespace

double rounded(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*e", digits - 1, value);
  double result = value;
  std::from_chars(text, text + std::string_view(text).size(), result);
  return result;
}

void expand_depth_sweep(ExperimentSettings& settings, int layers) {
  auto& list = settings.strategies;
  const auto names = [](const StrategySettings& s) {
    return s.strategy == "full" || s.strategy == "lp-ft" || s.strategy == "bitfit";
  };
  for (int n = 1; n <= layers; ++n) {
    const std::string name = fmt::format("last-{}", n);
    const auto same = [&](const StrategySettings& s) {
      return s.strategy == name || s.name == name;
    };
    if (std::any_of(list.begin(), list.end(), same)) continue;
    StrategySettings added = settings.common;
    added.name = added.strategy = name;
    // Before the next deeper one.
    auto place = list.begin();
    while (place != list.end()) {
      const Strategy kind = parse_strategy(place->strategy);
      const bool deeper = kind.kind == Strategy::Kind::kLastLayers && kind.last_layers > n;
      const bool own_probe = place->hidden;
      if (deeper || names(*place) || own_probe) break;
      ++place;
    }
    list.insert(place, std::move(added));
  }
}

std::vector<int64_t> nested_order(const std::vector<int32_t>& labels, uint64_t seed) {
  const auto rows = static_cast<int64_t>(labels.size());
  std::map<int32_t, std::vector<int64_t>> by_label;
  for (const int64_t row : epoch_order(rows, seed, 0)) by_label[labels[row]].push_back(row);
  struct Place {
    double share;  // of its label's rows that come before it
    int32_t label;
    int64_t row;
  };
  std::vector<Place> places;
  for (const auto& [label, own] : by_label) {
    for (size_t i = 0; i < own.size(); ++i) {
      places.push_back(
          {(static_cast<double>(i) + 0.5) / static_cast<double>(own.size()), label, own[i]});
    }
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return a.share != b.share ? a.share < b.share : a.label < b.label;
  });
  std::vector<int64_t> order;
  for (const Place& place : places) order.push_back(place.row);
  return order;
}

std::vector<int64_t> sweep_sizes(const ExperimentSettings& settings, int64_t rows, int64_t labels) {
  std::vector<int64_t> sizes;
  if (settings.sizes.empty()) {
    int64_t size = rows / 2;
    for (int i = 0; i < kHalvings && size >= kLeastRowsALabel * labels; ++i, size /= 2) {
      sizes.push_back(size);
    }
  }
  for (const double wanted : settings.sizes) {
    const double size = wanted <= 1 ? wanted * static_cast<double>(rows) : wanted;
    if (size > static_cast<double>(rows)) {
      throw Error(fmt::format("a size of {} rows is more than the {} training rows",
                              static_cast<int64_t>(size), rows),
                  Setting{"sizes"}, "name smaller ones");
    }
    // All rows are what the comparison itself is trained on.
    const auto whole = std::max<int64_t>(1, static_cast<int64_t>(std::llround(size)));
    if (whole < rows) sizes.push_back(whole);
  }
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

std::vector<TrainingSettings> search_candidates(const ExperimentSettings& settings,
                                                const TrainingSettings& own) {
  std::vector<double> rates{own.learning_rate}, epochs{static_cast<double>(own.epochs)};
  if (is_searched(settings, "learning_rate")) {
    rates = settings.learning_rates;
    if (rates.empty()) {
      for (const double factor : kRateFactors)
        rates.push_back(rounded(own.learning_rate * factor, 3));
    }
  }
  if (is_searched(settings, "epochs")) {
    epochs = settings.epoch_counts;
    if (epochs.empty()) {
      for (const double factor : kEpochFactors) {
        epochs.push_back(std::max(1.0, std::round(own.epochs * factor)));
      }
    }
  }
  std::vector<TrainingSettings> candidates;
  for (auto* list : {&rates, &epochs}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  for (const double rate : rates) {
    for (const double count : epochs) {
      TrainingSettings candidate = own;
      candidate.learning_rate = rate;
      candidate.epochs = static_cast<int>(count);
      candidates.push_back(candidate);
    }
  }
  return candidates;
}

}  // namespace thaw
