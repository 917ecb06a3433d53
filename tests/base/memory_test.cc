#include "base/memory.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

class AvailableMemory : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("proc/meminfo", "MemTotal: 9000000 kB\nMemFree: 10 kB\nMemAvailable: 4000 kB\n");
  }
  TemporaryFolder folder_;
};

TEST_F(AvailableMemory, IsWhatIsFreeForProgramsWhereNothingLimitsIt) {
  EXPECT_EQ(available_memory(folder_.path()), 4000 * 1024);
  folder_.write("proc/self/cgroup", "0::/\n");
  folder_.write("sys/fs/cgroup/memory.current", "77\n");  // the root group has no limit
  EXPECT_EQ(available_memory(folder_.path()), 4000 * 1024);
}

TEST_F(AvailableMemory, IsWhatTheControlGroupLeavesWithoutItsPageCache) {
  folder_.write("proc/self/cgroup", "0::/box/inner\n");
  folder_.write("sys/fs/cgroup/box/inner/memory.max", "max\n");
  folder_.write("sys/fs/cgroup/box/inner/memory.current", "900000\n");
  folder_.write("sys/fs/cgroup/box/memory.max", "1000000\n");
  folder_.write("sys/fs/cgroup/box/memory.current", "900000\n");
  folder_.write("sys/fs/cgroup/box/memory.stat", "anon 5\ninactive_file 300000\n");
  EXPECT_EQ(available_memory(folder_.path()), 400000);
}

TEST_F(AvailableMemory, ReadsTheOlderControlGroupsToo) {
  folder_.write("proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/abc\n0::/\n");
  folder_.write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "2000000\n");
  folder_.write("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "1500000\n");
  EXPECT_EQ(available_memory(folder_.path()), 500000);
}

TEST_F(AvailableMemory, IsNeverBelowZero) {
  folder_.write("proc/self/cgroup", "0::/\n");
  folder_.write("sys/fs/cgroup/memory.max", "1000\n");
  folder_.write("sys/fs/cgroup/memory.current", "5000\n");
  EXPECT_EQ(available_memory(folder_.path()), 0);
}

TEST(AvailableMemoryHere, IsAPositiveNumber) { EXPECT_GT(available_memory(), 1 << 20); }

TEST(ByteSize, IsReadAsUsersWriteIt) {
  EXPECT_EQ(parse_byte_size("800MB", ""), 800'000'000);
  EXPECT_EQ(parse_byte_size("1.5 GB", ""), 1'500'000'000);
  EXPECT_EQ(parse_byte_size("2GiB", ""), int64_t{2} << 30);
  for (const char* text : {"", "2", "GB", "-1GB", "0MB", "1 parsec", "1GBx", "nan GB", "1e99 GB"}) {
    EXPECT_THROW(parse_byte_size(text, "--memory"), Error) << text;
  }
}

TEST(ByteSize, IsShownInMegabytesAndGigabytes) {
  EXPECT_EQ(format_byte_size(12), "1 MB");
  EXPECT_EQ(format_byte_size(765'400'000), "765 MB");
  EXPECT_EQ(format_byte_size(2'149'000'000), "2.1 GB");
}

}  // namespace
}  // namespace thaw
