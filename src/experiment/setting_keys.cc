#include "experiment/setting_keys.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/time_span.h"

namespace thaw {
namespace {

const std::string& single(const Assignment& given, const std::string& wanted) {
  if (given.values.size() != 1) reject(given, wanted);
  return given.values[0];
}

double number(const Assignment& given, double lowest, double highest, const std::string& wanted) {
  const std::string& text = single(given, wanted);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= lowest) ||
      !(value <= highest)) {
    reject(given, wanted);
  }
  return value;
}

std::vector<double> numbers(const Assignment& given, double lowest, double highest,
                            const std::string& wanted) {
  if (given.values.empty()) reject(given, wanted);
  std::vector<double> list;
  for (const auto& value : given.values) {
    list.push_back(number({given.scope, given.key, {value}, given.where}, lowest, highest, wanted));
  }
  return list;
}

int whole(const Assignment& given, int lowest, const std::string& wanted) {
  const double value = number(given, lowest, 2e9, wanted);
  if (value != std::floor(value)) reject(given, wanted);
  return static_cast<int>(value);
}

uint64_t seed_number(const Assignment& given) {
  const std::string& text = single(given, "a whole number from 0");
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // NumPy's legacy generator, which splits the data, takes 32 bits.
  if (error != std::errc() || end != text.data() + text.size() || value > 0xFFFFFFFFu) {
    reject(given, "a whole number from 0 to 4294967295");
  }
  return value;
}

bool truth(const Assignment& given) {
  const std::string& text = single(given, "true or false");
  if (text == "true" || text == "1" || text == "yes") return true;
  if (text == "false" || text == "0" || text == "no") return false;
  reject(given, "true or false");
}

void set_class_weights(const Assignment& given, TrainingSettings& training) {
  const bool word = given.values.size() == 1;
  training.balanced_classes = word && given.values[0] == "balanced";
  training.class_weights.clear();
  if (training.balanced_classes || (word && given.values[0] == "none")) return;
  training.class_weights =
      numbers(given, 1e-9, 1e9, "none, balanced, or a number above 0 for each label");
}

std::string one_of(const Assignment& given, const std::vector<std::string>& known) {
  std::string wanted;
  for (const auto& name : known) wanted += (wanted.empty() ? "" : ", ") + name;
  const std::string& text = single(given, "one of " + wanted);
  if (std::find(known.begin(), known.end(), text) == known.end()) reject(given, "one of " + wanted);
  return text;
}

// "cache:data/x.tsv" lies where thaw keeps what it fetched.
std::string expand_cache(const std::string& path) {
  constexpr std::string_view kPrefix = "cache:";
  if (!path.starts_with(kPrefix)) return path;
  return (cache_folder() / path.substr(kPrefix.size())).string();
}

}  // namespace

void reject(const Assignment& given, const std::string& wanted) {
  std::string shown;
  for (const auto& value : given.values) shown += (shown.empty() ? "" : ", ") + value;
  throw Error("'" + given.key + "' is " + (shown.empty() ? "empty" : "'" + shown + "'") +
                  " where " + wanted + " is needed",
              given.where, "correct the value");
}

