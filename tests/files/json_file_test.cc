#include "files/json_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;

TEST(JsonFile, KeepsTheOrderOfKeysAndTheLastOfRepeatedOnes) {
  const TemporaryFolder folder;
  const auto file = folder.write("c.json", R"({"z": 1, "a": [true, null, 1.5], "z": 2})");
  EXPECT_EQ(read_json_file(file).dump(), R"({"z":2,"a":[true,null,1.5]})");
}

TEST(JsonFile, SkipsAByteOrderMark) {
  EXPECT_EQ(parse_ordered_json("\xEF\xBB\xBF{\"a\":1}", "c")["a"], 1);
}

TEST(JsonFile, ErrorsNameTheLine) {
  EXPECT_THAT(error_of([] { parse_ordered_json("{\n\"a\": 1,\n\"b\": oops\n}", "c.json"); }),
              HasSubstr("c.json:3: is not valid JSON"));
  EXPECT_THAT(error_of([] { parse_ordered_json("{\n\"a\": 1,\n", "c.json"); }),
              HasSubstr("is JSON that ends too early"));
  EXPECT_THAT(error_of([] { parse_ordered_json("{\"a\": \"\xff\"}", "c.json"); }),
              HasSubstr("c.json:1: is not valid JSON"));
}

TEST(JsonFile, RefusesDepthAndSizeThatNoConfigurationHas) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(parse_ordered_json(nested(64), "c").size(), 1u);
  EXPECT_THAT(error_of([&] { parse_ordered_json(nested(65), "c"); }), HasSubstr("deeper than 64"));
  EXPECT_THAT(error_of([&] { parse_ordered_json(nested(2'000'000), "c"); }),
              HasSubstr("deeper than 64"));
  EXPECT_THAT(error_of([] { parse_ordered_json(std::string(5u << 20, ' ') + "1", "c"); }),
              HasSubstr("larger than a configuration file can be"));
  std::string many = "{\"k\":0";
  for (int i = 0; i < 70'000; ++i) many += ",\"" + std::to_string(i) + "\":0";
  EXPECT_THAT(error_of([&] { parse_ordered_json(many + "}", "c"); }),
              HasSubstr("more than 65536 keys"));
}

TEST(JsonFile, UniqueKeysAreUniqueWithinEachObjectOnly) {
  EXPECT_EQ(parse_unique_json(R"({"a":{"x":1},"b":{"x":2},"c":[{"x":3},{"x":4}]})", "h").size(),
            3u);
  EXPECT_THAT(error_of([] { parse_unique_json(R"({"a":{"x":1,"y":{},"x":2}})", "h"); }),
              HasSubstr("h: names 'x' twice"));
  EXPECT_THAT(error_of([] { parse_unique_json(R"({"a":{"b":1},"c":0,"a":1})", "h"); }),
              HasSubstr("names 'a' twice"));
}

TEST(JsonFile, HandsTheMembersOfOneObjectOverAndLeavesItEmpty) {
  std::string seen;
  const MemberReader reader{{"model", "vocab"}, [&](std::string_view key, const auto& value) {
                              seen += std::string(key) + "=" + value.dump() + " ";
                              return key != "again";
                            }};
  const auto parse = [&](const char* text) {
    seen.clear();
    return parse_unique_json(text, "t", {reader}).dump();
  };
  EXPECT_EQ(parse(R"({"a":{"vocab":{"x":1}},"model":{"n":[{"model":0}],"vocab":{"b":1,"a":-2,
                      "c":[{"d":{"e":3}}],"f":null},"z":{"vocab":4}},"vocab":{"y":5}})"),
            R"({"a":{"vocab":{"x":1}},"model":{"n":[{"model":0}],"vocab":{},"z":{"vocab":4}},)"
            R"("vocab":{"y":5}})");
  EXPECT_EQ(seen, R"(b=1 a=-2 c=[{"d":{"e":3}}] f=null )");
  EXPECT_EQ(parse(R"({"model":[{"vocab":{"x":1}}]})"), R"({"model":[{"vocab":{"x":1}}]})");
  EXPECT_EQ(parse(R"({"model":{"vocab":[{"x":1}]}})"), R"({"model":{"vocab":[{"x":1}]}})");
  EXPECT_EQ(seen, "");
  EXPECT_THAT(error_of([&] { parse(R"({"model":{"vocab":{"again":1}}})"); }),
              HasSubstr("names 'again' twice"));
  EXPECT_THAT(error_of([&] { parse(R"({"model":{"vocab":{"a":{"x":1,"x":2}}}})"); }),
              HasSubstr("names 'x' twice"));
}

TEST(JsonFile, QuotedNamesAreFitForAMessage) {
  EXPECT_EQ(in_quotes("bert.pooler"), "'bert.pooler'");
  EXPECT_EQ(in_quotes("été 🎉"), "'été 🎉'");
  EXPECT_EQ(in_quotes("a\nb\x1b-\x7f"), "'a?b?-?'");
  EXPECT_EQ(in_quotes("a\xff"), "'a?'");
  EXPECT_EQ(in_quotes("say \"hi\" \\"), "'say \"hi\" \\'");
  EXPECT_EQ(in_quotes(std::string(119, 'x') + "é!").substr(0, 120), "'" + std::string(119, 'x'));
  EXPECT_LE(in_quotes(std::string(1000, 'x')).size(), 130u);
}

}  // namespace
}  // namespace thaw
