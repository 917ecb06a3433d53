#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "files/files.h"
#include "tests/base/temporary_folder.h"

namespace thaw {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(THAW_SOURCE_DIR) / "tests" / "golden" / "tokenizer";
}

// {token: line number} of tests/golden/tokenizer/vocab.txt.
inline nlohmann::json golden_vocabulary() {
  nlohmann::json vocabulary = nlohmann::json::object();
  std::ifstream file(golden_folder() / "vocab.txt");
  int id = 0;
  for (std::string token; std::getline(file, token);) vocabulary[token] = id++;
  return vocabulary;
}

// A model's folder with the golden vocabulary and some JSON files; a tokenizer.json gets the
// vocabulary where its model has none.
class TokenizerFiles {
 public:
  explicit TokenizerFiles(const std::map<std::string, nlohmann::json>& files) {
    std::filesystem::copy_file(golden_folder() / "vocab.txt", path() / "vocab.txt");
    for (const auto& [name, content] : files) {
      nlohmann::json file = content;
      if (name == "tokenizer.json" && file.contains("model") && !file["model"].contains("vocab")) {
        file["model"]["vocab"] = golden_vocabulary();
      }
      write_file(path() / name, file.dump());
    }
  }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

// What make_golden.py's fingerprint() gives for the same ids.
inline std::string fingerprint(const int32_t* ids, int64_t count) {
  constexpr const char* kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint64_t value = 0xCBF29CE484222325u;
  for (int64_t i = 0; i < count; ++i) {
    value = (value ^ static_cast<uint64_t>(ids[i])) * 0x100000001B3u;
  }
  value ^= value >> 32;
  return {kDigits[value & 63], kDigits[value >> 6 & 63], kDigits[value >> 12 & 63]};
}

}  // namespace thaw
