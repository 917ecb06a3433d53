// What a recipe's data holds, for the roofline: rows, tokens and useful FLOPs (bench/work.h) of
// each split at a fraction of the rows, as one JSON object with keys such as
// work.recipe.train.tokens.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "bench/work.h"
#include "data/load.h"
#include "model/classifier.h"

namespace thaw {
namespace {

int run(int argc, char** argv) {
  std::string model, data, name = "recipe";
  DataOptions options;
  options.text_column = "text";
  options.label_column = "label";
  int max_length = 128;
  CLI::App app{"Rows, tokens and useful FLOPs of a data set, as JSON"};
  app.add_option("model", model, "folder of an encoder")->required();
  app.add_option("data", data, "folder of splits")->required();
  app.add_option("--fraction", options.fraction, "of train and validation");
  app.add_option("--name", name, "of the keys");
  app.add_option("--max-length", max_length, "tokens a text at most");
  CLI11_PARSE(app, argc, argv);

  options.paths = {data};
  const Dataset dataset = load_dataset(options);
  const Tokenizer tokenizer = Tokenizer::load(model);
  OpenOptions open;
  open.label_names = dataset.label_names;
  const ClassifierModel classifier = describe_classifier(model, open);
  nlohmann::ordered_json out;
  const auto count = [&](const char* split, const Split& rows) {
    const auto work =
        bench::count_work(classifier.config, tokenizer.encode_all(rows.texts, max_length));
    const std::string key = "work." + name + "." + split + ".";
    out[key + "rows"] = work.rows;
    out[key + "tokens"] = work.tokens;
    out[key + "gflop"] = work.forward_gflop();
    out[key + "attention_gflop"] = work.attention * 1e-9;
  };
  count("train", dataset.train);
  count("validation", dataset.validation);
  count("test", dataset.test);
  out["work.hidden"] = classifier.config.hidden_size;
  out["work.optimizer_gb"] = bench::optimizer_gigabytes(classifier.table);
  std::printf("%s\n", out.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace thaw

int main(int argc, char** argv) {
  try {
    return thaw::run(argc, argv);
  } catch (const thaw::Error& error) {
    std::fprintf(stderr, "thaw_bench_count: %s\n", error.what());
    return 1;
  }
}
