#include "model/weight_names.h"

#include <fmt/format.h>

#include "base/error.h"
#include "files/json_file.h"

namespace thaw {
namespace {

// What PyTorch's wrappers put into the names of what they wrap: anywhere, and (of
// DataParallel) at the beginning alone.
constexpr std::string_view kWrappers[] = {"_orig_mod.", "_fsdp_wrapped_module.",
                                          "_checkpoint_wrapped_module."};
constexpr std::string_view kParallel = "module.";

std::string without_wrappers(std::string_view name, std::set<std::string>* removed) {
  std::string rest(name);
  const auto note = [&](std::string_view wrapper) {
    if (removed != nullptr) removed->insert(std::string(wrapper));
  };
  for (const std::string_view wrapper : kWrappers) {
    for (size_t at = 0; (at = rest.find(wrapper, at)) != std::string::npos;) {
      if (at > 0 && rest[at - 1] != '.') {
        at += wrapper.size();
        continue;
      }
      rest.erase(at, wrapper.size());
      note(wrapper);
    }
  }
  while (rest.starts_with(kParallel)) {
    rest.erase(0, kParallel.size());
    note(kParallel);
  }
  return rest;
}

// The family's own prefix, or else its model_type, which some conversions write ("xlm-roberta.").
void remove_prefix(Family family, std::string_view& name) {
  for (const std::string& prefix :
       {std::string(traits_of(family).base_prefix), to_string(family) + "."}) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    return;
  }
}

}  // namespace

std::string canonical_weight_name(Family family, std::string_view full_name,
                                  std::set<std::string>* removed) {
  const std::string unwrapped = without_wrappers(full_name, removed);
  std::string_view name = unwrapped;
  remove_prefix(family, name);
  const auto renamed = [&](std::string_view old_end, std::string_view new_end) {
    return std::string(name.substr(0, name.size() - old_end.size())) + std::string(new_end);
  };
  if (name.ends_with(".gamma")) return renamed("gamma", "weight");
  if (name.ends_with(".beta")) return renamed("beta", "bias");
  return std::string(name);
}

std::string saved_weight_name(Family family, std::string_view canonical, bool sentence_encoder) {
  const bool head =
      canonical.starts_with("classifier.") || canonical.starts_with("pre_classifier.");
  return (sentence_encoder || head ? "" : traits_of(family).base_prefix) + std::string(canonical);
}

bool is_ignored_weight(std::string_view canonical) {
  return canonical == "embeddings.position_ids" || canonical == "embeddings.token_type_ids";
}

std::map<std::string, NamedTensor> canonical_tensors(const Checkpoint& checkpoint, Family family,
                                                     std::set<std::string>* removed) {
  std::map<std::string, NamedTensor> tensors;
  for (const auto& [name, tensor] : checkpoint.tensors()) {
    const std::string canonical = canonical_weight_name(family, name, removed);
    if (is_ignored_weight(canonical)) continue;
    const auto [place, is_new] = tensors.emplace(canonical, NamedTensor{name, &tensor});
    if (!is_new) {
      throw Error(fmt::format("tensors {} and {} are the same weight",
                              in_quotes(place->second.name_in_file), in_quotes(name)),
                  tensor.where, "keep one of the two in the checkpoint");
    }
  }
  return tensors;
}

}  // namespace thaw
