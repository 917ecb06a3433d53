#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "base/bf16.h"
#include "base/threads.h"
#include "tests/engine/cpu/ops/finite_difference.h"

namespace thaw::testing {

// The sizes at which vector code has its edges: below, at and above 8 and 16 lanes, and the rows
// of real models.
inline const std::vector<int64_t> kOddSizes = {1, 3, 7, 8, 15, 16, 17, 33, 384, 385};

// Calls body() once for each instruction set that this CPU has and thaw is compiled for, with one
// and with two threads each.
template <class Body>
void for_each_setting(const Body& body) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
    for (const int threads : {1, 2}) {
      set_thread_count(threads);
      SCOPED_TRACE(std::string(hwy::TargetName(target)) + ", threads: " + std::to_string(threads));
      body();
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  set_thread_count(0);
}

// An array of T one element off any alignment, between guards that notice a stray write.
template <class T>
class Array {
 public:
  explicit Array(size_t count) : storage_(count + 2 * kGuard), count_(count) {
    std::memset(static_cast<void*>(storage_.data()), 0x5A, storage_.size() * sizeof(T));
    std::fill_n(data(), count, from_float<T>(0));
  }
  explicit Array(const std::vector<double>& values) : Array(values.size()) {
    for (size_t i = 0; i < count_; ++i) data()[i] = from_float<T>(static_cast<float>(values[i]));
  }
  ~Array() {
    const std::vector<uint8_t> untouched(kGuard * sizeof(T), 0x5A);
    EXPECT_EQ(std::memcmp(storage_.data(), untouched.data(), untouched.size()), 0)
        << "written before the array";
    EXPECT_EQ(std::memcmp(data() + count_, untouched.data(), untouched.size()), 0)
        << "written past the array";
  }
  Array(const Array&) = default;
  Array& operator=(const Array&) = default;

  T* data() { return storage_.data() + kGuard; }
  const T* data() const { return storage_.data() + kGuard; }
  size_t size() const { return count_; }
  float operator[](size_t i) const { return to_float(data()[i]); }

  // What the array holds after rounding to T.
  std::vector<double> doubles() const {
    std::vector<double> values(count_);
    for (size_t i = 0; i < count_; ++i) values[i] = (*this)[i];
    return values;
  }
  bool same_bits(const Array& other) const {
    return count_ == other.count_ && std::memcmp(data(), other.data(), count_ * sizeof(T)) == 0;
  }

 private:
  static constexpr size_t kGuard = 17;  // odd, so that data() is aligned to sizeof(T) alone
  std::vector<T> storage_;
  size_t count_;
};

template <class T>
Array<T> random_array(size_t count, unsigned seed, double scale = 1) {
  return Array<T>(random_doubles(count, seed, scale));
}

// Half a unit in the last place of T, relative.
template <class T>
constexpr double kRounding = sizeof(T) == sizeof(float) ? 0x1p-24 : 0x1p-8;

// |actual - expected| <= relative * |expected| + absolute, element by element.
template <class T>
void expect_close(const Array<T>& actual, const std::vector<double>& expected, double relative,
                  double absolute, const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], relative * std::abs(expected[i]) + absolute)
        << what << ", element " << i << " of " << expected.size();
  }
}

using Storages = ::testing::Types<float, Bf16>;

}  // namespace thaw::testing
