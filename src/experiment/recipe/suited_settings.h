#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/class_balance.h"
#include "experiment/recipe/settings.h"
#include "model/classifier.h"

namespace thaw {

// What a comparison has to train and to choose with.
struct TrainingScale {
  int64_t train_rows = 0, validation_rows = 0;
  ClassBalance balance = {};  // of the training rows
};

// Gives every strategy the settings that neither a recipe nor a flag gave it, each by itself:
//
//   start of the head   the linear probe, solved to its optimum on the pretrained encoder's vectors
//                       (linear probing, then fine-tuning: Kumar et al. 2022); new where learning
//                       rate and epochs are given. A head with a dense layer of its own is trained
//                       on these vectors instead.
//   epochs              enough steps (suited_epochs)
//   learning rates      by the strategy and the encoder's width
//   which epoch counts  the best on validation from kRowsToChooseBy rows on, below that the last
//   search              as --effort says, where validation has kRowsToChooseBy rows
//   class weights       with --effort thorough and imbalanced labels, none and balanced are tried
//
// docs/statistics.md says where the numbers come from. Adds the hidden probe that heads start from
// before the strategies. Throws Error where two strategies come to the same training.
void suit_settings(ExperimentSettings& settings, const ClassifierModel& pretrained,
                   const TrainingScale& scale);

// Epochs for so many training rows, so that there are enough steps where rows are few (Mosbach et
// al. 2021; Zhang et al. 2021). Of the last layers, which take larger steps, fewer of them where no
// validation keeps the best epoch.
int suited_epochs(int64_t rows, int batch_size, const StrategySettings& strategy, int64_t layers);

// Whether settings, before they are suited, choose anything by validation rows that are too few for
// a temperature (kRowsToCalibrate): an epoch or the time to stop, where epochs or one of these was
// given, or a search. What thaw chooses itself takes kRowsToChooseBy.
bool chooses_by_few_rows(const ExperimentSettings& settings);

// SHA-256 of what was chosen, so that a run does not go on with other choices; "" where all that
// steps depend on was given.
std::string fingerprint_of_choices(const ExperimentSettings& settings);

// Whether thorough effort tries class weights for the strategy: its loss then is open.
bool tries_class_weights(const StrategySettings& strategy);

// Where one label has ten times the training rows of another, a line that says so and names what
// may help; "" where no strategy's class weights are open.
std::string describe_imbalance(const ExperimentSettings& settings, const TrainingScale& scale,
                               const std::vector<std::string>& label_names);

// A line on how settings were chosen, for the terminal and the report; "" where all are given.
std::string describe_choice_of_settings(const ExperimentSettings& settings,
                                        const TrainingScale& scale);

}  // namespace thaw
