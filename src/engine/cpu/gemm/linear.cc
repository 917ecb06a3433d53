#include "engine/cpu/gemm/linear.h"

#include <fmt/format.h>

#include <compare>
#include <cstring>
#include <dnnl.hpp>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/buffer.h"
#include "base/context.h"
#include "base/error.h"
#include "base/setting_words.h"
#include "base/threads.h"
#include "engine/cpu/gemm/pack.h"
#include "engine/cpu/gemm/want_of_memory.h"
#include "engine/number_type.h"

namespace thaw {
namespace {

using dnnl::matmul;
using dnnl::memory;
using Tag = memory::format_tag;

memory::data_type data_type(NumberType precision) {
  return precision == NumberType::kBf16 ? memory::data_type::bf16 : memory::data_type::f32;
}
enum class Product { kForward, kForwardBias, kBackwardInput, kBackwardInputSum, kBackwardWeight };

// The token count that blocked layouts are chosen for; every plan then reads that layout.
constexpr int64_t kTypicalTokens = 512;

struct Plan {
  matmul::primitive_desc description;
  matmul primitive;  // the compiled kernel
  memory::desc a, b, c, bias, scratchpad;
};

// A product of a layer with the weight [out, in], over so many tokens.
struct PlanKey {
  Product product;
  NumberType precision;
  int64_t tokens, out, in;
  auto operator<=>(const PlanKey&) const = default;
};

// What a plan is run on, by the matrix library's letters: c = a b + bias.
struct Operands {
  const void *a, *b;
  const float* bias = nullptr;  // of kForwardBias alone
  void* c;
};

// The blocked layout that a product reads its weight in, and the way there from fp32. Weights of
// one shape share it: describing a product costs more than packing a small weight.
struct Packing {
  memory::desc plain, blocked;
  dnnl::reorder reorder;
  std::optional<PairBlocks> pairs;  // if pack.h can write it
};

// (product, precision, out, in)
using PackingKey = std::tuple<Product, NumberType, int64_t, int64_t>;

struct Library {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::map<PlanKey, Plan> plans;
  std::map<PackingKey, std::shared_ptr<const Packing>> packings;
  Buffer<char> scratchpad;
};

Library& library() { return Context::current().own<Library>(); }

// oneDNN 3 dropped operation descriptors: the primitive descriptor takes their arguments itself.
matmul::primitive_desc describe(const memory::desc& a, const memory::desc& b,
                                const memory::desc* bias, const memory::desc& c,
                                const dnnl::primitive_attr& attributes) {
#if DNNL_VERSION_MAJOR >= 3
  if (bias != nullptr) return {library().engine, a, b, *bias, c, attributes};
  return {library().engine, a, b, c, attributes};
#else
  if (bias != nullptr) return {matmul::desc(a, b, *bias, c), attributes, library().engine};
  return {matmul::desc(a, b, c), attributes, library().engine};
#endif
}

// The operands of a product, `weight` being the blocked layout or, while that is being chosen, any.
// Nothing is compiled yet.
Plan describe_plan(const PlanKey& key, const memory::desc& weight) {
  const int64_t tokens = key.tokens, out = key.out, in = key.in;
  const Product product = key.product;
  const auto type = data_type(key.precision);
  const auto f32 = memory::data_type::f32;
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (product == Product::kBackwardInputSum || product == Product::kBackwardWeight) {
    dnnl::post_ops sum;
    sum.append_sum(1.0f);
    attributes.set_post_ops(sum);
  }
  Plan plan;
  switch (product) {
    case Product::kForward:
    case Product::kForwardBias:
      plan.a = memory::desc({tokens, in}, type, Tag::ab);
      plan.b = weight;  // [in, out]
      plan.c = memory::desc({tokens, out}, type, Tag::ab);
      plan.bias = memory::desc({1, out}, f32, Tag::ab);
      break;
    case Product::kBackwardInput:
    case Product::kBackwardInputSum:
      plan.a = memory::desc({tokens, out}, type, Tag::ab);
      plan.b = weight;  // [out, in]
      plan.c = memory::desc({tokens, in}, type, Tag::ab);
      break;
    case Product::kBackwardWeight:
      plan.a = memory::desc({out, tokens}, type, Tag::ba);
      plan.b = memory::desc({tokens, in}, type, Tag::ab);
      plan.c = memory::desc({out, in}, f32, Tag::ab);
      break;
  }
  const bool with_bias = product == Product::kForwardBias;
  plan.description = describe(plan.a, plan.b, with_bias ? &plan.bias : nullptr, plan.c, attributes);
  plan.b = plan.description.weights_desc();
  plan.scratchpad = plan.description.scratchpad_desc();
  return plan;
}

// The blocks that pack.h writes, if that is what the layout is.
std::optional<PairBlocks> pair_blocks(const memory::desc& layout) {
#if DNNL_VERSION_MAJOR >= 3
  if (layout.get_format_kind() != memory::format_kind::blocked) return {};
  const bool bf16 = layout.get_data_type() == memory::data_type::bf16;
  const memory::dims dims = layout.get_dims(), padded = layout.get_padded_dims();
  const memory::dims strides = layout.get_strides();
  const memory::dims blocks = layout.get_inner_blks(), axes = layout.get_inner_idxs();
  const bool from_start = layout.get_submemory_offset() == 0;
#else
  const auto& d = layout.data;
  if (d.format_kind != dnnl_blocked) return {};
  const auto& blocking = d.format_desc.blocking;
  const bool bf16 = d.data_type == dnnl_bf16;
  const memory::dims dims(d.dims, d.dims + d.ndims), padded(d.padded_dims, d.padded_dims + d.ndims);
  const memory::dims strides(blocking.strides, blocking.strides + d.ndims);
  const memory::dims blocks(blocking.inner_blks, blocking.inner_blks + blocking.inner_nblks);
  const memory::dims axes(blocking.inner_idxs, blocking.inner_idxs + blocking.inner_nblks);
  const bool from_start = d.offset0 == 0 && d.extra.flags == 0;
#endif
  if (!bf16 || !from_start || dims.size() != 2 || blocks != memory::dims{16, 64, 2} ||
      axes != memory::dims{0, 1, 0}) {
    return {};
  }
  const auto rounded = [](int64_t x, int64_t to) { return (x + to - 1) / to * to; };
  if (padded[0] != rounded(dims[0], PairBlocks::kRows) ||
      padded[1] != rounded(dims[1], PairBlocks::kColumns) ||
      layout.get_size() != static_cast<size_t>(padded[0] * padded[1]) * sizeof(Bf16)) {
    return {};
  }
  return PairBlocks{dims[0], dims[1], strides[0], strides[1]};
}

std::shared_ptr<const Packing> packing_of(Product product, NumberType precision, int64_t out,
                                          int64_t in) {
  Library& lib = library();
  const PackingKey key{product, precision, out, in};
  const auto found = lib.packings.find(key);
  if (found != lib.packings.end()) return found->second;
  const bool forward = product == Product::kForward;
  const memory::dims dims = forward ? memory::dims{in, out} : memory::dims{out, in};
  const memory::desc any(dims, data_type(precision), Tag::any);
  Packing packing;
  packing.plain = memory::desc(dims, memory::data_type::f32, forward ? Tag::ba : Tag::ab);
  packing.blocked = describe_plan({product, precision, kTypicalTokens, out, in}, any).b;
  packing.reorder = dnnl::reorder(
      dnnl::reorder::primitive_desc(lib.engine, packing.plain, lib.engine, packing.blocked));
  packing.pairs = pair_blocks(packing.blocked);
  return lib.packings.emplace(key, std::make_shared<const Packing>(std::move(packing)))
      .first->second;
}

void run(const PlanKey& key, const memory::desc& weight, const Operands& operands) {
  if (key.tokens == 0) return;
  Library& lib = library();
  try {
    auto found = lib.plans.find(key);
    if (found == lib.plans.end()) {
      Plan plan = describe_plan(key, weight);
      plan.primitive = matmul(plan.description);
      found = lib.plans.emplace(key, std::move(plan)).first;
    }
    const Plan& plan = found->second;
    lib.scratchpad.resize_discard(static_cast<int64_t>(plan.scratchpad.get_size()));
    const auto at = [&](const memory::desc& layout, const void* data) {
      return memory(layout, lib.engine, const_cast<void*>(data));
    };
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, at(plan.a, operands.a)},
        {DNNL_ARG_WEIGHTS, at(plan.b, operands.b)},
        {DNNL_ARG_DST, at(plan.c, operands.c)},
        {DNNL_ARG_SCRATCHPAD, at(plan.scratchpad, lib.scratchpad.data())}};
    if (key.product == Product::kForwardBias) {
      arguments.emplace(DNNL_ARG_BIAS, at(plan.bias, operands.bias));
    }
    plan.primitive.execute(lib.stream, arguments);
    lib.stream.wait();
  } catch (const dnnl::error& error) {
    throw_want_of_memory(error);
    throw Error(fmt::format("the matrix library cannot multiply [{}, {}] by [{}, {}]: {}",
                            key.tokens, key.in, key.in, key.out, error.what()),
                "oneDNN", "try " + setting("precision", "fp32"));
  }
}

}  // namespace

