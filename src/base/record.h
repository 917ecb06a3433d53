#pragma once  // Tests: tests/training/training_progress_test.cc

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"

namespace thaw {

// Values one after another as their own bytes (little-endian), so that a reader gets back the very
// bits: numbers as they are, texts and lists behind a 64-bit length. A reader takes them in the
// order in which they were put.
class RecordWriter {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> RecordWriter& put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return *this;
  }
  RecordWriter& put(std::string_view text) {
    put(static_cast<uint64_t>(text.size()));
    bytes_ += text;
    return *this;
  }
  RecordWriter& put(const std::string& text) { return put(std::string_view(text)); }
  RecordWriter& put(const char* text) { return put(std::string_view(text)); }
  template <class T>
  requires std::is_arithmetic_v<T> RecordWriter& put(const std::vector<T>& list) {
    return put(
        std::string_view(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(T)));
  }

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Every length is checked against what is there before anything is allocated; throws Error with
// `where` on bytes that no RecordWriter of these values has written.
class RecordReader {
 public:
  RecordReader(std::string_view bytes, std::string where)
      : bytes_(bytes), where_(std::move(where)) {}

  template <class T>
  requires std::is_arithmetic_v<T> T take() {
    T value;
    std::memcpy(&value, piece(sizeof(T)).data(), sizeof(T));
    return value;
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void take(T& value) { value = take<T>(); }
  void take(std::string& text) { text = piece(take<uint64_t>()); }
  template <class T>
  requires std::is_arithmetic_v<T>
  void take(std::vector<T>& list) {
    const std::string_view bytes = piece(take<uint64_t>());
    if (bytes.size() % sizeof(T) != 0) fail();
    list.resize(bytes.size() / sizeof(T));
    if (!list.empty()) std::memcpy(list.data(), bytes.data(), bytes.size());
  }
  // A number of things of which each has at least `least_bytes` bytes.
  size_t take_count(size_t least_bytes) {
    const auto count = take<uint64_t>();
    if (count > bytes_.size() / least_bytes) fail();
    return static_cast<size_t>(count);
  }
  bool at_end() const { return bytes_.empty(); }
  // Throws where something is left.
  void end() const {
    if (!bytes_.empty()) fail();
  }
  [[noreturn]] void fail() const {
    throw Error("does not hold what thaw has written there", where_, "delete it");
  }

 private:
  std::string_view piece(uint64_t size) {
    if (size > bytes_.size()) fail();
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  std::string where_;
};

}  // namespace thaw
