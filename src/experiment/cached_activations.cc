#include "experiment/cached_activations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "base/error.h"
#include "engine/cpu/gemm/linear.h"
#include "engine/cpu/gemm/quantized_linear.h"
#include "engine/number_type.h"
#include "experiment/choose_precision.h"
#include "training/logistic_regression.h"

namespace thaw {
namespace {

// Fewer validation rows cannot show a difference of kInt8Bound.
constexpr int64_t kRowsToJudge = 200;

// A split's pass in one kind of numbers. The network is made when the first split needs it, so that
// its weights are taken once for all of them.
class Passes {
 public:
  Passes(Engine& engine, const ClassifierModel& base, NumberType trained,
         const FrozenRequest& request, const Listener& listener)
      : engine_(engine), base_(base), trained_(trained), request_(request), listener_(listener) {}

  std::unique_ptr<ActivationCache> run(const TokenizedTexts& texts, NumberType frozen,
                                       const std::string& which) {
    if (texts.rows() == 0) return nullptr;
    if (!session_ || frozen != frozen_) {
      session_ = engine_.session(base_, {trained_, frozen}, request_.dense_trained);
      frozen_ = frozen;
    }
    return session_->cache(texts, {request_.depths, request_.features, request_.spill},
                           fmt::format("{} ({})", request_.name, which), listener_);
  }
  NumberType trained() const { return trained_; }
  const ClassifierModel& base() const { return base_; }

 private:
  Engine& engine_;
  const ClassifierModel& base_;
  NumberType trained_, frozen_ = NumberType::kFp32;
  const FrozenRequest& request_;
  const Listener& listener_;
  std::unique_ptr<Network> session_;
};

// One vector a text: the features, or else the mean of the tokens at the deepest depth.
std::vector<float> vectors_of(const ActivationCache& cache, const TokenizedTexts& texts) {
  const std::span<const float> features = cache.features();
  if (features.empty()) return cache.mean_tokens(texts);
  return {features.begin(), features.end()};
}

// Macro-F1 where each row counts for each label with its probability, not for the likeliest with
// one: what a changed feature does to it shows on a few hundred rows, where votes only jump.
class ExpectedMacroF1 {
 public:
  explicit ExpectedMacroF1(int64_t labels) : right_(labels), said_(labels), support_(labels) {}

  void add(const LogisticFit& fit, const float* vector, int64_t hidden, int32_t gold) {
    const auto labels = static_cast<int64_t>(right_.size());
    std::vector<double> p(labels);
    for (int64_t label = 0; label < labels; ++label) {
      p[label] = fit.bias[label];
      for (int64_t c = 0; c < hidden; ++c) p[label] += fit.weight[label * hidden + c] * vector[c];
    }
    const double most = *std::max_element(p.begin(), p.end());
    double total = 0;
    for (double& x : p) total += x = std::exp(x - most);
    for (int64_t label = 0; label < labels; ++label) said_[label] += p[label] / total;
    right_[gold] += p[gold] / total;
    support_[gold] += 1;
    loss_ -= std::log(std::max(p[gold] / total, 1e-300));
  }
  double loss() const { return loss_; }
  double value() const {
    double sum = 0;
    for (size_t i = 0; i < right_.size(); ++i) {
      sum += right_[i] > 0 ? 2 * right_[i] / (said_[i] + support_[i]) : 0;
    }
    return sum / static_cast<double>(right_.size());
  }

