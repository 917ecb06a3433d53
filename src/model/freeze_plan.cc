#include "model/freeze_plan.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/error.h"
#include "base/setting_words.h"
#include "text/nearest_name.h"

namespace thaw {
namespace {

bool is_bias(Role role) {
  switch (role) {
    case Role::kEmbeddingNormBeta:
    case Role::kEmbeddingProjectBias:
    case Role::kQueryBias:
    case Role::kKeyBias:
    case Role::kValueBias:
    case Role::kAttentionOutputBias:
    case Role::kAttentionNormBeta:
    case Role::kIntermediateBias:
    case Role::kOutputBias:
    case Role::kOutputNormBeta:
    case Role::kDenseBias:
    case Role::kModuleBias:
    case Role::kClassifierBias:
      return true;
    default:
      return false;
  }
}

bool trained_by(const Strategy& strategy, const ParameterTable& table, const Parameter& parameter) {
  switch (strategy.kind) {
    case Strategy::Kind::kProbe:
      return parameter.group == table.head_group();
    case Strategy::Kind::kLastLayers:
      return parameter.group >= table.layers - strategy.last_layers;
    case Strategy::Kind::kFull:
      return true;
    case Strategy::Kind::kBiases:
      return parameter.group == table.head_group() || is_bias(parameter.role);
  }
  return false;
}

void apply_pattern(const ParameterTable& table, const std::string& pattern, bool trainable,
                   FreezePlan& plan) {
  bool matched = false;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (::fnmatch(pattern.c_str(), table.list[i].name.c_str(), 0) != 0) continue;
    plan.trainable[i] = trainable && table.list[i].used;
    matched = true;
  }
  if (!matched) {
    throw Error(fmt::format("the pattern '{}' matches no parameter", pattern),
                trainable ? Setting{"unfreeze"} : Setting{"freeze"},
                fmt::format("`{}` lists their names",
                            command_words("inspect", {{"", "MODEL"}, {"parameters"}})));
  }
}

// Of the head's dense layer: how to do without it.
std::string other_pooling(const Parameter& parameter) {
  const bool dense = parameter.role == Role::kDenseWeight || parameter.role == Role::kDenseBias;
  return dense ? fmt::format(", or take a head without it ({} or mean)", setting("pooling", "cls"))
               : "";
}

std::string group_name(const ParameterTable& table, int group) {
  if (group == kEmbeddingsGroup) return "embeddings";
  if (group == table.pooler_group()) {
    return table.find(Role::kModuleWeight, 0) >= 0 ? "dense" : "pooler";
  }
  if (group == table.head_group()) return "head";
  return fmt::format("layer {}", group);
}

}  // namespace

Strategy parse_strategy(const std::string& text) {
  if (text == "probe") return {Strategy::Kind::kProbe, 0};
  if (text == "full" || text == "lp-ft") return {Strategy::Kind::kFull, 0};
  if (text == "bitfit") return {Strategy::Kind::kBiases, 0};
  int layers = 0;
  if (text.starts_with("last-")) {
    const auto [end, error] = std::from_chars(text.data() + 5, text.data() + text.size(), layers);
    if (error == std::errc() && end == text.data() + text.size() && layers >= 1) {
      return {Strategy::Kind::kLastLayers, layers};
    }
  }
  std::string near = nearest_name(text, {"probe", "last-1", "full", "lp-ft", "bitfit"});
  const size_t digits = text.find_first_of("123456789");
  if (text.starts_with("last") && digits != std::string::npos && text.size() < digits + 4 &&
      text.find_first_not_of("0123456789", digits) == std::string::npos) {
    near = "last-" + text.substr(digits);  // of last2, last_2
  }
  throw Error(fmt::format("'{}' is not a strategy", text), Setting{"strategy"},
              (near.empty() ? "" : fmt::format("did you mean '{}'? ", near)) +
                  "the strategies are probe, last-1, last-2, …, full, lp-ft and bitfit",
              ErrorKind::kUsage);
}

