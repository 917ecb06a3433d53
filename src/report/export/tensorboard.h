#pragma once

#include <vector>

#include "report/export/zip.h"
#include "report/findings/words.h"
#include "results/results.h"

namespace thaw {

// Event files for `tensorboard --logdir OUT/tensorboard`, named relative to that folder: one folder
// for each strategy (its name as file_name_part makes it) with the scalars
//   train/loss, train/learning_rate               at the steps of the loss curve
//   eval/loss, accuracy, f1, macro_f1             at the end of each epoch, where validated
//   test/loss, accuracy, f1, macro_f1, …          once, at the last step
//   cost/train_seconds, peak_memory_mb, …         once, at the last step
// one for each further seed (<strategy>-seed43) with its test scalars, whose curves are not known,
// and the sessions and the experiment of the HParams tab: a strategy is a group of sessions, one
// for each seed. The findings stand in the Text tab.
//
// Nothing recorded when each step was done. Wall times are therefore worked out: results.started,
// plus the seconds of the strategies before, plus train_seconds times the share of steps done. The
// same results give the same bytes. Learning curves over training rows are not among the files.
// `words` are the findings of these results.
std::vector<OutputFile> tensorboard_files(const ComparisonResults& results, const Findings& words);

}  // namespace thaw
