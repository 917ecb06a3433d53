#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>

namespace thaw {

// Where large arrays go that would not fit into memory.
struct SpillPlace {
  std::filesystem::path folder;  // on disk, writable; empty: everything stays in memory
  int64_t limit = 0;             // bytes that may still be taken from memory, all arrays together
};

// Bytes that are zero at first: in memory, or in a nameless file of a folder that is mapped, and
// that the system gives back when it is unmapped or the program ends, however it ends. Movable.
class SpillBytes {
 public:
  SpillBytes() = default;
  // In a file where `size` is more than `place.limit`, which is lowered by what memory gives.
  // Throws Error where the folder cannot take it (its disk is full).
  SpillBytes(int64_t size, SpillPlace& place);
  SpillBytes(SpillBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        in_file_(other.in_file_) {}
  SpillBytes& operator=(SpillBytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(in_file_, other.in_file_);
    return *this;
  }
  ~SpillBytes();

  void* data() const { return data_; }
  int64_t size() const { return size_; }
  bool in_file() const { return in_file_; }

 private:
  void* data_ = nullptr;
  int64_t size_ = 0;
  bool in_file_ = false;
};

// An array of a plain type T.
template <class T>
class SpillArray {
 public:
  SpillArray() = default;
  SpillArray(int64_t size, SpillPlace& place)
      : bytes_(size * static_cast<int64_t>(sizeof(T)), place), size_(size) {}
  T* data() { return static_cast<T*>(bytes_.data()); }
  const T* data() const { return static_cast<const T*>(bytes_.data()); }
  int64_t size() const { return size_; }
  bool in_file() const { return bytes_.in_file(); }

 private:
  SpillBytes bytes_;
  int64_t size_ = 0;
};

}  // namespace thaw
