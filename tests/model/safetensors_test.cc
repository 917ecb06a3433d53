#include "model/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "files/files.h"
#include "model/safetensors_header.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<float> values(const StoredTensor& tensor) {
  std::vector<float> out(static_cast<size_t>(tensor.size()));
  copy_as_float(tensor, out.data());
  return out;
}

// A file in memory: header length, header, data.
std::string file_of(const std::string& header, const std::string& data) {
  const uint64_t size = header.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + header + data;
}

TEST(Safetensors, WhatIsSavedIsReadBackBitForBit) {
  const TemporaryFolder folder;
  std::vector<float> matrix = {1.5f,
                               -0.0f,
                               1e-45f,
                               std::numeric_limits<float>::infinity(),
                               std::numeric_limits<float>::quiet_NaN(),
                               -3.25e30f};
  const std::vector<float> scalar = {7.0f};
  save_safetensors(
      folder.path() / "model.safetensors",
      {{"z.weight", {2, 3}, matrix.data()}, {"a", {}, scalar.data()}, {"empty", {0, 4}, nullptr}});
  const Checkpoint checkpoint = Checkpoint::open(folder.path());
  ASSERT_EQ(checkpoint.tensors().size(), 3u);
  const StoredTensor* stored = checkpoint.find("z.weight");
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->type, StoredType::kF32);
  EXPECT_THAT(stored->shape, ElementsAre(2, 3));
  ASSERT_EQ(stored->bytes, matrix.size() * sizeof(float));
  EXPECT_EQ(std::memcmp(stored->data, matrix.data(), stored->bytes), 0);
  EXPECT_TRUE(checkpoint.find("a")->shape.empty());
  EXPECT_THAT(values(*checkpoint.find("a")), ElementsAre(7.0f));
  EXPECT_EQ(checkpoint.find("empty")->size(), 0);
  EXPECT_TRUE(values(*checkpoint.find("empty")).empty());
  EXPECT_EQ(checkpoint.find("absent"), nullptr);
}

TEST(Safetensors, TheSameTensorsInAnyOrderGiveTheSameFileAndNoOther) {
  const TemporaryFolder folder;
  const std::vector<float> a = {1, 2}, b = {3};
  const auto one = folder.path() / "one.safetensors", two = folder.path() / "two.safetensors";
  save_safetensors(one, {{"a", {2}, a.data()}, {"b", {1}, b.data()}});
  save_safetensors(two, {{"b", {1}, b.data()}, {"a", {2}, a.data()}});
  EXPECT_EQ(read_text_file(one), read_text_file(two));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
  EXPECT_THAT(read_text_file(one), HasSubstr(R"("__metadata__":{"format":"pt"})"));
  uint64_t header = 0;
  std::memcpy(&header, read_text_file(one).data(), sizeof(header));
  EXPECT_EQ(header % 8, 0u) << "the data must begin aligned";
}