struct PackedWeight::Impl {
  int64_t out, in;
  NumberType precision;
  // Shared with weights of the same shape; a weight may outlive the context that it was made in.
  std::shared_ptr<const Packing> forward_packing, backward_packing;
  Buffer<char> forward, backward;
};

PackedWeight::PackedWeight(int64_t out, int64_t in, NumberType precision, bool backward)
    : impl_(std::make_unique<Impl>()) {
  impl_->out = out;
  impl_->in = in;
  impl_->precision = precision;
  const auto room = [](const Packing& packing) {
    return Buffer<char>(static_cast<int64_t>(packing.blocked.get_size()));
  };
  const auto packing = [&](Product product) {
    return with_want_of_memory([&] { return packing_of(product, precision, out, in); });
  };
  impl_->forward_packing = packing(Product::kForward);
  impl_->forward = room(*impl_->forward_packing);
  if (backward) {
    impl_->backward_packing = packing(Product::kBackwardInput);
    impl_->backward = room(*impl_->backward_packing);
  }
}

PackedWeight::PackedWeight(PackedWeight&&) noexcept = default;
PackedWeight& PackedWeight::operator=(PackedWeight&&) noexcept = default;
PackedWeight::~PackedWeight() = default;
int64_t PackedWeight::out() const { return impl_->out; }
int64_t PackedWeight::in() const { return impl_->in; }

