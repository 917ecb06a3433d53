// Files that lie. Every one of them must end in an Error that names the file, never in a crash, a
// huge allocation or a tensor that points outside the file. Run under -fsanitize=address,undefined
// as well.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "base/random.h"
#include "model/safetensors_header.h"
#include "tests/base/error_of.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;

std::string length_of(uint64_t size) {
  return std::string(reinterpret_cast<const char*>(&size), sizeof(size));
}

std::string file_of(const std::string& header, size_t data_bytes) {
  return length_of(header.size()) + header + std::string(data_bytes, '\x3f');
}

// The bytes lie in an allocation of exactly their size, so that a sanitizer sees a step beyond.
std::map<std::string, StoredTensor> parse(const std::string& file, std::vector<char>& held) {
  held.assign(file.begin(), file.end());
  held.shrink_to_fit();
  return parse_safetensors(reinterpret_cast<const std::byte*>(held.data()), held.size(), "w.st");
}

std::string error_with(const std::string& file) {
  std::vector<char> held;
  const std::string error = error_of([&] { parse(file, held); });
  EXPECT_THAT(error, HasSubstr("w.st"));
  return error;
}

std::string error_with(const std::string& header, size_t data_bytes) {
  return error_with(file_of(header, data_bytes));
}

// One tensor "t" with four data bytes and these fields.
std::string error_with_entry(const std::string& entry) {
  return error_with(R"({"t":)" + entry + "}", 4);
}

TEST(HostileSafetensors, AFileWithoutRoomForAHeader) {
  EXPECT_THAT(error_with(""), HasSubstr("too short"));
  EXPECT_THAT(error_with("1234567"), HasSubstr("too short for a safetensors file (7 bytes)"));
  EXPECT_THAT(error_with(length_of(0)), HasSubstr("does not begin with '{'"));
}

TEST(HostileSafetensors, AHeaderLongerThanTheFile) {
  EXPECT_THAT(error_with(length_of(3) + "{}"), HasSubstr("ends within its header"));
  EXPECT_THAT(error_with(length_of(99'999'999) + "{}"), HasSubstr("needs 99999999 bytes"));
}

TEST(HostileSafetensors, AHeaderLongerThanTheFormatAllows) {
  EXPECT_THAT(error_with(length_of(100'000'001) + "{}"), HasSubstr("allows 100000000"));
  EXPECT_THAT(error_with(length_of(~uint64_t{0}) + "{}"), HasSubstr("18446744073709551615"));
  EXPECT_THAT(error_with("\x89PNG\r\n\x1a\n and so on"), HasSubstr("not a safetensors file"));
}

TEST(HostileSafetensors, AHeaderThatIsNotJson) {
  EXPECT_THAT(error_with("{nonsense}", 0), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_with("{", 0), HasSubstr("ends too early"));
  EXPECT_THAT(error_with("[]", 0), HasSubstr("does not begin with '{'"));
  EXPECT_THAT(error_with(" {}", 0), HasSubstr("does not begin with '{'"));
  EXPECT_THAT(error_with("{} x", 0), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_with("{\"\xff\xfe\": 1}", 0), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_with("{\"a\": 1e999}", 0), HasSubstr("too large"));
}

TEST(HostileSafetensors, JsonThatNestsWithoutEnd) {
  std::string header = "{\"a\":" + std::string(1'000'000, '[');
  EXPECT_THAT(error_with(header, 0), HasSubstr("deeper than 64"));
  header = "{";
  for (int i = 0; i < 100'000; ++i) header += "\"a\":{";
  EXPECT_THAT(error_with(header, 0), HasSubstr("deeper than 64"));
}

TEST(HostileSafetensors, ATensorThatIsNamedTwice) {
  const std::string entry = R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  EXPECT_THAT(error_with(R"({"t":)" + entry + R"(,"t":)" + entry + "}", 4),
              HasSubstr("names 't' twice"));
  EXPECT_THAT(error_with(R"({"t":)" + entry + R"(,"\u0074":)" + entry + "}", 4),
              HasSubstr("names 't' twice"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]})"),
              HasSubstr("names 'shape' twice"));
}