TEST(Safetensors, SavingRefusesRepeatedNamesAndImpossibleShapes) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.safetensors";
  const std::vector<float> a = {1};
  EXPECT_THAT(error_of([&] {
                save_safetensors(file, {{"a", {1}, a.data()}, {"a", {1}, a.data()}});
              }),
              HasSubstr("'a'"));
  EXPECT_THAT(error_of([&] {
                save_safetensors(file, {{"a", {-1}, a.data()}});
              }),
              HasSubstr("impossible shape"));
  EXPECT_THAT(error_of([&] {
                save_safetensors(file, {{"a", {int64_t{1} << 40, int64_t{1} << 40}, a.data()}});
              }),
              HasSubstr("impossible shape"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Safetensors, HalfPrecisionIsConvertedExactly) {
  // 1, -2, 65504 (largest), 2^-24 (smallest subnormal), 1023·2^-24 (largest subnormal), 2^-14,
  // -0, infinity, NaN
  const std::vector<uint16_t> halves = {0x3C00, 0xC000, 0x7BFF, 0x0001, 0x03FF,
                                        0x0400, 0x8000, 0x7C00, 0x7E01};
  const std::string data(reinterpret_cast<const char*>(halves.data()), halves.size() * 2);
  const std::string file =
      file_of(R"({"x":{"dtype":"F16","shape":[9],"data_offsets":[0,18]}})", data);
  const auto tensors =
      parse_safetensors(reinterpret_cast<const std::byte*>(file.data()), file.size(), "memory");
  const std::vector<float> read = values(tensors.at("x"));
  EXPECT_EQ(read[0], 1.0f);
  EXPECT_EQ(read[1], -2.0f);
  EXPECT_EQ(read[2], 65504.0f);
  EXPECT_EQ(read[3], 0x1p-24f);
  EXPECT_EQ(read[4], 1023 * 0x1p-24f);
  EXPECT_EQ(read[5], 0x1p-14f);
  EXPECT_TRUE(read[6] == 0.0f && std::signbit(read[6]));
  EXPECT_EQ(read[7], std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(read[8]));
}

TEST(Safetensors, DataThatLiesAtAnOddAddressIsRead) {
  const float number = 3.5f;
  std::string data = "\x01";
  data.append(reinterpret_cast<const char*>(&number), sizeof(number));
  data += "\x80\x3f";  // bf16 1.0
  const std::string file = file_of(R"({"u":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                   R"("f":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},)"
                                   R"("b":{"dtype":"BF16","shape":[1],"data_offsets":[5,7]}})",
                                   data);
  for (size_t shift = 0; shift < 8; ++shift) {
    std::string shifted = std::string(shift, 'x') + file;
    const auto tensors = parse_safetensors(
        reinterpret_cast<const std::byte*>(shifted.data() + shift), file.size(), "memory");
    EXPECT_THAT(values(tensors.at("f")), ElementsAre(3.5f));
    EXPECT_THAT(values(tensors.at("b")), ElementsAre(1.0f));
  }
}

TEST(Safetensors, IntegersAreNotWeights) {
  const TemporaryFolder folder;
  folder.write(
      "model.safetensors",
      file_of(R"({"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})", std::string(8, '\0')));
  const Checkpoint checkpoint = Checkpoint::open(folder.path());
  const std::string error = error_of([&] { values(*checkpoint.find("ids")); });
  EXPECT_THAT(error, HasSubstr("model.safetensors: 'ids'"));
  EXPECT_THAT(error, HasSubstr("I64"));
}

TEST(Checkpoint, ShardsGiveTheSameTensorsAsOneFile) {
  const Checkpoint one = Checkpoint::open(golden::folder("tiny/f32"));
  const Checkpoint many = Checkpoint::open(golden::folder("tiny/sharded"));
  ASSERT_EQ(one.tensors().size(), many.tensors().size());
  ASSERT_GT(one.tensors().size(), 30u);
  for (const auto& [name, tensor] : one.tensors()) {
    const StoredTensor* other = many.find(name);
    ASSERT_NE(other, nullptr) << name;
    EXPECT_EQ(other->shape, tensor.shape) << name;
    EXPECT_EQ(values(*other), values(tensor)) << name;
  }
}

TEST(Checkpoint, ReducedPrecisionIsTheRoundedFloat) {
  const Checkpoint exact = Checkpoint::open(golden::folder("tiny/f32"));
  const Checkpoint bf16 = Checkpoint::open(golden::folder("tiny/bf16"));
  const Checkpoint f16 = Checkpoint::open(golden::folder("tiny/f16"));
  for (const auto& [name, tensor] : exact.tensors()) {
    ASSERT_EQ(bf16.find(name)->type, StoredType::kBf16);
    ASSERT_EQ(f16.find(name)->type, StoredType::kF16);
    const std::vector<float> value = values(tensor), brain = values(*bf16.find(name)),
                             half = values(*f16.find(name));
    for (size_t i = 0; i < value.size(); ++i) {
      EXPECT_LE(std::abs(brain[i] - value[i]), std::abs(value[i]) * 0x1p-8f) << name;
      EXPECT_LE(std::abs(half[i] - value[i]), std::abs(value[i]) * 0x1p-11f + 0x1p-25f) << name;
    }
  }
}

