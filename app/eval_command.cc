#include <cstdio>
#include <memory>

#include "base/error.h"
#include "base/threads.h"
#include "classifier/classifier.h"
#include "commands.h"
#include "console.h"
#include "data/load.h"
#include "data_flags.h"
#include "evaluation/metrics.h"
#include "experiment/comparison.h"
#include "experiment/describe.h"
#include "models.h"
#include "training/inference.h"

namespace thaw {
namespace {

struct EvalFlags {
  std::string model, precision = "auto";
  DataOptions data;
  int max_length = 0, threads = 0;
};

void run_eval(const EvalFlags& flags) {
  set_thread_count(flags.threads);
  const auto folder = resolve_model(flags.model);
  const Classifier classifier = open_classifier(folder);
  const Tokenizer tokenizer = Tokenizer::load(folder);
  check_tokenizer_fits(classifier, tokenizer);
  const int max_length =
      flags.max_length > 0 ? flags.max_length : default_max_length(classifier, tokenizer);
  check_max_length(classifier, max_length);
  const Split split = load_split(flags.data, classifier.label_names);
  const TokenizedTexts tokens = tokenizer.encode_all(split.texts, max_length);

  catch_interrupts();
  const Listener listener = console_listener();
  std::string why;
  const auto logits =
      classify(classifier, tokens, choose_precision(flags.precision, why), "evaluate", listener);
  const auto metrics = classification_metrics(logits.data(), split.labels.data(), split.size(),
                                              classifier.head.labels);
  std::printf(
      "%s", format_evaluation(metrics, flags.model, classifier.label_names, split.source).c_str());
}

}  // namespace

void add_eval_command(CLI::App& app) {
  const auto flags = std::make_shared<EvalFlags>();
  CLI::App* command = app.add_subcommand("eval", "test a trained model on labelled texts");
  command->add_option("model", flags->model, "folder of a trained model")
      ->type_name("MODEL")
      ->required();
  add_data_flags(*command, flags->data);
  command->add_option("--max-length", flags->max_length, "tokens a text at most")
      ->check(CLI::PositiveNumber);
  command->add_option("--precision", flags->precision, "auto, fp32 or bf16")
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}));
  command->add_option("--threads", flags->threads, "threads to use; 0: all cores")
      ->check(CLI::NonNegativeNumber);
  command->callback([flags] { run_eval(*flags); });
}

}  // namespace thaw
