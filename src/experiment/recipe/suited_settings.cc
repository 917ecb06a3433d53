#include "experiment/recipe/suited_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/error.h"
#include "base/setting_words.h"
#include "base/sha256.h"
#include "experiment/describe.h"
#include "experiment/sweep.h"
#include "model/freeze_plan.h"
#include "text/text_width.h"

namespace thaw {
namespace {

constexpr double kStepsWanted = 200;
constexpr int kFewestEpochs = 3, kMostEpochs = 20, kPatience = 3;
// Of a dense head on cached vectors, where an epoch costs next to nothing.
constexpr double kHeadSteps = 2000;
constexpr int kFewestHeadEpochs = 10, kMostHeadEpochs = 100, kHeadPatience = 5;
constexpr double kHeadLearningRate = 1e-3;
// Of the whole encoder at a width of 384, MiniLM's; wider ones want smaller steps.
constexpr double kLearningRate = 8e-5, kWidth = 384, kWidthExponent = 1.5;
constexpr double kBiasFactor = 20;     // bitfit's few parameters want larger steps
constexpr double kNewHeadFactor = 10;  // a new head's learning rate over the encoder's
constexpr int kRateDigits = 2;         // 3.5e-5
constexpr double kFairFactors[] = {1.0 / 3, 1, 3};
constexpr double kThoroughFactors[] = {1.0 / 9, 1.0 / 3, 1, 3};

bool is_probe(const StrategySettings& strategy) {
  return parse_strategy(strategy.strategy).kind == Strategy::Kind::kProbe;
}

bool trains_as_the_plain_probe(const StrategySettings& strategy) {
  return is_probe(strategy) && strategy.freeze.empty() && strategy.unfreeze.empty();
}

bool same_loss(const TrainingSettings& one, const TrainingSettings& other) {
  return one.balanced_classes == other.balanced_classes && one.class_weights == other.class_weights;
}

// All layers over those that are trained: the fewer these are, the larger steps suit them.
double step_factor(const StrategySettings& strategy, int64_t layers) {
  const Strategy of = parse_strategy(strategy.strategy);
  if (of.kind != Strategy::Kind::kLastLayers) return 1;
  return static_cast<double>(layers) / of.last_layers;
}

double suited_learning_rate(const StrategySettings& strategy, int64_t width, int64_t layers) {
  double rate = kLearningRate * std::pow(kWidth / static_cast<double>(width), kWidthExponent);
  if (parse_strategy(strategy.strategy).kind == Strategy::Kind::kBiases) rate *= kBiasFactor;
  return rounded(rate * step_factor(strategy, layers), kRateDigits);
}

// The linear classifier is all that a plain probe trains, so that its optimum can be computed.
bool trains_classifier_alone(const ParameterTable& table) {
  try {
    check_trains_classifier_alone(table, make_freeze_plan(table, "probe"), "probe");
    return true;
  } catch (const Error&) {
    return false;
  }
}

class Suiting {
 public:
  Suiting(ExperimentSettings& settings, const ClassifierModel& pretrained,
          const TrainingScale& scale)
      : settings_(settings),
        pretrained_(pretrained),
        scale_(scale),
        linear_head_(trains_classifier_alone(pretrained.table)) {}

  void run() {
    for (StrategySettings& strategy : settings_.strategies) {
      if (!is_probe(strategy)) continue;
      suit_probe(strategy);
      strategy.candidates.clear();
      if (settings_.search.empty()) add_class_weights(strategy);
    }
    for (size_t i = 0; i < settings_.strategies.size(); ++i) {
      if (is_probe(settings_.strategies[i])) continue;
      choose_head_start(settings_.strategies[i]);
      suit_encoder(settings_.strategies[i]);
    }
    check_all_differ();
    add_starts();
    add_reference();
  }

 private:
  void add_starts() {
    for (size_t i = 0; i < settings_.strategies.size(); ++i) {
      if (settings_.strategies[i].head_start != HeadStart::kProbe) continue;
      if (!settings_.strategies[i].init_from.empty()) continue;
      TrainingSettings like = settings_.strategies[i].training;
      const std::string start = start_for(i, like);
      settings_.strategies[i].init_from = start;
      if (!tries_class_weights(settings_.strategies[i])) continue;
      // A head that was solved for another loss would be a handicap in the choice.
      like.balanced_classes = true;
      const std::string balanced = start_for(i, like, "balanced ");
      settings_.strategies[i].balanced_start = balanced;
    }
  }

