#include "data/load_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/load.h"
#include "tests/files/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> notes_of(const std::string& name, const std::string& bytes) {
  const TemporaryFolder folder;
  DataOptions options;
  options.paths = {folder.write(name, bytes).string()};
  options.test_size = options.validation_size = 0;
  return load_dataset(options).notes;
}

TEST(LoadNotes, SayWhereEveryTextIsANumber) {
  // Most likely an id or a rating was taken for the texts.
  const std::string said =
      "every text is a number, the first '7'; if another column holds the texts";
  EXPECT_THAT(notes_of("a.csv", "text,label\n7,a\n8.5,b\n-1e3,a\n"), Contains(HasSubstr(said)));
  EXPECT_THAT(notes_of("a.jsonl",
                       "{\"text\": 7, \"label\": \"a\"}\n{\"text\": 8, \"label\": \"b\"}\n"
                       "{\"text\": null, \"label\": \"b\"}\n{\"text\": \"9\", \"label\": \"a\"}\n"),
              Contains(HasSubstr(said)));
}

TEST(LoadNotes, SayNothingOfNumbersAmongTexts) {
  EXPECT_THAT(notes_of("a.csv", "text,label\n7,a\n8,b\nseven,a\n9,b\n"),
              Each(Not(HasSubstr("is a number"))));
  EXPECT_THAT(notes_of("a.csv", "text,label\n7,a\n8,b\n"), Each(Not(HasSubstr("is a number"))));
}

}  // namespace
}  // namespace thaw
