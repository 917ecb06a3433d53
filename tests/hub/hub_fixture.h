#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.h"
#include "hub/model.h"
#include "hub/repository.h"
#include "tests/base/temporary_folder.h"
#include "tests/hub/fake_hub.h"

namespace thaw::testing {

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

// What cannot be compressed nor guessed, the same every time.
inline std::string noise(size_t bytes) {
  std::string text(bytes, '\0');
  uint64_t state = 1;
  for (char& c : text) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(state >> 56);
  }
  return text;
}

// A hub with one model, and a fresh cache.
class WithHub : public ::testing::Test {
 protected:
  WithHub() : settings_(settings_for(hub_, folder_.path())) {
    for (const char* proxy : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
      ::unsetenv(proxy);
    }
    FakeRepo model;
    model.files["config.json"] = {"{\"model_type\": \"bert\"}"};
    model.files["model.safetensors"] = {weights_, true};
    model.files["tokenizer.json"] = {"{}"};
    model.files["vocab.txt"] = {"[PAD]\n[UNK]\n"};
    model.files["pytorch_model.bin"] = {"never wanted", true};
    model.files["README.md"] = {"# A model"};
    hub_.repos["models/org/bert"] = model;
  }

  HubName name(const std::string& text = "org/bert") {
    return parse_hub_name(text, RepoType::kModel, "--model");
  }
  // Each with a client of its own, as in another process.
  std::filesystem::path fetch(const std::string& text = "org/bert", bool latest = false) {
    HubClient client(settings_, listener_.listener());
    return fetch_model(client, name(text), latest);
  }
  // The sentence that fetching fails with.
  std::string failure(const std::string& text = "org/bert") {
    try {
      fetch(text);
    } catch (const Error& error) {
      return error.what();
    }
    ADD_FAILURE() << text << " was fetched";
    return "";
  }
  std::filesystem::path cached(const std::string& path) { return settings_.cache / path; }

  const std::string weights_ = noise(300'000);
  const std::string commit_ = std::string(40, 'a');
  TemporaryFolder folder_;
  FakeHub hub_;
  HubSettings settings_;
  RecordingListener listener_;
};

}  // namespace thaw::testing
