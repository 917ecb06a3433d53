#include "trained_model_flags.h"

#include <cstdio>

#include "base/threads.h"
#include "experiment/describe.h"
#include "flag_values.h"
#include "hub_console.h"
#include "sanitize.h"

namespace thaw {
namespace {

void print_sentences(const std::vector<std::string>& sentences) {
  for (const std::string& sentence : sentences) {
    std::fprintf(stderr, "thaw: %s\n", sanitize_lines(sentence).c_str());
  }
}

}  // namespace

void TrainedModelFlags::add_to(CLI::App& command) {
  add_whole_flag(command, "--max-length", max_length, 1,
                 "tokens a text at most (the model's own length)");
  add_choice_flag(command, "--precision", precision, {"auto", "fp32", "bf16", "int8"},
                  "auto, fp32, bf16 or int8 (auto)");
  add_whole_flag(command, "--threads", threads, 0, "threads to use (0: all cores)");
}

TrainedModel open_trained_model(const TrainedModelFlags& flags) {
  set_thread_count(flags.threads);
  TrainedModel model(flags.model, {flags.max_length, flags.precision, console_transfers()});
  print_sentences(model.notes());
  std::fputs(sanitize_lines(prompt_line(model.classifier())).c_str(), stderr);
  return model;
}

std::vector<float> classify_texts(TrainedModel& model, const TextColumn& texts,
                                  const std::string& stage, const Listener& listener) {
  std::vector<std::string> notes;
  const TokenizedTexts tokens = model.encode(texts, &notes);
  print_sentences(notes);
  return model.logits(tokens, stage, listener);
}

}  // namespace thaw
