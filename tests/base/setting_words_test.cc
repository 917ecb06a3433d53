#include "base/setting_words.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace thaw {
namespace {

TEST(SettingWords, AreThoseOfARecipe) {
  EXPECT_EQ(setting("label_column"), "label_column");
  EXPECT_EQ(setting("label_cuts", "-0.5,0.5"), "label_cuts = -0.5,0.5");
  EXPECT_EQ(setting_list("label_names", {"a, b", "the \"c\""}),
            R"(label_names = ["a, b", "the \"c\""])");
  EXPECT_EQ(setting_list("label_names", {}), "label_names = []");
  EXPECT_EQ(command_words("train", {{"model", "m"}, {"quiet"}}), "train(model = m, quiet)");
  EXPECT_EQ(command_words("inspect", {{"", "MODEL"}}), "inspect(MODEL)");
  EXPECT_EQ(command_words("data"), "data()");
  EXPECT_EQ(usage_words(true), "");
}

TEST(SettingWords, AreThoseOfTheFrontEndThatSetThem) {
  struct : SettingWords {
    std::string setting(const Setting& named) const override { return "<" + named.key + ">"; }
  } words;
  set_setting_words(&words);
  const std::string one = setting("label_column");
  const std::string place = Error("is wrong", Setting{"seed"}).what();
  const std::string command = command_words("train", {{"model", "m"}});
  set_setting_words(nullptr);
  EXPECT_EQ(one, "<label_column>");
  EXPECT_EQ(place, "<seed>: is wrong");
  EXPECT_EQ(command, "train(<model>)");
  EXPECT_EQ(setting("seed"), "seed");
}

}  // namespace
}  // namespace thaw
