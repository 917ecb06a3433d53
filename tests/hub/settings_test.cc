#include "hub/settings.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

HubSettings settings_of(const std::map<std::string, std::string>& variables) {
  return hub_settings([&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

TEST(HubSettings, FindsTheCacheWhereHuggingfaceHubDoes) {
  EXPECT_EQ(settings_of({{"HOME", "/h"}}).cache, "/h/.cache/huggingface/hub");
  EXPECT_EQ(settings_of({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}}).cache, "/x/huggingface/hub");
  EXPECT_EQ(settings_of({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}, {"HF_HOME", "~/hf"}}).cache,
            "/h/hf/hub");
  EXPECT_EQ(settings_of({{"HF_HOME", "/a"}, {"HUGGINGFACE_HUB_CACHE", "/b"}}).cache, "/b");
  EXPECT_EQ(settings_of({{"HF_HUB_CACHE", "/c"}, {"HUGGINGFACE_HUB_CACHE", "/b"}}).cache, "/c");
  EXPECT_EQ(settings_of({{"HF_HUB_CACHE", "$D/x/${D}y$E"}, {"D", "/d"}}).cache, "/d/x//dy$E");
}

TEST(HubSettings, FindsTheTokenWhereHuggingfaceHubDoes) {
  const TemporaryFolder folder;
  std::ofstream(folder / "token") << "hf_file\n";
  std::ofstream(folder / "other") << "  hf_other  \n";
  const std::string home = folder.path().string();
  EXPECT_EQ(settings_of({{"HF_HOME", home}}).token.value, "hf_file");
  EXPECT_EQ(settings_of({{"HF_HOME", home}, {"HF_TOKEN_PATH", home + "/other"}}).token.value,
            "hf_other");
  EXPECT_EQ(settings_of({{"HF_HOME", home}, {"HF_TOKEN", "hf_x"}}).token.value, "hf_x");
  EXPECT_EQ(settings_of({{"HUGGING_FACE_HUB_TOKEN", "hf_y"}, {"HF_TOKEN", ""}}).token.value,
            "hf_y");
  EXPECT_EQ(settings_of({{"HF_TOKEN", "hf_x"}, {"HUGGING_FACE_HUB_TOKEN", "hf_y"}}).token.value,
            "hf_x");
  EXPECT_EQ(settings_of({{"HF_TOKEN", "x"}, {"HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"}}).token.value,
            "");
  EXPECT_EQ(settings_of({{"HF_HOME", home + "/none"}}).token.value, "");
}

TEST(HubSettings, RefusesATokenThatWouldBeginAnotherHeader) {
  try {
    settings_of({{"HF_TOKEN", "hf_secret\r\nX-Other: 1"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "HF_TOKEN");
    EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
  }
}

TEST(HubSettings, ReadsWhatElseTheEnvironmentSays) {
  EXPECT_EQ(settings_of({}).endpoint, "https://huggingface.co");
  EXPECT_EQ(settings_of({{"HF_ENDPOINT", "https://mirror.example/hf//"}}).endpoint,
            "https://mirror.example/hf");
  EXPECT_THROW(settings_of({{"HF_ENDPOINT", "mirror.example"}}), Error);
  EXPECT_THROW(settings_of({{"HF_ENDPOINT", "https://a b"}}), Error);
  // It stands in messages, so it holds no password, not even where it is refused.
  for (const char* endpoint : {"https://me:secret@mirror.example", "me:secret@mirror.example"}) {
    try {
      settings_of({{"HF_ENDPOINT", endpoint}});
      ADD_FAILURE() << endpoint;
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
    }
  }
  EXPECT_EQ(settings_of({}).offline, "");
  EXPECT_EQ(settings_of({{"HF_HUB_OFFLINE", "0"}}).offline, "");
  EXPECT_EQ(settings_of({{"HF_HUB_OFFLINE", "Yes"}}).offline, "HF_HUB_OFFLINE");
  EXPECT_EQ(settings_of({{"TRANSFORMERS_OFFLINE", "1"}}).offline, "TRANSFORMERS_OFFLINE");
  EXPECT_EQ(settings_of({{"HF_HUB_OFFLINE", "0"}, {"TRANSFORMERS_OFFLINE", "1"}}).offline, "");
  EXPECT_EQ(settings_of({{"HF_HUB_ETAG_TIMEOUT", "3"}}).metadata_timeout, 3);
  EXPECT_EQ(settings_of({{"HF_HUB_DOWNLOAD_TIMEOUT", "30"}}).download_timeout, 30);
  EXPECT_THROW(settings_of({{"HF_HUB_DOWNLOAD_TIMEOUT", "soon"}}), Error);
  EXPECT_EQ(settings_of({{"REQUESTS_CA_BUNDLE", "/ca.pem"}}).certificates, "/ca.pem");
  EXPECT_FALSE(settings_of({{"HF_HUB_DISABLE_SYMLINKS", "1"}}).uses_symlinks);
}

}  // namespace
}  // namespace thaw