FreezePlan make_freeze_plan(const ParameterTable& table, const std::string& strategy,
                            const std::vector<std::string>& freeze,
                            const std::vector<std::string>& unfreeze) {
  const Strategy parsed = parse_strategy(strategy);
  if (parsed.last_layers > table.layers) {
    throw Error(fmt::format("the encoder has only {} layers", table.layers),
                Setting{"strategy", strategy},
                fmt::format("use last-{} at most, or full", table.layers));
  }
  FreezePlan plan;
  plan.strategy = strategy;
  plan.total_parameters = table.total_size();
  for (const Parameter& parameter : table.list) {
    // Frozen, random values would stay random.
    plan.trainable.push_back(parameter.used &&
                             (parameter.fresh || trained_by(parsed, table, parameter)));
  }
  for (const std::string& pattern : freeze) apply_pattern(table, pattern, false, plan);
  for (const std::string& pattern : unfreeze) apply_pattern(table, pattern, true, plan);
  for (size_t i = 0; i < table.list.size(); ++i) {
    const Parameter& parameter = table.list[i];
    if (plan.trainable[i] || !parameter.used || !parameter.fresh) continue;
    if (is_bias(parameter.role)) continue;  // of zeros, which a layer can do with
    throw Error(
        fmt::format(
            "'{}' is new and would stay random, since the model's folder holds no fitting value",
            parameter.name),
        Setting{"freeze"}, "leave it out of what is frozen" + other_pooling(parameter));
  }
  plan.first_trained = table.head_group() + 1;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (!plan.trainable[i]) continue;
    plan.trainable_parameters += table.list[i].size();
    plan.first_trained = std::min(plan.first_trained, table.list[i].group);
  }
  if (plan.trainable_parameters == 0) {
    throw Error("every parameter is frozen", Setting{"freeze"}, "leave something to train");
  }
  return plan;
}

