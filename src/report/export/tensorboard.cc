#include "report/export/tensorboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "report/export/event_file.h"
#include "report/export/markdown.h"
#include "text/markup.h"

namespace thaw {
namespace {

double known(double seconds) { return std::isfinite(seconds) && seconds > 0 ? seconds : 0; }

std::string file_name(double started) {
  char name[64];
  // TensorBoard takes any file for an event file whose name holds "tfevents".
  std::snprintf(name, sizeof(name), "events.out.tfevents.%010lld.thaw",
                static_cast<long long>(std::min(started, 9e15)));
  return name;
}

// Numbers between which a setting can be sorted are shown as such.
std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

using Settings = std::map<std::string, std::string>;

Settings settings_of(const StrategyResult& strategy, uint64_t seed) {
  Settings settings = strategy.settings;
  settings["strategy"] = strategy.strategy;
  if (!strategy.init_from.empty()) settings["init_from"] = strategy.init_from;
  settings["seed"] = std::to_string(seed);
  return settings;
}

// Messages of tensorboard/plugins/hparams/{api,plugin_data}.proto.
namespace hparams {

constexpr const char* kPlugin = "hparams";
enum Type { kString = 1, kNumber = 3 };
enum Status { kSuccess = 1, kFailure = 2 };

ProtoMessage experiment(const std::map<std::string, Type>& types,
                        const std::vector<std::pair<std::string, std::string>>& metrics,
                        double created) {
  ProtoMessage message;
  message.real(3, created);
  for (const auto& [name, type] : types) {
    message.message(4, ProtoMessage().bytes(1, name).integer(4, type));
  }
  for (const auto& [tag, shown] : metrics) {
    message.message(5, ProtoMessage().message(1, ProtoMessage().bytes(2, tag)).bytes(3, shown));
  }
  return ProtoMessage().message(2, message);
}

ProtoMessage session_start(const Settings& settings, const std::map<std::string, Type>& types,
                           const std::string& group, double time) {
  ProtoMessage message;
  for (const auto& [name, text] : settings) {
    // google.protobuf.Value: number_value is field 2, string_value field 3.
    const ProtoMessage value = types.at(name) == kNumber ? ProtoMessage().real(2, *number_in(text))
                                                         : ProtoMessage().bytes(3, text);
    message.message(1, ProtoMessage().bytes(1, name).message(2, value));
  }
  message.bytes(4, group).real(5, time);
  return ProtoMessage().message(3, message);
}

ProtoMessage session_end(Status status, double time) {
  return ProtoMessage().message(4, ProtoMessage().integer(1, status).real(2, time));
}

}  // namespace hparams

using Types = std::map<std::string, hparams::Type>;

// A setting is a number where it is one in every strategy.
Types types_of(const ComparisonResults& results) {
  Types types;
  for (const StrategyResult& strategy : results.strategies) {
    for (const auto& [name, text] : settings_of(strategy, strategy.seed)) {
      const auto type = number_in(text) ? hparams::kNumber : hparams::kString;
      const auto [known, added] = types.emplace(name, type);
      if (!added && type == hparams::kString) known->second = type;
    }
  }
  return types;
}

void test_scalars(EventFile& file, double time, int64_t step, const ClassificationMetrics& test) {
  file.scalar(time, step, "test/accuracy", test.accuracy);
  file.scalar(time, step, "test/f1", test.f1());
  file.scalar(time, step, "test/loss", test.loss);
  file.scalar(time, step, "test/macro_f1", test.macro_f1);
  file.scalar(time, step, "test/macro_precision", test.macro_precision);
  file.scalar(time, step, "test/macro_recall", test.macro_recall);
  file.scalar(time, step, "test/weighted_f1", test.weighted_f1);
}

// The steps of a run on the clock.
struct Course {
  double begin = 0, train_seconds = 0;
  int64_t steps = 0;
  size_t epochs = 0;

  double time(int64_t step) const {
    if (steps <= 0) return begin;
    return begin + train_seconds * static_cast<double>(step) / static_cast<double>(steps);
  }
  double end() const { return begin + train_seconds; }
  // Without steps (the exact solver), epochs take their place.
  int64_t last_of(int epoch) const {
    if (steps <= 0 || epochs == 0) return epoch;
    return std::llround(static_cast<double>(steps) * epoch / static_cast<double>(epochs));
  }
};

Course course_of(const StrategyResult& strategy, double begin) {
  Course course{.begin = begin,
                .train_seconds = known(strategy.train_seconds),
                .steps = strategy.steps,
                .epochs = strategy.epochs.size()};
  if (course.steps == 0 && !strategy.losses.empty()) course.steps = strategy.losses.back().step;
  return course;
}

// In the order of the steps, as a run that is watched writes them.
void training_scalars(EventFile& file, const StrategyResult& strategy, const Course& course) {
  struct Scalar {
    int64_t step;
    const char* tag;
    double value;
  };
  std::vector<Scalar> scalars;
  for (const LossPoint& point : strategy.losses) {
    scalars.push_back({point.step, "train/loss", point.loss});
    scalars.push_back({point.step, "train/learning_rate", point.learning_rate});
  }
  for (const EpochResult& epoch : strategy.epochs) {
    const int64_t step = course.last_of(epoch.epoch);
    if (strategy.losses.empty()) scalars.push_back({step, "train/loss", epoch.train_loss});
    if (strategy.best_epoch == 0) continue;  // nothing was validated
    scalars.push_back({step, "eval/accuracy", epoch.validation_accuracy});
    scalars.push_back({step, "eval/f1", epoch.validation_f1});
    scalars.push_back({step, "eval/loss", epoch.validation_loss});
    scalars.push_back({step, "eval/macro_f1", epoch.validation_macro_f1});
  }
  std::stable_sort(scalars.begin(), scalars.end(),
                   [](const Scalar& a, const Scalar& b) { return a.step < b.step; });
  for (const Scalar& own : scalars)
    file.scalar(course.time(own.step), own.step, own.tag, own.value);
}

class Runs {
 public:
  explicit Runs(const ComparisonResults& results, const Findings& words)
      : results_(results),
        words_(words),
        types_(types_of(results)),
        clock_(known(results.started)) {}

