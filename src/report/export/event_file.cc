#include "report/export/event_file.h"

#include <array>
#include <bit>

namespace thaw {
namespace {

// Byte by byte, reflected polynomial.
constexpr std::array<uint32_t, 256> crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78u : 0);
    table[byte] = value;
  }
  return table;
}

std::string little_endian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xFF);
  return text;
}

// TensorFlow masks checksums because the CRC of data that holds its own CRC is weak
// (tensorflow/core/lib/hash/crc32c.h).
std::string masked_crc(std::string_view bytes) {
  return little_endian(std::rotr(crc32c(bytes), 15) + 0xA282EAD8u, 4);
}

// Wire types.
constexpr uint64_t kVarint = 0, kFixed64 = 1, kDelimited = 2, kFixed32 = 5;

constexpr int kFloat = 1, kString = 7;  // DT_FLOAT, DT_STRING

// SummaryMetadata whose values are tensors (DATA_CLASS_TENSOR).
ProtoMessage tensor_metadata(const ProtoMessage& plugin) {
  return ProtoMessage().message(1, plugin).integer(4, 2);
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<uint32_t, 256> kTable = crc_table();
  uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes)
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

void ProtoMessage::varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7F) | 0x80);
  bytes_ += static_cast<char>(value);
}

ProtoMessage& ProtoMessage::integer(int field, int64_t value) {
  varint(static_cast<uint64_t>(field) << 3 | kVarint);
  varint(static_cast<uint64_t>(value));
  return *this;
}

ProtoMessage& ProtoMessage::real(int field, double value) {
  varint(static_cast<uint64_t>(field) << 3 | kFixed64);
  bytes_ += little_endian(std::bit_cast<uint64_t>(value), 8);
  return *this;
}

ProtoMessage& ProtoMessage::real(int field, float value) {
  varint(static_cast<uint64_t>(field) << 3 | kFixed32);
  bytes_ += little_endian(std::bit_cast<uint32_t>(value), 4);
  return *this;
}

ProtoMessage& ProtoMessage::bytes(int field, std::string_view value) {
  varint(static_cast<uint64_t>(field) << 3 | kDelimited);
  varint(value.size());
  bytes_ += value;
  return *this;
}

EventFile::EventFile(double wall_time) {
  record(ProtoMessage().real(1, wall_time).bytes(3, "brain.Event:2"));
}

void EventFile::record(const ProtoMessage& event) {
  const std::string length = little_endian(event.str().size(), 8);
  bytes_ += length + masked_crc(length) + event.str() + masked_crc(event.str());
}

void EventFile::summary(double wall_time, int64_t step, const ProtoMessage& value) {
  record(ProtoMessage()
             .real(1, wall_time)
             .integer(2, step)
             .message(5, ProtoMessage().message(1, value)));
}

void EventFile::scalar(double wall_time, int64_t step, const std::string& tag, double value) {
  summary(wall_time, step, ProtoMessage().bytes(1, tag).real(2, static_cast<float>(value)));
}

void EventFile::text(double wall_time, const std::string& tag, const std::string& markdown) {
  // A tensor without dimensions that holds one string.
  const ProtoMessage tensor =
      ProtoMessage().integer(1, kString).message(2, ProtoMessage()).bytes(8, markdown);
  const ProtoMessage metadata = tensor_metadata(ProtoMessage().bytes(1, "text"));
  summary(wall_time, 0, ProtoMessage().bytes(1, tag).message(8, tensor).message(9, metadata));
}

void EventFile::plugin_data(double wall_time, int64_t step, const std::string& tag,
                            const std::string& plugin, const ProtoMessage& content) {
  // The metadata says all; the tensor, which must be there, has shape [0].
  const ProtoMessage none = ProtoMessage().message(2, ProtoMessage().integer(1, 0));
  const ProtoMessage tensor = ProtoMessage().integer(1, kFloat).message(2, none);
  const ProtoMessage metadata =
      tensor_metadata(ProtoMessage().bytes(1, plugin).message(2, content));
  summary(wall_time, step, ProtoMessage().bytes(1, tag).message(8, tensor).message(9, metadata));
}

}  // namespace thaw
