#include "hub/name.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

TEST(HubName, TakesNamesApartAsAUserWritesThem) {
  HubName name = parse_hub_name("roberta-base", RepoType::kModel, "--model");
  EXPECT_EQ(name.id, "roberta-base");
  EXPECT_EQ(name.revision, "main");
  name = parse_hub_name("cardiffnlp/tweet_eval:sentiment@refs/pr/3", RepoType::kDataset, "--data");
  EXPECT_EQ(name.id, "cardiffnlp/tweet_eval");
  EXPECT_EQ(name.configuration, "sentiment");
  EXPECT_EQ(name.revision, "refs/pr/3");
  EXPECT_EQ(name.shown(), "cardiffnlp/tweet_eval:sentiment@refs/pr/3");
}

TEST(HubName, RefusesWhatTheHubRefuses) {
  for (const char* text : {"", "a/b/c", "a b", "a--b", "a..b", "-a", "a/.b", "a.git", "café", "a/",
                           "/a", "a@", "a@../../etc", "a@/x", "a:b"}) {
    EXPECT_THROW(parse_hub_name(text, RepoType::kModel, "--model"), Error) << text;
  }
  EXPECT_THROW(parse_hub_name("a:", RepoType::kDataset, "--data"), Error);
  EXPECT_THROW(parse_hub_name("a:b/c", RepoType::kDataset, "--data"), Error);
  EXPECT_THROW(parse_hub_name(std::string(97, 'a'), RepoType::kModel, "--model"), Error);
  EXPECT_NO_THROW(parse_hub_name("a.b-c_d/" + std::string(96, 'a'), RepoType::kModel, "--model"));
}

TEST(HubName, TellsPathsFromNames) {
  for (const char* text : {"./model", "../x", "/models/bert", "~/bert", "out/run/full", "x/", ""}) {
    EXPECT_TRUE(looks_like_path(text)) << text;
  }
  for (const char* text : {"roberta-base", "org/name", "org/name:a@refs/pr/1"}) {
    EXPECT_FALSE(looks_like_path(text)) << text;
  }
}

TEST(HubName, FileNamesStayInTheirFolder) {
  for (const char* name : {"config.json", "1_Pooling/config.json", "a b/…", ".gitattributes"}) {
    EXPECT_TRUE(is_safe_file_name(name)) << name;
  }
  for (const std::string name :
       {"", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "./a", "a//b", "a/", "a\\..\\b",
        "C:\\x", "a\nb", "\x1b[2J.csv", "\u009B2J.csv", "x\u202Evsc.exe", "\xFF.csv"}) {
    EXPECT_FALSE(is_safe_file_name(name)) << name;
  }
  EXPECT_FALSE(is_safe_file_name(std::string("a\0b", 3)));
  EXPECT_FALSE(is_safe_file_name(std::string(300, 'a')));
}

TEST(HubName, FoldersOfTheCacheAreThoseOfHuggingfaceHub) {
  EXPECT_EQ(repo_folder_name(RepoType::kModel, "roberta-base"), "models--roberta-base");
  EXPECT_EQ(repo_folder_name(RepoType::kDataset, "cardiffnlp/tweet_eval"),
            "datasets--cardiffnlp--tweet_eval");
}

TEST(HubName, IsQuotedInUrls) {
  EXPECT_EQ(url_quoted("refs/pr/1", ""), "refs%2Fpr%2F1");
  EXPECT_EQ(url_quoted("a b/ü?#%", "/"), "a%20b/%C3%BC%3F%23%25");
}

}  // namespace
}  // namespace thaw
