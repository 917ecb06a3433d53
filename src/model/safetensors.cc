#include "model/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/bf16.h"
#include "base/error.h"
#include "files/json_file.h"
#include "model/safetensors_header.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSingleFile = "model.safetensors";
constexpr const char* kIndexFile = "model.safetensors.index.json";

std::string type_name(StoredType type) {
  switch (type) {
    case StoredType::kF32:
      return "F32";
    case StoredType::kF16:
      return "F16";
    case StoredType::kBf16:
      return "BF16";
    case StoredType::kI64:
      return "I64";
    case StoredType::kI32:
      return "I32";
    case StoredType::kU8:
      return "U8";
    case StoredType::kOther:
      break;
  }
  return "another type";
}

// IEEE 754 binary16.
float half_to_float(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t exponent = (half >> 10) & 0x1Fu, mantissa = half & 0x3FFu;
  if (exponent == 0) {  // zero, or subnormal: mantissa × 2^-24
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  const uint32_t wide = exponent == 0x1Fu ? 0xFFu : exponent + (127 - 15);
  return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

template <class Bits, class Convert>
void convert(const StoredTensor& tensor, float* out, const Convert& to_value) {
  for (size_t i = 0; i < tensor.bytes / sizeof(Bits); ++i) {
    Bits bits;
    std::memcpy(&bits, tensor.data + i * sizeof(Bits), sizeof(Bits));
    out[i] = to_value(bits);
  }
}

// tensor name -> shard, as the index says.
std::map<std::string, std::string> read_index(const fs::path& path) {
  const MappedFile file = MappedFile::open(path);
  const nlohmann::json index = parse_unique_json(file.text(), path.string());
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object() ||
      index["weight_map"].empty()) {
    throw Error("has no weight_map from tensors to files", path.string(),
                "fetch or write the file again");
  }
  std::map<std::string, std::string> shards;
  for (const auto& [name, shard] : index["weight_map"].items()) {
    if (!shard.is_string()) {
      throw Error(fmt::format("gives tensor {} no file name", in_quotes(name)), path.string(),
                  "fetch or write the file again");
    }
    const auto& file_name = shard.get_ref<const std::string&>();
    // Only files beside the index: a name must not lead out of the folder.
    const bool plain = !file_name.empty() && file_name != "." && file_name != ".." &&
                       file_name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
    if (!plain) {
      throw Error(fmt::format("places tensor {} in {}, which is not the name of a file beside it",
                              in_quotes(name), in_quotes(file_name)),
                  path.string(), "fetch the model again");
    }
    shards.emplace(name, file_name);
  }
  return shards;
}

[[noreturn]] void no_weights(const fs::path& folder) {
  for (const char* other : {"pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5",
                            "flax_model.msgpack", "model.onnx"}) {
    if (fs::exists(folder / other)) {
      throw Error(fmt::format("holds its weights only as {}, which thaw does not read", other),
                  folder.string(),
                  "save the model as safetensors (save_pretrained in Transformers does)");
    }
  }
  throw Error(fmt::format("holds no {} and no {}", kSingleFile, kIndexFile), folder.string(),
              "name a folder with a model's weights");
}

}  // namespace

int64_t StoredTensor::size() const {
  int64_t product = 1;
  for (const int64_t extent : shape) product *= extent;
  return product;
}

bool Checkpoint::exists(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kSingleFile, error) ||
         fs::is_regular_file(folder / kIndexFile, error);
}

