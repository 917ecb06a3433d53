#include "experiment/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/time_span.h"
#include "classifier/freeze_plan.h"

namespace thaw {
namespace {

using Values = std::vector<std::string>;

[[noreturn]] void reject(const Assignment& given, const std::string& wanted) {
  std::string shown;
  for (const auto& value : given.values) shown += (shown.empty() ? "" : ", ") + value;
  throw Error("'" + given.key + "' is " + (shown.empty() ? "empty" : "'" + shown + "'") +
                  " where " + wanted + " is needed",
              given.where, "correct the value");
}

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

// A key with what it does; exactly one of the two functions is set.
struct Key {
  KeyDescription description;
  std::function<void(ExperimentSettings&, const Assignment&)> shared;
  std::function<void(StrategySettings&, const Assignment&)> of_strategy;
};

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

const Key& find_key(const Assignment& given) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    if (key.description.key == given.key) return key;
    names.push_back(key.description.key);
  }
  const std::string near = nearest_name(given.key, names);
  throw Error("there is no key '" + given.key + "'", given.where,
              near.empty() ? "docs/recipes.md lists the keys" : "did you mean '" + near + "'?");
}

// What a strategy does where nobody says otherwise. The head alone can take large steps and many
// epochs, since the frozen encoder is run once; the encoder takes Transformers' usual ones.
StrategySettings strategy_defaults(const std::string& table) {
  StrategySettings settings;
  settings.approach = settings.strategy = table;
  settings.training.weight_decay = 0.01;
  settings.training.warmup_ratio = 0.06;
  return settings;
}

void finish_defaults(StrategySettings& settings, const std::set<std::string>& given) {
  const bool probe = settings.strategy == "probe";
  if (!given.count("epochs")) settings.training.epochs = probe ? 10 : 3;
  if (!given.count("learning_rate")) settings.training.learning_rate = probe ? 5e-3 : 5e-5;
}

bool is_strategy_name(const std::string& text) {
  try {
    parse_strategy(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void check_table(const Assignment& given, const std::vector<std::string>& tables) {
  if (given.scope.empty() || is_strategy_name(given.scope) ||
      std::find(tables.begin(), tables.end(), given.scope) != tables.end()) {
    return;
  }
  const std::string near = nearest_name(given.scope, tables);
  throw Error("there is no strategy '" + given.scope + "'", given.where,
              near.empty() ? "list it under 'strategies'" : "did you mean '" + near + "'?");
}

void check_names(std::vector<StrategySettings>& strategies,
                 const std::vector<std::string>& tables) {
  std::set<std::string> approaches;
  for (size_t i = 0; i < strategies.size(); ++i) {
    StrategySettings& strategy = strategies[i];
    parse_strategy(strategy.strategy);
    const std::string& name = strategy.approach;
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
      throw Error("'" + name + "' cannot be the name of a folder", "name", "choose another name");
    }
    if (!approaches.insert(name).second) {
      throw Error("two strategies are called '" + name + "'", "name", "give each its own name");
    }
    if (strategy.init_from.empty()) continue;
    bool found = false;
    for (size_t j = 0; j < i; ++j) {
      if (strategy.init_from == tables[j] || strategy.init_from == strategies[j].approach) {
        strategy.init_from = strategies[j].approach;
        found = true;
      }
    }
    if (!found) {
      throw Error(
          "'" + name + "' starts from '" + strategy.init_from + "', which does not come before it",
          "init_from", "put it earlier in 'strategies'");
    }
  }
}

// An lp-ft that nobody said the start of starts from the probe before it, or from one of its own.
void add_probes(ExperimentSettings& settings, const std::set<std::string>& given_for_all) {
  auto& strategies = settings.strategies;
  for (size_t i = 0; i < strategies.size(); ++i) {
    if (strategies[i].strategy != "lp-ft" || !strategies[i].init_from.empty()) continue;
    const auto probe = std::find_if(strategies.begin(), strategies.begin() + static_cast<int>(i),
                                    [](const auto& s) { return s.strategy == "probe"; });
    if (probe != strategies.begin() + static_cast<int>(i)) {
      strategies[i].init_from = probe->approach;
      continue;
    }
    StrategySettings own = settings.common;
    own.approach = strategies[i].approach + ": probe";
    own.strategy = "probe";
    own.hidden = true;
    finish_defaults(own, given_for_all);
    strategies[i].init_from = own.approach;
    strategies.insert(strategies.begin() + static_cast<int>(i), std::move(own));
    ++i;
  }
}

}  // namespace

const std::vector<KeyDescription>& setting_keys() {
  static const std::vector<KeyDescription> descriptions = [] {
    std::vector<KeyDescription> list;
    for (const Key& key : keys()) list.push_back(key.description);
    return list;
  }();
  return descriptions;
}

ExperimentSettings make_settings(const std::vector<Assignment>& recipe,
                                 const std::vector<Assignment>& command_line) {
  std::vector<std::string> tables{"probe", "last-1", "full"};
  for (const auto* assignments : {&recipe, &command_line}) {
    for (const Assignment& given : *assignments) {
      const Key& key = find_key(given);
      if (!given.scope.empty() && !key.description.of_strategy) {
        throw Error("'" + given.key + "' belongs to all strategies", given.where,
                    "put it above the tables");
      }
      if (given.key == "strategies") {
        if (given.values.empty()) reject(given, "a list such as probe, full");
        tables = given.values;
      }
    }
  }

  ExperimentSettings settings;
  settings.common = strategy_defaults("last-1");
  std::set<std::string> given_for_all;
  for (const std::string& table : tables) settings.strategies.push_back(strategy_defaults(table));
  std::vector<std::set<std::string>> given_keys(tables.size());
  for (const auto* assignments : {&recipe, &command_line}) {
    for (const bool for_all : {true, false}) {
      for (const Assignment& given : *assignments) {
        if (given.scope.empty() != for_all) continue;
        check_table(given, tables);
        const Key& key = find_key(given);
        if (key.shared) {
          key.shared(settings, given);
          continue;
        }
        for (size_t i = 0; i < tables.size(); ++i) {
          if (!for_all && tables[i] != given.scope) continue;
          key.of_strategy(settings.strategies[i], given);
          given_keys[i].insert(given.key);
        }
        if (for_all) {
          key.of_strategy(settings.common, given);
          given_for_all.insert(given.key);
        }
      }
    }
  }
  for (size_t i = 0; i < tables.size(); ++i) finish_defaults(settings.strategies[i], given_keys[i]);
  finish_defaults(settings.common, given_for_all);
  check_names(settings.strategies, tables);
  add_probes(settings, given_for_all);
  settings.data.seed = settings.seed;
  for (StrategySettings& strategy : settings.strategies) strategy.training.seed = settings.seed;
  settings.common.training.seed = settings.seed;
  return settings;
}

}  // namespace thaw
