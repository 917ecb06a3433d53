#pragma once  // Tests: tests/report/export/tensorboard_test.cc

#include <cstdint>
#include <string>
#include <string_view>

namespace thaw {

// CRC-32C (Castagnoli; RFC 3720, appendix B.4).
uint32_t crc32c(std::string_view bytes);

// One Protocol Buffers message, written field by field. Fields that hold their default may be left
// out, as proto3 does.
class ProtoMessage {
 public:
  ProtoMessage& integer(int field, int64_t value);         // int32, int64, bool, enum; not negative
  ProtoMessage& real(int field, double value);             // double
  ProtoMessage& real(int field, float value);              // float
  ProtoMessage& bytes(int field, std::string_view value);  // string, bytes
  ProtoMessage& message(int field, const ProtoMessage& value) { return bytes(field, value.bytes_); }
  const std::string& str() const { return bytes_; }

 private:
  void varint(uint64_t value);
  std::string bytes_;
};

// The bytes of an event file as TensorBoard reads it: TFRecords (length, masked CRC-32C of the
// length, Event message, masked CRC-32C of the message; all little-endian) of which the first says
// "brain.Event:2". Messages as in tensorboard/compat/proto/{event,summary,tensor}.proto.
class EventFile {
 public:
  // Of the file itself. Times are in seconds since 1970-01-01 UTC.
  explicit EventFile(double wall_time);

  // One value of the scalar named `tag`.
  void scalar(double wall_time, int64_t step, const std::string& tag, double value);
  // A text in Markdown, for TensorBoard's Text tab.
  void text(double wall_time, const std::string& tag, const std::string& markdown);
  // What a plugin keeps in a summary's metadata.
  void plugin_data(double wall_time, int64_t step, const std::string& tag,
                   const std::string& plugin, const ProtoMessage& content);

  const std::string& bytes() const { return bytes_; }

 private:
  void record(const ProtoMessage& event);
  void summary(double wall_time, int64_t step, const ProtoMessage& value);
  std::string bytes_;
};

}  // namespace thaw
