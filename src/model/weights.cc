#include "model/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <map>
#include <numbers>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "base/threads.h"
#include "model/weight_names.h"

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

bool is_classifier(Role role) {
  return role == Role::kClassifierWeight || role == Role::kClassifierBias;
}

// Whether the value is used where it lies in the file.
bool stays_mapped(const Parameter& parameter, const StoredTensor* tensor, const HeadRows& rows) {
  return tensor != nullptr && is_aligned_float(*tensor) &&
         !(is_classifier(parameter.role) && !rows.order.empty());
}

// The sizes that config.json leaves out, for the message where a shape does not fit.
std::string defaults_text(const ModelConfig& config) {
  std::string text;
  for (const auto& [name, value] : config.defaults) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  }
  return text.empty()
             ? ""
             : fmt::format(" (it leaves out sizes that are then Transformers' own: {})", text);
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    text += fmt::format("{}{}", i > 0 ? ", " : "", shape[i]);
  }
  return text + "]";
}

// Throws Error where a value that came from the checkpoint is NaN or infinite, which would make
// every answer NaN, or in int8 a wrong one. Rows of the word embedding are left to who reads them
// (check_word_rows): they are half of a small model, and a text reads few.
void check_finite(const ParameterTable& table, const LoadReport& report,
                  const std::vector<const StoredTensor*>& sources) {
  struct Piece {
    size_t parameter;
    int64_t begin, end;
  };
  constexpr int64_t kPiece = int64_t{1} << 16;
  std::vector<Piece> pieces;
  for (size_t i = 0; i < table.list.size(); ++i) {
    const Parameter& parameter = table.list[i];
    if (sources[i] == nullptr || !parameter.used || parameter.role == Role::kWordEmbedding) {
      continue;
    }
    for (int64_t begin = 0; begin < parameter.size(); begin += kPiece) {
      pieces.push_back({i, begin, std::min(begin + kPiece, parameter.size())});
    }
  }
  // A small model is not worth starting threads for.
  const auto count = static_cast<int64_t>(pieces.size());
  const int64_t grain = table.total_size() < (int64_t{1} << 20) ? count : 1;
  std::atomic<bool> finite = true;
  parallel_parts(count, grain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const Piece& piece = pieces[i];
      const float* value = table.list[piece.parameter].value;
      if (!all_finite(value + piece.begin, piece.end - piece.begin)) finite = false;
    }
  });
  if (finite) return;
  for (size_t i = 0; i < table.list.size(); ++i) {
    const Parameter& parameter = table.list[i];
    if (sources[i] == nullptr || !parameter.used || parameter.role == Role::kWordEmbedding ||
        all_finite(parameter.value, parameter.size())) {
      continue;
    }
    throw Error("the weight holds values that are not numbers (NaN) or infinite", sources[i]->where,
                fmt::format("fetch {} again, or choose another model", report.source));
  }
}

}  // namespace

bool all_finite(const float* values, int64_t count) {
  constexpr uint32_t kExponent = 0x7F800000u;  // all ones in infinity and NaN
  const auto* bits = reinterpret_cast<const unsigned char*>(values);
  uint32_t found = 0;
  for (int64_t i = 0; i < count; ++i) {
    uint32_t value;
    std::memcpy(&value, bits + i * sizeof(float), sizeof(float));
    found |= (value & kExponent) == kExponent ? 1u : 0u;
  }
  return found == 0;
}

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

void copy_head_rows(const StoredTensor& tensor, const HeadRows& rows, float* out) {
  if (rows.order.empty()) return copy_as_float(tensor, out);
  std::vector<float> values(static_cast<size_t>(tensor.size()));
  copy_as_float(tensor, values.data());
  const auto width = static_cast<int64_t>(values.size() / rows.order.size());
  for (const int64_t row : rows.order) {
    out = std::copy_n(values.data() + row * width, width, out);
  }
}

LoadReport load_parameters(ParameterTable& table, const ModelConfig& config, const HeadShape& head,
                           const std::filesystem::path& folder, uint64_t seed,
                           const HeadRows& rows) {
  const auto checkpoint = std::make_shared<Checkpoint>(Checkpoint::open(folder));
  std::set<std::string> wrappers;
  std::map<std::string, NamedTensor> stored =
      canonical_tensors(*checkpoint, config.family, &wrappers);

  // Without a value in the checkpoint, what no output depends on is not worth making one up.
  std::erase_if(table.list, [&](const Parameter& parameter) {
    return !parameter.used && stored.find(parameter.name) == stored.end();
  });
  LoadReport report{model_class_name(config, head), folder.string(), {}};
  for (const std::string& wrapper : wrappers) {
    report.prefixes += (report.prefixes.empty() ? "'" : ", '") + wrapper + "'";
  }
  int64_t to_convert = 0;
  int base_found = 0;
  std::string missing;  // the first piece of the encoder that is not there
  std::vector<const StoredTensor*> sources(table.list.size(), nullptr);
  for (size_t i = 0; i < table.list.size(); ++i) {
    Parameter& parameter = table.list[i];
    const bool has_rows = is_classifier(parameter.role);
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
        throw Error(fmt::format("'{}' has the shape {} where config.json asks for {}{}",
                                found->second.name_in_file, shape_text(found->second.tensor->shape),
                                shape_text(parameter.shape), defaults_text(config)),
                    folder.string(), "use the config.json that belongs to these weights");
      }
      report.rows.push_back(
          {saved_name, LoadStatus::kMismatch, found->second.tensor->shape, parameter.shape});
    } else if (has_rows && !head.native) {
      report.rows.push_back({saved_name, LoadStatus::kNewHead, {}, {}, "reads other features"});
    } else if (has_rows && !rows.taken) {
      report.rows.push_back({saved_name, LoadStatus::kNewHead, {}, {}, rows.why});
    } else {
      sources[i] = found->second.tensor;
      base_found += parameter.in_base_model;
      if (has_rows && !rows.order.empty()) {
        report.rows.push_back({saved_name, LoadStatus::kReordered, {}, {}, rows.why});
      }
    }
    parameter.fresh = sources[i] == nullptr;
    if (!stays_mapped(parameter, sources[i], rows)) to_convert += parameter.size();
    if (found != stored.end()) stored.erase(found);
  }
  if (base_found == 0) {
    throw Error(fmt::format("holds no weights of a {} encoder", to_string(config.family)),
                folder.string(), "check that config.json belongs to these weights");
  }
  if (!missing.empty()) {
    throw Error(fmt::format("holds no '{}', which the encoder of config.json needs", missing),
                folder.string(), "use the config.json that belongs to these weights");
  }
  for (const auto& [canonical, source] : stored) {
    report.rows.push_back({source.name_in_file, LoadStatus::kUnexpected, {}, {}});
  }

  const auto converted = std::make_shared<Buffer<float>>(to_convert);
  float* next = converted->data();
  for (size_t i = 0; i < table.list.size(); ++i) {
    Parameter& parameter = table.list[i];
    if (stays_mapped(parameter, sources[i], rows)) {
      parameter.value = reinterpret_cast<const float*>(sources[i]->data);
      continue;
    }
    if (sources[i] != nullptr) {
      copy_head_rows(*sources[i], is_classifier(parameter.role) ? rows : HeadRows{}, next);
    } else {
      initialize_parameter(parameter, config.initializer_range, seed, next);
    }
    parameter.value = next;
    next += parameter.size();
  }
  table.keep_alive(checkpoint);
  table.keep_alive(converted);
  check_finite(table, report, sources);
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
