#include <charconv>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "answer_flags.h"
#include "api/answers.h"
#include "commands.h"
#include "console.h"
#include "data/load.h"
#include "data_flags.h"
#include "flag_values.h"
#include "sanitize.h"
#include "trained_model_flags.h"

namespace thaw {
namespace {

struct PredictFlags {
  TrainedModelFlags model;
  std::string file = "-", text_column, text_pair;
  std::vector<std::string> columns;
  bool logits = false;
  AnswerSettings answers;
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
  TrainedModel model = open_trained_model(flags.model);
  const ClassifierModel& classifier = model.classifier();
  check_answer_settings(classifier, flags.answers);
  std::vector<std::string> notes;
  const TextColumn texts = read_texts(flags.file, flags.text_column, flags.columns, flags.text_pair,
                                      classifier.columns, &notes);
  print_notes(notes, stderr);
  catch_interrupts();
  const auto logits =
      classify_texts(model, texts, "predict", console_listener({.quiet = texts.size() < 1000}));
  const Answers answers = choose_answers(classifier, logits, flags.answers);
  const int64_t labels = classifier.head.labels;
  for (int64_t row = 0; row < texts.size(); ++row) {
    nlohmann::ordered_json line;
    const std::string& likeliest = classifier.label_names[answers.likeliest[row]];
    if (answers.answered[row] != 0) {
      line["label"] = likeliest;
    } else {
      line["label"] = nullptr;
      line["likeliest"] = likeliest;
    }
    for (int64_t label = 0; label < labels; ++label) {
      line["probabilities"][classifier.label_names[label]] =
          as_printed(answers.probabilities[row * labels + label]);
    }
    if (flags.logits) {
      for (int64_t label = 0; label < labels; ++label) {
        line["logits"].push_back(as_printed(logits[row * labels + label]));
      }
    }
    std::printf(
        "%s\n",
        sanitize_json(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)).c_str());
  }
}

}  // namespace

void add_predict_command(CLI::App& app) {
  const auto flags = std::make_shared<PredictFlags>();
  CLI::App* command = app.add_subcommand("predict", "classify texts: a JSON line for each");
  command
      ->add_option("model", flags->model.model, "folder of a trained model, or its name on the hub")
      ->type_name("MODEL")
      ->required();
  command->add_option("file", flags->file, "texts, one a line, or a data file; -: standard input")
      ->type_name("FILE");
  command->add_flag("--logits", flags->logits, "add the logits");
  command->add_option("--text-column", flags->text_column, "column that holds the texts");
  command->add_option("--text-pair", flags->text_pair,
                      "column of second texts, for a model of pairs of texts");
  add_list_flag(*command, "--columns", flags->columns,
                "names of the columns of a file without a header");
  flags->model.add_to(*command);
  add_answer_flags(*command, flags->answers);
  command->footer(
      "Examples:\n"
      "  echo \"What a day\" | thaw predict results/full -\n"
      "  thaw predict results/full texts.txt --abstain-below 0.8");
  command->callback([flags] { run_predict(*flags); });
}

}  // namespace thaw
