// The token goes to the hub and nowhere else, and nobody reads it in a message.
#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

using testing::FakeHub;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kToken = "hf_verySecretToken";

class HubToken : public testing::WithHub {
 protected:
  HubToken() {
    settings_.token.value = kToken;
    settings_.token.source = "HF_TOKEN";
  }
  testing::FakeRepo& repo() { return hub_.repos["models/org/bert"]; }
};

TEST_F(HubToken, OpensAPrivateRepository) {
  repo().token = kToken;
  EXPECT_TRUE(std::filesystem::exists(fetch() / "model.safetensors"));
}

TEST_F(HubToken, IsNotSentToTheOtherHostOfARedirect) {
  fetch();
  int to_hub = 0, to_storage = 0;
  for (const auto& request : hub_.requests()) {
    if (request.server == "hub") {
      EXPECT_EQ(request.authorization, std::string("Bearer ") + kToken) << request.path;
      ++to_hub;
    } else {
      EXPECT_EQ(request.authorization, "") << request.path;
      ++to_storage;
    }
  }
  EXPECT_GE(to_hub, 5);
  EXPECT_GE(to_storage, 1);
}

TEST_F(HubToken, IsNotSentAfterARedirectOfTheListing) {
  hub_.next("/api/models/org/bert", [this](const httplib::Request&, httplib::Response& reply) {
    reply.set_redirect(hub_.storage() + "/elsewhere");
  });
  failure();
  const auto last = hub_.requests().back();
  EXPECT_EQ(last.server, "storage");
  EXPECT_EQ(last.authorization, "");
}

TEST_F(HubToken, StaysWithARedirectOnTheSameHost) {
  // As for a repository that was renamed.
  repo().token = kToken;
  hub_.next("/api/models/old", [](const httplib::Request&, httplib::Response& reply) {
    reply.set_redirect("/api/models/org/bert/revision/main", 307);
  });
  hub_.next(
      "/old/resolve",
      [](const httplib::Request& request, httplib::Response& reply) {
        reply.set_redirect("/org/bert" + request.path.substr(4), 307);
      },
      100);
  EXPECT_TRUE(std::filesystem::exists(fetch("old") / "model.safetensors"));
}

TEST_F(HubToken, StandsInNoMessage) {
  repo().token = "another";
  settings_.retries.attempts = 2;
  std::string all = failure();
  EXPECT_THAT(all, HasSubstr("refuses the token of HF_TOKEN"));
  repo().is_gated = true;
  all += failure();
  hub_.next("/api/", FakeHub::status(403, {{"X-Error-Message", std::string("no ") + kToken}}));
  all += failure();
  hub_.next("/api/", FakeHub::status(503), 6);
  all += failure();
  hub_.next("/api/", hub_.hanging(10), 6);
  all += failure();
  settings_.endpoint = "http://127.0.0.1:1";
  all += failure();
  for (const std::string& message : listener_.messages) all += message;
  EXPECT_THAT(all, Not(HasSubstr("verySecret")));
}

TEST(HubOrigin, IsSchemeHostAndPort) {
  EXPECT_EQ(url_origin("https://Hub.example/a"), "https://hub.example:443");
  EXPECT_EQ(url_origin("https://hub.example:443?x"), "https://hub.example:443");
  EXPECT_EQ(url_origin("http://hub.example/"), "http://hub.example:80");
  EXPECT_EQ(url_origin("http://[::1]/x"), "http://[::1]:80");
  EXPECT_EQ(url_origin("http://[::1]:8/x"), "http://[::1]:8");
  EXPECT_EQ(url_origin("https://hub.example@evil.example/x"), "https://evil.example:443");
  EXPECT_NE(url_origin("https://hub.example"), url_origin("http://hub.example"));
  EXPECT_NE(url_origin("https://hub.example"), url_origin("https://hub.example.evil"));
}

}  // namespace
}  // namespace thaw
