#include <cstdio>
#include <memory>

#include "answer_flags.h"
#include "api/evaluate.h"
#include "api/resolve_data.h"
#include "commands.h"
#include "console.h"
#include "data/load.h"
#include "data_flags.h"
#include "experiment/describe.h"
#include "flag_values.h"
#include "hub_console.h"
#include "report/findings/slices.h"
#include "sanitize.h"
#include "trained_model_flags.h"

namespace thaw {
namespace {

struct EvalFlags {
  TrainedModelFlags model;
  DataOptions data;
  AnswerSettings answers;
};

// How far the probabilities can be believed, and what is answered.
void print_probabilities(const AnswerSettings& settings, double temperature,
                         const Evaluation& evaluation) {
  const auto print = [](const std::string& which, const CalibrationSummary& summary, bool above) {
    std::printf("%s: NLL %.4f%s, Brier %.4f, ECE %.4f\n", which.c_str(), summary.nll,
                above ? " (the loss above)" : "", summary.brier, summary.ece);
  };
  std::printf("\n");
  if (temperature == 1) {
    print("probabilities", evaluation.as_saved, true);
  } else {
    const bool raw = settings.raw_probabilities;
    print("probabilities as trained", evaluation.as_trained, raw);
    print("probabilities as saved, calibrated at temperature " + shortest_number(temperature),
          evaluation.as_saved, !raw);
  }
  if (!settings.may_abstain()) return;
  const auto rows = static_cast<double>(evaluation.metrics.rows);
  const auto answered = static_cast<double>(evaluation.answered);
  std::printf(
      "answered: %lld of %lld rows (%.1f %%), of which %.2f %% are right\n",
      static_cast<long long>(evaluation.answered), static_cast<long long>(evaluation.metrics.rows),
      100.0 * answered / rows,
      evaluation.answered == 0 ? 0.0 : 100.0 * static_cast<double>(evaluation.right) / answered);
}

void run_eval(EvalFlags& flags) {
  resolve_data(flags.data, DataUse::kTestAlone, console_transfers());
  TrainedModel model = open_trained_model(flags.model);
  check_answer_settings(model.classifier(), flags.answers);
  flags.data.remembered = model.classifier().columns;
  std::vector<std::string> notes;
  const Split split = load_split(flags.data, model.label_names(), &notes);
  print_notes(notes, stdout);
  catch_interrupts();
  const Listener listener = console_listener();
  const auto logits = classify_texts(model, split.texts, "evaluate", listener);
  const Evaluation evaluation = evaluate(model.classifier(), logits, split.labels, flags.answers);
  std::printf("%s", sanitize_lines(format_evaluation(evaluation.metrics, flags.model.model,
                                                     model.label_names(), split.source))
                        .c_str());
  print_probabilities(flags.answers, model.rules().temperature, evaluation);
  if (split.columns.empty()) return;
  const ComparisonResults slices =
      slice_evaluation(model, split, evaluation, flags.model.model, listener);
  std::printf("\n%s", sanitize_lines(format_slices(slices, {})).c_str());
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
  add_answer_flags(*command, flags->answers);
  command->footer(
      "Examples:\n"
      "  thaw eval review-results/full reviews.csv\n"
      "  thaw eval my-model reviews.csv --text-column body --label-column stars");
  command->callback([flags] { run_eval(*flags); });
}

}  // namespace thaw