  // The probe's optimum stands in every report, so that what training a head has brought is not
  // taken for what unfreezing has.
  void add_reference() {
    if (!linear_head_) return;
    auto& list = settings_.strategies;
    for (const StrategySettings& strategy : list) {
      if (trains_as_the_plain_probe(strategy) && strategy.training.solver == Solver::kLbfgs) return;
    }
    list.push_back(hidden_probe(settings_.common.training, "exact probe"));
  }

  void suit_probe(StrategySettings& strategy) {
    TrainingSettings& t = strategy.training;
    const auto& given = strategy.given;
    strategy.head_start = HeadStart::kNew;
    const bool steps_given = given.count("learning_rate") || given.count("head_learning_rate") ||
                             t.label_smoothing > 0 || t.frozen_dropout;
    if (!given.count("solver") && !steps_given && strategy.init_from.empty() &&
        trains_as_the_plain_probe(strategy) && linear_head_) {
      t.solver = Solver::kLbfgs;
    }
    if (!given.count("learning_rate")) t.learning_rate = kHeadLearningRate;
    if (!given.count("epochs")) {
      t.epochs = static_cast<int>(std::clamp(std::ceil(kHeadSteps / steps_an_epoch(t)),
                                             double{kFewestHeadEpochs}, double{kMostHeadEpochs}));
      if (!given.count("patience") && scale_.validation_rows >= kRowsToChooseBy) {
        t.patience = kHeadPatience;
      }
    }
    choose_epoch(strategy);
  }

  void choose_head_start(StrategySettings& strategy) {
    const bool both = strategy.given.count("learning_rate") && strategy.given.count("epochs");
    if (!strategy.init_from.empty()) {
      strategy.head_start = HeadStart::kNew;  // it is the start that was named
      return;
    }
    if (strategy.strategy == "lp-ft") strategy.head_start = HeadStart::kProbe;
    if (strategy.head_start == HeadStart::kAuto) {
      strategy.head_start = both ? HeadStart::kNew : HeadStart::kProbe;
    }
  }

  void suit_encoder(StrategySettings& strategy) {
    TrainingSettings& t = strategy.training;
    const auto& given = strategy.given;
    const bool both = given.count("learning_rate") && given.count("epochs");
    if (!given.count("learning_rate")) {
      t.learning_rate =
          suited_learning_rate(strategy, pretrained_.config.hidden_size, pretrained_.table.layers);
    }
    const bool new_head =
        strategy.head_start == HeadStart::kNew && strategy.init_from.empty() && !both;
    if (!given.count("head_learning_rate") && new_head) {
      t.head_learning_rate = rounded(t.learning_rate * kNewHeadFactor, kRateDigits);
    }
    choose_epoch(strategy);
    if (!given.count("epochs")) {
      t.epochs = suited_epochs(scale_.train_rows, t.batch_size, strategy, pretrained_.table.layers);
    }
    const bool chooses = scale_.validation_rows >= kRowsToChooseBy;
    if (chooses && !given.count("epochs") && !given.count("patience")) t.patience = kPatience;
    choose_candidates(strategy);
  }

  // Where validation is too small to tell epochs apart, the last one is the one that was planned.
  void choose_epoch(StrategySettings& strategy) const {
    if (strategy.given.count("best_epoch") || strategy.given.count("epochs")) return;
    strategy.training.best_epoch =
        scale_.validation_rows >= kRowsToChooseBy ? BestEpoch::kCalibratedLoss : BestEpoch::kLast;
  }

  void choose_candidates(StrategySettings& strategy) const {
    strategy.candidates.clear();
    if (!settings_.search.empty() || settings_.effort == Effort::kQuick) return;
    if (scale_.validation_rows < kRowsToChooseBy) return;
    if (!strategy.given.count("learning_rate")) choose_rates(strategy);
    add_class_weights(strategy);
  }

  // Each candidate, or else the strategy's own settings, once more with balanced class weights.
  void add_class_weights(StrategySettings& strategy) const {
    if (settings_.effort != Effort::kThorough || !scale_.balance.is_imbalanced()) return;
    if (scale_.validation_rows < kRowsToChooseBy || strategy.given.count("class_weights")) return;
    auto& list = strategy.candidates;
    if (list.empty()) list.push_back(strategy.training);
    for (size_t i = 0, plain = list.size(); i < plain; ++i) {
      TrainingSettings weighted = list[i];
      weighted.balanced_classes = true;
      list.push_back(weighted);
    }
  }

