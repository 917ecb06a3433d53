// Tests: tests/experiment/run_plan_test.cc
#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "base/stopwatch.h"
#include "data/class_balance.h"
#include "experiment/run_plan.h"
#include "training/choose_c.h"
#include "training/logistic_regression.h"

namespace thaw {
namespace {

// Of a sample for the frozen layers, the exact solver and evaluation.
constexpr int64_t kSampleTokens = 2048, kLeastSampleRows = 32;
constexpr double kSecondsAPlan = 0.25;  // of steps that are timed
constexpr int kMostSteps = 4;

// Rows of the split with its lengths: as many as have some tokens, evenly along the sorted lengths.
std::vector<int64_t> rows_like_all(const TokenizedTexts& texts, int64_t wanted) {
  std::vector<int64_t> order(static_cast<size_t>(texts.rows()));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return texts.length(a) < texts.length(b); });
  const int64_t count = std::min(wanted, texts.rows());
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < count; ++i) {
    rows.push_back(order[static_cast<size_t>((2 * i + 1) * texts.rows() / (2 * count))]);
  }
  return rows;
}

TokenizedTexts taken(const TokenizedTexts& texts, const std::vector<int64_t>& rows) {
  TokenizedTexts out;
  out.offsets = {0};
  for (const int64_t row : rows) {
    const auto begin = texts.offsets[row], end = texts.offsets[row + 1];
    out.ids.insert(out.ids.end(), texts.ids.begin() + begin, texts.ids.begin() + end);
    if (!texts.types.empty()) {
      out.types.insert(out.types.end(), texts.types.begin() + begin, texts.types.begin() + end);
    }
    out.offsets.push_back(static_cast<int64_t>(out.ids.size()));
  }
  return out;
}

// Shortest of a few: what else the machine does makes single ones longer.
template <class Work>
double shortest_of(int most, double enough_seconds, const Work& work) {
  double best = 0, sum = 0;
  for (int i = 0; i < most && (i == 0 || sum < enough_seconds); ++i) {
    const auto start = Clock::now();
    work();
    const double seconds = seconds_since(start);
    sum += seconds;
    best = i == 0 ? seconds : std::min(best, seconds);
  }
  return best;
}

// Of one exact solution, on average.
struct Fitting {
  double seconds = 0, iterations = 0;
};

// Up the grid as the run goes, each from the solution before: of values of C that are further
// apart, a solution takes more iterations.
Fitting fit_grid(std::span<const float> features, const std::vector<int32_t>& gold, int64_t labels,
                 const std::vector<double>& grid) {
  const auto rows = static_cast<int64_t>(gold.size());
  const auto start = Clock::now();
  LogisticRegression regression(features.data(), gold.data(), rows,
                                static_cast<int64_t>(features.size()) / rows, labels);
  Fitting mean;
  const auto fits = static_cast<double>(grid.size());
  for (const double c : grid) mean.iterations += regression.fit(c).iterations / fits;
  mean.seconds = seconds_since(start) / fits;
  return mean;
}

// Of all rows and of a part of them, since a factorization takes as long for few rows as for many.
// The part has its share of each label: it is what a cross-validation solves without one of its
// folds where these are all rows of training, else a half.
void measure_exact_solver(std::span<const float> features, const std::vector<int32_t>& gold,
                          int64_t labels, bool are_all_rows, double c,
                          MeasuredCosts::OfStrategy& cost) {
  std::vector<double> grid(std::begin(kGridOfC), std::end(kGridOfC));
  if (c > 0) grid = {c};
  const std::vector<int64_t> label_rows = rows_of_labels(gold, labels);
  std::vector<int64_t> seen(label_rows.size());
  const int64_t folds =
      are_all_rows ? std::max<int64_t>(2, cross_validation_folds(label_rows)) : int64_t{2};
  const size_t size = features.size() / gold.size();
  std::vector<float> part;
  std::vector<int32_t> part_gold;
  for (size_t row = 0; row < gold.size(); ++row) {
    if (seen[static_cast<size_t>(gold[row])]++ % folds == folds - 1) continue;
    part.insert(part.end(), features.begin() + static_cast<int64_t>(row * size),
                features.begin() + static_cast<int64_t>((row + 1) * size));
    part_gold.push_back(gold[row]);
  }
  fit_grid(part, part_gold, labels, {grid.front()});  // takes memory
  const Fitting of_part = fit_grid(part, part_gold, labels, grid);
  const Fitting of_all = fit_grid(features, gold, labels, grid);
  const auto rows = static_cast<double>(gold.size());
  const double left_out = std::max(1.0, rows - static_cast<double>(part_gold.size()));
  const auto divide = [&](double all, double some, double& fit, double& fit_row) {
    fit_row = std::clamp((all - some) / left_out, 0.0, all / rows);
    // Fewer rows may take more iterations; then most solutions, those of the folds, are like them.
    fit = all > some ? all - fit_row * rows : some;
  };
  divide(of_all.seconds, of_part.seconds, cost.fit, cost.fit_row);
  divide(of_all.iterations, of_part.iterations, cost.fit_iterations, cost.fit_row_iterations);
}

}  // namespace

