// Prints the table of thaw against its peers and against the machine's ceilings, from the JSON
// lines that bench/run collected:
//
//   thaw_bench_table LINES             the targets
//   thaw_bench_table LINES --scaling   how time and memory grow
//
// A ratio is taken within each repetition; its median is shown, and its least and greatest value.
#include <cmath>
#include <cstdio>
#include <string>

#include "bench/figures.h"
#include "bench/scaling.h"

namespace thaw::bench {
namespace {

constexpr double kBatch = 16, kFullEpochs = 3;  // of recipes/tweeteval-sentiment.toml

void print(const Row& row) { std::printf("%s", table_row(row).c_str()); }

// thaw's times on the whole recipe: measured, but an epoch of full fine-tuning may be scaled from a
// sample by useful FLOPs.
struct Ours {
  Series epoch, probe, total;
};

Ours scale_to_recipe(const Figures& f) {
  const auto work = [&](const char* part, const char* split) {
    return f[std::string("work.") + part + "." + split + ".gflop"];
  };
  const Series three{3};
  const auto training = [&](const char* part) {
    return three * work(part, "train") + work(part, "validation");
  };
  const std::string key = "thaw.compare.";
  // A run of its own, unless the comparison was whole.
  const bool alone = !f["thaw.probe.probe.train_seconds"].empty();
  const std::string probe = alone ? "thaw.probe.probe." : key + "probe.";
  Ours ours;
  ours.epoch = f[key + "full.epoch_seconds"] * (training("recipe") / training("sample"));
  ours.probe = f[probe + "train_seconds"] + f[probe + "eval_seconds"];
  ours.total = f[key + "start_seconds"] + ours.probe + Series{kFullEpochs} * ours.epoch +
               f[key + "full.eval_seconds"];
  return ours;
}

void print_ceilings(const Figures& f, const std::string& hidden, const std::string& threads) {
  std::printf("Ceilings with %s threads: ", threads.c_str());
  for (const char* precision : {"fp32", "bf16", "int8"}) {
    const double speed = f.one("ceiling.gemm." + hidden + "." + precision + "." + threads);
    if (speed > 0) std::printf("GEMM %s %s GFLOP/s, ", precision, number(speed).c_str());
  }
  std::printf("triad %s GB/s.\n", number(f.one("ceiling.triad." + threads)).c_str());
}

void print_training(const Figures& f, const Ours& ours, const std::string& precision,
                    const Series& gemm, const Series& gemm_fp32, const Series& triad) {
  const Series three{3};
  const Series steps{std::ceil(f.one("work.recipe.train.rows") / kBatch)};
  const Series roofline =
      (three * f["work.recipe.train.gflop"] + f["work.recipe.validation.gflop"]) / gemm +
      steps * f["work.optimizer_gb"] / triad;
  print({"full fine-tuning, an epoch, " + precision, ours.epoch, "s", "roofline", roofline,
         roofline / ours.epoch, true, Goal::kAtLeast, 0.75});
  const Series fp32 = f["thaw.steps_fp32.step_seconds"];
  const Series fp32_roofline =
      f["thaw.steps_fp32.gflop"] / gemm_fp32 + f["thaw.steps_fp32.optimizer_gb"] / triad;
  print({"full fine-tuning, a step, fp32", fp32, "s", "roofline", fp32_roofline,
         fp32_roofline / fp32, true, Goal::kAtLeast, 0.75});
}

void print_forward(const Figures& f, const std::string& hidden, const std::string& threads) {
  const Series work = f["thaw.forward.gflop_a_row"];
  for (const char* precision : {"fp32", "bf16", "int8"}) {
    const Series rate = f[std::string("thaw.forward.") + precision];
    const Series most = f["ceiling.gemm." + hidden + "." + precision + "." + threads] / work;
    const bool targeted = precision != std::string("fp32");
    print({std::string("frozen forward, ") + precision, rate, "rows/s", "GEMM ceiling", most,
           rate / most, true, targeted ? Goal::kAtLeast : Goal::kNone,
           precision == std::string("int8") ? 0.70 : 0.80});
  }
}

void print_forward_peers(const Figures& f) {
  struct Peer {
    const char *key, *name;
  };
  constexpr Peer kPeers[] = {{"pytorch_fp32", "PyTorch fp32"},
                             {"pytorch_bf16", "PyTorch bf16"},
                             {"onnxruntime_fp32", "ONNX Runtime fp32"},
                             {"ctranslate2_fp32", "CTranslate2 fp32"},
                             {"ctranslate2_int8", "CTranslate2 int8"}};
  for (const char* precision : {"int8", "bf16"}) {
    const Series rate = f[std::string("thaw.forward.") + precision];
    const bool int8 = precision == std::string("int8");
    Series fastest;
    for (const Peer& peer : kPeers) {
      const Series other = f[std::string("peer.forward.") + peer.key];
      if (other.empty()) continue;
      fastest = larger(fastest, other);
      if (!int8) print({"forward only, bf16", rate, "rows/s", peer.name, other, rate / other});
    }
    if (fastest.empty()) continue;
    print({std::string("forward only, ") + precision, rate, "rows/s", "fastest peer", fastest,
           rate / fastest, false, Goal::kAtLeast, int8 ? 1.8 : 1.1});
  }
}

void print_against_trainer(const Figures& f, const Ours& ours) {
  struct Peer {
    std::string key, name;
    double epoch, probe, total;  // targets
  };
  const Peer peers[] = {{"peer.fp32.", "Trainer fp32", 4, 12, 5},
                        {"peer.best.", "Trainer at its best", 2, 6, 2.4}};
  const auto against = [&](const std::string& what, const Series& own, const Peer& peer,
                           const Series& other, double target) {
    if (other.empty()) return;
    print({what, own, "s", peer.name, other, other / own, false, Goal::kAtLeast, target});
  };
  for (const Peer& peer : peers) {
    against("full fine-tuning, an epoch", ours.epoch, peer, f[peer.key + "full.epoch_seconds"],
            peer.epoch);
    against("probe with its test", ours.probe, peer,
            f[peer.key + "probe.train_seconds"] + f[peer.key + "probe.test_seconds"], peer.probe);
    against("whole comparison", ours.total, peer, f[peer.key + "total_seconds"], peer.total);
    const Series own = f["thaw.compare.peak_mb"], other = f[peer.key + "peak_mb"];
    if (other.empty()) continue;
    print({"peak memory", own, "MB", peer.name, other, own / other, true, Goal::kAtMost, 0.5});
  }
}

void print_targets(const Figures& f) {
  const std::string threads = std::to_string(static_cast<int>(f.one("run.threads")));
  const std::string hidden = std::to_string(static_cast<int>(f.one("work.hidden")));
  const std::string& precision = f.text("thaw.compare.precision");
  const auto gemm = [&](const std::string& type) {
    return f["ceiling.gemm." + hidden + "." + type + "." + threads];
  };
  const Ours ours = scale_to_recipe(f);
  print_ceilings(f, hidden, threads);
  std::printf("\n%s", table_head().c_str());
  print_training(f, ours, precision, gemm(precision), gemm("fp32"), f["ceiling.triad." + threads]);
  print_forward(f, hidden, threads);
  print_against_trainer(f, ours);
  if (f["peer.fp32.total_seconds"].empty()) {
    print({"full fine-tuning, an epoch", ours.epoch, "s"});
    print({"probe with its test", ours.probe, "s"});
    print({"whole comparison", ours.total, "s"});
    print({"peak memory", f["thaw.compare.peak_mb"], "MB"});
  }
  print_forward_peers(f);
  print({"one sentence from a cold start",
         f["thaw.predict_ms"],
         "ms",
         "",
         {},
         {},
         false,
         Goal::kAtMost,
         80});
  for (const std::string& count : {std::string("1"), threads}) {
    const Series own = f["thaw.tokenize." + count], other = f["peer.tokenize." + count];
    print({"tokenization, threads: " + count, own, "rows/s",
           other.empty() ? "" : "Hugging Face tokenizers", other, own / other, false,
           other.empty() ? Goal::kNone : Goal::kAtLeast, 5});
    if (threads == "1") break;
  }
  for (const char* stage : {"probe", "full"}) {
    const std::string key = std::string(stage) + ".macro_f1";
    const Series other = f["peer.fp32." + key];
    if (other.empty()) continue;  // a sample's scores say nothing
    print({std::string("macro F1 on the test, ") + stage, f["thaw.compare." + key], "",
           "Trainer fp32", other});
  }
}

}  // namespace
}  // namespace thaw::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: thaw_bench_table LINES [--scaling]\n");
    return 2;
  }
  thaw::bench::Figures figures;
  figures.read(argv[1]);
  const bool scaling = argc > 2 && argv[2] == std::string("--scaling");
  scaling ? thaw::bench::print_scaling(figures) : thaw::bench::print_targets(figures);
  return 0;
}
