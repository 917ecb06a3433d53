#include "experiment/resume/run_fingerprint.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/machine.h"
#include "base/setting_words.h"
#include "base/sha256.h"
#include "engine/cpu/gemm/linear.h"
#include "engine/cpu/gemm/quantized_linear.h"
#include "engine/cpu/ops/simd_target.h"
#include "model/frozen_hash.h"

namespace thaw {
namespace {

// As it is called in journals.
constexpr char kSliceValues[] = "values of the columns for --slices";

std::string shown_fingerprint(const std::string& what) {
  return what == kSliceValues ? "values of the columns for " + setting("slices") : what;
}

template <class T>
void add_numbers(Sha256& hash, const T* values, size_t count) {
  hash.update({reinterpret_cast<const char*>(&count), sizeof(count)});
  if (count > 0) hash.update({reinterpret_cast<const char*>(values), count * sizeof(T)});
}

template <class T>
void add_numbers(Sha256& hash, const std::vector<T>& values) {
  add_numbers(hash, values.data(), values.size());
}

void add_text(Sha256& hash, std::string_view text) { add_numbers(hash, text.data(), text.size()); }

std::string split_hash(const Split& split) {
  Sha256 hash;
  for (int64_t row = 0; row < split.size(); ++row) {
    add_text(hash, split.texts[row]);
    if (split.texts.has_pairs()) add_text(hash, split.texts.pair(row));
  }
  add_numbers(hash, split.labels);
  add_numbers(hash, split.rows);
  return hash.hex();
}

std::string columns_hash(const std::vector<ColumnValues>& columns) {
  Sha256 hash;
  for (const ColumnValues& column : columns) {
    add_text(hash, column.name());
    add_text(hash, column.is_text() ? "text" : "");
    for (int64_t row = 0; row < column.rows(); ++row) add_text(hash, column[row]);
  }
  return hash.hex();
}

using Values = std::map<std::string, std::vector<std::string>>;

// By key, "probe.epochs" where it is of one strategy; what comes later counts.
Values values_of(const RunSpec& asked) {
  Values values;
  for (const auto* list : {&asked.recipe, &asked.command_line}) {
    for (const Assignment& given : *list) {
      const bool counts =
          given.key != "out" && given.key != "checkpoint_every" && given.key != "threads";
      if (counts) values[(given.scope.empty() ? "" : given.scope + ".") + given.key] = given.values;
    }
  }
  return values;
}

std::string shown(const Values& values, const std::string& key) {
  const auto found = values.find(key);
  if (found == values.end()) return "not given";
  std::string text;
  for (const std::string& value : found->second) text += (text.empty() ? "" : ", ") + value;
  return fmt::format("'{}'", text);
}

}  // namespace

std::map<std::string, std::string> fingerprints_of(
    const Dataset& data, const ClassifierModel& model,
    const std::vector<const TokenizedTexts*>& tokens) {
  Sha256 names, configuration, ids;
  for (const std::string& name : data.label_names) add_text(names, name);
  add_text(configuration, model.config.json.dump());
  FreezePlan nothing_trained;
  nothing_trained.trainable.assign(model.table.list.size(), false);
  for (const TokenizedTexts* texts : tokens) {
    add_numbers(ids, texts->ids);
    add_numbers(ids, texts->offsets);
    add_numbers(ids, texts->types);
  }
  std::map<std::string, std::string> found{
      {"training rows", split_hash(data.train)},
      {"validation rows", split_hash(data.validation)},
      {"test rows", split_hash(data.test)},
      {"label names", names.hex()},
      {"parts of the model's configuration", configuration.hex()},
      {"model's weights", frozen_hash(model.table, nothing_trained)},
      {"tokens that the tokenizer makes", ids.hex()}};
  const Split& evaluated = data.test.size() > 0 ? data.test : data.validation;
  if (!evaluated.columns.empty()) {
    found[kSliceValues] = columns_hash(evaluated.columns);
  }
  return found;
}

std::map<std::string, std::string> environment_of() {
  auto environment = build_description();
  const auto machine = machine_description();
  environment["oneDNN"] = gemm_library_version();
  environment["CPU"] = machine.at("cpu");
  environment["threads"] = machine.at("threads");
  environment["instruction set"] =
      simd_target() + (cpu_has_bf16() ? ", bf16" : "") + (cpu_has_int8() ? ", int8" : "");
  const char* limit = std::getenv("ONEDNN_MAX_CPU_ISA");
  if (limit != nullptr) environment["ONEDNN_MAX_CPU_ISA"] = limit;
  return environment;
}

void check_same_settings(const RunSpec& then, const RunSpec& now, const std::string& where) {
  if (then.command != now.command) {
    throw CannotResume("the run was begun by " + command_words(then.command), where,
                       "go on with " + command_words(then.command, {{"resume"}}));
  }
  const Values before = values_of(then), after = values_of(now);
  std::vector<std::string> keys;
  for (const auto* values : {&before, &after}) {
    for (const auto& [key, value] : *values) keys.push_back(key);
  }
  for (const std::string& key : keys) {
    const std::string was = shown(before, key), is = shown(after, key);
    if (was == is) continue;
    throw CannotResume(
        fmt::format("'{}' is {} but was {} when the run was begun", key, is, was), where,
        fmt::format(
            "leave it as it was ({} takes all settings from there), or begin anew in a new folder",
            command_words(then.command, {{"resume", "FOLDER"}})));
  }
}

void check_same_identity(const RunFingerprint& then, const RunFingerprint& now,
                         const std::string& where, const Listener& listener) {
  // Other rows make other tokens, so these say most where all else is the same.
  for (const bool of_tokens : {false, true}) {
    for (const auto& [what, hash] : now.fingerprints) {
      if (what.starts_with("tokens") != of_tokens) continue;
      const auto found = then.fingerprints.find(what);
      if (found != then.fingerprints.end() && found->second == hash) continue;
      throw CannotResume(
          fmt::format("the {} are not those that the run was begun with", shown_fingerprint(what)),
          where, "put back what has changed, or begin anew in a new folder");
    }
  }
  std::string changed;
  auto all = then.environment;
  all.insert(now.environment.begin(), now.environment.end());
  const auto value = [](const RunFingerprint& of, const std::string& what) {
    const auto found = of.environment.find(what);
    return found == of.environment.end() ? "none" : found->second;
  };
  for (const auto& [what, some] : all) {
    const std::string is = value(now, what), was = value(then, what);
    if (was != is) changed += fmt::format("  {}: {}, was {}\n", what, is, was);
  }
  if (changed.empty()) return;
  listener.say(
      "warning: this is not where the run was begun, so its numbers may come out otherwise in "
      "their last bits:\n" +
      changed);
}

}  // namespace thaw
