// The cache that thaw shares with Python's huggingface_hub.
#include "hub/cache.h"

#include <sys/stat.h>

#include <thread>

#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using ::testing::HasSubstr;

class HubCache : public testing::WithHub {
 protected:
  // What huggingface_hub leaves of some files, without any of thaw's own.
  void as_python_leaves(const std::vector<std::string>& files) {
    const fs::path repo = cached("models--org--bert");
    fs::create_directories(repo / "blobs");
    fs::create_directories(repo / "refs");
    fs::create_directories(repo / "snapshots" / commit_);
    std::ofstream(repo / "refs" / "main") << commit_;
    for (const std::string& name : files) {
      const testing::FakeFile& file = hub_.repos["models/org/bert"].files[name];
      std::ofstream(repo / "blobs" / file.etag(), std::ios::binary) << file.content;
      fs::create_symlink("../../blobs/" + file.etag(), repo / "snapshots" / commit_ / name);
    }
  }
  const std::vector<std::string> whole_ = {"config.json", "model.safetensors", "tokenizer.json",
                                           "vocab.txt"};
};

TEST_F(HubCache, HasHuggingfaceHubsLayout) {
  fetch();
  const fs::path repo = cached("models--org--bert");
  EXPECT_EQ(content_of(repo / "refs" / "main"), commit_);
  const fs::path link = repo / "snapshots" / commit_ / "model.safetensors";
  ASSERT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(fs::read_symlink(link), "../../blobs/" + sha256_hex(weights_));
  EXPECT_EQ(fs::read_symlink(repo / "snapshots" / commit_ / "config.json"),
            "../../blobs/" + testing::git_sha1("{\"model_type\": \"bert\"}"));
  EXPECT_TRUE(fs::exists(cached(".locks/models--org--bert/" + sha256_hex(weights_) + ".lock")));
  EXPECT_TRUE(fs::exists(repo / ".no_exist" / commit_ / "modules.json"));
  EXPECT_THAT(content_of(cached("CACHEDIR.TAG")), HasSubstr("Signature: 8a477f597d28d172789f"));
  EXPECT_FALSE(fs::exists(repo / "trees"));  // would make Python expect files that thaw leaves out
  for (const auto& entry : fs::directory_iterator(repo / "blobs")) {
    EXPECT_EQ(entry.path().extension(), "") << entry.path();
  }
}

TEST_F(HubCache, FilesInFoldersLeadToTheirBlobs) {
  auto& files = hub_.repos["models/org/bert"].files;
  files["modules.json"] = {R"([{"path": "", "type": "a"}, {"path": "1_Pooling", "type": "b"},
                               {"path": "../../x", "type": "c"}])"};
  files["1_Pooling/config.json"] = {"{\"pooling_mode\": \"mean\"}"};
  const fs::path folder = fetch();
  EXPECT_EQ(content_of(folder / "1_Pooling" / "config.json"), "{\"pooling_mode\": \"mean\"}");
  EXPECT_TRUE(fs::read_symlink(folder / "1_Pooling" / "config.json")
                  .string()
                  .starts_with("../../../blobs/"));
}

// A sentence encoder whose Transformer lies in a folder of its own has nothing else at the top.
TEST_F(HubCache, ASentenceEncodersOwnFolderIsFetched) {
  auto& files = hub_.repos["models/org/bert"].files;
  for (const char* name : {"config.json", "model.safetensors", "tokenizer.json", "vocab.txt"}) {
    const auto own = files.find(name);
    if (own == files.end()) continue;
    files[std::string("0_Transformer/") + name] = own->second;
    files.erase(name);
  }
  files["0_Transformer/sentence_roberta_config.json"] = {"{\"max_seq_length\": 5}"};
  files["thaw.json"] = {"{}"};
  files["modules.json"] = {
      R"([{"path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
          {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}])"};
  files["1_Pooling/config.json"] = {"{\"pooling_mode\": \"mean\"}"};
  const fs::path folder = fetch();
  for (const char* name :
       {"0_Transformer/config.json", "0_Transformer/model.safetensors",
        "0_Transformer/sentence_roberta_config.json", "1_Pooling/config.json", "thaw.json"}) {
    EXPECT_TRUE(fs::exists(folder / name)) << name;
  }
}

TEST_F(HubCache, WhatPythonDownloadedIsNotFetchedAgain) {
  as_python_leaves(whole_);
  fetch();
  EXPECT_EQ(hub_.requests().size(), 1u);  // which files there are, which only the hub knows
  EXPECT_THAT(hub_.requests()[0].path, HasSubstr("/api/models/org/bert/revision/main"));
}

TEST_F(HubCache, WhatPythonDownloadedSufficesWithoutNetwork) {
  as_python_leaves(whole_);
  settings_.offline = "HF_HUB_OFFLINE";
  EXPECT_TRUE(content_of(fetch() / "model.safetensors") == weights_);
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(HubCache, PythonsListOfFilesIsUnderstood) {
  as_python_leaves(whole_);
  fs::create_directories(cached("models--org--bert/trees"));
  std::ofstream(cached("models--org--bert/trees/" + commit_ + ".json"))
      << R"({"format_version": 1, "files": {"config.json": {"size": 1, "blob_id": "x"},
             "model.safetensors": {"size": 1, "blob_id": "x"}}})";
  fetch();
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(HubCache, OnlyWhatIsMissingIsFetched) {
  as_python_leaves({"config.json", "tokenizer.json", "vocab.txt"});
  settings_.offline = "HF_HUB_OFFLINE";
  EXPECT_THAT(failure(), HasSubstr("model.safetensors is not in the cache"));
  settings_.offline.clear();
  fetch();
  EXPECT_EQ(hub_.count("HEAD", "config.json"), 0);
  EXPECT_EQ(hub_.count("GET", sha256_hex(weights_)), 1);
}

