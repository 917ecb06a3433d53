#include <cstdio>
#include <memory>

#include "abstention.h"
#include "commands.h"
#include "console.h"
#include "data/load.h"
#include "data_flags.h"
#include "evaluation/calibration.h"
#include "evaluation/metrics.h"
#include "experiment/describe.h"
#include "flag_values.h"
#include "models.h"
#include "report/findings/slices.h"
#include "shown.h"
#include "trained_model.h"

namespace thaw {
namespace {

struct EvalFlags {
  TrainedModelFlags model;
  DataOptions data;
  AbstentionFlags abstention;
};

// The metrics by the values of columns.
void print_slices(const TrainedModel& model, const Split& split, const std::string& name,
                  std::vector<float> logits, const ClassificationMetrics& metrics,
                  const Listener& listener) {
  if (split.columns.empty()) return;
  ComparisonResults results;
  results.label_names = model.classifier.label_names;
  results.test_gold = split.labels;
  StrategyResult& own = results.strategies.emplace_back();
  own.approach = name;
  own.test = metrics;
  own.test_logits = std::move(logits);
  take_slice_values(split.columns, model.tokenizer.lengths(split.texts), results);
  judge_slices(results, listener);
  std::printf("\n%s", shown(format_slices(results, {})).c_str());
}

// How far the probabilities can be believed, and what is answered.
void print_probabilities(const AbstentionFlags& flags, const Classifier& classifier,
                         const std::vector<float>& logits, const std::vector<int32_t>& gold) {
  const auto rows = static_cast<int64_t>(gold.size());
  const int64_t labels = classifier.head.labels;
  const double temperature = classifier.rules.temperature;
  const auto print = [&](const std::string& which, double divisor, bool above) {
    const CalibrationSummary summary =
        calibration_summary(logits.data(), gold.data(), rows, labels, divisor);
    std::printf("%s: NLL %.4f%s, Brier %.4f, ECE %.4f\n", which.c_str(), summary.nll,
                above ? " (the loss above)" : "", summary.brier, summary.ece);
  };
  std::printf("\n");
  if (temperature == 1) {
    print("probabilities", 1, true);
  } else {
    print("probabilities as trained", 1 / temperature, flags.raw);
    print("probabilities as saved, calibrated at temperature " + shortest_number(temperature), 1,
          !flags.raw);
  }
  if (!flags.may_abstain()) return;
  const auto shares = probabilities(logits.data(), rows, labels, flags.temperature(classifier));
  const auto predicted = predicted_labels(logits.data(), rows, labels);
  int64_t answered = 0, right = 0;
  for (int64_t row = 0; row < rows; ++row) {
    if (!flags.answers(classifier, predicted[row], shares[row * labels + predicted[row]])) continue;
    ++answered;
    right += predicted[row] == gold[row];
  }
  std::printf(
      "answered: %lld of %lld rows (%.1f %%), of which %.2f %% are right\n",
      static_cast<long long>(answered), static_cast<long long>(rows),
      100.0 * static_cast<double>(answered) / static_cast<double>(rows),
      answered == 0 ? 0.0 : 100.0 * static_cast<double>(right) / static_cast<double>(answered));
}

void run_eval(EvalFlags& flags) {
  resolve_data(flags.data, DataUse::kTestAlone);
  const TrainedModel model = open_trained_model(flags.model);
  flags.abstention.check(model.classifier);
  const auto& label_names = model.classifier.label_names;
  flags.data.remembered = model.classifier.columns;
  std::vector<std::string> notes;
  const Split split = load_split(flags.data, label_names, &notes);
  print_notes(notes, stdout);
  catch_interrupts();
  const Listener listener = console_listener();
  const auto logits = model.logits(split.texts, "evaluate", listener);
  std::vector<float> judged = logits;
  const auto divisor = static_cast<float>(flags.abstention.temperature(model.classifier));
  for (float& logit : judged) logit /= divisor;
  const auto metrics = classification_metrics(judged.data(), split.labels.data(), split.size(),
                                              model.classifier.head.labels);
  std::printf(
      "%s",
      shown(format_evaluation(metrics, flags.model.model, label_names, split.source)).c_str());
  print_probabilities(flags.abstention, model.classifier, logits, split.labels);
  print_slices(model, split, flags.model.model, std::move(judged), metrics, listener);
}

}  // namespace

void add_eval_command(CLI::App& app) {
  const auto flags = std::make_shared<EvalFlags>();
  CLI::App* command = app.add_subcommand("eval", "test a trained model on labelled texts");
  command
      ->add_option("model", flags->model.model, "folder of a trained model, or its name on the hub")
      ->type_name("MODEL")
      ->required();
  add_data_flags(*command, flags->data);
  add_parsed_flag(*command, "--slices", "LIST",
                  "columns by whose values the rows are looked at; length: number of tokens (none)",
                  [flags](Assignment given) {
                    given.values = parse_list(given.values.front(), given.where);
                    flags->data.slice_columns = parse_column_names(given);
                  })
      ->group("Data");
  flags->model.add_to(*command);
  flags->abstention.add_to(*command);
  command->footer(
      "Examples:\n"
      "  thaw eval review-results/full reviews.csv\n"
      "  thaw eval my-model reviews.csv --text-column body --label-column stars");
  command->callback([flags] { run_eval(*flags); });
}

}  // namespace thaw
