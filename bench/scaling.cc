#include "bench/scaling.h"

#include <cmath>
#include <cstdio>

namespace thaw::bench {
namespace {

constexpr double kBatch = 16;

std::string shown(const Series& values) { return values.empty() ? "–" : number(median(values)); }
std::string share(const Series& values) {
  return values.empty() ? "–" : number(100 * median(values)) + " %";
}

struct Ceilings {
  const Figures& f;
  Series gemm(const std::string& hidden, const std::string& threads) const {
    const Series bf16 = f["ceiling.gemm." + hidden + ".bf16." + threads];
    const bool fp32 = bf16.empty() || f.text("run.precision") == "fp32";
    return fp32 ? f["ceiling.gemm." + hidden + ".fp32." + threads] : bf16;
  }
  Series triad(const std::string& threads) const { return f["ceiling.triad." + threads]; }
};

void print_rows(const Figures& f, const Ceilings& ceilings, const std::string& hidden,
                const std::string& threads) {
  std::printf(
      "| rows | probe | frozen ceiling | Trainer best | an epoch of full | roofline | share | "
      "Trainer fp32 | Trainer best | thaw's memory, probe | full | Trainer fp32 | Trainer best |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  const double recipe_rows = f.one("work.recipe.train.rows");
  const Series gemm = ceilings.gemm(hidden, threads), triad = ceilings.triad(threads);
  for (const std::string rows : {"1000", "4000", "16000", "45000"}) {
    const std::string run = "scaling.rows." + rows, work = "work.rows" + rows + ".";
    const Series count = f[work + "train.rows"];
    if (count.empty()) continue;
    const Series forward = f[work + "train.gflop"] + f[work + "validation.gflop"];
    const Series steps{std::ceil(count.front() / kBatch)};
    const Series roofline = Series{3} * f[work + "train.gflop"] / gemm +
                            f[work + "validation.gflop"] / gemm +
                            steps * f["work.optimizer_gb"] / triad;
    const Series sampled = f[run + ".steps.step_seconds"];
    const Series epoch = sampled.empty() ? f[run + ".full.epoch_seconds"] : sampled * steps;
    const Series full_memory = sampled.empty() ? f[run + ".peak_mb"] : f[run + ".steps.peak_mb"];
    const Series share_of_recipe = count / Series{recipe_rows};
    const auto peer = [&](const char* key) { return shown(f[key] * share_of_recipe); };
    std::printf(
        "| %.0f | %s s | %s s | %s s | %s%s s | %s s | %s | %s s | %s s | %s MB | %s MB | %s MB | "
        "%s MB |\n",
        count.front(), shown(f[run + ".probe.train_seconds"]).c_str(),
        shown(forward / gemm).c_str(), peer("peer.best.probe.train_seconds").c_str(),
        sampled.empty() ? "" : "≈ ", shown(epoch).c_str(), shown(roofline).c_str(),
        share(roofline / epoch).c_str(), peer("peer.fp32.full.epoch_seconds").c_str(),
        peer("peer.best.full.epoch_seconds").c_str(), shown(f[run + ".probe.peak_mb"]).c_str(),
        shown(full_memory).c_str(), shown(f["peer.fp32.peak_mb"]).c_str(),
        shown(f["peer.best.peak_mb"]).c_str());
  }
}

void print_shapes(const Figures& f, const Ceilings& ceilings) {
  std::printf(
      "| hidden | tokens a text | threads | thaw, a step | roofline | share | Trainer best | ratio "
      "| thaw's memory | Trainer best |\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (const std::string hidden : {"384", "768"}) {
    for (const std::string length : {"16", "32", "64", "128", "512"}) {
      for (const std::string threads : {"1", "2"}) {
        const std::string key = "scaling.shape." + hidden + "." + length + "." + threads;
        const Series ours = f[key + ".thaw.step_seconds"], peer = f[key + ".best.step_seconds"];
        if (ours.empty()) continue;
        const Series roofline = f[key + ".thaw.gflop"] / ceilings.gemm(hidden, threads) +
                                f[key + ".thaw.optimizer_gb"] / ceilings.triad(threads);
        std::printf("| %s | %s | %s | %s s | %s s | %s | %s s | %s× | %s MB | %s MB |\n",
                    hidden.c_str(), length.c_str(), threads.c_str(), shown(ours).c_str(),
                    shown(roofline).c_str(), share(roofline / ours).c_str(), shown(peer).c_str(),
                    shown(peer / ours).c_str(), shown(f[key + ".thaw.peak_mb"]).c_str(),
                    shown(f[key + ".best.peak_mb"]).c_str());
      }
    }
  }
}

}  // namespace

void print_scaling(const Figures& f) {
  const Ceilings ceilings{f};
  const std::string threads = std::to_string(static_cast<int>(f.one("run.threads")));
  const std::string hidden = std::to_string(static_cast<int>(f.one("work.hidden")));
  std::printf(
      "Rows of real texts; the probe takes two epochs, ≈ is scaled from sampled steps:\n\n");
  print_rows(f, ceilings, hidden, threads);
  std::printf("\nSteps of full fine-tuning, 16 texts of one length each:\n\n");
  print_shapes(f, ceilings);
}

}  // namespace thaw::bench