TEST_F(HubCache, ABlobOfAnotherCommitIsLinkedNotFetched) {
  fetch();
  hub_.repos["models/org/bert"].commit = std::string(40, 'b');
  hub_.repos["models/org/bert"].files["config.json"] = {"{\"model_type\": \"distilbert\"}"};
  hub_.forget();
  const fs::path folder = fetch("org/bert", true);
  EXPECT_EQ(folder.filename(), std::string(40, 'b'));
  EXPECT_TRUE(content_of(folder / "model.safetensors") == weights_);
  EXPECT_EQ(hub_.count("GET", sha256_hex(weights_)), 0);
  EXPECT_EQ(content_of(cached("models--org--bert/refs/main")), std::string(40, 'b'));
  // The old commit is still there, and by its hash costs no request.
  hub_.forget();
  EXPECT_EQ(fetch("org/bert@" + commit_).filename(), commit_);
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(HubCache, RevisionsWithSlashesAreKept) {
  hub_.repos["models/org/bert"].revisions = {"main", "refs/pr/7"};
  // httplib decodes the path before it is compared.
  EXPECT_EQ(fetch("org/bert@refs/pr/7").filename(), commit_);
  EXPECT_EQ(content_of(cached("models--org--bert/refs/refs/pr/7")), commit_);
}

TEST_F(HubCache, AHubThatIsDownDoesNotMatterForWhatIsThere) {
  fetch();
  hub_.next("/api/", testing::FakeHub::status(503), 100);
  EXPECT_EQ(fetch("org/bert", true).filename(), commit_);
  EXPECT_THAT(listener_.messages, ::testing::ElementsAre(HasSubstr("what the cache has is used")));
  settings_.endpoint = "http://127.0.0.1:1";
  EXPECT_EQ(fetch("org/bert", true).filename(), commit_);
  EXPECT_TRUE(listener_.waits.empty());
}

TEST_F(HubCache, WithoutSymbolicLinksFilesAreCopies) {
  settings_.uses_symlinks = false;
  const fs::path folder = fetch();
  EXPECT_FALSE(fs::is_symlink(folder / "model.safetensors"));
  EXPECT_TRUE(content_of(folder / "model.safetensors") == weights_);
}

TEST_F(HubCache, ShardsAreThoseThatTheIndexNames) {
  auto& files = hub_.repos["models/org/bert"].files;
  files.erase("model.safetensors");
  files["model.safetensors.index.json"] = {
      R"({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors",
                         "c": "model-1.safetensors"}})"};
  files["model-1.safetensors"] = {"one", true};
  files["model-2.safetensors"] = {"two", true};
  files["model-3.safetensors"] = {"three", true};
  const fs::path folder = fetch();
  EXPECT_EQ(content_of(folder / "model-2.safetensors"), "two");
  EXPECT_FALSE(fs::exists(folder / "model-3.safetensors"));
}

TEST_F(HubCache, ANameThatLeadsOutOfTheFolderIsRefused) {
  auto& files = hub_.repos["models/org/bert"].files;
  files.erase("model.safetensors");
  files["model.safetensors.index.json"] = {R"({"weight_map": {"a": "../../../evil"}})"};
  files["../../../evil"] = {"x", true};
  EXPECT_THAT(failure(), HasSubstr("names a file '../../../evil', which leads out of its folder"));
  EXPECT_FALSE(fs::exists(cached("models--org--bert/evil")));
}

TEST_F(HubCache, AnEtagThatIsNoFileNameIsRefused) {
  hub_.next("config.json", [this](const httplib::Request&, httplib::Response& reply) {
    reply.set_header("X-Repo-Commit", commit_);
    reply.set_header("ETag", "\"../../x\"");
  });
  EXPECT_THAT(failure(), HasSubstr("the etag '../../x', which thaw cannot keep"));
}

TEST_F(HubCache, TwoProgramsFetchAFileOnce) {
  std::vector<std::thread> programs;
  for (int i = 0; i < 4; ++i) {
    programs.emplace_back([&] {
      HubClient client(settings_, {});
      EXPECT_TRUE(content_of(fetch_model(client, name()) / "model.safetensors") == weights_);
    });
  }
  for (std::thread& program : programs) program.join();
  EXPECT_EQ(hub_.count("GET", sha256_hex(weights_)), 1);
}

TEST_F(HubCache, ALockKeepsOthersOutUntilItIsReleased) {
  const fs::path path = folder_ / "x.lock";
  struct Stop {};
  {
    const FileLock lock(path, {});
    EXPECT_TRUE(lock.is_held());
    EXPECT_THROW(FileLock(path, [] { throw Stop(); }), Stop);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0664u);
  }
  EXPECT_TRUE(FileLock(path, [] { throw Stop(); }).is_held());
}

TEST(HubSha1, IsGitsOwn) {
  Sha1 empty;
  EXPECT_EQ(empty.hex(), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  Sha1 abc;
  abc.update("abc");
  EXPECT_EQ(abc.hex(), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(testing::git_sha1(""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  // FIPS 180-4's third example, in pieces of every size.
  const std::string million(1'000'000, 'a');
  Sha1 hash;
  for (size_t begin = 0, size = 1; begin < million.size(); begin += size, size = size % 150 + 1) {
    hash.update(std::string_view(million).substr(begin, size));
  }
  EXPECT_EQ(hash.hex(), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

}  // namespace
}  // namespace thaw
