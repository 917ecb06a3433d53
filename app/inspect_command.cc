#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "classifier/classifier.h"
#include "classifier/freeze_plan.h"
#include "commands.h"
#include "encoder/weights.h"
#include "flag_values.h"
#include "model_io/load_report.h"
#include "model_io/safetensors.h"
#include "models.h"
#include "shown.h"

namespace thaw {
namespace {

struct InspectFlags {
  std::string model;
  std::vector<std::string> strategies, freeze, unfreeze;
  std::string pooling = "auto", head = "auto";
  int labels = 0;
  bool parameters = false;
};

void print_architecture(const Classifier& classifier) {
  const ModelConfig& c = classifier.config;
  const auto row = [](const char* name, const std::string& value) {
    std::printf("  %-20s %s\n", name, shown(value).c_str());
  };
  const auto number = [&](const char* name, int64_t value) { row(name, with_thousands(value)); };
  std::printf("%s\n", model_class_name(c, classifier.head).c_str());
  row("family", to_string(c.family));
  number("layers", c.num_hidden_layers);
  number("hidden size", c.hidden_size);
  number("attention heads", c.num_attention_heads);
  number("intermediate size", c.intermediate_size);
  number("vocabulary", c.vocab_size);
  row("longest text", with_thousands(c.max_length()) + " tokens");
  row("pooling", classifier.head.native ? "the family's own head on [CLS]"
                                        : to_string(classifier.head.pooling));
  std::string labels;
  for (const auto& name : classifier.label_names) labels += (labels.empty() ? "" : ", ") + name;
  row("labels", labels);
  std::printf("\n");
}

void run_inspect(const InspectFlags& flags) {
  namespace fs = std::filesystem;
  const fs::path path = resolve_model(flags.model);
  OpenOptions options;
  options.pooling = flags.pooling;
  options.head = flags.head;
  for (int i = 0; i < flags.labels; ++i)
    options.label_names.push_back("LABEL_" + std::to_string(i));
  Classifier classifier = describe_classifier(path, options);
  print_architecture(classifier);
  if (fs::is_directory(path) && Checkpoint::exists(path)) {
    const LoadReport report =
        load_parameters(classifier.table, classifier.config, classifier.head, path, 0);
    const std::string text = format_load_report(report);
    if (!text.empty()) std::printf("%s\n", shown(text).c_str());
  }
  if (flags.parameters) {
    for (const Parameter& parameter : classifier.table.list) {
      std::string shape;
      for (const int64_t extent : parameter.shape) {
        shape += (shape.empty() ? "" : " x ") + std::to_string(extent);
      }
      std::printf("  %-60s %s\n", parameter.name.c_str(), shape.c_str());
    }
    std::printf("\n");
  }
  auto strategies = flags.strategies;
  if (strategies.empty()) strategies = {"probe", "last-1", "full"};
  for (size_t i = 0; i < strategies.size(); ++i) {
    const FreezePlan plan =
        make_freeze_plan(classifier.table, strategies[i], flags.freeze, flags.unfreeze);
    std::printf("%s%s", i > 0 ? "\n" : "", format_freeze_plan(classifier.table, plan).c_str());
  }
}

}  // namespace

void add_inspect_command(CLI::App& app) {
  const auto flags = std::make_shared<InspectFlags>();
  CLI::App* command = app.add_subcommand(
      "inspect", "print a model's architecture and what each strategy would train");
  command
      ->add_option("model", flags->model,
                   "model folder, config.json, minilm, or a model of the hub")
      ->type_name("MODEL")
      ->required();
  add_list_flag(*command, "--strategy", flags->strategies,
                "probe, last-N, full, lp-ft or bitfit (probe,last-1,full)");
  command->add_option("--freeze", flags->freeze, "patterns of parameters to freeze as well");
  command->add_option("--unfreeze", flags->unfreeze, "patterns of parameters to train as well");
  command
      ->add_option("--pooling", flags->pooling,
                   "auto (what the folder says), cls, mean, max or pooler")
      ->type_name("NAME");
  command->add_option("--head", flags->head, "auto, or native for the family's own (auto)")
      ->type_name("NAME");
  add_whole_flag(*command, "--labels", flags->labels, 1,
                 "number of labels (the configuration's own, or 2)");
  command->add_flag("--parameters", flags->parameters, "list all parameters with their shapes");
  command->callback([flags] { run_inspect(*flags); });
}

}  // namespace thaw