TEST(Checkpoint, SaysWhatIsWrongWithAFolderWithoutWeights) {
  const TemporaryFolder folder;
  EXPECT_FALSE(Checkpoint::exists(folder.path()));
  EXPECT_THAT(error_of([&] { Checkpoint::open(folder.path()); }),
              HasSubstr("holds no model.safetensors"));
  folder.write("pytorch_model.bin", "x");
  EXPECT_THAT(error_of([&] { Checkpoint::open(folder.path()); }), HasSubstr("pytorch_model.bin"));
  EXPECT_THAT(error_of([&] { Checkpoint::open(folder.path() / "absent.safetensors"); }),
              HasSubstr("no such file"));
  EXPECT_TRUE(Checkpoint::exists(golden::folder("tiny/f32")));
  EXPECT_TRUE(Checkpoint::exists(golden::folder("tiny/sharded")));
}

// An index over shards a.safetensors (tensor "x") and b.safetensors (tensor "y").
class ShardIndex : public ::testing::Test {
 protected:
  ShardIndex() {
    save_safetensors(folder_.path() / "a.safetensors", {{"x", {1}, &value_}});
    save_safetensors(folder_.path() / "b.safetensors", {{"y", {1}, &value_}});
  }
  std::string error_with(const std::string& index) {
    folder_.write("model.safetensors.index.json", index);
    return error_of([&] { Checkpoint::open(folder_.path()); });
  }
  const float value_ = 2.0f;
  const TemporaryFolder folder_;
};

TEST_F(ShardIndex, IsFollowed) {
  folder_.write("model.safetensors.index.json",
                R"({"metadata":{"total_size":8},)"
                R"("weight_map":{"x":"a.safetensors","y":"b.safetensors"}})");
  EXPECT_EQ(Checkpoint::open(folder_.path()).tensors().size(), 2u);
}

TEST_F(ShardIndex, NamesTheShardThatIsMissing) {
  EXPECT_THAT(error_with(R"({"weight_map":{"x":"a.safetensors","z":"c.safetensors"}})"),
              HasSubstr("'c.safetensors', which is not there"));
}

TEST_F(ShardIndex, NamesTheTensorThatItsShardDoesNotHold) {
  EXPECT_THAT(error_with(R"({"weight_map":{"x":"a.safetensors","z":"b.safetensors"}})"),
              HasSubstr("places tensor 'z' in 'b.safetensors', which does not hold it"));
}

TEST_F(ShardIndex, RefusesATensorThatStandsInTwoShards) {
  save_safetensors(folder_.path() / "c.safetensors", {{"x", {1}, &value_}});
  EXPECT_THAT(error_with(R"({"weight_map":{"x":"a.safetensors","y":"c.safetensors"}})"),
              HasSubstr("tensor 'x' stands in another file"));
}

TEST_F(ShardIndex, DoesNotLeadOutOfTheFolder) {
  folder_.write("sub/x", "");
  for (const std::string path :
       {"../a.safetensors", "/etc/passwd", "sub/x", "..", ".", "", "a\\\\b", "a\\u0000b"}) {
    EXPECT_THAT(error_with(R"({"weight_map":{"x":")" + path + R"("}})"),
                HasSubstr("not the name of a file beside it"))
        << path;
  }
}

TEST_F(ShardIndex, MustMapNamesToFiles) {
  for (const std::string index : {"[]", "{}", R"({"weight_map":[]})", R"({"weight_map":{}})"}) {
    EXPECT_THAT(error_with(index), HasSubstr("no weight_map")) << index;
  }
  EXPECT_THAT(error_with(R"({"weight_map":{"x":1}})"), HasSubstr("no file name"));
  EXPECT_THAT(error_with(R"({"weight_map":{"x":"a.safetensors")"), HasSubstr("ends too early"));
  EXPECT_THAT(error_with(R"({"weight_map":{"x":"a.safetensors","x":"b.safetensors"}})"),
              HasSubstr("names 'x' twice"));
}

}  // namespace
}  // namespace thaw
