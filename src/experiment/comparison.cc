#include "experiment/comparison.h"

#include <algorithm>
#include <memory>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/machine.h"
#include "base/stopwatch.h"
#include "base/threads.h"
#include "experiment/describe.h"
#include "experiment/frozen_passes.h"
#include "gemm/linear.h"
#include "model_io/load_report.h"
#include "report/report.h"
#include "report/tables.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

// A split with its tokens, in the order in which everything else refers to its rows.
struct TokenizedSplit {
  const Split* split = nullptr;
  TokenizedTexts texts;
};

// One comparison in one precision.
template <class T>
class Comparison {
 public:
  Comparison(const ExperimentSettings& settings, const fs::path& out, bool single,
             const Dataset& data, const Classifier& pretrained, const Tokenizer& tokenizer,
             int max_length, const Listener& listener, ComparisonResults& results)
      : settings_(settings),
        out_(out),
        single_(single),
        data_(data),
        pretrained_(pretrained),
        tokenizer_(tokenizer),
        max_length_(max_length),
        listener_(listener),
        results_(results) {
    frozen_precision_.wanted = settings.frozen_precision;
    tokenize(data.train, train_);
    tokenize(data.validation, validation_);
    tokenize(data.test, test_);
    for (const StrategySettings& strategy : settings.strategies) {
      plans_.push_back(make_freeze_plan(pretrained.table, strategy.strategy, strategy.freeze,
                                        strategy.unfreeze));
      if (strategy.training.solver == Solver::kExact) {
        check_trains_classifier_alone(pretrained.table, plans_.back(), strategy.approach);
      }
      listener.say(format_freeze_plan(pretrained.table, plans_.back()));
    }
  }

  void run() {
    for (size_t i = 0; i < settings_.strategies.size(); ++i) run_strategy(i);
  }

 private:
  // The base that a strategy starts from, and the lowest part in which it differs from the
  // pretrained encoder.
  struct Start {
    const Classifier* classifier;
    int lowest_changed;
  };

  const TokenizedSplit& evaluated() const {
    return results_.evaluated_on == "test" ? test_ : validation_;
  }

  void tokenize(const Split& split, TokenizedSplit& tokenized) {
    tokenized.split = &split;
    tokenized.texts = tokenizer_.encode_all(split.texts, max_length_);
    check_token_types(pretrained_, tokenized.texts);
  }

  Start start_of(size_t i) const {
    const std::string& from = settings_.strategies[i].init_from;
    if (from.empty()) return {&pretrained_, pretrained_.table.head_group() + 1};
    const auto& trained = trained_.at(from);
    return {&trained->classifier, trained->lowest_changed};
  }

  // What strategy i reads of the frozen part: kEmbeddingsGroup for nothing.
  int frozen_depth(size_t i) const {
    const int first = plans_[i].first_trained;
    return first >= pretrained_.table.layers ? pretrained_.table.head_group() : first;
  }
  bool dense_trained(size_t i) const { return dense_is_trained(pretrained_.table, plans_[i]); }

  // Strategies that read the pretrained encoder share one pass over the texts.
  bool shares_prefix(size_t i) const {
    return frozen_depth(i) != kEmbeddingsGroup && start_of(i).lowest_changed >= frozen_depth(i) &&
           (frozen_depth(i) <= pretrained_.table.layers ||
            dense_trained(i) == shared_dense_trained());
  }
  bool shared_dense_trained() const {
    for (size_t i = 0; i < plans_.size(); ++i) {
      if (frozen_depth(i) > pretrained_.table.layers) return dense_trained(i);
    }
    return false;
  }

  FrozenSplits<T> run_prefix(const Classifier& base, std::set<int> depths, bool features,
                             bool dense_is_trained, const std::string& name) {
    const auto input = [](const TokenizedSplit& split) {
      return FrozenInput{&split.texts, split.split->labels.data()};
    };
    const FrozenRequest request{
        std::move(depths), features, dense_is_trained, name, {out_, half_of_free_memory()}};
    const bool first = !frozen_precision_.chosen;
    auto frozen = run_frozen_passes<T>(base, input(train_), input(validation_), input(test_),
                                       request, frozen_precision_, listener_);
    if (first) results_.precision += "; frozen layers in " + frozen_precision_.why;
    return frozen;
  }