TEST(HostileSafetensors, FieldsThatAreMissingUnknownOrOfAnotherKind) {
  EXPECT_THAT(error_with_entry("1"), HasSubstr("not described by an object"));
  EXPECT_THAT(error_with_entry(R"({"shape":[1],"data_offsets":[0,4]})"), HasSubstr("no dtype"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","data_offsets":[0,4]})"), HasSubstr("no shape"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":[1]})"), HasSubstr("no data_offsets"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]})"),
              HasSubstr("unknown field 'strides'"));
  EXPECT_THAT(error_with_entry(R"({"dtype":32,"shape":[1],"data_offsets":[0,4]})"),
              HasSubstr("not a string"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F31","shape":[1],"data_offsets":[0,4]})"),
              HasSubstr("unknown dtype 'F31'"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":1,"data_offsets":[0,4]})"),
              HasSubstr("not a list"));
  for (const std::string offsets : {"4", "[4]", "[0,4,4]", "[0,\"4\"]", "[-4,4]", "[0,4.0]",
                                    "[0,18446744073709551615]", "[0,null]"}) {
    EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":[1],"data_offsets":)" + offsets + "}"),
                HasSubstr("not two whole numbers"))
        << offsets;
  }
}

TEST(HostileSafetensors, ShapesThatAreImpossible) {
  for (const std::string shape : {"[-1]", "[1.0]", "[\"1\"]", "[null]", "[[1]]", "[true]",
                                  "[18446744073709551615]", "[9223372036854775808]", "[1e3]"}) {
    EXPECT_THAT(
        error_with_entry(R"({"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,4]})"),
        HasSubstr("not made of whole numbers"))
        << shape;
  }
}

TEST(HostileSafetensors, ShapesThatOverflow) {
  for (const std::string shape :
       {"[4294967296,4294967296]", "[9223372036854775807]", "[2,9223372036854775807]",
        "[4611686018427387904,4,0]", "[65536,65536,65536,65536]"}) {
    EXPECT_THAT(
        error_with_entry(R"({"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,4]})"),
        HasSubstr("too large for any memory"))
        << shape;
  }
  // 2^58 + … elements of 64 bits wrap around to few bytes unless the product is checked.
  EXPECT_THAT(
      error_with_entry(R"({"dtype":"I64","shape":[288230376151711744,8],"data_offsets":[0,0]})"),
      HasSubstr("too large for any memory"));
}

TEST(HostileSafetensors, BytesThatDoNotFitTheShape) {
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})"),
              HasSubstr("has 4 bytes where its shape needs 8"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F16","shape":[1],"data_offsets":[0,4]})"),
              HasSubstr("has 4 bytes where its shape needs 2"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":[],"data_offsets":[0,0]})"),
              HasSubstr("has 0 bytes where its shape needs 4"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F4","shape":[3],"data_offsets":[0,1]})"),
              HasSubstr("bytes where its shape needs 2"));
}

TEST(HostileSafetensors, RangesThatLeaveTheFile) {
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"),
              HasSubstr("reaches to byte 8 of the data, which has 4"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})"),
              HasSubstr("ends before it begins"));
  EXPECT_THAT(error_with_entry(R"({"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,)"
                               R"(9223372036854775807]})"),
              HasSubstr("reaches to byte 9223372036854775807"));
}

TEST(HostileSafetensors, RangesThatOverlapOrLeaveGaps) {
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + a +
           R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + b + "}}";
  };
  EXPECT_THAT(error_with(two("[0,4]", "[0,4]"), 4), HasSubstr("overlaps"));
  EXPECT_THAT(error_with(two("[0,4]", "[2,6]"), 6), HasSubstr("tensor 'b' overlaps"));
  EXPECT_THAT(error_with(two("[5,9]", "[0,4]"), 9), HasSubstr("gap of 1 bytes before tensor 'a'"));
  EXPECT_THAT(error_with(two("[4,8]", "[8,12]"), 12), HasSubstr("gap of 4 bytes"));
  EXPECT_THAT(error_with(two("[0,4]", "[4,8]"), 11),
              HasSubstr("3 bytes after the last tensor belong to none"));
  EXPECT_THAT(error_with("{}", 1), HasSubstr("1 bytes after the last tensor"));
  std::vector<char> held;
  EXPECT_EQ(parse(file_of(two("[4,8]", "[0,4]"), 8), held).size(), 2u);
}

TEST(HostileSafetensors, MetadataThatIsNotStrings) {
  EXPECT_THAT(error_with(R"({"__metadata__":1})", 0), HasSubstr("__metadata__"));
  EXPECT_THAT(error_with(R"({"__metadata__":{"format":1}})", 0), HasSubstr("__metadata__"));
}