bool dense_is_trained(const ParameterTable& table, const FreezePlan& plan) {
  for (size_t i = 0; i < table.list.size(); ++i) {
    switch (table.list[i].role) {
      case Role::kDenseWeight:
      case Role::kDenseBias:
      case Role::kModuleWeight:
      case Role::kModuleBias:
        if (plan.trainable[i]) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

void check_trains_classifier_alone(const ParameterTable& table, const FreezePlan& plan,
                                   const std::string& name) {
  for (size_t i = 0; i < table.list.size(); ++i) {
    const Parameter& parameter = table.list[i];
    const bool wanted =
        parameter.role == Role::kClassifierWeight || parameter.role == Role::kClassifierBias;
    if (plan.trainable[i] == wanted) continue;
    throw Error(fmt::format("the exact solver trains the linear classifier alone, but '{}' {}{}{}",
                            name, wanted ? "freezes " : "trains ", parameter.name,
                            wanted            ? ""
                            : parameter.fresh ? ", which is new, as well"
                                              : " as well"),
                "solver",
                wanted ? "leave it out of 'freeze', or set solver to adamw for this strategy"
                       : std::string("set solver to adamw for this strategy") +
                             (parameter.fresh ? other_pooling(parameter) : ""));
  }
}

std::string with_thousands(int64_t number) {
  std::string text = std::to_string(number);
  const int first = number < 0 ? 1 : 0;
  for (int at = static_cast<int>(text.size()) - 3; at > first; at -= 3) text.insert(at, ",");
  return text;
}

namespace {

// What a plan trains of one part of the network.
enum class Trained { kNothing, kBiases, kPart, kAll };

Trained trained_of(const ParameterTable& table, const FreezePlan& plan, int group) {
  bool any = false, all = true, biases = true;
  for (size_t i = 0; i < table.list.size(); ++i) {
    const Parameter& parameter = table.list[i];
    if (parameter.group != group || !parameter.used) continue;
    any |= plan.trainable[i];
    all &= plan.trainable[i];
    if (plan.trainable[i]) biases &= is_bias(parameter.role);
  }
  if (!any) return Trained::kNothing;
  if (all) return Trained::kAll;
  return biases ? Trained::kBiases : Trained::kPart;
}

std::string in_millions(int64_t count) {
  if (count < 1'000'000) return with_thousands(count);
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f M", static_cast<double>(count) / 1e6);
  return text;
}

}  // namespace

std::string freeze_plan_line(const ParameterTable& table, const FreezePlan& plan,
                             const std::string& name) {
  std::string parts;
  for (int group = kEmbeddingsGroup; group <= table.head_group();) {
    const Trained state = trained_of(table, plan, group);
    // Layers of which the same is trained are named together.
    int last = group;
    const auto is_layer = [&](int g) { return g >= 0 && g < table.layers; };
    while (is_layer(group) && is_layer(last + 1) && trained_of(table, plan, last + 1) == state) {
      ++last;
    }
    if (state != Trained::kNothing) {
      std::string part = group_name(table, group);
      if (last > group) {
        part = fmt::format("layers {}–{}", group, last);
        if (last - group + 1 == table.layers) {
          part = fmt::format("all {} layers", table.layers);
        }
      }
      if (state == Trained::kBiases) part = "biases of " + part;
      if (state == Trained::kPart) part += " in part";
      bool fresh = false;
      for (const Parameter& parameter : table.list) {
        fresh |= parameter.group == group && parameter.fresh && parameter.used;
      }
      if (fresh && group != table.head_group()) part += " (new)";
      parts += (parts.empty() ? "" : ", ") + part;
    }
    group = last + 1;
  }
  return fmt::format("{}{}: {} ({} of {} parameters)\n", name,
                     name == plan.strategy ? "" : fmt::format(" ({})", plan.strategy), parts,
                     in_millions(plan.trainable_parameters), in_millions(plan.total_parameters));
}

std::string format_freeze_plan(const ParameterTable& table, const FreezePlan& plan) {
  std::string text = fmt::format("Freeze plan: {}\n", plan.strategy);
  char line[160];
  for (int group = kEmbeddingsGroup; group <= table.head_group(); ++group) {
    int64_t trainable = 0, total = 0, unused = 0;
    bool used = false;
    for (size_t i = 0; i < table.list.size(); ++i) {
      if (table.list[i].group != group) continue;
      total += table.list[i].size();
      used |= table.list[i].used;
      if (!table.list[i].used) unused += table.list[i].size();
      if (plan.trainable[i]) trainable += table.list[i].size();
    }
    if (total == 0) continue;
    if (used) total -= unused;
    const char* state = !used                ? "unused"
                        : trainable == 0     ? "frozen"
                        : trainable == total ? "trainable"
                                             : "in part";
    std::snprintf(line, sizeof(line), "  %-12s %-10s %14s\n", group_name(table, group).c_str(),
                  state,
                  (trainable > 0 && trainable < total
                       ? with_thousands(trainable) + " of " + with_thousands(total)
                       : with_thousands(total))
                      .c_str());
    text += line;
  }
  std::string fresh;
  for (const Parameter& parameter : table.list) {
    if (!parameter.fresh || !parameter.used || parameter.group == table.head_group()) continue;
    fresh += (fresh.empty() ? "" : ", ") + parameter.name;
  }
  if (!fresh.empty()) text += fmt::format("  new, and so trained by every strategy: {}\n", fresh);
  std::snprintf(line, sizeof(line), "Trainable parameters: %s / %s (%.2f %%)\n",
                with_thousands(plan.trainable_parameters).c_str(),
                with_thousands(plan.total_parameters).c_str(),
                100.0 * static_cast<double>(plan.trainable_parameters) /
                    static_cast<double>(plan.total_parameters));
  return text + line;
}

}  // namespace thaw
