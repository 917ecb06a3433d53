// Tests: tests/report/plots/svg_plot_test.cc
// Axes with ticks at round numbers.
#include <algorithm>
#include <cmath>

#include "report/plots/svg_plot.h"
#include "text/numbers.h"

namespace thaw {
namespace {

// What no plot shows, but a file may hold: steps beyond it would overflow.
constexpr double kFarthest = 1e15;

// The smallest of 1, 2 and 5 times a power of ten that is at least `rough`.
double round_step(double rough) {
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double multiple : {1.0, 2.0, 5.0}) {
    if (rough <= multiple * power * (1 + 1e-9)) return multiple * power;
  }
  return 10 * power;
}

void add_ticks(Axis& axis, double step) {
  const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const auto count = static_cast<int>(std::lround((axis.high - axis.low) / step));
  for (int i = 0; i <= count; ++i) {
    const double tick = axis.low + i * step;
    axis.ticks.push_back(tick);
    axis.texts.push_back(fixed(std::fabs(tick) < step * 1e-6 ? 0 : tick, digits));
  }
}

}  // namespace

Axis nice_axis(double low, double high, int wanted) {
  if (!std::isfinite(low) || !std::isfinite(high)) {
    low = 0;
    high = 1;
  }
  low = std::clamp(low, -kFarthest, kFarthest);
  high = std::clamp(high, -kFarthest, kFarthest);
  if (low > high) std::swap(low, high);
  const double least = std::max(std::fabs(high), 1e-6) * 0.02;
  if (high - low < least) {
    const double middle = (low + high) / 2;
    low = middle - least;
    high = middle + least;
  }
  const double step = round_step((high - low) / std::max(1, wanted));
  Axis axis;
  axis.low = std::floor(low / step + 1e-9) * step;
  axis.high = std::ceil(high / step - 1e-9) * step;
  add_ticks(axis, step);
  return axis;
}

Axis counting_axis(double high, int wanted) {
  Axis axis;
  const double most =
      std::isfinite(high) ? std::clamp(std::ceil(high - 1e-9), 1.0, kFarthest) : 1.0;
  const double step = std::max(1.0, round_step(most / std::max(1, wanted)));
  axis.high = std::ceil(most / step - 1e-9) * step;
  add_ticks(axis, step);
  return axis;
}

Axis time_axis(double low_seconds, double high_seconds) {
  const double low = std::isfinite(low_seconds) ? std::max(low_seconds, 1e-3) : 1;
  const double high = std::isfinite(high_seconds) ? std::max(high_seconds, low) : low;
  Axis axis;
  // A margin, so that no point lies on the frame.
  const double margin = std::max(0.12, 0.1 * std::log10(high / low));
  axis.low = std::log10(low) - margin;
  axis.high = std::log10(high) + margin;
  static constexpr double kRound[] = {0.001, 0.002, 0.005,  0.01,   0.02,   0.05,  0.1,  0.2,
                                      0.5,   1,     2,      5,      10,     20,    30,   60,
                                      120,   300,   600,    1200,   1800,   3600,  7200, 18000,
                                      36000, 72000, 180000, 360000, 720000, 1.8e6, 3.6e6};
  const double apart = (axis.high - axis.low) / 6;
  for (const double seconds : kRound) {
    const double tick = std::log10(seconds);
    if (tick < axis.low || tick > axis.high) continue;
    if (!axis.ticks.empty() && tick - axis.ticks.back() < apart) continue;
    axis.ticks.push_back(tick);
    if (seconds < 1) {
      axis.texts.push_back(shortest(seconds) + " s");
    } else if (seconds < 60) {
      axis.texts.push_back(fixed(seconds, 0) + " s");
    } else if (seconds < 3600) {
      axis.texts.push_back(fixed(seconds / 60, 0) + " min");
    } else {
      axis.texts.push_back(fixed(seconds / 3600, 0) + " h");
    }
  }
  return axis;
}

Axis count_axis(double low, double high) {
  low = std::isfinite(low) ? std::max(low, 1.0) : 1;
  high = std::isfinite(high) ? std::max(high, low) : low;
  Axis axis;
  const double margin = std::max(0.1, 0.08 * std::log10(high / low));
  axis.low = std::log10(low) - margin;
  axis.high = std::log10(high) + margin;
  const double apart = (axis.high - axis.low) / 6;
  for (double power = 1; power < 1e15; power *= 10) {
    for (const double multiple : {1, 2, 5}) {
      const double count = multiple * power, tick = std::log10(count);
      if (tick < axis.low || tick > axis.high) continue;
      if (!axis.ticks.empty() && tick - axis.ticks.back() < apart) continue;
      axis.ticks.push_back(tick);
      axis.texts.push_back(count < 1e4   ? fixed(count, 0)
                           : count < 1e6 ? fixed(count / 1e3, 0) + " k"
                                         : fixed(count / 1e6, 0) + " M");
    }
  }
  return axis;
}

}  // namespace thaw