  void choose_rates(StrategySettings& strategy) const {
    const TrainingSettings& own = strategy.training;
    std::vector<int> epochs{own.epochs};
    if (settings_.effort == Effort::kThorough && !strategy.given.count("epochs")) {
      epochs.push_back(2 * own.epochs);
    }
    const auto add = [&](double factor, int count) {
      TrainingSettings candidate = own;
      candidate.learning_rate = rounded(own.learning_rate * factor, kRateDigits);
      if (own.head_learning_rate > 0 && !strategy.given.count("head_learning_rate")) {
        candidate.head_learning_rate = rounded(own.head_learning_rate * factor, kRateDigits);
      }
      candidate.epochs = count;
      strategy.candidates.push_back(candidate);
    };
    for (const int count : epochs) {
      if (settings_.effort == Effort::kThorough) {
        for (const double factor : kThoroughFactors) add(factor, count);
      } else {
        for (const double factor : kFairFactors) add(factor, count);
      }
    }
  }

  // From the probe's head, full and lp-ft are one training.
  void check_all_differ() const {
    const auto& list = settings_.strategies;
    for (const StrategySettings& strategy : list) {
      if (strategy.strategy != "lp-ft" || strategy.head_start != HeadStart::kProbe) continue;
      for (const StrategySettings& other : list) {
        if (other.strategy == "full" && other.head_start == HeadStart::kProbe &&
            other.init_from.empty() && strategy.init_from.empty()) {
          throw Error(
              fmt::format(
                  "'{}' starts from the probe's head, which makes it the same training as '{}'",
                  other.name, strategy.name),
              Setting{"strategies"},
              "leave one of them out, or give full a new head with " +
                  setting(other.name + ".head_start", "new"));
        }
      }
    }
  }

  // The approach that strategy `at`, with the loss of `like`, starts from: a probe before it that
  // was solved, or trained, as a start should be, or else a hidden one, which is put before the
  // strategy that wants it; `at` is then that strategy's place.
  std::string start_for(size_t& at, const TrainingSettings& like, const std::string& kind = "") {
    auto& list = settings_.strategies;
    for (size_t i = 0; i < at; ++i) {
      const TrainingSettings& t = list[i].training;
      const bool suited =
          linear_head_ ? t.solver == Solver::kLbfgs && t.inverse_regularization == 0
                       : !list[i].given.count("learning_rate") && !list[i].given.count("epochs");
      // An lp-ft has always started from the probe that stands before it.
      const bool named = list[at].strategy == "lp-ft";
      if (trains_as_the_plain_probe(list[i]) && list[i].init_from.empty() &&
          (named || (suited && !tries_class_weights(list[i]) && same_loss(t, like)))) {
        return list[i].name;
      }
    }
    const std::string name = linear_head_ ? "exact probe" : "trained head";
    list.insert(list.begin() + static_cast<int64_t>(at), hidden_probe(like, kind + name));
    return list[at++].name;
  }

  // A probe for another's sake, with the loss of `like`.
  StrategySettings hidden_probe(const TrainingSettings& like, const std::string& name) {
    StrategySettings own;
    own.strategy = "probe";
    own.name = free_name(name);
    own.hidden = true;
    own.training.batch_size = like.batch_size;
    own.training.weight_decay = like.weight_decay;
    own.training.warmup_ratio = like.warmup_ratio;
    own.training.balanced_classes = like.balanced_classes;
    own.training.class_weights = like.class_weights;
    own.training.seed = settings_.seed;
    suit_probe(own);
    return own;
  }

  std::string free_name(const std::string& wanted) const {
    std::string name = wanted;
    const auto taken = [&](const StrategySettings& s) { return s.name == name; };
    for (int number = 2;
         std::any_of(settings_.strategies.begin(), settings_.strategies.end(), taken); ++number) {
      name = fmt::format("{} {}", wanted, number);
    }
    return name;
  }

  double steps_an_epoch(const TrainingSettings& t) const {
    return std::ceil(static_cast<double>(std::max<int64_t>(1, scale_.train_rows)) / t.batch_size);
  }

