#include "engine/cpu/ops/dropout.h"

#include "base/threads.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/dropout.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

// Elements [begin, end).
template <class T>
void dropout_range(const T* x, int64_t begin, int64_t end, Dropout dropout, T* y) {
  const Lanes d;
  const DropoutMask mask(dropout);
  for_each_vector(d, end - begin, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    const Float v = load(d, x + begin + i, part);
    store(mask.apply(d, v, static_cast<uint32_t>(begin + i)), d, y + begin + i, part);
  });
}

void dropout_range_float(const float* x, int64_t begin, int64_t end, Dropout dropout, float* y) {
  dropout_range(x, begin, end, dropout, y);
}
void dropout_range_bf16(const Bf16* x, int64_t begin, int64_t end, Dropout dropout, Bf16* y) {
  dropout_range(x, begin, end, dropout, y);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {
namespace {

HWY_EXPORT(dropout_range_float);
HWY_EXPORT(dropout_range_bf16);

constexpr int64_t kGrain = 4096;  // elements below which a thread is not worth waking

}  // namespace

template <class T>
void dropout_forward(const T* x, int64_t count, Dropout dropout, T* y) {
  parallel_parts(count, kGrain, [&](int64_t begin, int64_t end, int) {
    if (!dropout.on()) {
      if (x != y) std::memcpy(y + begin, x + begin, (end - begin) * sizeof(T));
    } else if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(dropout_range_float)(x, begin, end, dropout, y);
    } else {
      HWY_DYNAMIC_DISPATCH(dropout_range_bf16)(x, begin, end, dropout, y);
    }
  });
}

template void dropout_forward<float>(const float*, int64_t, Dropout, float*);
template void dropout_forward<Bf16>(const Bf16*, int64_t, Dropout, Bf16*);

}  // namespace thaw
#endif  // HWY_ONCE
