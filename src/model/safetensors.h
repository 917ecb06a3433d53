#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "files/files.h"

namespace thaw {

enum class StoredType { kF32, kF16, kBf16, kI64, kI32, kU8, kOther };

// A tensor that lies in a mapped file.
struct StoredTensor {
  StoredType type = StoredType::kOther;
  std::vector<int64_t> shape;
  const std::byte* data = nullptr;  // little-endian, row-major; not always aligned
  size_t bytes = 0;
  std::string where;  // file and name, for messages

  int64_t size() const;  // product of shape
};

// All tensors of model.safetensors, or of the shards that model.safetensors.index.json names.
class Checkpoint {
 public:
  // A folder, one .safetensors file, or one .safetensors.index.json. Throws Error on a header that
  // is truncated, lies about sizes, overlaps or leaves the file, on unknown JSON, on a shard that
  // is missing.
  static Checkpoint open(const std::filesystem::path& path);
  // Whether the folder holds weights that open() would read.
  static bool exists(const std::filesystem::path& folder);

  const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }
  const StoredTensor* find(const std::string& name) const;

 private:
  std::vector<MappedFile> files_;
  std::map<std::string, StoredTensor> tensors_;
};

// Values as fp32 (F32, F16, BF16). Throws Error for other types.
void copy_as_float(const StoredTensor& tensor, float* out);  // [tensor.size()]

struct TensorToSave {
  std::string name;
  std::vector<int64_t> shape;
  const float* data = nullptr;  // [product of shape]
};

// Writes F32 with {"format": "pt"} metadata, as Transformers does; complete or absent. The tensors
// are stored in the order of their names, so the same values give the same file.
void save_safetensors(const std::filesystem::path& path, const std::vector<TensorToSave>& tensors);

}  // namespace thaw
