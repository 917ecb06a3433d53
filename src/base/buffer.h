#pragma once  // Tests: tests/base/memory_test.cc

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace thaw {

// A zeroed array on a 64-byte boundary (2 MiB, and huge pages asked for, where it is large). Owns
// its memory; movable, not copyable. T is a plain type.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int64_t size) : size_(size) {
    if (size <= 0) return;
    constexpr size_t kHugePage = size_t{2} << 20;
    // From half a huge page on, one costs less than the 256 and more small pages it stands for:
    // each of those is a fault of its own, which is most of what packing a small model's weights
    // takes.
    const size_t alignment = bytes() >= kHugePage / 2 ? kHugePage : 64;
    const size_t rounded = (bytes() + alignment - 1) / alignment * alignment;
    data_ = static_cast<T*>(std::aligned_alloc(alignment, rounded));
    if (data_ == nullptr) throw std::bad_alloc();
    if (alignment == kHugePage) ::madvise(data_, rounded, MADV_HUGEPAGE);
    std::memset(static_cast<void*>(data_), 0, rounded);
  }
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Buffer() { std::free(data_); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  int64_t size() const { return size_; }
  size_t bytes() const { return static_cast<size_t>(size_) * sizeof(T); }
  T& operator[](int64_t i) { return data_[i]; }
  const T& operator[](int64_t i) const { return data_[i]; }
  void zero() {
    if (size_ > 0) std::memset(static_cast<void*>(data_), 0, bytes());
  }
  // At least `size` elements; what was there is lost if it grows.
  void resize_discard(int64_t size) {
    if (size > size_) *this = Buffer(size);
  }

 private:
  T* data_ = nullptr;
  int64_t size_ = 0;
};

}  // namespace thaw