  ExperimentSettings& settings_;
  const ClassifierModel& pretrained_;
  const TrainingScale scale_;
  const bool linear_head_;
};

}  // namespace

int suited_epochs(int64_t rows, int batch_size, const StrategySettings& strategy, int64_t layers) {
  const double steps = std::ceil(static_cast<double>(std::max<int64_t>(1, rows)) / batch_size);
  double epochs =
      std::clamp(std::ceil(kStepsWanted / steps), double{kFewestEpochs}, double{kMostEpochs});
  if (strategy.training.best_epoch == BestEpoch::kLast) {
    epochs = std::max<double>(kFewestEpochs,
                              std::round(epochs / std::sqrt(step_factor(strategy, layers))));
  }
  return static_cast<int>(epochs);
}

void suit_settings(ExperimentSettings& settings, const ClassifierModel& pretrained,
                   const TrainingScale& scale) {
  Suiting(settings, pretrained, scale).run();
}

bool chooses_by_few_rows(const ExperimentSettings& settings) {
  if (!settings.search.empty() || settings.target_precision > 0) return true;
  const auto chooses = [](const StrategySettings& strategy) {
    const TrainingSettings& t = strategy.training;
    const bool by_epoch = t.best_epoch != BestEpoch::kLast &&
                          (strategy.given.count("epochs") || strategy.given.count("best_epoch"));
    return by_epoch || t.patience > 0;
  };
  return (settings.sweep_depth && chooses(settings.common)) ||
         std::any_of(settings.strategies.begin(), settings.strategies.end(), chooses);
}

bool tries_class_weights(const StrategySettings& strategy) {
  return std::any_of(strategy.candidates.begin(), strategy.candidates.end(),
                     [&](const TrainingSettings& candidate) {
                       return candidate.balanced_classes != strategy.training.balanced_classes;
                     });
}

std::string describe_imbalance(const ExperimentSettings& settings, const TrainingScale& scale,
                               const std::vector<std::string>& label_names) {
  const ClassBalance& balance = scale.balance;
  if (!balance.is_imbalanced()) return "";
  bool open = false, tried = false;
  for (const StrategySettings& strategy : settings.strategies) {
    if (strategy.hidden) continue;
    open |= strategy.given.count("class_weights") == 0;
    tried |= tries_class_weights(strategy);
  }
  if (!open) return "";
  constexpr int kLongestName = 30;
  const auto label = [&](size_t which, int64_t rows) {
    return fmt::format("'{}' ({})", fit_columns(label_names.at(which), kLongestName),
                       with_thousands(rows));
  };
  char ratio[32];
  std::snprintf(ratio, sizeof(ratio), "%.0f", std::floor(balance.ratio()));
  return fmt::format("Imbalance: {} has {} times the training rows of {}{}\n",
                     label(balance.largest, balance.most), ratio,
                     label(balance.smallest, balance.fewest),
                     tried ? "; class weights are tried on validation"
                           : "; try " + setting("class_weights", "balanced"));
}

std::string fingerprint_of_choices(const ExperimentSettings& settings) {
  Sha256 hash;
  bool any = false;
  for (const StrategySettings& s : settings.strategies) {
    const bool open = !s.given.count("learning_rate") || !s.given.count("epochs");
    any |= open && !s.hidden && s.training.solver == Solver::kAdamW;
    for (const auto& [key, value] : describe_training(s)) {
      const std::string line = fmt::format("{}={}\n", key, value);
      hash.update(line);
    }
    hash.update(s.init_from);
  }
  return any ? hash.hex() : "";
}

std::string describe_choice_of_settings(const ExperimentSettings& settings,
                                        const TrainingScale& scale) {
  bool starts = false, searches = false, open = false;
  for (const StrategySettings& strategy : settings.strategies) {
    if (strategy.hidden || is_probe(strategy)) continue;
    starts |= strategy.head_start == HeadStart::kProbe;
    const auto& list = strategy.candidates;
    searches |= !settings.search.empty() ||
                std::any_of(list.begin(), list.end(), [&](const TrainingSettings& candidate) {
                  return candidate.learning_rate != list.front().learning_rate;
                });
    open |= !strategy.given.count("learning_rate") || !strategy.given.count("epochs");
  }
  std::string text;
  if (starts) text += "heads start from the solved probe";
  if (!open && !searches) return text;
  if (!text.empty()) text += "; ";
  if (searches) {
    return fmt::format(
        "{}learning rates are searched on {} validation rows ({} takes one good setting)", text,
        scale.validation_rows, setting("effort", "quick"));
  }
  text += "learning rates and epochs suit each strategy";
  if (scale.validation_rows < kRowsToChooseBy && settings.effort != Effort::kQuick) {
    text += fmt::format(" and are fixed, since {} to choose by (it takes {})",
                        scale.validation_rows == 0
                            ? std::string("there are no validation rows")
                            : fmt::format("{} validation rows are too few", scale.validation_rows),
                        kRowsToChooseBy);
  }
  return text;
}

}  // namespace thaw
