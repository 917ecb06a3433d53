#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/random.h"
#include "experiment/recipe/settings.h"
#include "files/files.h"

// Comparisons that take a blink: the tiny golden models on made-up sentences.

namespace thaw {

inline std::filesystem::path tiny_model(const std::string& name) {
  return std::filesystem::path(THAW_SOURCE_DIR) / "tests" / "golden" / name;
}

// Sentences of the tiny models' vocabulary that a classifier can learn: what is good is 1.
inline std::string small_table(int rows) {
  std::string table = "text,label\n";
  const char* words[] = {"the", "a", "film", "was", "not", "very", "i", "like", "b", "c"};
  for (int row = 0; row < rows; ++row) {
    const int label = row % 2;
    std::string text;
    const uint64_t key = random_key(1, row);
    for (uint32_t i = 0; i < 3 + random_bits(key, 99) % 9; ++i) {
      text += std::string(words[random_bits(key, i) % 10]) + " ";
    }
    table += "\"" + text + (label == 1 ? "good" : "bad") + "\"," +
             (label == 1 ? "positive" : "negative") + "\n";
  }
  return table;
}

inline std::vector<Assignment> small_assignments(const std::filesystem::path& data,
                                                 const std::filesystem::path& out,
                                                 const std::vector<std::string>& assignments) {
  std::vector<Assignment> given{parse_assignment("data=" + data.string(), "--data"),
                                parse_assignment("out=" + out.string(), "--out"),
                                parse_assignment("max_length=24", "--max-length"),
                                parse_assignment("learning_rate=2e-3", "--learning-rate"),
                                parse_assignment("epochs=2", "--epochs")};
  for (const auto& text : assignments) given.push_back(parse_assignment(text, "--set"));
  return given;
}

inline ExperimentSettings small_experiment(const std::filesystem::path& data,
                                           const std::filesystem::path& out,
                                           const std::vector<std::string>& assignments = {}) {
  return make_settings({}, small_assignments(data, out, assignments));
}

inline std::string bytes_of(const std::filesystem::path& file) { return read_text_file(file); }

}  // namespace thaw