MeasuredCosts measure_costs(const ExperimentSettings& settings, const PreparedData& prepared,
                            const StrategyRunner& runner, double most_seconds) {
  MeasuredCosts costs;
  const auto& list = settings.strategies;
  costs.strategies.resize(list.size());
  if (prepared.train.rows() == 0) return costs;
  const auto start = Clock::now();
  const ClassifierModel& pretrained = prepared.pretrained.front();
  const int layers = pretrained.table.layers;
  const double mean = static_cast<double>(prepared.train.offsets.back()) /
                      static_cast<double>(prepared.train.rows());
  const auto sample_rows = rows_like_all(
      prepared.train, std::max<int64_t>(kLeastSampleRows,
                                        static_cast<int64_t>(kSampleTokens / std::max(1.0, mean))));
  const TokenizedTexts sample = taken(prepared.train, sample_rows);
  std::vector<int32_t> gold;
  for (const int64_t row : sample_rows) gold.push_back(prepared.train_labels[row]);
  const auto tokens = static_cast<double>(sample.offsets.back());
  const Listener quiet;

  // The frozen layers, with and without the head's dense layer among them.
  std::set<int> depths;
  bool features = false, dense = false;
  for (size_t i = 0; i < list.size(); ++i) {
    const int depth = runner.frozen_depth(i);
    if (depth == kEmbeddingsGroup) continue;
    (depth > layers) ? features = true : (depths.insert(depth), true);
    if (depth > layers) dense |= runner.dense_trained(i);
  }
  std::unique_ptr<ActivationCache> frozen;
  if (features || !depths.empty()) {
    const auto session =
        runner.engine().session(pretrained, {runner.trained(), runner.trained()}, dense);
    for (int i = 0; i < 2; ++i) {  // the first makes the kernels
      frozen = session->cache(sample, {depths, features, {}}, "", quiet);
    }
  }

  // Plans that train the same cost the same. The deepest first, then the shallowest: what lies
  // between can be told from both.
  std::map<std::pair<int, int64_t>, std::vector<size_t>> alike;
  for (size_t i = 0; i < list.size(); ++i) {
    alike[{runner.plans()[i].first_trained, runner.plans()[i].trainable_parameters}].push_back(i);
  }
  std::vector<std::vector<size_t>> groups;
  for (auto& [key, members] : alike) groups.push_back(members);
  if (groups.size() > 2) std::swap(groups[1], groups.back());
  std::map<int, MeasuredCosts::OfStrategy> by_depth;
  for (const std::vector<size_t>& members : groups) {
    const size_t i = members.front();
    const TrainingSettings& training = list[i].training;
    const FreezePlan& plan = runner.plans()[i];
    MeasuredCosts::OfStrategy own;
    const int depth = runner.frozen_depth(i);
    if (frozen) own.frozen_token = frozen->seconds(depth) / tokens;
    const bool exact = std::all_of(members.begin(), members.end(),
                                   [&](size_t m) { return list[m].solver == Solver::kLbfgs; });
    const bool late = seconds_since(start) > most_seconds && by_depth.size() > 1 && !exact;
    if (late) {
      // Between the two measured plans that lie around it, or beyond the nearer two.
      auto above = by_depth.lower_bound(plan.first_trained);
      if (above == by_depth.end()) --above;
      if (above == by_depth.begin()) ++above;
      const auto below = std::prev(above);
      const double at = static_cast<double>(plan.first_trained - below->first) /
                        static_cast<double>(above->first - below->first);
      const auto between = [&](double MeasuredCosts::OfStrategy::*member) {
        return std::max(0.0, below->second.*member * (1 - at) + above->second.*member * at);
      };
      own.setup = between(&MeasuredCosts::OfStrategy::setup);
      own.step = between(&MeasuredCosts::OfStrategy::step);
      own.evaluate_token = between(&MeasuredCosts::OfStrategy::evaluate_token);
    } else {
      const auto began = Clock::now();
      ClassifierModel copy = pretrained;
      const auto network = runner.engine().network(copy, plan, {runner.trained(), runner.trained()},
                                                   rate_shares(training));
      TrainingRun run(*network);
      own.setup = seconds_since(began);
      const SplitView view{&sample, depth == kEmbeddingsGroup ? nullptr : frozen.get(),
                           gold.data()};
      SingleProcess alone;
      TrainingSettings timed = training;
      timed.micro_batch_tokens = runner.micro_batch_tokens(i);
      const auto batch = rows_like_all(sample, timed.batch_size);
      int64_t at = 0;
      if (!exact) {
        const auto step = [&] {
          run.step_gradients(view, batch.data(), static_cast<int64_t>(batch.size()),
                             static_cast<uint64_t>(at), timed);
          network->step({++at, 0, timed.weight_decay, timed.max_grad_norm}, alone);
        };
        step();  // takes memory, makes the kernels
        own.step = shortest_of(kMostSteps, kSecondsAPlan, step);
        // A table has fewer rows than a batch, if it is very small.
        network->flush();
      }
      const auto evaluate = [&] { run.logits(view, "", quiet); };
      evaluate();
      own.evaluate_token = shortest_of(kMostSteps, kSecondsAPlan / 2, evaluate) / tokens;
      if (!exact) by_depth[plan.first_trained] = own;
    }
    for (const size_t m : members) {
      costs.strategies[m] = own;
      if (list[m].solver != Solver::kLbfgs || (!frozen || frozen->features().empty())) continue;
      measure_exact_solver(frozen->features(), gold, pretrained.head.labels,
                           sample.rows() == prepared.train.rows(), list[m].inverse_regularization,
                           costs.strategies[m]);
    }
  }
  return costs;
}

}  // namespace thaw
