#include "model/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "files/file_kind.h"
#include "files/json_file.h"

namespace thaw {
namespace {

static_assert(std::endian::native == std::endian::little,
              "safetensors data is little-endian and is used where it lies");

using nlohmann::json;

constexpr uint64_t kLongestHeader = 100'000'000;  // bytes; the format's own limit
constexpr const char* kFetchAgain = "fetch or write the file again";

struct DType {
  std::string_view name;
  StoredType type;
  uint64_t bits;
};

constexpr DType kDTypes[] = {
    {"F32", StoredType::kF32, 32},          {"F16", StoredType::kF16, 16},
    {"BF16", StoredType::kBf16, 16},        {"I64", StoredType::kI64, 64},
    {"I32", StoredType::kI32, 32},          {"U8", StoredType::kU8, 8},
    {"BOOL", StoredType::kOther, 8},        {"I8", StoredType::kOther, 8},
    {"I16", StoredType::kOther, 16},        {"U16", StoredType::kOther, 16},
    {"U32", StoredType::kOther, 32},        {"U64", StoredType::kOther, 64},
    {"F64", StoredType::kOther, 64},        {"C64", StoredType::kOther, 64},
    {"F8_E4M3", StoredType::kOther, 8},     {"F8_E5M2", StoredType::kOther, 8},
    {"F8_E4M3FNUZ", StoredType::kOther, 8}, {"F8_E5M2FNUZ", StoredType::kOther, 8},
    {"F8_E8M0", StoredType::kOther, 8},     {"F6_E2M3", StoredType::kOther, 6},
    {"F6_E3M2", StoredType::kOther, 6},     {"F4", StoredType::kOther, 4},
};

bool is_count(const json& value) {
  return value.is_number_unsigned() &&
         value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
}

// One tensor's entry of the header, with messages that name it.
class Entry {
 public:
  Entry(const std::string& name, const json& entry, const std::string& where)
      : name_(name), entry_(entry), where_(where) {
    if (!entry.is_object()) fail("is not described by an object");
    for (const auto& [key, value] : entry.items()) {
      if (key != "dtype" && key != "shape" && key != "data_offsets") {
        fail("has the unknown field " + in_quotes(key));
      }
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(fmt::format("tensor {} {}", in_quotes(name_), what), where_, kFetchAgain);
  }

  const DType& dtype() const {
    const json& value = field("dtype");
    if (!value.is_string()) fail("has a dtype that is not a string");
    const auto& text = value.get_ref<const std::string&>();
    for (const DType& known : kDTypes) {
      if (text == known.name) return known;
    }
    fail("has the unknown dtype " + in_quotes(text));
  }

  std::vector<int64_t> shape() const {
    const json& value = field("shape");
    if (!value.is_array()) fail("has a shape that is not a list");
    std::vector<int64_t> shape;
    shape.reserve(value.size());
    for (const json& extent : value) {
      if (!is_count(extent)) fail("has a shape that is not made of whole numbers from 0");
      shape.push_back(extent.get<int64_t>());
    }
    return shape;
  }

  // [begin, end) within the data.
  std::pair<uint64_t, uint64_t> range(uint64_t data_size) const {
    const json& value = field("data_offsets");
    if (!value.is_array() || value.size() != 2 || !is_count(value[0]) || !is_count(value[1])) {
      fail("has data_offsets that are not two whole numbers from 0");
    }
    const auto begin = value[0].get<uint64_t>(), end = value[1].get<uint64_t>();
    if (begin > end) fail("ends before it begins");
    if (end > data_size) {
      fail(fmt::format("reaches to byte {} of the data, which has {}", end, data_size));
    }
    return {begin, end};
  }

 private:
  const json& field(const char* key) const {
    const auto found = entry_.find(key);
    if (found == entry_.end()) fail("has no " + std::string(key));
    return *found;
  }

  const std::string& name_;
  const json& entry_;
  const std::string& where_;
};

void check_metadata(const json& metadata, const std::string& where) {
  bool strings = metadata.is_object();
  if (strings) {
    for (const json& value : metadata) strings = strings && value.is_string();
  }
  if (!strings) throw Error("__metadata__ is not an object of strings", where, kFetchAgain);
}

struct Range {
  uint64_t begin, end;
  const std::string* name;
};

// Every byte of the data belongs to exactly one tensor.
void check_cover(std::vector<Range> ranges, uint64_t data_size, const std::string& where) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  uint64_t covered = 0;
  for (const Range& range : ranges) {
    if (range.begin < covered) {
      throw Error(fmt::format("tensor {} overlaps another one", in_quotes(*range.name)), where,
                  kFetchAgain);
    }
    if (range.begin > covered) {
      throw Error(fmt::format("there is a gap of {} bytes before tensor {}", range.begin - covered,
                              in_quotes(*range.name)),
                  where, kFetchAgain);
    }
    covered = range.end;
  }
  if (covered != data_size) {
    throw Error(fmt::format("{} bytes after the last tensor belong to none", data_size - covered),
                where, kFetchAgain);
  }
}

}  // namespace

std::map<std::string, StoredTensor> parse_safetensors(const std::byte* data, size_t size,
                                                      const std::string& where) {
  uint64_t header_size = 0;
  // What is named so but is something else: never a file whose header is right.
  const auto refuse_others = [&] {
    refuse_foreign_kind({reinterpret_cast<const char*>(data), size}, where);
  };
  if (size < sizeof(header_size)) {
    throw Error(fmt::format("is too short for a safetensors file ({} bytes)", size), where,
                kFetchAgain);
  }
  std::memcpy(&header_size, data, sizeof(header_size));
  if (header_size > kLongestHeader) {
    refuse_others();
    throw Error(
        fmt::format(
            "is not a safetensors file: its header would have {} bytes, and the format allows {}",
            header_size, kLongestHeader),
        where, "check that it is the right file, or fetch it again");
  }
  const uint64_t rest = size - sizeof(header_size);
  if (header_size > rest) {
    refuse_others();
    throw Error(fmt::format("ends within its header, which needs {} bytes where {} are left",
                            header_size, rest),
                where, kFetchAgain);
  }
  const std::byte* const values = data + sizeof(header_size) + header_size;
  const uint64_t data_size = rest - header_size;

  const std::string_view text(reinterpret_cast<const char*>(data) + sizeof(header_size),
                              header_size);
  if (text.empty() || text.front() != '{') {
    refuse_others();
    throw Error("is not a safetensors file: its header does not begin with '{'", where,
                "check that it is the right file, or fetch it again");
  }
  const json header = parse_unique_json(text, where + " (header)");

  std::map<std::string, StoredTensor> tensors;
  std::vector<Range> ranges;
  for (const auto& [name, fields] : header.items()) {
    if (name == "__metadata__") {
      check_metadata(fields, where);
      continue;
    }
    const Entry entry(name, fields, where);
    const DType& dtype = entry.dtype();
    StoredTensor tensor;
    tensor.type = dtype.type;
    tensor.shape = entry.shape();
    tensor.where = where + ": " + in_quotes(name);
    const auto [begin, end] = entry.range(data_size);
    uint64_t bits = dtype.bits;
    for (const int64_t extent : tensor.shape) {
      if (__builtin_mul_overflow(bits, static_cast<uint64_t>(extent), &bits)) {
        entry.fail("has a shape that is too large for any memory");
      }
    }
    if (bits % 8 != 0 || bits / 8 != end - begin) {
      entry.fail(fmt::format("has {} bytes where its shape needs {}", end - begin, (bits + 7) / 8));
    }
    tensor.data = values + begin;
    tensor.bytes = end - begin;
    const auto stored = tensors.emplace(name, std::move(tensor)).first;
    ranges.push_back({begin, end, &stored->first});
  }
  check_cover(std::move(ranges), data_size, where);
  return tensors;
}

}  // namespace thaw
