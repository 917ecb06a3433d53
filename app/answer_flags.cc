#include "answer_flags.h"

#include "flag_values.h"

namespace thaw {

void add_answer_flags(CLI::App& command, AnswerSettings& settings) {
  add_share_flag(command, "--abstain-below", settings.abstain_below, ShareRange::kFromZero,
                 "give no label where the likeliest has a lower probability than this")
      ->type_name("P")
      ->group("Probabilities");
  CLI::Option* thresholds = command.add_flag(
      "--abstain", settings.abstain,
      "give no label below the thresholds that the model was saved with (--precision-target)");
  thresholds->group("Probabilities");
  command
      .add_flag("--raw-probabilities", settings.raw_probabilities,
                "as trained: logits times the temperature that the model was calibrated with")
      ->excludes(thresholds)  // which were chosen at that temperature
      ->group("Probabilities");
}

}  // namespace thaw
