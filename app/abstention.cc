#include "abstention.h"

#include "base/error.h"
#include "flag_values.h"

namespace thaw {

void AbstentionFlags::add_to(CLI::App& command) {
  add_share_flag(command, "--abstain-below", below, ShareRange::kFromZero,
                 "give no label where the likeliest has a lower probability than this")
      ->type_name("P")
      ->group("Probabilities");
  CLI::Option* thresholds = command.add_flag(
      "--abstain", by_thresholds,
      "give no label below the thresholds that the model was saved with (--precision-target)");
  thresholds->group("Probabilities");
  command
      .add_flag("--raw-probabilities", raw,
                "as trained: logits times the temperature that the model was calibrated with")
      ->excludes(thresholds)  // which were chosen at that temperature
      ->group("Probabilities");
}

void AbstentionFlags::check(const Classifier& classifier) const {
  if (!by_thresholds || classifier.rules.precision_target > 0) return;
  throw Error("the model was saved without thresholds", "--abstain",
              "train it with --precision-target 0.9, or use --abstain-below P");
}

bool AbstentionFlags::answers(const Classifier& classifier, int32_t label,
                              double probability) const {
  if (probability < below) return false;
  // No comparison with NaN is true: such a label is never answered.
  return !by_thresholds || probability >= classifier.rules.thresholds[label];
}

}  // namespace thaw