 private:
  std::vector<double> right_, said_, support_;  // [labels]
  double loss_ = 0;
};

// Macro-F1 that a linear classifier loses when it reads `other` in place of `own`. It is fitted on
// one half of the rows and applied to the other, both ways round, with the penalty that serves
// `own` best.
double lost_macro_f1(const std::vector<float>& own, const std::vector<float>& other,
                     const int32_t* gold, int64_t rows, int64_t labels, const Listener& listener) {
  const int64_t hidden = static_cast<int64_t>(own.size()) / rows;
  std::vector<float> features[2];
  std::vector<int32_t> fold_gold[2];
  for (int64_t row = 0; row < rows; ++row) {
    const auto begin = own.begin() + row * hidden;
    features[row % 2].insert(features[row % 2].end(), begin, begin + hidden);
    fold_gold[row % 2].push_back(gold[row]);
  }
  std::vector<LogisticRegression> problems;
  for (const int fold : {0, 1}) {
    problems.emplace_back(features[fold].data(), fold_gold[fold].data(),
                          static_cast<int64_t>(fold_gold[fold].size()), hidden, labels);
  }
  double best_loss = 0, lost = 0;
  for (const double c : {0.001, 0.01, 0.1, 1.0}) {
    ExpectedMacroF1 of_own(labels), of_other(labels);
    for (const int fold : {0, 1}) {
      const LogisticFit fit = problems[fold].fit(c, listener);
      for (int64_t row = 1 - fold; row < rows; row += 2) {
        of_own.add(fit, own.data() + row * hidden, hidden, gold[row]);
        of_other.add(fit, other.data() + row * hidden, hidden, gold[row]);
      }
    }
    if (best_loss > 0 && of_own.loss() >= best_loss) continue;
    best_loss = of_own.loss();
    lost = of_own.value() - of_other.value();
  }
  return lost;
}

double seconds_of(const ActivationCache& cache) {
  return cache.all_seconds().empty() ? 0.0 : cache.all_seconds().rbegin()->second;
}

// Decides between the precision of training and int8, and returns the validation rows in the chosen
// one.
std::unique_ptr<ActivationCache> choose(Passes& passes, const FrozenInput& validation,
                                        FrozenPrecision& choice, const Listener& listener) {
  const std::string own_name = name_of(passes.trained());
  choice.chosen = true;
  choice.precision = passes.trained();
  const int64_t rows = validation.texts->rows();
  auto own = passes.run(*validation.texts, choice.precision, "validation");
  if (!cpu_has_int8()) {
    choice.why = own_name + " (auto: this CPU has no fast int8)";
    return own;
  }
  if (rows < kRowsToJudge) {
    choice.why = own_name + " (auto: too few validation rows to judge int8 by)";
    return own;
  }
  auto int8 = passes.run(*validation.texts, NumberType::kInt8, "validation in int8");
  const double faster = seconds_of(*own) / seconds_of(*int8);
  const double lost =
      lost_macro_f1(vectors_of(*own, *validation.texts), vectors_of(*int8, *validation.texts),
                    validation.labels, rows, passes.base().head.labels, listener);
  char speed[60] = "", measured[120];
  if (choice.by_speed) {
    std::snprintf(speed, sizeof(speed), "%.1f times the speed of %s, ", faster, own_name.c_str());
  }
  std::snprintf(measured, sizeof(measured), "%s%+.2f points of expected macro-F1 on validation",
                speed, -100 * lost);
  const bool taken = (faster > 1 || !choice.by_speed) && lost <= kInt8Bound;
  choice.why = taken ? fmt::format("int8 (auto: {})", measured)
                     : fmt::format("{} (auto: int8 has {})", own_name, measured);
  if (!taken) return own;
  choice.precision = NumberType::kInt8;
  // The choice has its price.
  int8->add_seconds(own->all_seconds());
  return int8;
}

}  // namespace

void check_frozen_precision(const std::string& wanted, const Setting& where) {
  if (wanted == "bf16") check_has_bf16(where);
  if (wanted == "int8" && !cpu_has_int8()) {
    throw Error("this CPU has no AVX512-VNNI or AMX, without which int8 is neither exact nor fast",
                where, "use auto, bf16 or fp32");
  }
}

CachedSplits cache_activations(Engine& engine, const ClassifierModel& base, NumberType trained,
                               const FrozenInput& train, const FrozenInput& validation,
                               const FrozenInput& test, const FrozenRequest& request,
                               FrozenPrecision& precision, const Listener& listener) {
  CachedSplits cached;
  Passes passes(engine, base, trained, request, listener);
  if (!precision.chosen && precision.wanted == "auto") {
    cached.validation = choose(passes, validation, precision, listener);
    listener.say(fmt::format("frozen layers: {}\n", precision.why));
  } else {
    if (!precision.chosen) {
      precision.chosen = true;
      precision.precision = precision.wanted == "int8"   ? NumberType::kInt8
                            : precision.wanted == "bf16" ? NumberType::kBf16
                                                         : NumberType::kFp32;
      precision.why = precision.wanted + " (as asked)";
    }
    cached.validation = passes.run(*validation.texts, precision.precision, "validation");
  }
  cached.train = passes.run(*train.texts, precision.precision, "train");
  cached.test = passes.run(*test.texts, precision.precision, "test");
  return cached;
}

}  // namespace thaw
