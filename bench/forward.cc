// Forward only: rows a second that a network classifies, without start-up and tokenization, and
// rows a second that the tokenizer makes. One JSON object a line:
//
//   thaw.forward.bf16          rows/s
//   thaw.forward.gflop_a_row   useful FLOPs (bench/work.h)
//   thaw.tokenize.2            rows/s on two threads
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/threads.h"
#include "bench/work.h"
#include "data/load.h"
#include "engine/classify.h"
#include "model/classifier.h"

namespace thaw {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Rows of the texts, from `begin` on.
TokenizedTexts part_of(const TokenizedTexts& texts, int64_t begin, int64_t count) {
  TokenizedTexts part;
  part.offsets.push_back(0);
  for (int64_t row = begin; row < std::min(begin + count, texts.rows()); ++row) {
    part.ids.insert(part.ids.end(), texts.ids.begin() + texts.offsets[row],
                    texts.ids.begin() + texts.offsets[row + 1]);
    part.offsets.push_back(static_cast<int64_t>(part.ids.size()));
  }
  return part;
}

// Seconds of one pass over the texts, the network being made and warm: the better of two, as it is
// for the peers.
double forward_seconds(const ClassifierModel& classifier, const TokenizedTexts& texts,
                       NumberType number) {
  constexpr int64_t kWarmUpRows = 256;
  const auto engine = open_engine();
  const auto session =
      engine->session(classifier, evaluation_precision(engine->traits(), number), false);
  const auto pass = [&](const TokenizedTexts& rows) {
    std::vector<float> logits(rows.rows() * session->labels());
    session->logits(rows, nullptr, logits, "", {});
  };
  pass(part_of(texts, 0, kWarmUpRows));
  double best = 1e9;
  for (int i = 0; i < 2; ++i) {
    const auto start = Clock::now();
    pass(texts);
    best = std::min(best, seconds_since(start));
  }
  return best;
}

// Every way in which a frozen network can be run.
struct Way {
  const char* precision;
  NumberType number;
};
constexpr Way kWays[] = {
    {"fp32", NumberType::kFp32},
    {"bf16", NumberType::kBf16},
    {"int8", NumberType::kInt8},
};

void measure_forward(const ClassifierModel& classifier, const TokenizedTexts& texts,
                     const std::vector<std::string>& precisions) {
  nlohmann::ordered_json out;
  const auto work = bench::count_work(classifier.config, texts);
  out["thaw.forward.gflop_a_row"] = work.forward_gflop() / static_cast<double>(work.rows);
  for (const Way& way : kWays) {
    const bool wanted =
        std::find(precisions.begin(), precisions.end(), way.precision) != precisions.end();
    if (!precisions.empty() && !wanted) continue;
    out[std::string("thaw.forward.") + way.precision] =
        static_cast<double>(texts.rows()) / forward_seconds(classifier, texts, way.number);
  }
  std::printf("%s\n", out.dump().c_str());
}

// Passes over the texts for about a second; the best counts, as it does for the peer.
void measure_tokenizer(const Tokenizer& tokenizer, const TextColumn& texts, int max_length,
                       const std::vector<int>& threads) {
  nlohmann::ordered_json out;
  for (const int count : threads) {
    set_thread_count(count);
    tokenizer.encode_all(texts, max_length);
    double best = 1e9;
    for (const auto start = Clock::now(); seconds_since(start) < 1;) {
      const auto begin = Clock::now();
      tokenizer.encode_all(texts, max_length);
      best = std::min(best, seconds_since(begin));
    }
    out["thaw.tokenize." + std::to_string(count)] = static_cast<double>(texts.size()) / best;
  }
  std::printf("%s\n", out.dump().c_str());
}

int run(int argc, char** argv) {
  std::string model, texts_file, what = "forward";
  std::vector<std::string> precisions;
  std::vector<int> threads{0};
  int64_t rows = 4000;
  int max_length = 128;
  CLI::App app{"Rows a second: the forward pass, or the tokenizer"};
  app.add_option("model", model, "folder of an encoder")->required();
  app.add_option("texts", texts_file, "table with a column of texts")->required();
  app.add_option("--what", what)->check(CLI::IsMember({"forward", "tokenize"}));
  app.add_option("--precision", precisions, "fp32, bf16 …; all that there are")->delimiter(',');
  app.add_option("--threads", threads, "0: all cores; the tokenizer takes a list")->delimiter(',');
  app.add_option("--rows", rows, "the first so many; 0: all");
  app.add_option("--max-length", max_length, "tokens a text at most");
  CLI11_PARSE(app, argc, argv);

  set_thread_count(threads.front());
  const Tokenizer tokenizer = Tokenizer::load(model);
  const TextColumn all = read_texts(texts_file, "text");
  TextColumn texts;
  for (int64_t row = 0; row < (rows > 0 ? std::min(rows, all.size()) : all.size()); ++row) {
    texts.push_back(all[row]);
  }
  if (what == "tokenize") {
    measure_tokenizer(tokenizer, texts, max_length, threads);
    return 0;
  }
  OpenOptions options;
  options.label_names = {"negative", "neutral", "positive"};
  measure_forward(open_classifier(model, options), tokenizer.encode_all(texts, max_length),
                  precisions);
  return 0;
}

}  // namespace
}  // namespace thaw

int main(int argc, char** argv) {
  try {
    return thaw::run(argc, argv);
  } catch (const thaw::Error& error) {
    std::fprintf(stderr, "thaw_bench_forward: %s\n", error.what());
    return 1;
  }
}