Checkpoint Checkpoint::open(const fs::path& path) {
  fs::path file = path;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    file = path / kSingleFile;
    if (!fs::exists(file, error)) file = path / kIndexFile;
    if (!fs::exists(file, error)) no_weights(path);
  }
  Checkpoint checkpoint;
  if (!file.string().ends_with(".index.json")) {
    checkpoint.files_.push_back(MappedFile::open(file));
    const MappedFile& mapped = checkpoint.files_.back();
    checkpoint.tensors_ = parse_safetensors(mapped.data(), mapped.size(), file.string());
    return checkpoint;
  }

  const std::map<std::string, std::string> shards = read_index(file);
  std::set<std::string> names;
  for (const auto& [tensor, shard] : shards) names.insert(shard);
  for (const std::string& name : names) {
    const fs::path shard = file.parent_path() / name;
    if (!fs::is_regular_file(shard, error)) {
      throw Error(fmt::format("names the file {}, which is not there", in_quotes(name)),
                  file.string(), "fetch the missing file");
    }
    checkpoint.files_.push_back(MappedFile::open(shard));
    const MappedFile& mapped = checkpoint.files_.back();
    for (auto& [tensor, stored] : parse_safetensors(mapped.data(), mapped.size(), shard.string())) {
      if (!checkpoint.tensors_.emplace(tensor, stored).second) {
        throw Error(
            fmt::format("tensor {} stands in another file of the model as well", in_quotes(tensor)),
            shard.string(), "fetch the model again");
      }
    }
  }
  for (const auto& [tensor, shard] : shards) {
    if (!checkpoint.tensors_.contains(tensor)) {
      throw Error(fmt::format("places tensor {} in {}, which does not hold it", in_quotes(tensor),
                              in_quotes(shard)),
                  file.string(), "fetch the model again");
    }
  }
  return checkpoint;
}

const StoredTensor* Checkpoint::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

void copy_as_float(const StoredTensor& tensor, float* out) {
  if (tensor.bytes == 0) return;
  switch (tensor.type) {
    case StoredType::kF32:
      std::memcpy(out, tensor.data, tensor.bytes);
      return;
    case StoredType::kF16:
      convert<uint16_t>(tensor, out, half_to_float);
      return;
    case StoredType::kBf16:
      convert<uint16_t>(tensor, out, [](uint16_t bits) { return to_float(Bf16{bits}); });
      return;
    default:
      throw Error(fmt::format("is stored as {}, and weights must be F32, F16 or BF16",
                              type_name(tensor.type)),
                  tensor.where, "save the model in one of these types");
  }
}

void save_safetensors(const fs::path& path, const std::vector<TensorToSave>& tensors) {
  std::vector<const TensorToSave*> ordered;
  for (const TensorToSave& tensor : tensors) ordered.push_back(&tensor);
  std::sort(ordered.begin(), ordered.end(),
            [](const TensorToSave* a, const TensorToSave* b) { return a->name < b->name; });

  nlohmann::ordered_json metadata = {{"format", "pt"}};
  std::string header = "{\"__metadata__\":" + metadata.dump();
  std::vector<size_t> sizes;  // [tensors] bytes
  uint64_t offset = 0;
  for (size_t i = 0; i < ordered.size(); ++i) {
    const TensorToSave& tensor = *ordered[i];
    if (tensor.name == "__metadata__" || (i > 0 && ordered[i - 1]->name == tensor.name)) {
      throw Error("two tensors would have the name " + in_quotes(tensor.name), path.string());
    }
    uint64_t bytes = sizeof(float);
    for (const int64_t extent : tensor.shape) {
      if (extent < 0 || __builtin_mul_overflow(bytes, static_cast<uint64_t>(extent), &bytes)) {
        throw Error(fmt::format("tensor {} has an impossible shape", in_quotes(tensor.name)),
                    path.string());
      }
    }
    nlohmann::ordered_json entry;
    entry["dtype"] = "F32";
    entry["shape"] = tensor.shape;
    entry["data_offsets"] = {offset, offset + bytes};
    header += fmt::format(",{}:{}", nlohmann::json(tensor.name).dump(), entry.dump());
    sizes.push_back(bytes);
    offset += bytes;
  }
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');  // the data begins aligned

  write_file(path, [&](std::ostream& out) {
    const uint64_t header_size = header.size();
    out.write(reinterpret_cast<const char*>(&header_size), sizeof(header_size));
    out.write(header.data(), static_cast<std::streamsize>(header.size()));
    for (size_t i = 0; i < ordered.size(); ++i) {
      if (sizes[i] == 0) continue;
      out.write(reinterpret_cast<const char*>(ordered[i]->data),
                static_cast<std::streamsize>(sizes[i]));
    }
  });
}

}  // namespace thaw