const std::vector<Key>& keys() {
  using S = ExperimentSettings;
  using T = StrategySettings;
  using A = Assignment;
  const auto text = [](std::string S::*member) {
    return [member](S& s, const A& a) { s.*member = single(a, "one text"); };
  };
  const auto data_text = [](std::string DataOptions::*member) {
    return [member](S& s, const A& a) { s.data.*member = expand_cache(single(a, "one text")); };
  };
  const auto size = [](double DataOptions::*member) {
    return [member](S& s, const A& a) {
      s.data.*member = number(a, 0, 1e12, "a share below 1 or a number of rows");
    };
  };
  static const std::vector<Key> all{
      {{"title", "TEXT", "heading of the report", false}, text(&S::title), {}},
      {{"model", "NAME", "folder of a pretrained encoder, its name on the hub, or minilm", false},
       text(&S::model),
       {}},
      {{"revision", "NAME", "branch, tag or commit of a model of the hub", false},
       text(&S::revision),
       {}},
      {{"data_revision", "NAME", "branch, tag or commit of a data set of the hub", false},
       text(&S::data_revision),
       {}},
      {{"data", "PATH…", "file, folder, several files, or data set of the hub", false},
       [](S& s, const A& a) {
         s.data.paths.clear();
         for (const auto& value : a.values) s.data.paths.push_back(expand_cache(value));
       },
       {}},
      {{"train", "PATH", "file of training rows", false}, data_text(&DataOptions::train), {}},
      {{"validation", "PATH", "file of validation rows", false},
       data_text(&DataOptions::validation),
       {}},
      {{"test", "PATH", "file of test rows", false}, data_text(&DataOptions::test), {}},
      {{"text_column", "NAME", "column that holds the texts", false},
       data_text(&DataOptions::text_column),
       {}},
      {{"text_pair", "NAME", "column of second texts, for pairs of texts", false},
       data_text(&DataOptions::pair_column),
       {}},
      {{"label_column", "NAME", "column that holds the labels", false},
       data_text(&DataOptions::label_column),
       {}},
      {{"columns", "LIST", "names of the columns of a file without a header", false},
       [](S& s, const A& a) { s.data.columns = a.values; },
       {}},
      {{"label_cuts", "LIST", "numbers that cut a rating into labels", false},
       [](S& s, const A& a) { s.data.label_cuts = numbers(a, -1e300, 1e300, "a list of numbers"); },
       {}},
      {{"label_names", "LIST", "names of the labels 0, 1, 2, …", false},
       [](S& s, const A& a) { s.data.label_names = a.values; },
       {}},
      {{"unlabelled", "NAME", "rows without a label: skip leaves them out, fail refuses", false},
       [](S& s, const A& a) {
         s.data.unlabelled =
             one_of(a, {"skip", "fail"}) == "fail" ? Unlabelled::kFail : Unlabelled::kSkip;
       },
       {}},
      {{"test_size", "NUMBER", "share or number of rows to hold back for the test", false},
       size(&DataOptions::test_size),
       {}},
      {{"validation_size", "NUMBER", "share or number of rows to hold back for validation", false},
       size(&DataOptions::validation_size),
       {}},
      {{"stratify", "BOOL", "split so that each part has the same shares of labels", false},
       [](S& s, const A& a) { s.data.stratify = truth(a); },
       {}},
      {{"fraction", "NUMBER", "share of the training and validation rows to use", false},
       [](S& s, const A& a) { s.data.fraction = number(a, 1e-9, 1, "a number above 0, up to 1"); },
       {}},
      {{"out", "FOLDER", "new folder for results", false}, text(&S::out), {}},
      {{"max_length", "N", "tokens a text at most, special tokens included", false},
       [](S& s, const A& a) { s.max_length = whole(a, 1, "a whole number from 1"); },
       {}},
      {{"seed", "N", "of splits, new weights, order and dropout", false},
       [](S& s, const A& a) { s.seed = seed_number(a); },
       {}},
      {{"threads", "N", "threads to use; 0: all cores", false},
       [](S& s, const A& a) { s.threads = whole(a, 0, "a whole number from 0"); },
       {}},
      {{"checkpoint_every", "SPAN", "state kept for --resume: 60s, 5min, 20steps, never", false},
       [](S& s, const A& a) {
         s.checkpoint_every = parse_checkpoint_interval(single(a, "an interval"), a.where);
       },
       {}},
      {{"times", "BOOL", "measured times, memory and dates in the results", false},
       [](S& s, const A& a) { s.times = truth(a); },
       {}},
      {{"memory", "SIZE", "that a training may take: 800MB, 2GB; else what is free", false},
       [](S& s, const A& a) { s.memory = parse_byte_size(single(a, "a size"), a.where); },
       {}},
      {{"precision", "NAME", "auto, fp32 or bf16", false},
       [](S& s, const A& a) {
         s.precision = one_of(a, {"auto", "fp32", "bf16"});
       },
       {}},
      {{"frozen_precision", "NAME", "of what is not trained: auto, fp32, bf16 or int8", false},
       [](S& s, const A& a) {
         s.frozen_precision = one_of(a, {"auto", "fp32", "bf16", "int8"});
       },
       {}},
      {{"pooling", "NAME", "auto, cls, mean, max or pooler", false},
       [](S& s, const A& a) {
         s.pooling = one_of(a, {"auto", "cls", "mean", "max", "pooler"});
       },
       {}},
      {{"head", "NAME", "auto or native (the family's own head)", false},
       [](S& s, const A& a) {
         s.head = one_of(a, {"auto", "native"});
       },
       {}},
      {{"seeds", "N", "trainings of each strategy, with seeds seed, seed + 1, …", false},
       [](S& s, const A& a) { s.seeds = whole(a, 1, "a whole number from 1"); },
       {}},
      {{"sweep", "LIST", "depth: every last-N; size: a learning curve over training sizes", false},
       [](S& s, const A& a) {
         s.sweep_depth = s.sweep_size = false;
         for (const auto& value : a.values) {
           const bool depth =
               one_of({a.scope, a.key, {value}, a.where}, {"depth", "size"}) == "depth";
           (depth ? s.sweep_depth : s.sweep_size) = true;
         }
       },
       {}},
      {{"sizes", "LIST", "training sizes of the sweep: shares up to 1, or numbers of rows", false},
       [](S& s, const A& a) { s.sizes = numbers(a, 1e-9, 1e12, "a list of shares or of rows"); },
       {}},
      {{"search", "LIST", "try settings on validation first: lr, epochs", false},
       [](S& s, const A& a) {
         s.search.clear();
         for (const auto& value : a.values) {
           const std::string key = value == "lr" ? "learning_rate" : value;
           s.search.push_back(
               one_of({a.scope, a.key, {key}, a.where}, {"learning_rate", "epochs"}));
         }
       },
       {}},
      {{"learning_rates", "LIST", "what the search tries; else around each strategy's own", false},
       [](S& s, const A& a) { s.learning_rates = numbers(a, 1e-12, 1e3, "a list of rates"); },
       {}},
      {{"epoch_counts", "LIST", "what the search tries; else around each strategy's own", false},
       [](S& s, const A& a) {
         s.epoch_counts = numbers(a, 1, 1e6, "a list of whole numbers from 1");
         for (const double count : s.epoch_counts) {
           if (count != std::floor(count)) reject(a, "a list of whole numbers from 1");
         }
       },
       {}},
      {{"metric", "NAME", "decides: macro_f1, accuracy, f1, macro_recall, loss, …", false},
       [](S& s, const A& a) { s.decision.metric = parse_metric(single(a, "a metric"), a.where); },
       {}},
      {{"budget", "TIME", "recommend within this training time: 90s, 5min, 1h", false},
       [](S& s, const A& a) {
         s.decision.budget_seconds = parse_time_span(single(a, "a time"), a.where);
       },
       {}},
      {{"check_data", "BOOL", "look for rows in two splits and doubtful labels", false},
       [](S& s, const A& a) { s.check_data = truth(a); },
       {}},
      {{"precision_target", "NUMBER", "save thresholds by which answers are right so often", false},
       [](S& s, const A& a) {
         s.precision_target = number(a, 1e-9, 1, "a number above 0, up to 1");
       },
       {}},
      {{"strategies", "LIST", "what to compare: probe, last-N, full, lp-ft, bitfit", false},
       [](S&, const A&) {},
       {}},  // read before all others
      {{"name", "TEXT", "what the strategy is called in the results", true},
       {},
       [](T& t, const A& a) { t.approach = single(a, "one text"); }},
      {{"strategy", "NAME", "probe, last-N, full, lp-ft or bitfit, for a name of one's own", true},
       {},
       [](T& t, const A& a) { t.strategy = single(a, "probe, last-N, full, lp-ft or bitfit"); }},
      {{"init_from", "NAME", "earlier strategy whose result is the start", true},
       {},
       [](T& t, const A& a) { t.init_from = single(a, "the name of a strategy"); }},
      {{"freeze", "LIST", "patterns of parameters to freeze as well", true},
       {},
       [](T& t, const A& a) { t.freeze = a.values; }},
      {{"unfreeze", "LIST", "patterns of parameters to train as well", true},
       {},
       [](T& t, const A& a) { t.unfreeze = a.values; }},
      {{"solver", "NAME", "adamw, or exact for a probe: straight to the optimum", true},
       {},
       [](T& t, const A& a) {
         t.training.solver =
             one_of(a, {"adamw", "exact"}) == "exact" ? Solver::kExact : Solver::kAdamW;
       }},
      {{"c", "NUMBER", "of the exact solver, as in scikit-learn; 0: chosen on validation", true},
       {},
       [](T& t, const A& a) { t.training.c = number(a, 0, 1e9, "a number from 0"); }},
      {{"epochs", "N", "times through the training rows", true},
       {},
       [](T& t, const A& a) { t.training.epochs = whole(a, 1, "a whole number from 1"); }},
      {{"learning_rate", "NUMBER", "its peak, after the warm-up", true},
       {},
       [](T& t, const A& a) { t.training.learning_rate = number(a, 0, 1e3, "a number from 0"); }},
      {{"batch_size", "N", "rows a training step", true},
       {},
       [](T& t, const A& a) { t.training.batch_size = whole(a, 1, "a whole number from 1"); }},
      {{"eval_batch_size", "N", "accepted for Trainer's sake; evaluation batches by tokens", true},
       {},
       [](T& t, const A& a) { t.training.eval_batch_size = whole(a, 1, "a whole number from 1"); }},
      {{"weight_decay", "NUMBER", "of AdamW; none on biases and LayerNorm", true},
       {},
       [](T& t, const A& a) { t.training.weight_decay = number(a, 0, 1e3, "a number from 0"); }},
      {{"warmup_ratio", "NUMBER", "share of all steps in which the learning rate rises", true},
       {},
       [](T& t, const A& a) { t.training.warmup_ratio = number(a, 0, 1, "a number from 0 to 1"); }},
      {{"max_grad_norm", "NUMBER", "clips the global norm of the gradients; 0: does not", true},
       {},
       [](T& t, const A& a) { t.training.max_grad_norm = number(a, 0, 1e9, "a number from 0"); }},
      {{"label_smoothing", "NUMBER", "share of the target that goes to all labels alike", true},
       {},
       [](T& t, const A& a) {
         t.training.label_smoothing = number(a, 0, 0.999, "a number from 0, below 1");
       }},
      {{"class_weights", "LIST", "of the loss: none, balanced, or a number for each label", true},
       {},
       [](T& t, const A& a) { set_class_weights(a, t.training); }},
      {{"layer_decay", "NUMBER", "learning rate of a layer over that of the one above", true},
       {},
       [](T& t, const A& a) {
         t.training.layer_decay = number(a, 1e-6, 1, "a number above 0, up to 1");
       }},
      {{"patience", "N", "epochs without a better validation loss before stopping", true},
       {},
       [](T& t, const A& a) { t.training.patience = whole(a, 0, "a whole number from 0"); }},
      {{"frozen_dropout", "BOOL", "frozen layers keep their dropout, as in Transformers", true},
       {},
       [](T& t, const A& a) { t.training.frozen_dropout = truth(a); }},
  };
  return all;
}

}  // namespace thaw
