#include "model/config_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/error_of.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConfigLabels read(const std::string& text) {
  const ordered_json json = ordered_json::parse(text);
  const std::string where = "m/config.json";
  return read_config_labels(ConfigFile(json, where));
}

TEST(ConfigLabels, TakeTheirNamesFromTheFieldThatHasThem) {
  const ConfigLabels none = read("{}");
  EXPECT_THAT(none.names, IsEmpty());
  EXPECT_EQ(none.contradiction, "");
  const ConfigLabels named = read(R"({"id2label":{"1":"yes","0":"no"},"num_labels":2})");
  EXPECT_THAT(named.names, ElementsAre("no", "yes"));
  EXPECT_TRUE(named.named);
  EXPECT_EQ(named.field, "id2label");
  const ConfigLabels inverse = read(R"({"label2id":{"yes":1,"no":0}})");
  EXPECT_THAT(inverse.names, ElementsAre("no", "yes"));
  EXPECT_TRUE(inverse.named);
  EXPECT_EQ(inverse.field, "label2id");
  for (const char* count : {R"({"num_labels":2})", R"({"_num_labels":2})",
                            R"({"id2label":null,"num_labels":2,"_num_labels":2})"}) {
    EXPECT_THAT(read(count).names, ElementsAre("LABEL_0", "LABEL_1")) << count;
    EXPECT_FALSE(read(count).named) << count;
  }
  EXPECT_FALSE(read(R"({"id2label":{"0":"LABEL_0","1":"LABEL_1"}})").named);
  EXPECT_TRUE(read(R"({"id2label":{"0":"LABEL_1","1":"LABEL_0"}})").named);
}

TEST(ConfigLabels, WhatIsNoTextIsCalledAsItStandsInTheFile) {
  EXPECT_THAT(read(R"({"id2label":{"0":false,"1":true}})").names, ElementsAre("false", "true"));
  EXPECT_THAT(read(R"({"id2label":{"0":-1,"1":1.5}})").names, ElementsAre("-1", "1.5"));
}

TEST(ConfigLabels, FieldsThatDenyEachOtherAreSaid) {
  const auto denied = [](const std::string& text) { return read(text).contradiction; };
  const std::string names = R"({"id2label":{"0":"no","1":"yes"},)";
  EXPECT_EQ(denied(names + R"("label2id":{"no":0,"yes":1}})"), "");
  EXPECT_EQ(denied(names + R"("label2id":{"no":"0","yes":"1"}})"), "");
  // What Transformers leaves there where only id2label was set.
  EXPECT_EQ(denied(names + R"("label2id":{"LABEL_0":0,"LABEL_1":1}})"), "");
  EXPECT_EQ(denied(names + R"("label2id":{}})"), "");
  EXPECT_EQ(denied(names + R"("label2id":{"no":1,"yes":0}})"),
            "id2label calls 1 'yes', but label2id calls it 'no'");
  EXPECT_EQ(denied(names + R"("label2id":{"no":0}})"),
            "id2label names 2 labels, but label2id names 1");
  EXPECT_EQ(denied(names + R"("label2id":{"no":0,"yes":7}})"),
            "label2id gives 'yes' the id 7, but id2label names 0 to 1");
  EXPECT_EQ(denied(names + R"("_num_labels":3})"), "id2label names 2 labels, but _num_labels is 3");
  EXPECT_EQ(denied(R"({"num_labels":2,"_num_labels":3})"),
            "num_labels names 2 labels, but _num_labels is 3");
  EXPECT_EQ(denied(R"({"num_labels":3,"label2id":{"a":0,"b":1}})"),
            "label2id names 2 labels, but num_labels is 3");
  EXPECT_EQ(denied(R"({"id2label":{"0":"a","1":"a"}})"), "id2label calls both 0 and 1 'a'");
  EXPECT_EQ(denied(R"({"id2label":{"0":true,"1":"true"}})"), "id2label calls both 0 and 1 'true'");
  EXPECT_EQ(denied(R"({"id2label":{"0":"a","1":""}})"), "id2label gives label 1 an empty name");
  EXPECT_THAT(denied(R"({"label2id":{"a":0,"b":2}})"), HasSubstr("must have the ids 0 to 1"));
  EXPECT_THAT(denied(R"({"label2id":{"a":0,"b":0}})"), HasSubstr("label2id gives 'b' the id 0"));
  EXPECT_THAT(denied(R"({"label2id":{"a":null}})"), HasSubstr("label2id gives 'a' the id null"));
}

TEST(ConfigLabels, FieldsOfAnotherTypeAreErrors) {
  for (const char* text : {R"({"label2id":[]})", R"({"label2id":7})", R"({"num_labels":"2"})",
                           R"({"_num_labels":0})", R"({"num_labels":1e9})"}) {
    EXPECT_THAT(error_of([&] { read(text); }), HasSubstr("m/config.json: field '")) << text;
  }
}

}  // namespace
}  // namespace thaw
