// The ceilings of this machine, as one JSON object: what oneDNN reaches on an encoder's own matrix
// products, and what the memory reaches on a triad.
//
//   ceiling.gemm.384.bf16.2            GFLOP/s, hidden size 384, two threads: the layer's four
//                                      products together, each taking its share of the FLOPs
//   ceiling.gemm.384.bf16.2.384x1536   one of them, in x out
//   ceiling.triad.2                    GB/s
//
// Weights lie in oneDNN's own blocked layout. int8 is the faster of u8 and s8 activations, times s8
// weights to s32. A precision that oneDNN cannot multiply here is left out.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <dnnl.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/threads.h"
#include "bench/triad.h"

namespace thaw {
namespace {

using dnnl::matmul;
using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;
using Clock = std::chrono::steady_clock;

struct Shape {
  int64_t in, out;
};

struct Types {
  const char* name;
  Type activation, weight, result;
};
constexpr Types kTypes[] = {
    {"fp32", Type::f32, Type::f32, Type::f32},
    {"bf16", Type::bf16, Type::bf16, Type::bf16},
    {"int8", Type::u8, Type::s8, Type::s32},
    {"int8", Type::s8, Type::s8, Type::s32},
};

matmul::primitive_desc describe(const dnnl::engine& engine, const memory::desc& a,
                                const memory::desc& b, const memory::desc& c) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, a, b, c};
#else
  return {matmul::desc(a, b, c), engine};
#endif
}

// One product, ready to run.
class Product {
 public:
  Product(const Types& types, int64_t tokens, Shape shape) {
    const auto plan = describe(engine_, memory::desc({tokens, shape.in}, types.activation, Tag::ab),
                               memory::desc({shape.in, shape.out}, types.weight, Tag::any),
                               memory::desc({tokens, shape.out}, types.result, Tag::ab));
    const auto fill = [&](const memory::desc& layout) {
      // Bytes that make numbers of either sign and of ordinary size in every type: zeros would
      // leave the processor cooler than real work does.
      buffers_.emplace_back(static_cast<int64_t>(layout.get_size()));
      uint32_t bits = 1;
      for (int64_t i = 0; i < buffers_.back().size(); ++i) {
        bits = bits * 1664525u + 1013904223u;
        buffers_.back()[i] = static_cast<char>(0x3C ^ ((bits >> 24) & 0x83));
      }
      return memory(layout, engine_, buffers_.back().data());
    };
    arguments_ = {{DNNL_ARG_SRC, fill(plan.src_desc())},
                  {DNNL_ARG_WEIGHTS, fill(plan.weights_desc())},
                  {DNNL_ARG_DST, fill(plan.dst_desc())}};
    primitive_ = matmul(plan);
  }

  void run() {
    primitive_.execute(stream_, arguments_);
    stream_.wait();
  }

 private:
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<Buffer<char>> buffers_;
  std::unordered_map<int, memory> arguments_;
  matmul primitive_;
};

// Seconds of one call: the best of three stretches that take `seconds` together.
double time_product(Product& product, double seconds) {
  constexpr int kStretches = 3;
  for (int i = 0; i < 3; ++i) product.run();
  double best = 1e9;
  for (int stretch = 0; stretch < kStretches; ++stretch) {
    const auto start = Clock::now();
    double passed = 0;
    int calls = 0;
    do {
      product.run();
      ++calls;
      passed = std::chrono::duration<double>(Clock::now() - start).count();
    } while (passed < seconds / kStretches);
    best = std::min(best, passed / calls);
  }
  return best;
}

struct Flags {
  std::vector<int> threads{1, 2};
  std::vector<int64_t> hidden{384, 768};
  int64_t tokens = 2048;
  double seconds = 0.3;
};

void measure_products(const Flags& flags, int64_t hidden, int threads,
                      nlohmann::ordered_json& out) {
  const Shape shapes[] = {
      {hidden, 3 * hidden}, {hidden, hidden}, {hidden, 4 * hidden}, {4 * hidden, hidden}};
  for (const Types& types : kTypes) {
    const std::string key =
        "ceiling.gemm." + std::to_string(hidden) + "." + types.name + "." + std::to_string(threads);
    double gflop = 0, seconds = 0;
    nlohmann::ordered_json single;
    try {
      for (const Shape& shape : shapes) {
        Product product(types, flags.tokens, shape);
        const double once = time_product(product, flags.seconds);
        const double work = 2e-9 * static_cast<double>(flags.tokens * shape.in * shape.out);
        single[key + "." + std::to_string(shape.in) + "x" + std::to_string(shape.out)] =
            work / once;
        gflop += work;
        seconds += once;
      }
    } catch (const dnnl::error& error) {
      std::fprintf(stderr, "%s is left out: %s\n", key.c_str(), error.what());
      continue;
    }
    if (out.contains(key) && out[key].get<double>() >= gflop / seconds) continue;
    out[key] = gflop / seconds;
    out.update(single);
  }
}

int run(int argc, char** argv) {
  Flags flags;
  CLI::App app{
      "Ceilings of this machine for the products of an encoder and for its memory, as JSON"};
  app.add_option("--threads", flags.threads, "numbers of threads")->delimiter(',');
  app.add_option("--hidden", flags.hidden, "hidden sizes")->delimiter(',');
  app.add_option("--tokens", flags.tokens, "rows of the activations");
  app.add_option("--seconds", flags.seconds, "for each product");
  CLI11_PARSE(app, argc, argv);

  constexpr int64_t kTriadBytes = 3 * (int64_t{128} << 20);
  nlohmann::ordered_json out;
  for (const int threads : flags.threads) {
    set_thread_count(threads);
    for (const int64_t hidden : flags.hidden) measure_products(flags, hidden, threads, out);
    out["ceiling.triad." + std::to_string(threads)] = bench::triad_speed(kTriadBytes, 20);
  }
  std::printf("%s\n", out.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace thaw

int main(int argc, char** argv) { return thaw::run(argc, argv); }
