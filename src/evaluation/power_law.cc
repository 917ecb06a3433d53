#include "evaluation/power_law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "evaluation/distributions.h"

namespace thaw {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr int kGrid = 400;

struct Linear {
  double scale = 0, floor = 0, squares = 0;
};

// Least squares of error = scale u + floor with both at least 0, for u = x^-b.
Linear fit_linear(const std::vector<LearningPoint>& points /* rows in units */, double b) {
  const double count = static_cast<double>(points.size());
  double mean_u = 0, mean_y = 0;
  std::vector<double> u;
  for (const LearningPoint& point : points) {
    u.push_back(std::pow(point.rows, -b));
    mean_u += u.back() / count;
    mean_y += point.error / count;
  }
  double cross = 0, square = 0, raw_cross = 0, raw_square = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    cross += (u[i] - mean_u) * (points[i].error - mean_y);
    square += (u[i] - mean_u) * (u[i] - mean_u);
    raw_cross += u[i] * points[i].error;
    raw_square += u[i] * u[i];
  }
  Linear fit;
  fit.scale = square > 0 ? cross / square : 0;
  fit.floor = mean_y - fit.scale * mean_u;
  if (fit.scale < 0) {
    fit = {.scale = 0, .floor = mean_y};
  } else if (fit.floor < 0) {
    fit = {.scale = raw_cross / raw_square, .floor = 0};
  }
  for (size_t i = 0; i < points.size(); ++i) {
    const double rest = points[i].error - fit.scale * u[i] - fit.floor;
    fit.squares += rest * rest;
  }
  return fit;
}

double best_exponent(const std::vector<LearningPoint>& points) {
  const double least = std::log(kLeastExponent), most = std::log(kMostExponent);
  const auto at = [&](int step) { return least + (most - least) * step / kGrid; };
  const auto squares = [&](double log_b) { return fit_linear(points, std::exp(log_b)).squares; };
  int best = 0;
  double lowest = std::numeric_limits<double>::infinity();
  for (int step = 0; step <= kGrid; ++step) {
    const double own = squares(at(step));
    if (own < lowest) {
      lowest = own;
      best = step;
    }
  }
  // Golden-section search between its neighbours.
  double low = at(std::max(0, best - 1)), high = at(std::min(kGrid, best + 1));
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double left = high - golden * (high - low), right = low + golden * (high - low);
  double at_left = squares(left), at_right = squares(right);
  for (int step = 0; step < 80; ++step) {
    if (at_left <= at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - golden * (high - low);
      at_left = squares(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + golden * (high - low);
      at_right = squares(right);
    }
  }
  const double found = 0.5 * (low + high);
  for (const double end : {at(0), at(kGrid)}) {
    if (squares(end) <= std::min(squares(found), lowest)) return std::exp(end);
  }
  return std::exp(found);
}

// The inverse of the symmetric matrix over the free parameters, 0 elsewhere; false if there is
// none.
bool invert(std::array<double, 9> matrix, const std::array<bool, 3>& free,
            std::array<double, 9>& inverse) {
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      if (!free[i] || !free[j]) matrix[3 * i + j] = i == j ? 1 : 0;
    }
  }
  // By scaled cofactors: the parameters differ in size.
  std::array<double, 3> scale{};
  for (int i = 0; i < 3; ++i) {
    if (!(matrix[4 * i] > 0)) return false;
    scale[i] = 1 / std::sqrt(matrix[4 * i]);
  }
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) matrix[3 * i + j] *= scale[i] * scale[j];
  }
  const auto cofactor = [&](int i, int j) {
    const int a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
    return matrix[3 * a + c] * matrix[3 * b + d] - matrix[3 * a + d] * matrix[3 * b + c];
  };
  const double determinant =
      matrix[0] * cofactor(0, 0) + matrix[1] * cofactor(0, 1) + matrix[2] * cofactor(0, 2);
  if (!(determinant > 1e-14)) return false;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      inverse[3 * i + j] =
          free[i] && free[j] ? cofactor(j, i) / determinant * scale[i] * scale[j] : 0;
    }
  }
  return true;
}

std::array<double, 3> gradient(const PowerLaw& law, double rows) {
  const double x = rows / law.unit, power = std::pow(x, -law.b);
  const double scale = law.a * std::pow(law.unit, -law.b);
  return {power, -scale * power * std::log(x), 1};
}

double curve(const PowerLaw& law, double rows) { return law.a * std::pow(rows, -law.b) + law.c; }

Prediction with_interval(const PowerLaw& law, double value, const std::array<double, 3>& slope) {
  const double t = student_t_quantile(0.975, law.points - law.free_parameters);
  double variance = 0;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) variance += slope[i] * slope[j] * law.covariance[3 * i + j];
  }
  const double half = law.a > 0 ? t * std::sqrt(std::max(0.0, variance)) : kUnknown;
  // std::max would hide a NaN.
  if (!std::isfinite(half) || std::isnan(variance)) return {value, kUnknown, kUnknown};
  return {value, value - half, value + half};
}

}  // namespace

std::optional<PowerLaw> fit_power_law(const std::vector<LearningPoint>& points) {
  std::set<double> sizes;
  double mean_log = 0;
  for (const LearningPoint& point : points) {
    const bool usable = std::isfinite(point.rows) && point.rows > 0 && std::isfinite(point.error) &&
                        point.error >= 0;
    if (!usable) return std::nullopt;
    sizes.insert(point.rows);
    mean_log += std::log(point.rows) / static_cast<double>(points.size());
  }
  if (sizes.size() < 3) return std::nullopt;
  PowerLaw law;
  law.unit = std::exp(mean_log);
  std::vector<LearningPoint> in_units = points;
  for (LearningPoint& point : in_units) point.rows /= law.unit;
  law.b = best_exponent(in_units);
  const Linear fit = fit_linear(in_units, law.b);
  law.a = fit.scale * std::pow(law.unit, law.b);
  law.c = fit.floor;
  law.points = static_cast<int>(points.size());

  const auto inside = [&](double end) { return std::fabs(law.b / end - 1) > 1e-6; };
  const std::array<bool, 3> free = {
      fit.scale > 0, fit.scale > 0 && inside(kLeastExponent) && inside(kMostExponent),
      fit.floor > 0};
  law.free_parameters = static_cast<int>(std::count(free.begin(), free.end(), true));
  const int degrees = law.points - law.free_parameters;
  std::array<double, 9> normal{};
  for (const LearningPoint& point : points) {
    const std::array<double, 3> slope = gradient(law, point.rows);
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) normal[3 * i + j] += slope[i] * slope[j];
    }
  }
  law.residual_sd = degrees > 0 ? std::sqrt(fit.squares / degrees) : kUnknown;
  if (!invert(normal, free, law.covariance)) law.covariance.fill(kUnknown);
  for (double& entry : law.covariance) entry *= law.residual_sd * law.residual_sd;
  return law;
}

Prediction power_law_at(const PowerLaw& law, double rows) {
  return with_interval(law, curve(law, rows), gradient(law, rows));
}

Prediction power_law_change(const PowerLaw& law, double from_rows, double to_rows) {
  std::array<double, 3> slope = gradient(law, to_rows);
  const std::array<double, 3> from = gradient(law, from_rows);
  for (int i = 0; i < 3; ++i) slope[i] -= from[i];
  return with_interval(law, curve(law, to_rows) - curve(law, from_rows), slope);
}

}  // namespace thaw
