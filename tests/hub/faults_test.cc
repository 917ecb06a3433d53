// Fetching onto a disk that fails at any call, and by a process that is killed at any: the cache
// never holds a file that is not the hub's, what it held before stays, and the next attempt
// succeeds.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/faults/faulty_calls.h"
#include "tests/hub/hub_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::calls_of;
using testing::content_of;
using testing::Fault;
using testing::FaultyCalls;
using ::testing::HasSubstr;
using testing::killed_with;

class FaultsOfFetch : public testing::WithHub {
 protected:
  void use_new_cache(const std::string& name) {
    settings_.cache = place_ / (name + "/hub");
    settings_.listings = place_ / (name + "/listings");
  }
  // What failed before does not stand in the way.
  void check_next_fetch() {
    check_cache();
    const fs::path fetched = fetch();
    EXPECT_EQ(content_of(fetched / "model.safetensors"), weights_);
    EXPECT_EQ(content_of(fetched / "config.json"), "{\"model_type\": \"bert\"}");
    check_cache();
  }
  // Every name in the snapshots leads to what the hub has, and every blob is whole.
  void check_cache() {
    const fs::path repo = cached("models--org--bert");
    if (fs::exists(repo / "snapshots")) {
      for (const auto& entry : fs::recursive_directory_iterator(repo / "snapshots")) {
        if (entry.is_directory() && !entry.is_symlink()) continue;
        if (entry.path().filename().string().starts_with(".thaw-partial-")) continue;
        const auto file = hub_.repos["models/org/bert"].files.find(entry.path().filename());
        EXPECT_EQ(content_of(entry.path()), file->second.content) << entry.path();
      }
    }
  }

  const TemporaryFolder place_{testing::sweep_place()};
};

TEST_F(FaultsOfFetch, LeaveACacheThatHoldsOnlyWholeFiles) {
  use_new_cache("counting");
  const int64_t calls = calls_of([&] { fetch(); });
  ASSERT_GT(calls, 50);
  const std::vector<std::string> errors = {"ENOSPC", "EIO", "EROFS", "EDQUOT", "ENOENT"};
  int64_t told = 0;
  for (int64_t at = 1; at <= calls; ++at) {
    const std::string fault =
        errors[static_cast<size_t>(at) % 5] + "@" + std::to_string(at) + (at % 2 == 0 ? "+" : "");
    SCOPED_TRACE(fault);
    use_new_cache("cache-" + std::to_string(at));
    bool failed = false;
    {
      const FaultyCalls faulty(Fault::parse(fault));
      try {
        fetch();
      } catch (const Error& error) {
        failed = true;
        EXPECT_THAT(error.what(), HasSubstr(place_.path().string()));
        EXPECT_THAT(error.what(), HasSubstr("set HF_HUB_CACHE to another folder"));
      }
    }
    told += failed;
    check_next_fetch();
  }
  EXPECT_GT(told, calls / 2) << "what only saves a later look-up may fail, the rest not";
}

TEST_F(FaultsOfFetch, AKillAtAnyCallLeavesACacheThatTheNextFetchCompletes) {
  use_new_cache("counting");
  const int64_t calls = calls_of([&] { fetch(); });
  ASSERT_GT(calls, 50);
  for (int64_t at = 1; at <= calls; ++at) {
    SCOPED_TRACE("KILL@" + std::to_string(at));
    use_new_cache("cache-" + std::to_string(at));
    const Fault kill = Fault::parse("KILL@" + std::to_string(at));
    if (!killed_with(kill, [&] { fetch(); })) {
      // Each piece that the network delivers is one write, so that their number varies a little.
      ASSERT_GT(at, calls * 3 / 4) << "nothing killed it";
      break;
    }
    check_next_fetch();
  }
}

}  // namespace
}  // namespace thaw