  std::vector<OutputFile> files() {
    add_experiment();
    for (const StrategyResult& strategy : results_.strategies) add_strategy(strategy);
    return std::move(files_);
  }

 private:
  void add_experiment() {
    EventFile file(clock_);
    file.plugin_data(clock_, 0, "_hparams_/experiment", hparams::kPlugin,
                     hparams::experiment(types_,
                                         {{"test/accuracy", "accuracy"},
                                          {"test/f1", "F1"},
                                          {"test/macro_f1", "macro F1"},
                                          {"test/loss", "loss"},
                                          {"cost/train_seconds", "training, seconds"},
                                          {"cost/peak_memory_mb", "peak memory, MB"},
                                          {"cost/trainable_parameters", "trainable parameters"}},
                                         clock_));
    std::string text = fmt::format("**{}**\n", escape_markdown(words_.headline));
    if (!words_.basis.empty()) text += fmt::format("\n{}\n", escape_markdown(words_.basis));
    for (const auto& [name, sentences] :
         {std::pair{"Observation", &words_.observation}, std::pair{"Likely reason", &words_.reason},
          std::pair{"Conclusion", &words_.conclusion}}) {
      if (sentences->empty()) continue;
      text += fmt::format("\n#### {}\n\n", name);
      for (const std::string& sentence : *sentences)
        text += fmt::format("- {}\n", escape_markdown(sentence));
    }
    file.text(clock_, "findings", text);
    files_.push_back({file_name(clock_), file.bytes()});
  }

  void add_strategy(const StrategyResult& strategy) {
    const Course course = course_of(strategy, clock_);
    const std::string group = unique_name(strategy.name);
    EventFile file(clock_);
    begin_session(file, settings_of(strategy, strategy.seed), group, clock_);
    training_scalars(file, strategy, course);
    const int64_t last =
        course.steps > 0 ? course.steps : course.last_of(static_cast<int>(course.epochs));
    clock_ = course.end() + known(strategy.eval_seconds);
    if (strategy.test.rows > 0) test_scalars(file, clock_, last, strategy.test);
    file.scalar(clock_, last, "cost/train_seconds", strategy.train_seconds);
    file.scalar(clock_, last, "cost/eval_seconds", strategy.eval_seconds);
    file.scalar(clock_, last, "cost/peak_memory_mb", strategy.peak_memory_mb);
    file.scalar(clock_, last, "cost/trainable_parameters",
                static_cast<double>(strategy.trainable_parameters));
    end_session(file, last, strategy.failure);
    add(group, file);
    for (const SeedRun& run : strategy.reruns) add_rerun(strategy, run, group, last);
  }

  void add_rerun(const StrategyResult& strategy, const SeedRun& run, const std::string& group,
                 int64_t last) {
    EventFile file(clock_);
    begin_session(file, settings_of(strategy, run.seed), group, clock_);
    clock_ += known(run.train_seconds);
    if (run.test.rows > 0) test_scalars(file, clock_, last, run.test);
    file.scalar(clock_, last, "cost/train_seconds", run.train_seconds);
    end_session(file, last, run.failure);
    add(unique_name(fmt::format("{}-seed{}", strategy.name, run.seed)), file);
  }

  void begin_session(EventFile& file, const Settings& settings, const std::string& group,
                     double time) {
    file.plugin_data(time, 0, "_hparams_/session_start_info", hparams::kPlugin,
                     hparams::session_start(settings, types_, group, time));
  }
  void end_session(EventFile& file, int64_t step, const std::string& failure) {
    const auto status = failure.empty() ? hparams::kSuccess : hparams::kFailure;
    file.plugin_data(clock_, step, "_hparams_/session_end_info", hparams::kPlugin,
                     hparams::session_end(status, clock_));
  }

  void add(const std::string& run, const EventFile& file) {
    files_.push_back({run + "/" + file_name(known(results_.started)), file.bytes()});
  }

  std::string unique_name(const std::string& wanted) {
    const std::string name = file_name_part(wanted);
    std::string own = name;
    for (int copy = 2; !taken_.insert(own).second; ++copy) own = fmt::format("{}-{}", name, copy);
    return own;
  }

  const ComparisonResults& results_;
  const Findings& words_;
  const Types types_;
  double clock_;  // seconds since 1970
  std::set<std::string> taken_;
  std::vector<OutputFile> files_;
};

}  // namespace

std::vector<OutputFile> tensorboard_files(const ComparisonResults& results, const Findings& words) {
  return Runs(results, words).files();
}

}  // namespace thaw
