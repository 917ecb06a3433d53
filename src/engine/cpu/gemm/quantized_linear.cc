#include "engine/cpu/gemm/quantized_linear.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <dnnl.hpp>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/buffer.h"
#include "base/error.h"
#include "base/setting_words.h"
#include "base/threads.h"
#include "engine/cpu/gemm/want_of_memory.h"

namespace thaw {
namespace {

using dnnl::matmul;
using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

// The token count that the blocked layout is chosen for; every plan then reads that layout.
constexpr int64_t kTypicalTokens = 512;

struct Plan {
  matmul primitive;
  memory::desc a, b, c, scratchpad;
};

// (tokens, out, in, by one thread of several)
using PlanKey = std::tuple<int64_t, int64_t, int64_t, bool>;

// What a thread multiplies with: threads of a team multiply side by side, each rows of its own.
struct Library {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::map<PlanKey, Plan> plans;
  Buffer<char> scratchpad;
};

Library& library() {
  static thread_local Library instance;
  return instance;
}

// `weight` is the blocked layout or, while that is being chosen, any.  // [in, out]
Plan make_plan(int64_t tokens, int64_t out, int64_t in, const memory::desc& weight) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  Plan plan;
  plan.a = memory::desc({tokens, in}, Type::u8, Tag::ab);
  plan.c = memory::desc({tokens, out}, Type::s32, Tag::ab);
#if DNNL_VERSION_MAJOR >= 3
  const matmul::primitive_desc description(library().engine, plan.a, weight, plan.c, attributes);
#else
  const matmul::primitive_desc description(matmul::desc(plan.a, weight, plan.c), attributes,
                                           library().engine);
#endif
  plan.b = description.weights_desc();
  plan.scratchpad = description.scratchpad_desc();
  plan.primitive = matmul(description);
  return plan;
}

}  // namespace

struct QuantizedWeight::Impl {
  int64_t out, in;
  memory::desc layout;
  Buffer<char> packed;
  Buffer<float> scale, sum;  // [out]
};

QuantizedWeight::QuantizedWeight(int64_t out, int64_t in) : impl_(std::make_unique<Impl>()) {
  impl_->out = out;
  impl_->in = in;
  impl_->layout = with_want_of_memory([&] {
    return make_plan(kTypicalTokens, out, in, memory::desc({in, out}, Type::s8, Tag::any)).b;
  });
  impl_->packed = Buffer<char>(static_cast<int64_t>(impl_->layout.get_size()));
  impl_->scale = Buffer<float>(out);
  impl_->sum = Buffer<float>(out);
}

QuantizedWeight::QuantizedWeight(QuantizedWeight&&) noexcept = default;
QuantizedWeight& QuantizedWeight::operator=(QuantizedWeight&&) noexcept = default;
QuantizedWeight::~QuantizedWeight() = default;
int64_t QuantizedWeight::out() const { return impl_->out; }
int64_t QuantizedWeight::in() const { return impl_->in; }
const float* QuantizedWeight::scale() const { return impl_->scale.data(); }
const float* QuantizedWeight::sum() const { return impl_->sum.data(); }

void QuantizedWeight::pack(const float* weight, const float* factor) {
  Impl& w = *impl_;
  Buffer<int8_t> rounded(w.out * w.in);
  parallel_parts(w.out, 16, [&](int64_t begin, int64_t end, int) {
    std::vector<float> row(static_cast<size_t>(w.in));
    for (int64_t o = begin; o < end; ++o) {
      float most = 0;
      for (int64_t i = 0; i < w.in; ++i) {
        row[i] = weight[o * w.in + i] * (factor == nullptr ? 1.0f : factor[i]);
        most = std::max(most, std::fabs(row[i]));
      }
      const float inverse = most > 1e-30f ? 127.0f / most : 0.0f;
      int32_t sum = 0;
      for (int64_t i = 0; i < w.in; ++i) {
        const auto q = static_cast<int8_t>(std::lrint(row[i] * inverse));
        rounded[o * w.in + i] = q;
        sum += q;
      }
      w.scale[o] = inverse > 0 ? most / 127.0f : 0.0f;
      w.sum[o] = static_cast<float>(sum);
    }
  });
  with_want_of_memory([&] {
    Library& lib = library();
    memory from(memory::desc({w.in, w.out}, Type::s8, Tag::ba), lib.engine, rounded.data());
    memory to(w.layout, lib.engine, w.packed.data());
    dnnl::reorder(from, to).execute(lib.stream, from, to);
    lib.stream.wait();
  });
}

void quantized_product(const QuantizedWeight& weight, const uint8_t* x, int64_t tokens,
                       int32_t* sums) {
  if (tokens == 0) return;
  Library& lib = library();
  const auto& w = weight.impl();
  const bool alone = omp_in_parallel() != 0;
  // oneDNN cuts a product for the team that it believes to have: here, until the region ends, one.
  if (alone) omp_set_num_threads(1);
  try {
    const PlanKey key(tokens, w.out, w.in, alone);
    auto found = lib.plans.find(key);
    if (found == lib.plans.end()) {
      found = lib.plans.emplace(key, make_plan(tokens, w.out, w.in, w.layout)).first;
    }
    const Plan& plan = found->second;
    lib.scratchpad.resize_discard(static_cast<int64_t>(plan.scratchpad.get_size()));
    const auto at = [&](const memory::desc& layout, const void* data) {
      return memory(layout, lib.engine, const_cast<void*>(data));
    };
    plan.primitive.execute(lib.stream,
                           {{DNNL_ARG_SRC, at(plan.a, x)},
                            {DNNL_ARG_WEIGHTS, at(plan.b, w.packed.data())},
                            {DNNL_ARG_DST, at(plan.c, sums)},
                            {DNNL_ARG_SCRATCHPAD, at(plan.scratchpad, lib.scratchpad.data())}});
    lib.stream.wait();
  } catch (const dnnl::error& error) {
    throw_want_of_memory(error);
    throw Error(fmt::format("the matrix library cannot multiply [{}, {}] by [{}, {}] in 8 bits: {}",
                            tokens, w.in, w.in, w.out, error.what()),
                "oneDNN", "try " + setting("frozen_precision", "bf16"));
  }
}

bool cpu_has_int8() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx512_core_vnni:
    case dnnl::cpu_isa::avx512_core_bf16:
    case dnnl::cpu_isa::avx512_core_amx:
    case dnnl::cpu_isa::avx2_vnni:
      return true;
    default:
      return false;
  }
}

}  // namespace thaw