bool PackedWeight::packs_by_rows() const {
  const Packing* backward = impl_->backward_packing.get();
  return impl_->forward_packing->pairs && (backward == nullptr || backward->pairs);
}

void PackedWeight::pack_rows(const float* weight, int64_t first_row, int64_t rows) {
  const Packing* backward = impl_->backward_packing.get();
  thaw::pack_rows(
      {.weight = weight, .out = impl_->out, .in = impl_->in, .first_row = first_row, .rows = rows},
      {.layout = *impl_->forward_packing->pairs,
       .values = reinterpret_cast<Bf16*>(impl_->forward.data())},
      {.layout = backward != nullptr ? *backward->pairs : PairBlocks{},
       .values = reinterpret_cast<Bf16*>(impl_->backward.data())});
}

void PackedWeight::pack(const float* weight) {
  if (!packs_by_rows()) return pack_by_reorder(weight);
  parallel_parts(impl_->out, PairBlocks::kColumns,
                 [&](int64_t begin, int64_t end, int) { pack_rows(weight, begin, end - begin); });
}

bool PackedWeight::same_bytes(const PackedWeight& other) const {
  const auto same = [](const Buffer<char>& a, const Buffer<char>& b) {
    return a.bytes() == b.bytes() &&
           (a.bytes() == 0 || std::memcmp(a.data(), b.data(), a.bytes()) == 0);
  };
  return same(impl_->forward, other.impl_->forward) && same(impl_->backward, other.impl_->backward);
}

void PackedWeight::pack_by_reorder(const float* weight) {
  Library& lib = with_want_of_memory([]() -> Library& { return library(); });
  const auto reorder = [&](const Packing& packing, Buffer<char>& packed) {
    memory from(packing.plain, lib.engine, const_cast<float*>(weight));
    memory to(packing.blocked, lib.engine, packed.data());
    packing.reorder.execute(lib.stream, from, to);
  };
  with_want_of_memory([&] {
    reorder(*impl_->forward_packing, impl_->forward);
    if (impl_->backward_packing != nullptr) reorder(*impl_->backward_packing, impl_->backward);
    lib.stream.wait();
  });
}

template <class T>
void linear_forward(const PackedWeight& weight, const float* bias, const T* x, int64_t tokens,
                    T* y) {
  const auto& w = weight.impl();
  run({bias != nullptr ? Product::kForwardBias : Product::kForward, number_type<T>(), tokens, w.out,
       w.in},
      w.forward_packing->blocked, {.a = x, .b = w.forward.data(), .bias = bias, .c = y});
}

template <class T>
void linear_backward_input(const PackedWeight& weight, const T* d_y, int64_t tokens, T* d_x,
                           bool accumulate) {
  const auto& w = weight.impl();
  run({accumulate ? Product::kBackwardInputSum : Product::kBackwardInput, number_type<T>(), tokens,
       w.out, w.in},
      w.backward_packing->blocked, {.a = d_y, .b = w.backward.data(), .c = d_x});
}

template <class T>
void linear_backward_weight(const T* d_y, const T* x, int64_t tokens, int64_t out, int64_t in,
                            float* d_weight) {
  run({Product::kBackwardWeight, number_type<T>(), tokens, out, in}, {},
      {.a = d_y, .b = x, .c = d_weight});
}

template void linear_forward<float>(const PackedWeight&, const float*, const float*, int64_t,
                                    float*);
template void linear_forward<Bf16>(const PackedWeight&, const float*, const Bf16*, int64_t, Bf16*);
template void linear_backward_input<float>(const PackedWeight&, const float*, int64_t, float*,
                                           bool);
template void linear_backward_input<Bf16>(const PackedWeight&, const Bf16*, int64_t, Bf16*, bool);
template void linear_backward_weight<float>(const float*, const float*, int64_t, int64_t, int64_t,
                                            float*);
template void linear_backward_weight<Bf16>(const Bf16*, const Bf16*, int64_t, int64_t, int64_t,
                                           float*);

bool cpu_has_bf16() {
  const auto isa = dnnl::get_effective_cpu_isa();
  return isa == dnnl::cpu_isa::avx512_core_bf16 || isa == dnnl::cpu_isa::avx512_core_amx;
}

bool cpu_can_bf16() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx512_core:
    case dnnl::cpu_isa::avx512_core_vnni:
      return true;
    default:
      return cpu_has_bf16();
  }
}

const char* gemm_library_version() {
  static const std::string text = [] {
    const dnnl_version_t* v = dnnl_version();
    return fmt::format("{}.{}.{}", v->major, v->minor, v->patch);
  }();
  return text.c_str();
}

}  // namespace thaw
