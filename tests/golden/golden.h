#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/safetensors.h"

// The golden files of this folder, for tests of any layer from model/ on. README.md lists what
// is in them.
namespace thaw::golden {

// tests/golden/bert, tests/golden/tiny/f16, …: a model's folder.
inline std::filesystem::path folder(const std::string& name) {
  return std::filesystem::path(THAW_SOURCE_DIR) / "tests" / "golden" / name;
}

// One golden.safetensors. A tensor that is not there, or has another type, fails the test by
// throwing, so a misspelt name cannot make a test pass.
class Golden {
 public:
  // name: "bert", "distilbert", "tiny".
  explicit Golden(const std::string& name)
      : checkpoint_(Checkpoint::open(folder(name) / "golden.safetensors")) {}

  bool has(const std::string& name) const { return checkpoint_.find(name) != nullptr; }

  const std::vector<int64_t>& shape(const std::string& name) const { return tensor(name).shape; }

  std::vector<float> floats(const std::string& name) const {
    const StoredTensor& stored = tensor(name);
    std::vector<float> values(static_cast<size_t>(stored.size()));
    copy_as_float(stored, values.data());
    return values;
  }

  float number(const std::string& name) const { return floats(name).at(0); }

  std::vector<int32_t> ints(const std::string& name) const {
    const StoredTensor& stored = tensor(name);
    if (stored.type != StoredType::kI32) throw std::runtime_error(name + " is not I32");
    std::vector<int32_t> values(static_cast<size_t>(stored.size()));
    if (!values.empty()) std::memcpy(values.data(), stored.data, stored.bytes);
    return values;
  }

  // Offsets as the engine holds them.
  std::vector<int64_t> offsets(const std::string& name) const {
    const std::vector<int32_t> narrow = ints(name);
    return {narrow.begin(), narrow.end()};
  }

  // What follows `prefix` in each name that begins with it, in order: names("grad.") ->
  // bert.embeddings.LayerNorm.bias, …
  std::vector<std::string> names(const std::string& prefix) const {
    std::vector<std::string> found;
    for (const auto& [name, stored] : checkpoint_.tensors()) {
      if (name.starts_with(prefix)) found.push_back(name.substr(prefix.size()));
    }
    return found;
  }

 private:
  const StoredTensor& tensor(const std::string& name) const {
    const StoredTensor* stored = checkpoint_.find(name);
    if (stored == nullptr) throw std::runtime_error("no golden tensor is called " + name);
    return *stored;
  }

  Checkpoint checkpoint_;
};

// One text of minilm_sentences.json.
struct Sentence {
  std::string text;
  std::vector<int32_t> ids;   // with [CLS] and [SEP], truncated at 256
  std::vector<float> vector;  // [384] mean of the last layer, not normalised
};

inline std::vector<Sentence> minilm_sentences() {
  std::ifstream file(folder("minilm_sentences.json"));
  const nlohmann::json golden = nlohmann::json::parse(file);
  std::vector<Sentence> sentences;
  for (const nlohmann::json& entry : golden.at("sentences")) {
    sentences.push_back({entry.at("text").get<std::string>(),
                         entry.at("ids").get<std::vector<int32_t>>(),
                         entry.at("vector").get<std::vector<float>>()});
  }
  return sentences;
}

// Expects |actual - expected| <= absolute + relative * |expected| everywhere, and says where it is
// furthest off. NaN is off.
inline void expect_near(const std::vector<float>& actual, const std::vector<float>& expected,
                        double absolute, double relative, const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  double worst = 0.0;
  size_t worst_at = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double allowed = absolute + relative * std::abs(static_cast<double>(expected[i]));
    const double error = std::abs(static_cast<double>(actual[i]) - expected[i]) / allowed;
    if (!(error <= worst)) {
      worst = error;
      worst_at = i;
      if (error != error) break;
    }
  }
  EXPECT_TRUE(worst <= 1.0) << what << "[" << worst_at << "] is " << actual[worst_at]
                            << " and should be " << expected[worst_at] << " (" << worst
                            << " times the tolerance)";
}

}  // namespace thaw::golden
