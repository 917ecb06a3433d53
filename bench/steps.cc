// Steps of full fine-tuning, timed by themselves: batches of real texts, or of texts of one length
// made of random tokens. One JSON object, the keys under --name:
//
//   step_seconds    mean over the steps after the warm-up
//   gflop           useful FLOPs of a step, optimizer_gb its bytes (bench/work.h)
//   tokens, rows    of a step
//   peak_mb         most memory of this process
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "base/threads.h"
#include "bench/work.h"
#include "data/load.h"
#include "engine/batch.h"
#include "engine/cpu/gemm/linear.h"
#include "training/training_run.h"

namespace thaw {
namespace {

using Clock = std::chrono::steady_clock;

struct Flags {
  std::string model, texts, name = "thaw.steps", precision = "auto";
  int64_t rows = 0, length = 128, steps = 100, warm_up = 3;
  int max_length = 128, batch_size = 16, threads = 0;
  double seconds = 30;
};

// Texts of `length` tokens; the first and the last are special, as the tokenizer would have it.
TokenizedTexts random_texts(const Tokenizer& tokenizer, int64_t rows, int64_t length) {
  constexpr int32_t kFirstWord = 1000;  // below are special and unused tokens
  TextColumn one;
  one.push_back("");
  const auto special = tokenizer.encode_all(one, 0).ids;
  std::mt19937 bits(1);
  std::uniform_int_distribution<int32_t> word(
      kFirstWord, static_cast<int32_t>(tokenizer.vocabulary_size()) - 1);
  TokenizedTexts texts;
  texts.offsets.push_back(0);
  for (int64_t row = 0; row < rows; ++row) {
    texts.ids.push_back(special.front());
    for (int64_t i = 2; i < length; ++i) texts.ids.push_back(word(bits));
    texts.ids.push_back(special.back());
    texts.offsets.push_back(static_cast<int64_t>(texts.ids.size()));
  }
  return texts;
}

TokenizedTexts real_texts(const Tokenizer& tokenizer, const Flags& flags) {
  const TextColumn all = read_texts(flags.texts, "text");
  TextColumn some;
  const int64_t rows = flags.rows > 0 ? std::min(flags.rows, all.size()) : all.size();
  for (int64_t row = 0; row < rows; ++row) some.push_back(all[row]);
  return tokenizer.encode_all(some, flags.max_length);
}

// The texts of the batches that TrainingRun::train takes after the warm-up.
TokenizedTexts texts_of_steps(const TokenizedTexts& texts, const Flags& flags, uint64_t seed,
                              int64_t steps) {
  const auto order = epoch_order(texts.rows(), seed, 1);
  TokenizedTexts taken;
  taken.offsets.push_back(0);
  const auto end = std::min(texts.rows(), (flags.warm_up + steps) * flags.batch_size);
  for (int64_t i = flags.warm_up * flags.batch_size; i < end; ++i) {
    const auto begin = texts.ids.begin();
    taken.ids.insert(taken.ids.end(), begin + texts.offsets[order[i]],
                     begin + texts.offsets[order[i] + 1]);
    taken.offsets.push_back(static_cast<int64_t>(taken.ids.size()));
  }
  return taken;
}

void measure(ClassifierModel classifier, NumberType number, const TokenizedTexts& texts,
             const Flags& flags) {
  std::vector<int32_t> labels(texts.rows());
  for (size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int32_t>(i % 3);
  const auto engine = open_engine();
  const auto network =
      engine->network(classifier, make_freeze_plan(classifier.table, "full"), {number, number}, {});
  TrainingRun run(*network);
  TrainingSettings settings;
  settings.epochs = 1;
  settings.batch_size = flags.batch_size;
  settings.weight_decay = 0.01;

  int64_t done = 0;
  Clock::time_point start = Clock::now();
  double seconds = 0;
  Listener listener;
  listener.progress = [&](const Progress& progress) {
    if (progress.finished) return;
    ++done;
    if (done <= flags.warm_up) {
      start = Clock::now();
    } else {
      seconds = std::chrono::duration<double>(Clock::now() - start).count();
    }
  };
  listener.interrupted = [&] {
    return done >= flags.warm_up + flags.steps || (done > flags.warm_up && seconds > flags.seconds);
  };
  try {
    run.train({&texts, nullptr, labels.data()}, {}, settings, "steps", listener);
  } catch (const Interrupted&) {  // as planned: enough steps
  }

  const int64_t steps = done - flags.warm_up;
  if (steps <= 0) throw Error("too few rows for the warm-up and a step", "--rows");
  const auto work =
      bench::count_work(classifier.config, texts_of_steps(texts, flags, settings.seed, steps));
  const auto each = [&](double total) { return total / static_cast<double>(steps); };
  nlohmann::ordered_json out;
  out[flags.name + ".step_seconds"] = each(seconds);
  out[flags.name + ".gflop"] = each(work.training_gflop());
  out[flags.name + ".optimizer_gb"] = bench::optimizer_gigabytes(classifier.table);
  out[flags.name + ".tokens"] = each(static_cast<double>(work.tokens));
  out[flags.name + ".rows"] = each(static_cast<double>(work.rows));
  out[flags.name + ".peak_mb"] = peak_memory_mb();
  std::printf("%s\n", out.dump().c_str());
}

int run(int argc, char** argv) {
  Flags flags;
  CLI::App app{"Seconds a step of full fine-tuning, as JSON"};
  app.add_option("model", flags.model, "folder of an encoder")->required();
  app.add_option("--texts", flags.texts, "table with a column of texts; without: random tokens");
  app.add_option("--rows", flags.rows, "texts to load; 0: all of the table, or enough");
  app.add_option("--length", flags.length, "tokens of a random text")->check(CLI::Range(3, 4096));
  app.add_option("--max-length", flags.max_length, "tokens of a real text at most");
  app.add_option("--batch-size", flags.batch_size, "rows a step");
  app.add_option("--steps", flags.steps, "to be timed");
  app.add_option("--seconds", flags.seconds, "stop after so many");
  app.add_option("--warm-up", flags.warm_up, "steps before");
  app.add_option("--precision", flags.precision)->check(CLI::IsMember({"auto", "fp32", "bf16"}));
  app.add_option("--threads", flags.threads, "0: all cores");
  app.add_option("--name", flags.name, "of the keys");
  CLI11_PARSE(app, argc, argv);

  set_thread_count(flags.threads);
  const Tokenizer tokenizer = Tokenizer::load(flags.model);
  OpenOptions options;
  options.label_names = {"negative", "neutral", "positive"};
  ClassifierModel classifier = open_classifier(flags.model, options);
  if (flags.rows == 0) flags.rows = (flags.warm_up + flags.steps) * flags.batch_size;
  const TokenizedTexts texts = flags.texts.empty()
                                   ? random_texts(tokenizer, flags.rows, flags.length)
                                   : real_texts(tokenizer, flags);
  const bool fp32 = flags.precision == "fp32" || (flags.precision == "auto" && !cpu_has_bf16());
  measure(std::move(classifier), fp32 ? NumberType::kFp32 : NumberType::kBf16, texts, flags);
  return 0;
}

}  // namespace
}  // namespace thaw

int main(int argc, char** argv) {
  try {
    return thaw::run(argc, argv);
  } catch (const thaw::Error& error) {
    std::fprintf(stderr, "thaw_bench_steps: %s\n", error.what());
    return 1;
  }
}