  // The frozen activations for strategy i: shared, or its own where an earlier strategy changed
  // what lies below.
  const FrozenSplits<T>* frozen_for(size_t i, std::unique_ptr<FrozenSplits<T>>& own) {
    const int depth = frozen_depth(i);
    if (depth == kEmbeddingsGroup) return nullptr;
    const int layers = pretrained_.table.layers;
    if (!shares_prefix(i)) {
      std::set<int> depths;
      if (depth <= layers) depths.insert(depth);
      own = std::make_unique<FrozenSplits<T>>(
          run_prefix(*start_of(i).classifier, depths, depth > layers, dense_trained(i),
                     settings_.strategies[i].approach + ": frozen layers"));
      return own.get();
    }
    if (!shared_) {
      std::set<int> depths;
      bool features = false;
      for (size_t j = i; j < plans_.size(); ++j) {
        const int wanted = frozen_depth(j);
        if (wanted == kEmbeddingsGroup) continue;
        (wanted > layers) ? features = true : (depths.insert(wanted), true);
      }
      shared_ = std::make_unique<FrozenSplits<T>>(
          run_prefix(pretrained_, depths, features, shared_dense_trained(), "frozen layers"));
    }
    return shared_.get();
  }

  Inputs<T> inputs(const TokenizedSplit& split, const FrozenActivations<T>* frozen) const {
    return {&split.texts, frozen, split.split->labels.data()};
  }

  void run_strategy(size_t i) {
    const StrategySettings& strategy = settings_.strategies[i];
    reset_peak_memory();
    StrategyResult result;
    result.approach = strategy.approach;
    result.strategy = strategy.strategy;
    result.init_from = strategy.init_from;
    result.settings = describe_training(strategy);
    result.trainable_parameters = plans_[i].trainable_parameters;
    result.total_parameters = plans_[i].total_parameters;
    result.load_report = format_load_report(pretrained_.report);

    auto trained = std::make_shared<Trained>();
    const Start start = start_of(i);
    trained->classifier = *start.classifier;
    trained->lowest_changed = std::min(start.lowest_changed, plans_[i].first_trained);

    std::unique_ptr<FrozenSplits<T>> own;
    const FrozenSplits<T>* frozen = frozen_for(i, own);
    const int depth = frozen_depth(i);
    double evaluation_prefix = 0;
    if (frozen != nullptr) {
      const auto reached = [&](const FrozenActivations<T>& part) {
        const auto found = part.seconds.find(depth);
        return found == part.seconds.end() ? 0.0 : found->second;
      };
      result.prefix_seconds = reached(frozen->train) + reached(frozen->validation);
      evaluation_prefix = reached(frozen->test);
    }

    TrainingRun<T> run(trained->classifier, plans_[i]);
    const auto train = inputs(train_, frozen ? &frozen->train : nullptr);
    const auto validation = inputs(validation_, frozen ? &frozen->validation : nullptr);
    TrainingOutcome outcome;
    try {
      outcome = run.train(train, validation, strategy.training, strategy.approach, listener_);
    } catch (const Error&) {
      if (run.has_best()) save(trained->classifier, strategy.approach);
      throw;
    }
    result.train_seconds = outcome.seconds + result.prefix_seconds;
    describe_outcome(outcome, result);
    listener_.say(epoch_table(result, pretrained_.head.labels));

    const auto evaluation_start = Clock::now();
    const TokenizedSplit& split = evaluated();
    const FrozenActivations<T>* frozen_split = frozen == nullptr  ? nullptr
                                               : &split == &test_ ? &frozen->test
                                                                  : &frozen->validation;
    result.test_logits = run.logits(inputs(split, frozen_split),
                                    strategy.approach + ": " + results_.evaluated_on, listener_);
    result.test = classification_metrics(result.test_logits.data(), split.split->labels.data(),
                                         split.texts.rows(), pretrained_.head.labels);
    result.eval_seconds = seconds_since(evaluation_start) + evaluation_prefix;
    result.peak_memory_mb = peak_memory_mb();
    listener_.say(format_evaluation(result.test, strategy.approach, results_.label_names,
                                    results_.evaluated_on));

    save(trained->classifier, strategy.approach);
    results_.strategies.push_back(std::move(result));
    trained_[strategy.approach] = std::move(trained);
  }

