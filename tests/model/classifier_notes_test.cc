#include "model/classifier_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kHash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::optional<ClassifierNotes> read_config(const std::string& text) {
  return read_classifier_notes("config.json", Json::parse(text));
}

TEST(ClassifierNotes, AreReadWithWhatTheyDoNotKnowPassedOver) {
  EXPECT_FALSE(read_config("{}"));
  const auto notes = read_config(R"({"thaw": {"max_length": 12, "columns": {"text": "body",
      "label": "stars", "of_another": 3}, "head_sha256": ")" +
                                 std::string(kHash) + R"(", "of_another": ["program"]}})");
  ASSERT_TRUE(notes);
  EXPECT_EQ(notes->max_length, 12);
  EXPECT_EQ(notes->head_sha256, kHash);
  ASSERT_TRUE(notes->columns);
  EXPECT_EQ(notes->columns->text, "body");
  EXPECT_EQ(notes->columns->label, "stars");
  EXPECT_FALSE(notes->columns->pair);

  const TemporaryFolder folder;
  folder.write("thaw.json", R"({"labels": ["no", "yes"], "of_another": null})");
  const auto of_modules = read_classifier_notes(folder.path(), Json::object());
  ASSERT_TRUE(of_modules);
  EXPECT_THAT(of_modules->labels, ElementsAre("no", "yes"));
  EXPECT_EQ(of_modules->max_length, 0);
}

TEST(ClassifierNotes, RefuseAnotherKindWithTheFieldAndItsValue) {
  struct Case {
    const char *note, *value, *need;
  };
  for (const Case& wrong : {
           Case{R"("max_length": "12")", "is \"12\"", "a whole number from 1 to 16777216"},
           {R"("max_length": 12.5)", "is 12.5", "a whole number from 1 to 16777216"},
           {R"("max_length": 0)", "is 0", "a whole number from 1 to 16777216"},
           {R"("max_length": 1099511627788)", "is 1099511627788", "from 1 to 16777216"},
           {R"("max_length": null)", "is null", "from 1 to 16777216"},
           {R"("max_length": true)", "is true", "from 1 to 16777216"},
           {R"("columns": "text")", "is \"text\"", "an object"},
           {R"("columns": {})", "is {}", "are names"},
           {R"("columns": {"label": "a"})", "is {\"label\":\"a\"}", "are names"},
           {R"("columns": {"text": 1})", "is {\"text\":1}", "are names"},
           {R"("columns": {"text": "a", "text_pair": 2})", "\"text_pair\":2", "are names"},
           {R"("columns": {"text": "a", "label": null})", "\"label\":null", "are names"},
           {R"("head_sha256": 7)", "is 7", "64 hexadecimal digits"},
           {R"("head_sha256": "7")", "is \"7\"", "64 hexadecimal digits"},
       }) {
    const std::string note = wrong.note, key = note.substr(1, note.find('"', 1) - 1);
    EXPECT_THAT(error_of([&] { read_config("{\"thaw\": {" + note + "}}"); }),
                AllOf(HasSubstr("config.json: field 'thaw." + key + "'"), HasSubstr(wrong.value),
                      HasSubstr(wrong.need), HasSubstr("copy the file again")));
    const TemporaryFolder folder;
    folder.write("thaw.json", R"({"labels": ["no", "yes"], )" + note + "}");
    EXPECT_THAT(error_of([&] { read_classifier_notes(folder.path(), Json::object()); }),
                AllOf(HasSubstr("thaw.json: field '" + key + "'"), HasSubstr(wrong.value)));
  }
  EXPECT_THAT(error_of([] { read_config(R"({"thaw": [1]})"); }),
              HasSubstr("field 'thaw' is [1], and must be an object"));
}

TEST(ClassifierNotes, RefuseLabelsThatAreNoListOfDifferentNames) {
  for (const char* labels : {"", R"("labels": "no")", R"("labels": [])", R"("labels": [0, 1])",
                             R"("labels": ["no", "no"])", R"("labels": {"0": "no"})"}) {
    const TemporaryFolder folder;
    folder.write("thaw.json", "{" + std::string(labels) + "}");
    EXPECT_THAT(
        error_of([&] { read_classifier_notes(folder.path(), Json::object()); }),
        AllOf(HasSubstr("thaw.json: field 'labels' is "), HasSubstr("a list of different names")))
        << labels;
  }
}

}  // namespace
}  // namespace thaw
