// Downloads, and all that can go wrong with them.
#include "hub/download.h"

#include <sys/resource.h>

#include <csignal>

#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::FakeHub;
using ::testing::HasSubstr;

class HubDownload : public testing::WithHub {
 protected:
  std::string weights_etag() const { return sha256_hex(weights_); }
  fs::path blob() { return cached("models--org--bert/blobs") / weights_etag(); }
  fs::path partial() { return blob().string() + ".incomplete"; }
  std::string weights_path() const { return "/" + weights_etag(); }
  void expect_whole() { EXPECT_TRUE(content_of(fetch() / "model.safetensors") == weights_); }
};

TEST_F(HubDownload, FetchesWhatThawReadsAndNothingElse) {
  const fs::path folder = fetch();
  EXPECT_EQ(folder, cached("models--org--bert/snapshots") / commit_);
  EXPECT_TRUE(content_of(folder / "model.safetensors") == weights_);
  EXPECT_EQ(content_of(folder / "config.json"), "{\"model_type\": \"bert\"}");
  EXPECT_TRUE(fs::exists(folder / "vocab.txt"));
  EXPECT_FALSE(fs::exists(folder / "pytorch_model.bin"));
  EXPECT_FALSE(fs::exists(folder / "README.md"));
  EXPECT_TRUE(listener_.waits.empty());
  ASSERT_FALSE(listener_.transfers.empty());
  EXPECT_TRUE(listener_.transfers.back().finished);
  EXPECT_EQ(listener_.transfers.back().file, "model.safetensors");
  EXPECT_EQ(listener_.transfers.back().total, 300'000);
}

TEST_F(HubDownload, ReadingTextsTakesNoWeights) {
  HubClient client(settings_, listener_.listener());
  const fs::path folder = fetch_model(client, name(), false, ModelFiles::kWithoutWeights);
  EXPECT_TRUE(fs::exists(folder / "tokenizer.json"));
  EXPECT_EQ(hub_.count("GET", weights_etag()), 0);
  expect_whole();
}

TEST_F(HubDownload, ASecondTimeCostsNoRequest) {
  fetch();
  hub_.forget();
  fetch();
  EXPECT_EQ(hub_.requests().size(), 0u);
  fetch("org/bert", true);  // only whether the branch has moved on
  EXPECT_EQ(hub_.requests().size(), 1u);
}

TEST_F(HubDownload, ABrokenConnectionIsTakenUpWhereItBroke) {
  hub_.next(weights_path(), FakeHub::truncated(weights_, 100'000));
  hub_.next(weights_path(), FakeHub::truncated(weights_, 50'000));
  expect_whole();
  std::vector<std::string> ranges;
  for (const auto& request : hub_.requests()) {
    if (request.server == "storage") ranges.push_back(request.range);
  }
  EXPECT_EQ(ranges, (std::vector<std::string>{"", "bytes=100000-", "bytes=150000-"}));
  EXPECT_EQ(listener_.waits.size(), 2u);
}

TEST_F(HubDownload, WhatAnEarlierRunLeftIsTakenUp) {
  settings_.retries.attempts = 1;
  hub_.next(weights_path(), FakeHub::truncated(weights_, 123'456));
  EXPECT_THAT(failure(), HasSubstr("broke off"));
  EXPECT_EQ(fs::file_size(partial()), 123'456u);
  EXPECT_FALSE(fs::exists(blob()));
  hub_.forget();
  expect_whole();
  EXPECT_EQ(hub_.requests().back().range, "bytes=123456-");
  EXPECT_FALSE(fs::exists(partial()));
}

TEST_F(HubDownload, AServerWithoutRangesSendsAllAgain) {
  hub_.next(weights_path(), FakeHub::truncated(weights_, 100'000));
  hub_.next(weights_path(), FakeHub::content(weights_));
  expect_whole();
}

TEST_F(HubDownload, DamagedRemainsOfAnEarlierRunAreFetchedAgain) {
  fs::create_directories(partial().parent_path());
  std::ofstream(partial()) << std::string(200'000, 'x');
  expect_whole();
  EXPECT_THAT(listener_.messages, ::testing::Contains(HasSubstr("came damaged")));
}

TEST_F(HubDownload, RemainsThatAreTooLongAreFetchedAgain) {
  fs::create_directories(partial().parent_path());
  std::ofstream(partial()) << std::string(400'000, 'x');
  expect_whole();
}

TEST_F(HubDownload, ACorruptedBodyIsRefused) {
  std::string wrong = weights_;
  wrong[1000] ^= 1;
  hub_.next(weights_path(), FakeHub::content(wrong), 2);
  EXPECT_THAT(failure(), HasSubstr("its hash is another"));
  EXPECT_FALSE(fs::exists(blob()));
  EXPECT_FALSE(fs::exists(partial()));
  EXPECT_FALSE(fs::exists(cached("models--org--bert/snapshots/" + commit_ + "/model.safetensors")));
}

TEST_F(HubDownload, ACorruptedSmallFileIsRefusedByItsGitHash) {
  hub_.next("resolve/" + commit_ + "/config.json",
            [](const httplib::Request&, httplib::Response& reply) {
              reply.set_header("X-Repo-Commit", std::string(40, 'a'));
              reply.set_header("ETag", "\"" + std::string(40, '7') + "\"");
              reply.set_content("{\"model_type\": \"bert\"}", "text/plain");
            });
  EXPECT_THAT(failure(), HasSubstr("what comes of config.json is not what the hub told of"));
}

TEST_F(HubDownload, ABodyLongerThanToldIsRefused) {
  hub_.next(weights_path(), FakeHub::content(weights_ + "x"), 9);
  EXPECT_THAT(failure(), HasSubstr("sends more of model.safetensors than the 300000 bytes"));
}

TEST_F(HubDownload, AHangingConnectionIsGivenUp) {
  settings_.retries.attempts = 2;
  hub_.next(weights_path(), hub_.hanging(weights_.size()));
  expect_whole();
  EXPECT_THAT(listener_.messages, ::testing::Contains(HasSubstr("does not answer")));
  fs::remove_all(settings_.cache);
  fs::remove_all(settings_.listings);
  hub_.next("/api/", hub_.hanging(100), 2);
  EXPECT_THAT(failure(), HasSubstr("does not answer"));
}

TEST_F(HubDownload, WaitsLongerAndLongerBetweenAttempts) {
  hub_.next("/api/", FakeHub::status(503), 5);
  fetch();
  ASSERT_EQ(listener_.waits.size(), 5u);
  for (int i = 0; i < 5; ++i) {
    const double most = std::min(8.0, static_cast<double>(1 << i));
    EXPECT_GE(listener_.waits[i], most / 2);
    EXPECT_LE(listener_.waits[i], most);
  }
  EXPECT_THAT(listener_.messages[0], HasSubstr("the hub answers 503; trying again in 1 s"));
}

TEST_F(HubDownload, WaitsAsLongAsTheServerAsks) {
  hub_.next("/api/", FakeHub::status(429, {{"Retry-After", "37"}}));
  hub_.next(weights_path(), FakeHub::status(429, {{"Retry-After", "23"}}));
  fetch();
  EXPECT_EQ(listener_.waits, (std::vector<double>{37, 23}));
}

TEST_F(HubDownload, DoesNotWaitForAnHour) {
  hub_.next("/api/", FakeHub::status(429, {{"Retry-After", "3600"}}));
  EXPECT_THAT(failure(), HasSubstr("asks to come back in 3600 s"));
  EXPECT_TRUE(listener_.waits.empty());
}

TEST_F(HubDownload, TriesAgainOnlyWhatMayPass) {
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    HttpReply reply;
    reply.status = status;
    EXPECT_TRUE(HubClient::may_pass(reply)) << status;
  }
  for (const int status : {400, 401, 403, 404, 410, 451, 501}) {
    HttpReply reply;
    reply.status = status;
    EXPECT_FALSE(HubClient::may_pass(reply)) << status;
  }
}

TEST_F(HubDownload, AFullDiskIsToldAndLeavesNothingHalfDone) {
  // A limit on the size of files fails a write as a full disk does.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 150'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string sentence = failure();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(sentence, HasSubstr("cannot be written: "));
  EXPECT_THAT(sentence, HasSubstr("HF_HUB_CACHE"));
  EXPECT_FALSE(fs::exists(blob()));
  expect_whole();
}

TEST_F(HubDownload, StopsWhenTheUserStops) {
  struct Stop {};
  HubListener listener;
  listener.check = [] { throw Stop(); };
  HubClient client(settings_, listener);
  hub_.next("/api/", hub_.hanging(100));
  EXPECT_THROW(fetch_model(client, name()), Stop);
}

TEST_F(HubDownload, WhatTheProgressThrowsEndsTheDownload) {
  struct Stop {};
  HubListener listener;
  listener.progress = [](const HubTransfer& transfer) {
    if (transfer.done > 0 && transfer.file == "model.safetensors") throw Stop();
  };
  HubClient client(settings_, listener);
  EXPECT_THROW(fetch_model(client, name()), Stop);
  EXPECT_TRUE(fs::exists(partial()));  // for the next time
}

TEST_F(HubDownload, AnEmptyFileIsAFile) {
  hub_.repos["models/org/bert"].files["vocab.txt"] = {""};
  EXPECT_EQ(content_of(fetch() / "vocab.txt"), "");
}

}  // namespace
}  // namespace thaw
