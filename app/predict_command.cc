#include <charconv>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/threads.h"
#include "classifier/classifier.h"
#include "commands.h"
#include "console.h"
#include "data/load.h"
#include "evaluation/metrics.h"
#include "experiment/comparison.h"
#include "models.h"
#include "training/inference.h"

namespace thaw {
namespace {

struct PredictFlags {
  std::string model, file = "-", text_column, precision = "auto";
  std::vector<std::string> columns;
  int max_length = 0, threads = 0;
  bool logits = false;
};

// The double that prints as the float's shortest text: 0.1f as 0.1, not as 0.10000000149011612.
double as_printed(float value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  double printed = value;
  std::from_chars(text, end, printed);
  return printed;
}

void run_predict(const PredictFlags& flags) {
  set_thread_count(flags.threads);
  const auto folder = resolve_model(flags.model);
  const Classifier classifier = open_classifier(folder);
  const Tokenizer tokenizer = Tokenizer::load(folder);
  check_tokenizer_fits(classifier, tokenizer);
  const int max_length =
      flags.max_length > 0 ? flags.max_length : default_max_length(classifier, tokenizer);
  check_max_length(classifier, max_length);
  const TextColumn texts = read_texts(flags.file, flags.text_column, flags.columns);
  const TokenizedTexts tokens = tokenizer.encode_all(texts, max_length);

  catch_interrupts();
  Listener listener = console_listener(texts.size() < 1000);
  listener.message = nullptr;
  std::string why;
  const auto logits =
      classify(classifier, tokens, choose_precision(flags.precision, why), "predict", listener);
  const int64_t labels = classifier.head.labels;
  const auto predicted = predicted_labels(logits.data(), texts.size(), labels);
  const auto shares = probabilities(logits.data(), texts.size(), labels);
  for (int64_t row = 0; row < texts.size(); ++row) {
    nlohmann::ordered_json line;
    line["label"] = classifier.label_names[predicted[row]];
    for (int64_t label = 0; label < labels; ++label) {
      line["probabilities"][classifier.label_names[label]] =
          as_printed(shares[row * labels + label]);
    }
    if (flags.logits) {
      for (int64_t label = 0; label < labels; ++label) {
        line["logits"].push_back(as_printed(logits[row * labels + label]));
      }
    }
    std::printf("%s\n",
                line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  }
}

}  // namespace

void add_predict_command(CLI::App& app) {
  const auto flags = std::make_shared<PredictFlags>();
  CLI::App* command = app.add_subcommand("predict", "classify texts: a JSON line for each");
  command->add_option("model", flags->model, "folder of a trained model")
      ->type_name("MODEL")
      ->required();
  command->add_option("file", flags->file, "texts, one a line, or a data file; -: standard input")
      ->type_name("FILE");
  command->add_flag("--logits", flags->logits, "add the logits");
  command->add_option("--text-column", flags->text_column, "column that holds the texts");
  command
      ->add_option("--columns", flags->columns, "names of the columns of a file without a header")
      ->delimiter(',');
  command->add_option("--max-length", flags->max_length, "tokens a text at most")
      ->check(CLI::PositiveNumber);
  command->add_option("--precision", flags->precision, "auto, fp32 or bf16")
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}));
  command->add_option("--threads", flags->threads, "threads to use; 0: all cores")
      ->check(CLI::NonNegativeNumber);
  command->footer("Example:\n  echo \"What a day\" | thaw predict results/full -");
  command->callback([flags] { run_predict(*flags); });
}

}  // namespace thaw
