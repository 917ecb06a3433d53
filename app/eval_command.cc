#include <cstdio>
#include <memory>

#include "commands.h"
#include "console.h"
#include "data/load.h"
#include "data_flags.h"
#include "evaluation/metrics.h"
#include "experiment/describe.h"
#include "models.h"
#include "trained_model.h"

namespace thaw {
namespace {

struct EvalFlags {
  TrainedModelFlags model;
  DataOptions data;
};

void run_eval(EvalFlags& flags) {
  resolve_data(flags.data, DataUse::kTestAlone);
  const TrainedModel model = open_trained_model(flags.model);
  const auto& label_names = model.classifier.label_names;
  const Split split = load_split(flags.data, label_names);
  catch_interrupts();
  const auto logits = model.logits(split.texts, "evaluate", console_listener());
  const auto metrics = classification_metrics(logits.data(), split.labels.data(), split.size(),
                                              model.classifier.head.labels);
  std::printf("%s",
              format_evaluation(metrics, flags.model.model, label_names, split.source).c_str());
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
  flags->model.add_to(*command);
  command->callback([flags] { run_eval(*flags); });
}

}  // namespace thaw
