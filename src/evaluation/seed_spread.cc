#include "evaluation/seed_spread.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/random.h"
#include "evaluation/distributions.h"

namespace thaw {
namespace {

// Seeds whose values differ by roundings alone are alike.
constexpr double kAlike = 1e-12;

double count_of(const SeedValues& seeds) { return static_cast<double>(seeds.values.size()); }

// With n - 1.
double variance_of(const SeedValues& seeds) {
  const double count = count_of(seeds);
  const double mean = std::accumulate(seeds.values.begin(), seeds.values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : seeds.values) squares += (value - mean) * (value - mean);
  return squares / (count - 1);
}

// Of the mean: interaction / (n S).
double interaction_of(const SeedValues& seeds) {
  return std::max(0.0, (seeds.own_variance - seeds.mean_variance) / (count_of(seeds) - 1));
}

double kept_of(double interaction, double row_variance) {
  if (!(row_variance > 0)) return 1;
  return std::sqrt(std::max(0.0, 1 - interaction / row_variance));
}

void add_term(double variance, int degrees, int stream, SeedSpread& spread) {
  if (!(variance > kAlike * kAlike)) return;
  spread.terms.push_back({std::sqrt(variance), degrees, stream});
  spread.variance += variance;
}

}  // namespace

SeedSpread seed_spread(const SeedValues& seeds, double row_variance) {
  SeedSpread spread;
  if (seeds.values.size() < 2) return spread;
  spread.rows_kept = kept_of(interaction_of(seeds), row_variance);
  add_term(variance_of(seeds) / count_of(seeds), static_cast<int>(seeds.values.size()) - 1, 0,
           spread);
  return spread;
}

SeedSpread seed_spread(const SeedValues& first, const SeedValues& second, double row_variance) {
  const bool one = first.values.size() > 1, other = second.values.size() > 1;
  SeedSpread spread;
  if (one && other) {
    spread.rows_kept = kept_of(interaction_of(first) + interaction_of(second), row_variance);
    int stream = 0;
    for (const SeedValues* side : {&first, &second}) {
      add_term(variance_of(*side) / count_of(*side), static_cast<int>(side->values.size()) - 1,
               stream++, spread);
    }
  } else if (one || other) {
    const SeedValues& known = one ? first : second;
    const double times = 1 / count_of(known) + 1;  // the other side's mean is of one seed
    spread.rows_kept = kept_of(interaction_of(known) * (1 + count_of(known)), row_variance);
    add_term(variance_of(known) * times, static_cast<int>(known.values.size()) - 1, 0, spread);
  }
  return spread;
}

std::vector<double> student_t_draws(int degrees, int count, uint64_t seed, int stream) {
  std::vector<double> draws(static_cast<size_t>(count));
  for (int i = 0; i < (count + 1) / 2; ++i) {
    const double upper = student_t_quantile(1 - (i + 0.5) / count, degrees);
    draws[i] = -upper;
    draws[count - 1 - i] = upper;
  }
  if (count % 2 == 1) draws[count / 2] = 0;
  const uint64_t key = random_key(seed, 0x5EED, static_cast<uint64_t>(stream));
  for (int i = count - 1; i > 0; --i) {
    const uint64_t bits = random_bits(key, static_cast<uint32_t>(i));
    std::swap(draws[i], draws[(bits * static_cast<uint64_t>(i + 1)) >> 32]);
  }
  return draws;
}

void SeedDraws::prepare(int degrees, int stream) {
  auto& draws = draws_[{degrees, stream}];
  if (draws.empty()) draws = student_t_draws(degrees, count_, seed_, stream);
}

void SeedDraws::add(const SeedSpread& spread, double value,
                    std::vector<double>& distribution) const {
  if (spread.rows_kept != 1) {
    for (double& each : distribution) each = value + spread.rows_kept * (each - value);
  }
  for (const SeedSpread::Term& term : spread.terms) {
    const std::vector<double>& draws = draws_.at({term.degrees, term.stream});
    for (size_t b = 0; b < distribution.size(); ++b) distribution[b] += term.scale * draws[b];
  }
}

}  // namespace thaw
