#include "experiment/recipe/setting_keys.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/memory.h"
#include "base/setting_words.h"
#include "base/time_span.h"
#include "data/splits/split_expression.h"
#include "experiment/recipe/setting_values.h"
#include "files/files.h"
#include "model/sentence_modules.h"

namespace thaw {
namespace {

void set_class_weights(const Assignment& given, TrainingSettings& training) {
  const bool word = given.values.size() == 1;
  training.balanced_classes = word && given.values[0] == "balanced";
  training.class_weights.clear();
  if (training.balanced_classes || (word && given.values[0] == "none")) return;
  const std::string wanted = "none, balanced, or a number above 0 for each label";
  if (given.values.empty()) reject(given, wanted);
  try {
    training.class_weights = parse_numbers(given, {0, 1e9, true});
  } catch (const Error&) {
    reject(given, wanted);
  }
}

// "cache:data/x.tsv" lies where thaw keeps what it fetched.
std::string expand_cache(const std::string& path) {
  constexpr std::string_view kPrefix = "cache:";
  if (!path.starts_with(kPrefix)) return path;
  return (cache_folder() / path.substr(kPrefix.size())).string();
}

}  // namespace

const std::vector<Key>& keys() {
  using S = ExperimentSettings;
  using T = StrategySettings;
  using A = Assignment;
  const auto text = [](std::string S::*member) {
    return [member](S& s, const A& a) { s.*member = parse_text(a, "one text"); };
  };
  const auto data_text = [](std::string DataOptions::*member) {
    return [member](S& s, const A& a) { s.data.*member = expand_cache(parse_text(a, "one text")); };
  };
  const auto data_paths = [](std::vector<std::string> DataOptions::*member) {
    return [member](S& s, const A& a) {
      (s.data.*member).clear();
      for (const auto& value : a.values) {
        // An empty text takes back what a recipe has named.
        if (!value.empty()) (s.data.*member).push_back(expand_cache(value));
      }
    };
  };
  const auto split = [data_paths](std::vector<std::string> DataOptions::*member) {
    return [member, set = data_paths(member)](S& s, const A& a) {
      set(s, a);
      for (const std::string& text : s.data.*member) {
        // What is no file must be an expression over the splits, such as train[:80%].
        std::error_code error;
        if (!std::filesystem::exists(text, error)) parse_split_expression(text, a.where);
      }
    };
  };
  const auto size = [](double DataOptions::*member) {
    return [member](S& s, const A& a) { s.data.*member = parse_size(a); };
  };
  static const std::vector<Key> all{
      {{"title", "TEXT", "heading of the report (none)", false}, text(&S::title), {}},
      {{"model", "NAME", "folder of a pretrained encoder, its name on the hub, or minilm (minilm)",
        false},
       text(&S::model),
       {}},
      {{"revision", "NAME", "branch, tag or commit of a model of the hub (main)", false},
       text(&S::revision),
       {}},
      {{"data_revision", "NAME", "branch, tag or commit of a data set of the hub (main)", false},
       text(&S::data_revision),
       {}},
      {{"data", "PATH…", "file, folder, several files, or data set of the hub", false},
       data_paths(&DataOptions::paths),
       {}},
      {{"train", "PATH…", "file of training rows, or several", false},
       split(&DataOptions::train),
       {}},
      {{"validation", "PATH…", "file of validation rows, or several", false},
       split(&DataOptions::validation),
       {}},
      {{"test", "PATH…", "file of test rows, or several", false}, split(&DataOptions::test), {}},
      {{"text_column", "NAME", "column that holds the texts (guessed)", false},
       data_text(&DataOptions::text_column),
       {}},
      {{"text_pair", "NAME", "column of second texts, for pairs of texts (none)", false},
       data_text(&DataOptions::pair_column),
       {}},
      {{"label_column", "NAME", "column that holds the labels (guessed)", false},
       data_text(&DataOptions::label_column),
       {}},
      {{"id_column", "NAME", "column that tells rows apart, shown beside them (guessed)", false},
       data_text(&DataOptions::id_column),
       {}},
      {{"columns", "LIST", "names of the columns of a file without a header (its header)", false},
       [](S& s, const A& a) { s.data.columns = a.values; },
       {}},
      {{"label_cuts", "LIST", "numbers that cut a rating into labels: -0.5,0.5 makes three", false},
       [](S& s, const A& a) { s.data.label_bin_edges = parse_cuts(a); },
       {}},
      {{"label_names", "LIST",
        "names of the labels 0, 1, 2, …; one that holds a comma in double quotes: '\"a, b\",c'",
        false},
       [](S& s, const A& a) { s.data.label_names = parse_label_names(a); },
       {}},
      {{"unlabelled", "NAME", "rows without a label: skip leaves them out, fail refuses", false},
       [](S& s, const A& a) {
         s.data.unlabelled =
             parse_one_of(a, {"skip", "fail"}) == "fail" ? Unlabelled::kFail : Unlabelled::kSkip;
       },
       {}},
      {{"test_size", "NUMBER",
        "share or number of rows to hold back for the test: 20%, 0.2, 500 (0.2)", false},
       size(&DataOptions::test_size),
       {}},
      {{"validation_size", "NUMBER", "the same for validation (0.1)", false},
       size(&DataOptions::validation_size),
       {}},
      {{"stratify", "BOOL", "split so that each part has the same shares of labels (true)", false},
       [](S& s, const A& a) { s.data.stratify = parse_truth(a); },
       {}},
      {{"keep_split", "NAME", "leak-free, or exact: also rows whose text training has", false},
       [](S& s, const A& a) {
         s.data.keep_split_exact = parse_one_of(a, {"leak-free", "exact"}) == "exact";
       },
       {}},
      {{"drop_duplicates", "BOOL", "take repeated texts out of the training rows first", false},
       [](S& s, const A& a) { s.data.drop_duplicates = parse_truth(a); },
       {}},
      {{"fraction", "NUMBER",
        "share of the training and validation rows to use, but 30 rows at least: 30%, 0.3 (1)",
        false},
       [](S& s, const A& a) {
         s.data.fraction = parse_share(a, {0, 1, true});
       },
       {}},
      {{"out", "FOLDER", "new folder for results (needed)", false}, text(&S::out), {}},
      {{"max_length", "N", "tokens a text at most, special tokens included (the model's own)",
        false},
       [](S& s, const A& a) { s.max_length = parse_whole(a, 1); },
       {}},
      {{"seed", "N", "of splits, new weights, order and dropout (42)", false},
       [](S& s, const A& a) { s.seed = parse_seed(a); },
       {}},
      {{"threads", "N", "threads to use (0: all cores)", false},
       [](S& s, const A& a) { s.threads = parse_whole(a, 0); },
       {}},
      {{"checkpoint_every", "SPAN",
        fmt::format("how often state is kept for {}: 5min, 20steps, never (60s)",
                    setting("resume")),
        false},
       [](S& s, const A& a) {
         s.checkpoint_every = parse_checkpoint_interval(parse_text(a, "an interval"), a.where);
       },
       {}},
      {{"times", "BOOL", "write measured times, memory and dates into the results (true)", false},
       [](S& s, const A& a) { s.record_timings = parse_truth(a); },
       {}},
      {{"memory", "SIZE", "that a training may take: 800MB, 2GB (what is free)", false},
       [](S& s, const A& a) { s.memory = parse_byte_size(parse_text(a, "a size"), a.where); },
       {}},
      {{"precision", "NAME", "auto, fp32 or bf16 (auto)", false},
       [](S& s, const A& a) {
         s.precision = parse_one_of(a, {"auto", "fp32", "bf16"});
       },
       {}},
      {{"frozen_precision", "NAME", "of what is not trained: auto, fp32, bf16 or int8 (auto)",
        false},
       [](S& s, const A& a) {
         s.frozen_precision = parse_one_of(a, {"auto", "fp32", "bf16", "int8"});
       },
       {}},
      {{"pooling", "NAME", "auto, pooler, cls, mean, max and others (docs/recipes.md), or cls+mean",
        false},
       [](S& s, const A& a) {
         const std::string wanted = std::string("auto, pooler, ") + kPoolingNames;
         s.pooling = parse_text(a, wanted);
         if (s.pooling != "auto" && s.pooling != "pooler" && !parse_poolings(s.pooling)) {
           reject(a, wanted);
         }
       },
       {}},
      {{"head", "NAME", "auto, or native for the family's own head (auto)", false},
       [](S& s, const A& a) {
         s.head = parse_one_of(a, {"auto", "native"});
       },
       {}},
      {{"seeds", "N", "trainings of each strategy, with seeds seed, seed + 1, … (1)", false},
       [](S& s, const A& a) { s.seeds = parse_whole(a, 1); },
       {}},
      {{"sweep", "LIST", "depth: every last-N; size: a learning curve over training sizes", false},
       [](S& s, const A& a) {
         s.sweep_depth = s.sweep_size = false;
         for (const auto& value : a.values) {
           const bool depth =
               parse_one_of({a.scope, a.key, {value}, a.where}, {"depth", "size"}) == "depth";
           (depth ? s.sweep_depth : s.sweep_size) = true;
         }
       },
       {}},
      {{"sizes", "LIST", "training sizes of the sweep: shares up to 1, or numbers of rows", false},
       [](S& s, const A& a) { s.sizes = parse_sizes(a); },
       {}},
      {{"effort", "NAME", "what is tried first: quick, fair or thorough (fair)", false},
       [](S& s, const A& a) {
         const std::string effort = parse_one_of(a, {"quick", "fair", "thorough"});
         s.effort = effort == "quick"  ? Effort::kQuick
                    : effort == "fair" ? Effort::kFair
                                       : Effort::kThorough;
       },
       {}},
      {{"search", "LIST", "try settings on validation first: lr, epochs", false},
       [](S& s, const A& a) {
         s.search.clear();
         for (const auto& value : a.values) {
           const std::string key = value == "lr" ? "learning_rate" : value;
           s.search.push_back(
               parse_one_of({a.scope, a.key, {key}, a.where}, {"learning_rate", "epochs"}));
         }
       },
       {}},
      {{"learning_rates", "LIST", "what the search tries; else around each strategy's own", false},
       [](S& s, const A& a) {
         s.learning_rates = parse_numbers(a, {0, 1e3, true});
       },
       {}},
      {{"epoch_counts", "LIST", "what the search tries; else around each strategy's own", false},
       [](S& s, const A& a) {
         s.epoch_counts = parse_numbers(a, {1, 1e6});
         for (const double count : s.epoch_counts) {
           if (count != std::floor(count)) reject(a, "a list of whole numbers from 1");
         }
       },
       {}},
      {{"metric", "NAME", "decides: macro_f1, accuracy, f1, macro_recall, loss, … (macro_f1)",
        false},
       [](S& s, const A& a) {
         s.decision.metric = parse_metric(parse_text(a, "a metric"), a.where);
       },
       {}},
      {{"budget", "TIME", "recommend within this training time: 90s, 5min, 1h (no limit)", false},
       [](S& s, const A& a) {
         s.decision.budget_seconds = parse_time_span(parse_text(a, "a time"), a.where);
       },
       {}},
      {{"slices", "LIST",
        "columns by whose values the test rows are looked at; length: number of tokens (none)",
        false},
       [](S& s, const A& a) { s.data.slice_columns = parse_column_names(a); },
       {}},
      {{"check_data", "BOOL", "look for rows in two splits and doubtful labels (true)", false},
       [](S& s, const A& a) { s.check_data = parse_truth(a); },
       {}},
      {{"precision_target", "NUMBER",
        "save the thresholds that reach this precision on validation: 0.9 (none)", false},
       [](S& s, const A& a) {
         s.target_precision = parse_share(a, {0, 1, true});
       },
       {}},
      {{"strategies", "LIST",
        "what to compare: probe, last-N, full, lp-ft, bitfit (probe,last-1,full)", false},
       [](S&, const A&) {},
       {}},  // read before all others
      {{"name", "TEXT", "what the strategy is called in the results", true},
       {},
       [](T& t, const A& a) { t.name = parse_text(a, "one text"); }},
      {{"strategy", "NAME", "probe, last-N, full, lp-ft or bitfit, for a name of one's own", true},
       {},
       [](T& t, const A& a) {
         t.strategy = parse_text(a, "probe, last-N, full, lp-ft or bitfit");
       }},
      {{"init_from", "NAME", "earlier strategy whose result is the start", true},
       {},
       [](T& t, const A& a) { t.init_from = parse_text(a, "the name of a strategy"); }},
      {{"head_start", "NAME",
        "probe: the head starts from the solved probe; new: newly drawn (suits what is given)",
        true},
       {},
       [](T& t, const A& a) {
         t.head_start =
             parse_one_of(a, {"probe", "new"}) == "probe" ? HeadStart::kProbe : HeadStart::kNew;
       }},
      {{"freeze", "LIST", "patterns of parameters to freeze as well", true},
       {},
       [](T& t, const A& a) { t.freeze = a.values; }},
      {{"unfreeze", "LIST", "patterns of parameters to train as well", true},
       {},
       [](T& t, const A& a) { t.unfreeze = a.values; }},
      {{"solver", "NAME", "adamw, or exact for a probe: straight to the optimum (adamw)", true},
       {},
       [](T& t, const A& a) {
         t.training.solver =
             parse_one_of(a, {"adamw", "exact"}) == "exact" ? Solver::kLbfgs : Solver::kAdamW;
       }},
      {{"c", "NUMBER", "of the exact solver, as in scikit-learn (0: chosen on held-out rows)",
        true},
       {},
       [](T& t, const A& a) {
         t.training.inverse_regularization = parse_number(a, {0, 1e9});
       }},
      {{"epochs", "N", "times through the training rows (enough steps: 3 to 20)", true},
       {},
       [](T& t, const A& a) { t.training.epochs = parse_whole(a, 1); }},
      {{"learning_rate", "NUMBER", "its peak, after the warm-up (suits strategy and encoder)",
        true},
       {},
       [](T& t, const A& a) {
         t.training.learning_rate = parse_number(a, {0, 1e3});
       }},
      {{"head_learning_rate", "NUMBER", "the head's own peak (suits the strategy)", true},
       {},
       [](T& t, const A& a) {
         t.training.head_learning_rate = parse_number(a, {0, 1e3, true});
       }},
      {{"batch_size", "N", "rows a training step (16)", true},
       {},
       [](T& t, const A& a) { t.training.batch_size = parse_whole(a, 1); }},
      {{"eval_batch_size", "N", "accepted for Trainer's sake; evaluation batches by tokens", true},
       {},
       [](T& t, const A& a) { t.training.eval_batch_size = parse_whole(a, 1); }},
      {{"weight_decay", "NUMBER", "of AdamW; none on biases and LayerNorm (0.01)", true},
       {},
       [](T& t, const A& a) {
         t.training.weight_decay = parse_number(a, {0, 1e3});
       }},
      {{"warmup_ratio", "NUMBER", "share of all steps in which the learning rate rises (0.06)",
        true},
       {},
       [](T& t, const A& a) {
         t.training.warmup_ratio = parse_share(a, {0, 1});
       }},
      {{"max_grad_norm", "NUMBER", "clips the global norm of the gradients; 0: does not (1)", true},
       {},
       [](T& t, const A& a) {
         t.training.max_grad_norm = parse_number(a, {0, 1e9});
       }},
      {{"label_smoothing", "NUMBER", "share of the target that goes to all labels alike (0)", true},
       {},
       [](T& t, const A& a) {
         t.training.label_smoothing = parse_share(a, {0, 1, false, true});
       }},
      {{"class_weights", "LIST", "of the loss: none, balanced, or a number for each label (none)",
        true},
       {},
       [](T& t, const A& a) { set_class_weights(a, t.training); }},
      {{"layer_decay", "NUMBER", "layer-wise learning-rate decay (1: off)", true},
       {},
       [](T& t, const A& a) {
         t.training.layer_decay = parse_share(a, {0, 1, true});
       }},
      {{"patience", "N", "epochs without a better validation loss before stopping (0: never stops)",
        true},
       {},
       [](T& t, const A& a) { t.training.patience = parse_whole(a, 0); }},
      {{"best_epoch", "NAME",
        "which is kept: loss or calibrated_loss, the lowest on validation, or last (suits the "
        "rows)",
        true},
       {},
       [](T& t, const A& a) {
         const std::string by = parse_one_of(a, {"loss", "calibrated_loss", "last"});
         t.training.best_epoch = by == "loss"   ? BestEpoch::kLoss
                                 : by == "last" ? BestEpoch::kLast
                                                : BestEpoch::kCalibratedLoss;
       }},
      {{"frozen_dropout", "BOOL", "frozen layers keep their dropout, as in Transformers (false)",
        true},
       {},
       [](T& t, const A& a) { t.training.frozen_dropout = parse_truth(a); }},
  };
  return all;
}

}  // namespace thaw