TEST(HostileSafetensors, NamesAreShownWithoutControlBytesAndCutShort) {
  const std::string error = error_with(R"({"a\u001b[31m\n":1})", 0);
  EXPECT_THAT(error, HasSubstr("'a?[31m?'"));
  const std::string longer = error_with("{\"" + std::string(100'000, 'n') + "\":1}", 0);
  EXPECT_LT(longer.size(), 400u);
}

TEST(HostileSafetensors, ManyTensorsAreReadInLinearTime) {
  std::string header = "{";
  for (int i = 0; i < 200'000; ++i) {
    header += (i > 0 ? ",\"" : "\"") + std::to_string(i) +
              R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  }
  const auto begin = std::chrono::steady_clock::now();
  std::vector<char> held;
  EXPECT_EQ(parse(file_of(header + "}", 0), held).size(), 200'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

// A valid file of a few tensors, to be damaged.
std::string small_file() {
  return file_of(
      R"({"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("h":{"dtype":"BF16","shape":[5],"data_offsets":[24,34]},)"
      R"("i":{"dtype":"I64","shape":[1],"data_offsets":[34,42]}}   )",
      42);
}

// Reads the file and every value in it: true when it loads, false when it throws Error. Anything
// else (a crash, another exception, a value beyond the file) fails the test or the sanitizer.
bool loads(const std::string& file) {
  std::vector<char> held;
  try {
    for (const auto& [name, tensor] : parse(file, held)) {
      const auto* begin = reinterpret_cast<const char*>(tensor.data);
      EXPECT_TRUE(begin >= held.data() && begin + tensor.bytes <= held.data() + held.size());
      if (tensor.type == StoredType::kF32 || tensor.type == StoredType::kF16 ||
          tensor.type == StoredType::kBf16) {
        std::vector<float> values(static_cast<size_t>(tensor.size()));
        copy_as_float(tensor, values.data());
      }
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

TEST(HostileSafetensors, EveryTruncationThrows) {
  const std::string file = small_file();
  ASSERT_TRUE(loads(file));
  for (size_t size = 0; size < file.size(); ++size) EXPECT_FALSE(loads(file.substr(0, size)));
  EXPECT_FALSE(loads(file + "x"));
}

TEST(HostileSafetensors, EveryChangedByteThrowsOrLoads) {
  const std::string file = small_file();
  const size_t data_begin = file.size() - 42;
  int loaded = 0;
  for (size_t at = 0; at < file.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = file;
      changed[at] = static_cast<char>(value);
      const bool good = loads(changed);
      loaded += good;
      if (at >= data_begin) {
        EXPECT_TRUE(good) << "a value was changed, not the layout";
      } else if (at < 8 && changed != file) {
        EXPECT_FALSE(good) << "the header's length was changed";
      }
    }
  }
  EXPECT_GT(loaded, 256 * 42);
}

TEST(HostileSafetensors, RandomDamageThrowsOrLoads) {
  const std::string file = small_file();
  const uint64_t key = random_key(7, 1);
  uint32_t counter = 0;
  const auto random = [&](size_t below) { return random_bits(key, counter++) % below; };
  // Pieces that a header is made of, so that the damage goes beyond what the JSON parser catches.
  const std::vector<std::string> pieces = {
      "0",      "-1",  "99",    "4294967296", "18446744073709551615",
      "[]",     "{}",  "null",  "F16",        "I64",
      "[0,0]",  "[0,", "]",     "}",          ",",
      ":",      "\"",  "1e400", "F4",         "[2,3,0]",
      "BOOL",   "U8",  "24",    "34",         "42",
      "\\u0000"};
  for (int round = 0; round < 20'000; ++round) {
    std::string changed = file;
    for (size_t edit = 0; edit <= random(3); ++edit) {
      const size_t at = random(changed.size());
      switch (random(4)) {
        case 0:
          changed[at] = static_cast<char>(random(256));
          break;
        case 1:
          changed.erase(at, 1 + random(12));
          break;
        case 2:
          changed.insert(at, pieces[random(pieces.size())]);
          break;
        default:
          changed.replace(at, random(4), pieces[random(pieces.size())]);
          break;
      }
    }
    if (random(2) == 0 && changed.size() > 50) {  // let the length fit again
      const uint64_t header = changed.size() - 50;
      std::memcpy(changed.data(), &header, sizeof(header));
    }
    loads(changed);
  }
}

}  // namespace
}  // namespace thaw
