// What a user reads when the hub says no: one sentence with what to do.
#include "hub/errors.h"

#include <algorithm>

#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::FakeHub;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HubErrors : public testing::WithHub {
 protected:
  testing::FakeRepo& repo() { return hub_.repos["models/org/bert"]; }
  void be(const std::string& token) {
    settings_.token.value = token;
    settings_.token.source = "HF_TOKEN";
  }
};

TEST_F(HubErrors, ANameThatTheHubDoesNotKnow) {
  EXPECT_EQ(failure("no-such-model"),
            "no-such-model: is no local folder, and the hub shows no model of this name to those "
            "without a token; check the name, or set HF_TOKEN if it is private");
  be("hf_mine");
  EXPECT_THAT(failure("no-such-model"), HasSubstr("to the token of HF_TOKEN; check the name"));
}

TEST_F(HubErrors, ARevisionThatTheRepositoryDoesNotHave) {
  EXPECT_EQ(failure("org/bert@v9"),
            "org/bert: has no revision 'v9'; name a branch, a tag or a commit that it has");
}

TEST_F(HubErrors, AFileThatIsGone) {
  hub_.next("config.json", FakeHub::status(404, {{"X-Error-Code", "EntryNotFound"}}));
  EXPECT_THAT(failure(), StartsWith("org/bert: has no file 'config.json'"));
}

TEST_F(HubErrors, AGatedRepository) {
  repo().token = "hf_theirs";
  repo().is_gated = true;
  EXPECT_THAT(failure(), AllOf(HasSubstr("is gated"), HasSubstr("asked without a token"),
                               HasSubstr("accept them at " + hub_.endpoint() + "/org/bert")));
  be("hf_mine");
  EXPECT_THAT(failure(), HasSubstr("asked with the token of HF_TOKEN"));
}

TEST_F(HubErrors, ATokenThatIsRefused) {
  repo().token = "hf_theirs";
  be("hf_mine");
  EXPECT_THAT(failure(), AllOf(HasSubstr("the hub refuses the token of HF_TOKEN"),
                               HasSubstr("/settings/tokens")));
}

TEST_F(HubErrors, TooManyRequests) {
  hub_.next("/api/", FakeHub::status(429), 100);
  EXPECT_THAT(failure(), AllOf(HasSubstr("too many requests (429)"), HasSubstr("set HF_TOKEN")));
  EXPECT_EQ(hub_.count("GET", "/api/"), settings_.retries.attempts);
}

TEST_F(HubErrors, AHubThatIsOutOfOrder) {
  hub_.next("/api/", FakeHub::status(503), 100);
  EXPECT_THAT(failure(), AllOf(HasSubstr("out of order (it answers 503)"), HasSubstr("minilm")));
}

TEST_F(HubErrors, AHubThatCannotBeReached) {
  settings_.endpoint = "http://127.0.0.1:1";
  EXPECT_THAT(failure(), AllOf(HasSubstr("the hub at http://127.0.0.1:1 cannot be reached"),
                               HasSubstr("name a folder with model = FOLDER"),
                               HasSubstr("`fetch(minilm)` needs only")));
  EXPECT_EQ(listener_.waits.size(), 2u);  // not for long
  settings_.endpoint = "http://no-such-host.invalid";
  EXPECT_THAT(failure(), HasSubstr("cannot be reached"));
}

TEST_F(HubErrors, APortalInPlaceOfTheHub) {
  const auto page = FakeHub::content("<html>Please log in</html>");
  hub_.next("/api/", page);
  EXPECT_THAT(failure(), HasSubstr("does not answer as a model hub does; check HF_ENDPOINT"));
  hub_.next("resolve/", page);
  EXPECT_THAT(failure(), HasSubstr("does not answer as a model hub does; check HF_ENDPOINT"));
}

TEST_F(HubErrors, EndlessRedirects) {
  hub_.next(
      "/api/",
      [](const httplib::Request& request, httplib::Response& reply) {
        reply.set_redirect(request.path);
      },
      100);
  EXPECT_THAT(failure(), HasSubstr("redirects without end"));
}

TEST_F(HubErrors, NoNetworkAllowed) {
  settings_.offline = "HF_HUB_OFFLINE";
  EXPECT_THAT(failure(), AllOf(StartsWith("org/bert: the model is not in the cache " +
                                          settings_.cache.string()),
                               HasSubstr("unset HF_HUB_OFFLINE")));
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(HubErrors, WeightsThatAreNotInSafetensors) {
  repo().files.erase("model.safetensors");
  EXPECT_THAT(failure(), AllOf(HasSubstr("has its weights as pytorch_model.bin only"),
                               HasSubstr("org/bert@refs/pr/NUMBER")));
  EXPECT_EQ(hub_.count("GET", "pytorch_model.bin"), 0);
}

TEST_F(HubErrors, ARepositoryWithoutModel) {
  repo().files.erase("config.json");
  EXPECT_THAT(failure(), HasSubstr("holds no config.json"));
}

TEST_F(HubErrors, ACacheThatCannotBeWritten) {
  std::ofstream(folder_ / "file") << "x";
  settings_.cache = folder_ / "file";
  EXPECT_THAT(failure(), HasSubstr("set HF_HUB_CACHE to another folder"));
}

TEST_F(HubErrors, AreOneSentence) {
  std::vector<std::string> sentences = {failure("no-such-model"), failure("org/bert@v9")};
  hub_.next("/api/", FakeHub::status(403, {{"X-Error-Message", "line\tbreak"}}));
  sentences.push_back(failure());
  for (const std::string& sentence : sentences) {
    EXPECT_EQ(std::count(sentence.begin(), sentence.end(), '\n'), 0) << sentence;
    EXPECT_EQ(std::count(sentence.begin(), sentence.end(), '\t'), 0) << sentence;
  }
}

}  // namespace
}  // namespace thaw