  void save(const Classifier& classifier, const std::string& approach) {
    const fs::path folder = single_ ? out_ : out_ / approach;
    create_output_folder(folder, single_);
    save_classifier(classifier, tokenizer_, max_length_, folder);
  }

  struct Trained {
    Classifier classifier;
    int lowest_changed;
  };

  const ExperimentSettings& settings_;
  const fs::path out_;
  const bool single_;
  const Dataset& data_;
  const Classifier& pretrained_;
  const Tokenizer& tokenizer_;
  const int max_length_;
  const Listener& listener_;
  ComparisonResults& results_;
  TokenizedSplit train_, validation_, test_;
  std::vector<FreezePlan> plans_;
  FrozenPrecision frozen_precision_;
  std::unique_ptr<FrozenSplits<T>> shared_;
  std::map<std::string, std::shared_ptr<Trained>> trained_;  // by approach
};

template <class T>
void run_strategies(const ExperimentSettings& settings, const fs::path& out, bool single,
                    const Dataset& data, const Classifier& pretrained, const Tokenizer& tokenizer,
                    int max_length, const Listener& listener, ComparisonResults& results) {
  Comparison<T> comparison(settings, out, single, data, pretrained, tokenizer, max_length, listener,
                           results);
  comparison.run();
}

}  // namespace

Precision choose_precision(const std::string& wanted, std::string& why) {
  if (wanted == "fp32") {
    why = "fp32 (as asked)";
    return Precision::kFp32;
  }
  if (wanted == "bf16") {
    why = cpu_has_bf16() ? "bf16 (as asked)" : "bf16 (as asked; this CPU emulates it, slowly)";
    return Precision::kBf16;
  }
  if (cpu_has_bf16()) {
    why = "bf16 (auto: this CPU multiplies bf16 natively)";
    return Precision::kBf16;
  }
  why = "fp32 (auto: this CPU has no native bf16)";
  return Precision::kFp32;
}

ComparisonResults run_comparison(const ExperimentSettings& settings, const fs::path& model_folder,
                                 bool single, const Listener& listener) {
  const auto start = Clock::now();
  set_thread_count(settings.threads);
  const Dataset data = load_dataset(settings.data);
  const Tokenizer tokenizer = Tokenizer::load(model_folder);
  OpenOptions options;
  options.pooling = settings.pooling;
  options.head = settings.head;
  options.label_names = data.label_names;
  options.seed = settings.seed;
  Classifier pretrained = open_classifier(model_folder, options);
  pretrained.report.source = settings.model;
  check_tokenizer_fits(pretrained, tokenizer);
  const int max_length =
      settings.max_length > 0 ? settings.max_length : default_max_length(pretrained, tokenizer);
  check_max_length(pretrained, max_length);

  check_frozen_precision(settings.frozen_precision,
                         "--frozen-precision " + settings.frozen_precision);
  ComparisonResults results;
  describe_experiment(settings, data, pretrained, max_length, results);
  const Precision precision = choose_precision(settings.precision, results.precision);
  create_output_folder(settings.out);
  listener.say(format_introduction(results, pretrained));

  const auto finish = [&] {
    results.total_seconds = seconds_since(start);
    if (!results.strategies.empty()) write_report(results, settings.out);
  };
  const auto run = precision == Precision::kBf16 ? run_strategies<Bf16> : run_strategies<float>;
  try {
    run(settings, settings.out, single, data, pretrained, tokenizer, max_length, listener, results);
  } catch (...) {
    finish();
    throw;
  }
  finish();
  return results;
}

}  // namespace thaw
