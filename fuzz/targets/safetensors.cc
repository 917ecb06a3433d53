// A safetensors file in memory: what is accepted satisfies the format's rules, checked again here
// from the numbers alone, and every value of it can be read.
#include <algorithm>
#include <cstring>
#include <set>

#include "fuzz/target.h"
#include "model/safetensors_header.h"

namespace {

using thaw::StoredTensor;
using thaw::StoredType;

size_t bytes_of(StoredType type) {
  switch (type) {
    case StoredType::kF32:
    case StoredType::kI32:
      return 4;
    case StoredType::kF16:
    case StoredType::kBf16:
      return 2;
    case StoredType::kI64:
      return 8;
    case StoredType::kU8:
      return 1;
    case StoredType::kOther:
      break;
  }
  return 0;
}

bool is_float(StoredType type) {
  return type == StoredType::kF32 || type == StoredType::kF16 || type == StoredType::kBf16;
}

}  // namespace

THAW_FUZZ_TARGET(safetensors) {
  using thaw::fuzz::require;
  const auto* data = reinterpret_cast<const std::byte*>(input.data());
  std::map<std::string, StoredTensor> tensors;
  const bool accepted = thaw::fuzz::accepts(
      [&] { tensors = thaw::parse_safetensors(data, input.size(), "model.safetensors"); });
  if (!accepted) return;

  uint64_t header = 0;
  require(input.size() > sizeof(header), "a file has a header");
  std::memcpy(&header, data, sizeof(header));
  require(header <= 100'000'000 && header <= input.size() - 8, "the header lies in the file");
  require(input[8] == '{', "the header begins with a brace");
  require(!tensors.contains("__metadata__"), "metadata is no tensor");

  const std::byte* const values = data + 8 + header;
  std::set<std::pair<const std::byte*, const std::byte*>> ranges;
  uint64_t covered = 0;
  for (const auto& entry : tensors) {
    const StoredTensor& tensor = entry.second;
    require(tensor.data >= values && tensor.bytes <= input.size() &&
                tensor.data + tensor.bytes <= data + input.size(),
            "a tensor lies in the data");
    uint64_t elements = 1;
    for (const int64_t extent : tensor.shape) {
      require(extent >= 0, "extents are not negative");
      require(!__builtin_mul_overflow(elements, static_cast<uint64_t>(extent), &elements) ||
                  tensor.bytes == 0,
              "a shape does not overflow");
    }
    if (const size_t size = bytes_of(tensor.type); size > 0) {
      require(elements * size == tensor.bytes, "a shape fits its bytes");
    }
    if (tensor.bytes > 0) {
      require(ranges.emplace(tensor.data, tensor.data + tensor.bytes).second, "ranges differ");
    }
    covered += tensor.bytes;
    if (is_float(tensor.type)) {
      std::vector<float> out(tensor.bytes / bytes_of(tensor.type));
      require(tensor.size() == static_cast<int64_t>(out.size()), "size() counts the elements");
      thaw::copy_as_float(tensor, out.data());
    } else {
      float none = 0;
      require(
          tensor.bytes == 0 || !thaw::fuzz::accepts([&] { thaw::copy_as_float(tensor, &none); }),
          "only floats are read as floats");
    }
  }
  require(covered == input.size() - 8 - header, "the tensors cover the data exactly");
  const std::byte* end = values;
  for (const auto& [first, last] : ranges) {
    require(first == end, "the tensors lie side by side");
    end = last;
  }
}

#ifdef THAW_LIBFUZZER
// Half of the mutations are of the header alone, whose length is then set right: few would get past
// it otherwise.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  uint64_t header = 0;
  if (size >= 8) std::memcpy(&header, data, 8);
  if (seed % 2 == 0 || size < 8 || header > size - 8) return LLVMFuzzerMutate(data, size, most);
  std::vector<uint8_t> text(data + 8, data + 8 + header);
  const std::vector<uint8_t> values(data + 8 + header, data + size);
  if (most <= 8 + values.size()) return LLVMFuzzerMutate(data, size, most);
  const size_t room = most - 8 - values.size();
  text.resize(std::max(room, text.size()));
  header = LLVMFuzzerMutate(text.data(), std::min<size_t>(header, room), room);
  std::memcpy(data, &header, 8);
  std::copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(header), data + 8);
  std::copy(values.begin(), values.end(), data + 8 + header);
  return 8 + header + values.size();
}
#endif
