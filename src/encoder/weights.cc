#include "encoder/weights.h"

#include <cmath>
#include <map>
#include <numbers>

#include "base/error.h"
#include "base/random.h"
#include "model_io/weight_names.h"

namespace thaw {
namespace {

uint64_t name_hash(const std::string& name) {  // FNV-1a
  uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

bool is_norm_gamma(Role role) {
  return role == Role::kEmbeddingNormGamma || role == Role::kAttentionNormGamma ||
         role == Role::kOutputNormGamma;
}

bool is_aligned_float(const StoredTensor& tensor) {
  return tensor.type == StoredType::kF32 &&
         reinterpret_cast<uintptr_t>(tensor.data) % alignof(float) == 0;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  }
  return text + "]";
}

}  // namespace

void initialize_parameter(const Parameter& parameter, float initializer_range, uint64_t seed,
                          float* out) {
  const int64_t size = parameter.size();
  if (is_norm_gamma(parameter.role)) {
    std::fill(out, out + size, 1.0f);
  } else if (!parameter.decays && parameter.role != Role::kRelativeBias) {
    std::fill(out, out + size, 0.0f);
  } else {
    // Box & Muller (1958) on counter-based uniforms.
    const uint64_t key = random_key(seed, name_hash(parameter.name));
    for (int64_t i = 0; i < size; i += 2) {
      const double u = (random_bits(key, static_cast<uint32_t>(i)) + 0.5) * 0x1p-32;
      const double v = random_bits(key, static_cast<uint32_t>(i + 1)) * 0x1p-32;
      const double radius = initializer_range * std::sqrt(-2.0 * std::log(u));
      out[i] = static_cast<float>(radius * std::cos(2.0 * std::numbers::pi * v));
      if (i + 1 < size) {
        out[i + 1] = static_cast<float>(radius * std::sin(2.0 * std::numbers::pi * v));
      }
    }
  }
}

LoadReport load_parameters(ParameterTable& table, const ModelConfig& config, const HeadShape& head,
                           const std::filesystem::path& folder, uint64_t seed) {
  const auto checkpoint = std::make_shared<Checkpoint>(Checkpoint::open(folder));
  std::map<std::string, NamedTensor> stored = canonical_tensors(*checkpoint, config.family);

  // Without a value in the checkpoint, what no output depends on is not worth making one up.
  std::erase_if(table.list, [&](const Parameter& parameter) {
    return !parameter.used && stored.find(parameter.name) == stored.end();
  });
  LoadReport report{model_class_name(config, head), folder.string(), {}};
  int64_t to_convert = 0;
  int base_found = 0;
  std::string missing;  // the first piece of the encoder that is not there
  std::vector<const StoredTensor*> sources(table.list.size(), nullptr);
  for (size_t i = 0; i < table.list.size(); ++i) {
    Parameter& parameter = table.list[i];
    const std::string saved_name = saved_weight_name(config.family, parameter.name, !head.native);
    const auto found = stored.find(parameter.name);
    if (found == stored.end()) {
      if (parameter.in_base_model && parameter.role != Role::kDenseWeight &&
          parameter.role != Role::kDenseBias && missing.empty()) {
        missing = saved_name;
      }
      report.rows.push_back({saved_name, LoadStatus::kMissing, {}, {}});
    } else if (found->second.tensor->shape != parameter.shape) {
      if (parameter.in_base_model) {
        throw Error("'" + found->second.name_in_file + "' has the shape " +
                        shape_text(found->second.tensor->shape) + " where config.json asks for " +
                        shape_text(parameter.shape),
                    folder.string(), "use the config.json that belongs to these weights");
      }
      report.rows.push_back(
          {saved_name, LoadStatus::kMismatch, found->second.tensor->shape, parameter.shape});
    } else {
      sources[i] = found->second.tensor;
      base_found += parameter.in_base_model;
    }
    if (sources[i] == nullptr || !is_aligned_float(*sources[i])) to_convert += parameter.size();
    if (found != stored.end()) stored.erase(found);
  }
  if (base_found == 0) {
    throw Error("holds no weights of a " + to_string(config.family) + " encoder", folder.string(),
                "check that config.json belongs to these weights");
  }
  if (!missing.empty()) {
    throw Error("holds no '" + missing + "', which the encoder of config.json needs",
                folder.string(), "use the config.json that belongs to these weights");
  }
  for (const auto& [canonical, source] : stored) {
    report.rows.push_back({source.name_in_file, LoadStatus::kUnexpected, {}, {}});
  }

  const auto converted = std::make_shared<Buffer<float>>(to_convert);
  float* next = converted->data();
  for (size_t i = 0; i < table.list.size(); ++i) {
    Parameter& parameter = table.list[i];
    if (sources[i] != nullptr && is_aligned_float(*sources[i])) {
      parameter.value = reinterpret_cast<const float*>(sources[i]->data);
      continue;
    }
    if (sources[i] != nullptr) {
      copy_as_float(*sources[i], next);
    } else {
      initialize_parameter(parameter, config.initializer_range, seed, next);
    }
    parameter.value = next;
    next += parameter.size();
  }
  table.keep_alive(checkpoint);
  table.keep_alive(converted);
  return report;
}

std::vector<TensorToSave> tensors_to_save(const ParameterTable& table, const ModelConfig& config,
                                          const HeadShape& head) {
  std::vector<TensorToSave> tensors;
  for (const Parameter& parameter : table.list) {
    // Without the native head the classifier is saved as a module of its own.
    if (!head.native && !parameter.in_base_model) continue;
    tensors.push_back({saved_weight_name(config.family, parameter.name, !head.native),
                       parameter.shape, parameter.value});
  }
  return tensors;
}

}  // namespace thaw
