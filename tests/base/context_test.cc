#include "base/context.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/threads.h"

namespace thaw {
namespace {

struct Counter {
  int value = 0;
};
struct Other {
  std::vector<int> values;
};

TEST(Context, IsTheThreadsOwnForAsLongAsItIsEntered) {
  Context& before = Context::current();
  {
    Context outer(3);
    const InContext in_outer(outer);
    EXPECT_EQ(&Context::current(), &outer);
    EXPECT_EQ(thread_count(), 3);
    {
      Context inner(2);
      const InContext in_inner(inner);
      EXPECT_EQ(thread_count(), 2);
      std::thread([&] { EXPECT_EQ(&Context::current(), &before) << "of another thread"; }).join();
    }
    EXPECT_EQ(thread_count(), 3);
  }
  EXPECT_EQ(&Context::current(), &before);
}

TEST(Context, KeepsOneObjectOfAType) {
  Context a(1), b(1);
  a.own<Counter>().value = 5;
  a.own<Other>().values = {1, 2};
  EXPECT_EQ(a.own<Counter>().value, 5);
  EXPECT_EQ(a.own<Other>().values.size(), 2u);
  EXPECT_EQ(b.own<Counter>().value, 0);
}

TEST(Context, IsThatOfTheWholeTeam) {
  Context context(3);
  const InContext inside(context);
  std::atomic<int> others{0};
  parallel_parts(3, 1, [&](int64_t, int64_t, int) {
    if (&Context::current() != &context || thread_count() != 3) ++others;
  });
  EXPECT_EQ(others, 0);
}

// Each thread's team has its own size, whatever the other's is.
TEST(Context, TwoThreadsHaveTeamsOfTheirOwn) {
  const auto parts_of = [](int threads) {
    Context context(threads);
    const InContext inside(context);
    std::atomic<int> parts{0};
    for (int i = 0; i < 200; ++i) {
      parallel_parts(100, 1, [&](int64_t, int64_t, int) { ++parts; });
    }
    return parts.load();
  };
  int two = 0, three = 0;
  std::thread a([&] { two = parts_of(2); }), b([&] { three = parts_of(3); });
  a.join();
  b.join();
  EXPECT_EQ(two, 400);
  EXPECT_EQ(three, 600);
}

}  // namespace
}  // namespace thaw
