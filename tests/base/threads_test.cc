#include "base/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace thaw {
namespace {

struct Part {
  int64_t begin, end;
  bool operator==(const Part&) const = default;
};

std::map<int, Part> parts_of(int64_t count, int64_t grain) {
  std::map<int, Part> parts;
  std::mutex mutex;
  parallel_parts(count, grain, [&](int64_t begin, int64_t end, int part) {
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(parts.emplace(part, Part{begin, end}).second) << "part " << part << " came twice";
  });
  return parts;
}

class Threads : public ::testing::Test {
 protected:
  void TearDown() override { set_thread_count(0); }
};

TEST_F(Threads, CoverEachIndexOnceInOrderOfTheParts) {
  for (const int threads : {1, 2, 3, 8}) {
    set_thread_count(threads);
    ASSERT_EQ(thread_count(), threads);
    for (const int64_t count : {1, 2, 7, 8, 9, 1000}) {
      for (const int64_t grain : {1, 4, 5000}) {
        int64_t next = 0;
        const auto parts = parts_of(count, grain);
        EXPECT_LE(static_cast<int>(parts.size()), threads);
        for (const auto& [part, range] : parts) {
          EXPECT_EQ(range.begin, next) << "part " << part;
          EXPECT_LT(range.begin, range.end);
          next = range.end;
          EXPECT_TRUE(next == count || next % grain == 0) << next;
        }
        EXPECT_EQ(next, count);
      }
    }
  }
}

TEST_F(Threads, AreCutTheSameEveryTime) {
  set_thread_count(3);
  const auto first = parts_of(1001, 4);
  EXPECT_EQ(first.size(), 3u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(parts_of(1001, 4), first);
}

TEST_F(Threads, AreCutTheSameWithinAnotherTeam) {
  // OpenMP gives an inner team a single thread, which then has all the parts to do.
  set_thread_count(2);
  const auto outside = parts_of(100, 1);
  ASSERT_EQ(outside.size(), 2u);
  std::vector<std::map<int, Part>> inside(2);
  parallel_parts(2, 1, [&](int64_t begin, int64_t, int part) {
    EXPECT_EQ(begin, part);
    inside[static_cast<size_t>(part)] = parts_of(100, 1);
  });
  EXPECT_EQ(inside[0], outside);
  EXPECT_EQ(inside[1], outside);
}

TEST_F(Threads, DoNothingForACountOfZero) {
  EXPECT_TRUE(parts_of(0, 4).empty());
  EXPECT_TRUE(parts_of(-3, 4).empty());
}

TEST_F(Threads, PassAnExceptionOnAndGoOnWorking) {
  for (const int threads : {1, 2}) {
    set_thread_count(threads);
    try {
      parallel_parts(2, 1, [](int64_t begin, int64_t, int) {
        throw std::runtime_error("part " + std::to_string(begin));
      });
      FAIL() << "the exception is lost";
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(std::string(error.what()).substr(0, 5), "part ");
    }
    std::atomic<int64_t> done = 0;
    parallel_parts(10, 1, [&](int64_t begin, int64_t end, int) { done += end - begin; });
    EXPECT_EQ(done, 10);
  }
}

TEST_F(Threads, AreAllCoresOfTheProcessUnlessSaidOtherwise) {
  set_thread_count(0);
  EXPECT_EQ(thread_count(), omp_get_num_procs());
  set_thread_count(-1);
  EXPECT_EQ(thread_count(), omp_get_num_procs());
}

}  // namespace
}  // namespace thaw
