// Times the TF-IDF baseline on a file of lines "LABEL<tab>TEXT": fits the first ROWS of them and
// answers the others. Prints one line of JSON; bench/time_tfidf.py compares it with scikit-learn.
//
//   thaw_bench_tfidf FILE LABELS ROWS THREADS C
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/stopwatch.h"
#include "base/threads.h"
#include "baseline/tfidf_classifier.h"

namespace thaw {
namespace {

// Of this program alone: ru_maxrss keeps what its parent took. 0 where the system does not say.
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) * 1024 / 1e6;
  }
  return 0;
}

void time_baseline(const char* file, int64_t labels, int64_t rows, int threads, double c) {
  set_thread_count(threads);
  TextColumn train, test;
  std::vector<int32_t> gold, test_gold;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) throw Error("a line has no tab", file);
    const bool trains = train.size() < rows;
    (trains ? gold : test_gold).push_back(std::atoi(line.c_str()));
    (trains ? train : test).push_back(std::string_view(line).substr(tab + 1));
  }
  TfidfSettings settings;
  settings.inverse_regularization = c;
  const std::clock_t before = std::clock();
  const auto model = TfidfClassifier::fit(train, gold, labels, settings);
  const auto start = Clock::now();
  const auto probabilities = model.probabilities(test);
  const double seconds = seconds_since(start);
  const double cpu = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  int64_t right = 0;
  for (int64_t row = 0; row < test.size(); ++row) {
    const auto at = probabilities.begin() + row * labels;
    right += std::max_element(at, at + labels) - at == test_gold[row];
  }
  std::printf(
      "{\"rows\": %ld, \"feature_seconds\": %.3f, \"solver_seconds\": %.3f, "
      "\"predict_seconds\": %.3f, \"columns\": %ld, \"distinct\": %ld, \"iterations\": %d, "
      "\"converged\": %s, \"loss\": %.9f, \"objective\": %.12f, \"accuracy\": %.5f, "
      "\"megabytes\": %.0f, \"cpu_seconds\": %.2f}\n",
      static_cast<long>(train.size()), model.feature_seconds(), model.solver_seconds(), seconds,
      static_cast<long>(model.vocabulary_size()), static_cast<long>(model.distinct_ngrams()),
      model.weights().iterations, model.weights().converged ? "true" : "false",
      model.weights().loss, model.weights().objective,
      static_cast<double>(right) / static_cast<double>(std::max<int64_t>(1, test.size())),
      peak_megabytes(), cpu);
}

}  // namespace
}  // namespace thaw

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: thaw_bench_tfidf FILE LABELS ROWS THREADS C\n");
    return 2;
  }
  try {
    thaw::time_baseline(argv[1], std::atoll(argv[2]), std::atoll(argv[3]), std::atoi(argv[4]),
                        std::atof(argv[5]));
  } catch (const thaw::Error& error) {
    std::fprintf(stderr, "thaw_bench_tfidf: %s\n", error.what());
    return 1;
  }
  return 0;
}
