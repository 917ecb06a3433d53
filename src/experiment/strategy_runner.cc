#include "experiment/strategy_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/memory.h"
#include "base/stopwatch.h"
#include "engine/cpu/gemm/linear.h"
#include "engine/number_type.h"
#include "model/frozen_hash.h"
#include "training/memory_plan.h"

namespace thaw {
StrategyRunner::StrategyRunner(const ExperimentSettings& settings, const PreparedData& prepared,
                               Engine& engine, NumberType trained, const Listener& listener)
    : settings_(settings),
      prepared_(prepared),
      engine_(engine),
      trained_(trained),
      listener_(listener) {
  frozen_precision_.wanted = settings.frozen_precision;
  frozen_precision_.by_speed = settings.record_timings;
  for (const StrategySettings& strategy : settings.strategies) {
    plans_.push_back(
        make_freeze_plan(table(), strategy.strategy, strategy.freeze, strategy.unfreeze));
    const auto& weights = strategy.training.class_weights;
    const auto labels = static_cast<size_t>(prepared.pretrained.front().head.labels);
    if (!weights.empty() && weights.size() != labels) {
      throw Error(fmt::format("there are {} weights for {} labels", weights.size(), labels),
                  "class_weights", "give one for each label, in their order");
    }
    if (strategy.training.solver == Solver::kLbfgs && strategy.training.label_smoothing > 0) {
      throw Error("the exact solver has no label smoothing", "label_smoothing",
                  "leave it to strategies that are trained step by step");
    }
    if (strategy.training.solver == Solver::kLbfgs) {
      check_trains_classifier_alone(table(), plans_.back(), strategy.name);
    }
  }
  foresee_memory();
}

void StrategyRunner::foresee_memory() {
  const TokenizedTexts& texts = prepared_.train;
  std::vector<int64_t> lengths(static_cast<size_t>(texts.rows()));
  for (int64_t row = 0; row < texts.rows(); ++row) lengths[row] = texts.length(row);
  std::sort(lengths.begin(), lengths.end(), std::greater<>());
  const int64_t longest = lengths.empty() ? 0 : padded_token_count(lengths.front());
  int64_t most = 0;
  for (size_t i = 0; i < plans_.size(); ++i) {
    const StrategySettings& strategy = settings_.strategies[i];
    const auto rows = std::min<size_t>(lengths.size(), strategy.training.batch_size);
    const int64_t step = padded_token_count(
        std::accumulate(lengths.begin(), lengths.begin() + static_cast<int64_t>(rows), int64_t{0}));
    const MemoryNeed need = engine_.need(prepared_.pretrained.front().config, table(), plans_[i],
                                         trained_, strategy.training.frozen_dropout);
    const int64_t part =
        choose_micro_batch_tokens(need, prepared_.memory, step, longest, strategy.name);
    micro_batch_tokens_.push_back(part);
    training_bytes_.push_back(need.bytes(part > 0 ? part : step));
    most = std::max(most, training_bytes_.back());
    if (part == 0) continue;
    listener_.say(
        fmt::format("{}: a step may take {} of memory, and {} are free: its rows are run in parts "
                    "of at most {} tokens\n",
                    strategy.name, format_byte_size(need.bytes(step)),
                    format_byte_size(prepared_.memory), part));
  }
  spill_limit_ = std::min(prepared_.memory / 2, prepared_.memory - most);
}

int64_t StrategyRunner::frozen_bytes() const {
  const ClassifierModel& pretrained = prepared_.pretrained.front();
  std::set<int> depths;
  for (size_t i = 0; i < plans_.size(); ++i) depths.insert(frozen_depth(i));
  const int64_t value = bytes_of(trained_);
  int64_t bytes = 0;
  for (const TokenizedTexts* texts : {&prepared_.train, &prepared_.validation, &prepared_.test}) {
    for (const int depth : depths) {
      if (depth == kEmbeddingsGroup || texts->rows() <= 0) continue;
      bytes += depth > table().layers
                   ? texts->rows() * pretrained.config.hidden_size * int64_t{sizeof(float)}
                   : texts->offsets.back() * pretrained.config.hidden_size * value;
    }
  }
  return std::min(bytes, std::max<int64_t>(0, spill_limit_));
}

int StrategyRunner::frozen_depth(size_t strategy) const {
  const int first = plans_[strategy].first_trained;
  return first >= table().layers ? table().head_group() : first;
}

bool StrategyRunner::shared_dense_trained() const {
  for (size_t i = 0; i < plans_.size(); ++i) {
    if (frozen_depth(i) > table().layers) return dense_trained(i);
  }
  return false;
}

// Whether the run reads what the pretrained encoder computes, which is computed once for all.
bool StrategyRunner::shares_prefix(const RunRequest& request, int lowest_changed) const {
  const int depth = frozen_depth(request.strategy), layers = table().layers;
  if (depth <= layers) return lowest_changed >= depth;
  if (dense_trained(request.strategy) != shared_dense_trained()) return false;
  // Pooled vectors come from the layers alone; dense layers that are frozen are part of the
  // features.
  int highest = layers - 1;
  for (const Parameter& parameter : table().list) {
    const bool dense =
        parameter.role == Role::kDenseWeight || parameter.role == Role::kModuleWeight;
    if (dense && parameter.used && !dense_trained(request.strategy)) {
      highest = std::max(highest, parameter.group);
    }
  }
  return lowest_changed > highest;
}

CachedSplits StrategyRunner::run_prefix(const ClassifierModel& base, std::set<int> depths,
                                        bool features, bool dense_trained,
                                        const std::string& name) {
  const FrozenRequest request{
      std::move(depths), features, dense_trained, name, {prepared_.spill_folder, spill_limit_}};
  const bool chosen = frozen_precision_.chosen;
  auto splits =
      cache_activations(engine_, base, trained_, {&prepared_.train, nullptr},
                        {&prepared_.validation, prepared_.validation_labels.data()},
                        {&prepared_.test, nullptr}, request, frozen_precision_, listener_);
  if (!chosen && on_frozen_precision_) on_frozen_precision_(frozen_precision_);
  return splits;
}

// What all strategies read of the pretrained encoder, whichever of them is the first to run.
const CachedSplits& StrategyRunner::shared() {
  if (shared_) return *shared_;
  std::set<int> depths;
  bool features = false;
  for (size_t i = 0; i < plans_.size(); ++i) {
    const int depth = frozen_depth(i);
    if (depth == kEmbeddingsGroup) continue;
    (depth > table().layers) ? features = true : (depths.insert(depth), true);
  }
  shared_ = std::make_unique<CachedSplits>(run_prefix(
      prepared_.pretrained.front(), depths, features, shared_dense_trained(), "frozen layers"));
  return *shared_;
}

// Whether the strategy reads them with the first seed, be it trained in this process or before.
bool StrategyRunner::reads_shared_features(size_t strategy) const {
  int lowest_changed = table().head_group() + 1;
  for (size_t i = strategy; !settings_.strategies[i].init_from.empty();) {
    i = static_cast<size_t>(std::find_if(settings_.strategies.begin(), settings_.strategies.end(),
                                         [&](const StrategySettings& other) {
                                           return other.name == settings_.strategies[i].init_from;
                                         }) -
                            settings_.strategies.begin());
    lowest_changed = std::min(lowest_changed, plans_[i].first_trained);
  }
  RunRequest request;
  request.strategy = strategy;
  return frozen_depth(strategy) > table().layers && shares_prefix(request, lowest_changed);
}

const float* StrategyRunner::shared_features() {
  for (size_t i = 0; i < plans_.size(); ++i) {
    if (reads_shared_features(i)) return shared().train->features().data();
  }
  return nullptr;
}

int64_t StrategyRunner::shared_feature_size() {
  return static_cast<int64_t>(shared().train->features().size()) / prepared_.train.rows();
}

const CachedSplits& StrategyRunner::pooled_vectors() {
  for (size_t i = 0; i < plans_.size(); ++i) {
    if (reads_shared_features(i) && dense_trained(i)) return shared();
  }
  own_.reset();
  own_seed_ = -1;  // of no strategy
  own_ = std::make_unique<CachedSplits>(
      run_prefix(prepared_.pretrained.front(), {}, true, true, "vectors for the solved probe"));
  return *own_;
}

void StrategyRunner::keep_frozen_precision(const std::optional<FrozenPrecision>& chosen,
                                           std::function<void(const FrozenPrecision&)> on_choice) {
  if (chosen) {
    frozen_precision_.chosen = true;
    frozen_precision_.precision = chosen->precision;
    frozen_precision_.why = chosen->why;
  }
  on_frozen_precision_ = std::move(on_choice);
}

const CachedSplits* StrategyRunner::frozen_for(const RunRequest& request,
                                               const ClassifierModel& base, int lowest_changed) {
  const size_t i = request.strategy;
  const int depth = frozen_depth(i), layers = table().layers;
  if (depth == kEmbeddingsGroup) return nullptr;
  if (!shares_prefix(request, lowest_changed)) {
    const int64_t start = request.start == nullptr ? -1 : request.start->number;
    if (own_ && own_strategy_ == i && own_seed_ == request.seed && own_start_ == start) {
      return own_.get();
    }
    own_.reset();  // before the next takes its memory
    std::set<int> depths;
    if (depth <= layers) depths.insert(depth);
    own_ = std::make_unique<CachedSplits>(run_prefix(base, depths, depth > layers, dense_trained(i),
                                                     request.name + ": frozen layers"));
    own_strategy_ = i;
    own_seed_ = request.seed;
    own_start_ = start;
    return own_.get();
  }
  return &shared();
}

// The lowest part in which what the run starts from differs from the pretrained encoder.
int StrategyRunner::lowest_changed_before(const RunRequest& request) const {
  if (request.start != nullptr) return request.start->lowest_changed;
  int lowest = table().head_group() + 1;
  if (request.seed == 0) return lowest;
  for (const Parameter& parameter : table().list) {
    if (parameter.fresh) lowest = std::min(lowest, parameter.group);
  }
  return lowest;
}

std::vector<float> StrategyRunner::trained_values(size_t strategy,
                                                  const ClassifierModel& classifier) const {
  std::vector<float> values;
  for (size_t i = 0; i < classifier.table.list.size(); ++i) {
    const Parameter& parameter = classifier.table.list[i];
    if (!plans_[strategy].trainable[i]) continue;
    values.insert(values.end(), parameter.value, parameter.value + parameter.size());
  }
  return values;
}

void StrategyRunner::restore(const RunRequest& request, const std::vector<float>& trained,
                             const std::string& where, StrategyRun& run) const {
  const FreezePlan& plan = plans_[request.strategy];
  run.classifier =
      request.start != nullptr ? request.start->classifier : prepared_.pretrained[request.seed];
  run.lowest_changed = std::min(lowest_changed_before(request), plan.first_trained);
  const auto values = std::make_shared<std::vector<float>>(trained);
  run.classifier.table.keep_alive(values);
  size_t at = 0;
  for (size_t i = 0; i < run.classifier.table.list.size(); ++i) {
    Parameter& parameter = run.classifier.table.list[i];
    if (!plan.trainable[i]) continue;
    const auto size = static_cast<size_t>(parameter.size());
    if (at + size > values->size()) break;
    parameter.value = values->data() + at;
    at += size;
  }
  if (at != values->size() || at != static_cast<size_t>(plan.trainable_parameters)) {
    throw Error("does not hold what was trained", where, "delete it");
  }
}

StrategyRun StrategyRunner::run(const RunRequest& request) {
  const FreezePlan& plan = plans_[request.strategy];
  const int depth = frozen_depth(request.strategy);
  StrategyRun run;
  run.classifier =
      request.start != nullptr ? request.start->classifier : prepared_.pretrained[request.seed];
  const int lowest_changed = lowest_changed_before(request);
  run.lowest_changed = std::min(lowest_changed, plan.first_trained);

  const CachedSplits* frozen = frozen_for(request, run.classifier, lowest_changed);
  double evaluation_prefix = 0;
  if (frozen != nullptr) {
    const auto reached = [&](const std::unique_ptr<ActivationCache>& part) {
      return part ? part->seconds(depth) : 0.0;
    };
    // Some of the rows have their share of the pass.
    const double share = request.chosen == nullptr
                             ? 1
                             : static_cast<double>(request.chosen->size()) /
                                   static_cast<double>(prepared_.train.rows());
    run.prefix_seconds = share * reached(frozen->train) + reached(frozen->validation);
    evaluation_prefix = reached(prepared_.has_test ? frozen->test : frozen->validation);
  }

  if (request.prove) run.frozen_hash_before = frozen_hash(run.classifier.table, plan);
  const auto network =
      engine_.network(run.classifier, plan, {trained_, trained_}, rate_shares(request.training));
  TrainingRun training(*network);
  const auto view = [](const TokenizedTexts& texts, const ActivationCache* part,
                       const std::vector<int32_t>* labels) {
    return SplitView{&texts, part, labels == nullptr ? nullptr : labels->data()};
  };
  SplitView train =
      view(prepared_.train, frozen ? frozen->train.get() : nullptr, &prepared_.train_labels);
  train.chosen = request.chosen;
  train.numbers = prepared_.train_numbers.empty() ? nullptr : prepared_.train_numbers.data();
  TrainingSettings settings = request.training;
  settings.micro_batch_tokens = micro_batch_tokens_[request.strategy];
  const SplitView validation =
      view(prepared_.validation, frozen ? frozen->validation.get() : nullptr,
           &prepared_.validation_labels);
  try {
    run.outcome =
        training.train(train, validation, settings, request.name, listener_, request.checkpointer);
  } catch (const Diverged& error) {
    run.failure = error.fact();
    run.worth_saving = training.has_best();
    return run;
  }
  if (request.prove) run.frozen_hash_after = frozen_hash(run.classifier.table, plan);
  if ((request.prove || request.validate) && prepared_.validation.rows() > 0) {
    Listener quiet;
    quiet.interrupted = listener_.interrupted;
    run.validation_logits = training.logits(validation, "", quiet);
  }
  if (!request.evaluate) return run;
  const auto start = Clock::now();
  const SplitView test = view(prepared_.test, frozen ? frozen->test.get() : nullptr, nullptr);
  run.evaluated_logits = training.logits(
      prepared_.has_test ? test : validation,
      request.name + ": " + (prepared_.has_test ? "test" : "validation"), listener_);
  run.eval_seconds = seconds_since(start) + evaluation_prefix;
  return run;
}

}  // namespace thaw
