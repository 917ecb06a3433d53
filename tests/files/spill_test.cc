#include "files/spill.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

fs::path fresh_folder() {
  const fs::path folder = fs::temp_directory_path() / "thaw-spill-test";
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

TEST(Spill, StaysInMemoryUpToTheLimitAndGoesToAFileBeyondIt) {
  const fs::path folder = fresh_folder();
  SpillPlace place{folder, 10000};
  SpillArray<float> first(2000, place), second(1000, place);
  EXPECT_FALSE(first.in_file());
  EXPECT_EQ(place.limit, 2000);
  EXPECT_TRUE(second.in_file()) << "4,000 bytes where 2,000 were left";
  for (SpillArray<float>* array : {&first, &second}) {
    for (int64_t i = 0; i < array->size(); ++i) {
      ASSERT_EQ(array->data()[i], 0);
      array->data()[i] = static_cast<float>(i);
    }
    EXPECT_EQ(array->data()[999], 999);
  }
  EXPECT_TRUE(fs::is_empty(folder)) << "the file has no name, so nothing can be left behind";
  fs::remove_all(folder);
}

TEST(Spill, MovesWithItsContents) {
  const fs::path folder = fresh_folder();
  SpillPlace place{folder, 0};
  SpillArray<int> one(10, place);
  one.data()[3] = 7;
  SpillArray<int> other = std::move(one);
  EXPECT_EQ(other.data()[3], 7);
  EXPECT_TRUE(other.in_file());
  fs::remove_all(folder);
}

TEST(Spill, AFolderThatCannotTakeItIsAnErrorThatNamesIt) {
  SpillPlace place{"/nonexistent-folder-of-thaw", 0};
  try {
    SpillBytes bytes(1 << 20, place);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("/nonexistent-folder-of-thaw"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace thaw
