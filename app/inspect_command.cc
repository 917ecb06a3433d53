#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "api/resolve_model.h"
#include "base/error.h"
#include "commands.h"
#include "experiment/describe.h"
#include "files/json_file.h"
#include "flag_values.h"
#include "hub_console.h"
#include "model/classifier.h"
#include "model/freeze_plan.h"
#include "model/load_report.h"
#include "model/safetensors.h"
#include "sanitize.h"

namespace thaw {
namespace {

struct InspectFlags {
  std::string model;
  std::vector<std::string> strategies, freeze, unfreeze;
  std::string pooling = "auto", head = "auto";
  int labels = 0;
  bool parameters = false, verbose = false;
};

void print_architecture(const ClassifierModel& classifier) {
  const ModelConfig& c = classifier.config;
  const auto row = [](const char* name, const std::string& value) {
    std::printf("  %-20s %s\n", name, sanitize_lines(value).c_str());
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
  for (const DenseModule& dense : classifier.head.dense) {
    row("dense module", fmt::format("{} to {}", dense.in, dense.out));
  }
  if (!classifier.preparation.prompt.empty())
    row("prompt", in_quotes(classifier.preparation.prompt));
  std::string labels;
  for (const auto& name : classifier.label_names) labels += (labels.empty() ? "" : ", ") + name;
  row("labels", labels);
  if (!c.labels.contradiction.empty()) row("contradiction", c.labels.contradiction);
  if (!c.defaults.empty()) {
    std::string taken;
    for (const auto& [name, value] : c.defaults) {
      taken += (taken.empty() ? "" : ", ") + name + " " + with_thousands(value);
    }
    row("left out, as usual", taken);
  }
  if (classifier.max_length > 0)
    row("trained on", with_thousands(classifier.max_length) + " tokens");
  if (classifier.rules.temperature != 1) {
    row("temperature",
        shortest_number(classifier.rules.temperature) + ", folded into the classifier's weights");
  }
  std::printf("\n");
}

void run_inspect(const InspectFlags& flags) {
  namespace fs = std::filesystem;
  for (const std::string& strategy : flags.strategies) parse_strategy(strategy);
  const fs::path path = resolve_model(flags.model, ModelPlace::kArgument, console_transfers());
  OpenOptions options;
  options.pooling = flags.pooling;
  options.head = flags.head;
  for (int i = 0; i < flags.labels; ++i) options.label_names.push_back(fmt::format("LABEL_{}", i));
  const bool has_weights = fs::is_directory(path) && Checkpoint::exists(encoder_folder(path));
  const ClassifierModel classifier =
      has_weights ? load_classifier(path, options) : describe_classifier(path, options);
  print_architecture(classifier);
  const std::string report = format_load_report(classifier.report);
  if (!report.empty()) std::printf("%s\n", sanitize_lines(report).c_str());
  if (flags.parameters) {
    for (const Parameter& parameter : classifier.table.list) {
      std::string shape;
      for (const int64_t extent : parameter.shape) {
        shape += fmt::format("{}{}", shape.empty() ? "" : " x ", extent);
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
    if (!flags.verbose) {
      std::printf("%s", freeze_plan_line(classifier.table, plan, plan.strategy).c_str());
      continue;
    }
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
                   "auto (what the folder says), pooler, cls, mean, max, …, or several as cls+mean")
      ->type_name("NAME");
  command->add_option("--head", flags->head, "auto, or native for the family's own (auto)")
      ->type_name("NAME");
  add_whole_flag(*command, "--labels", flags->labels, 1,
                 "number of labels (the configuration's own, or 2)");
  command->add_flag("--parameters", flags->parameters, "list all parameters with their shapes");
  command->add_flag("--verbose", flags->verbose,
                    "every part of the network in the freeze plans, with exact counts");
  command->footer(
      "Examples:\n"
      "  thaw inspect minilm --strategy probe,last-2\n"
      "  thaw inspect review-results/full --parameters");
  command->callback([flags] { run_inspect(*flags); });
}

}  // namespace thaw
