// Proxies that the environment names stand between thaw and the hub.
#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;

class HubProxy : public testing::WithHub {
 protected:
  HubProxy() {
    settings_.endpoint = "http://hub.invalid";
    settings_.token.value = "hf_secret";
    settings_.retries.attempts = 1;
    address_ = "me:word@" + hub_.storage().substr(7);
  }
  ~HubProxy() override {
    for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "no_proxy"}) ::unsetenv(name);
  }
  void expect_to_be_asked() {
    hub_.forget();
    EXPECT_THAT(failure(), HasSubstr("org/bert"));
    ASSERT_FALSE(hub_.requests().empty());
    const auto request = hub_.requests().front();
    EXPECT_EQ(request.server, "storage");
    EXPECT_THAT(request.path, HasSubstr("hub.invalid/api/models/org/bert/revision/main"));
    EXPECT_EQ(request.authorization, "Bearer hf_secret");
  }
  std::string address_;
};

TEST_F(HubProxy, IsTheOneOfTheEnvironment) {
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy"}) {
    ::setenv(name, ("http://" + address_).c_str(), 1);
    expect_to_be_asked();
    ::unsetenv(name);
  }
}

TEST_F(HubProxy, IsNotForThoseThatAreExempt) {
  ::setenv("no_proxy", "invalid", 1);
  for (const char* name : {"http_proxy", "HTTP_PROXY"}) {
    ::setenv(name, ("http://" + address_).c_str(), 1);
    EXPECT_THAT(failure(), HasSubstr("the hub at http://hub.invalid cannot be reached"));
    ::unsetenv(name);
  }
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(HubProxy, ThatIsDownIsNamed) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  EXPECT_THAT(failure(), HasSubstr("check the network and the proxy"));
}

}  // namespace
}  // namespace thaw
