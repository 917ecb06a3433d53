#include "data/load_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/load.h"
#include "tests/base/temporary_folder.h"

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

TEST(LoadNotes, SayThatValidationThatNothingReadsStaysInTrain) {
  std::string table = "text,label\n";
  for (int row = 0; row < 400; ++row) {
    table += "t" + std::to_string(row) + "," + std::to_string(row % 4) + "\n";
  }
  const TemporaryFolder folder;
  DataOptions plain;
  plain.paths = {folder.write("a.csv", table).string()};
  const auto expect = [&](const DataOptions& options, int64_t fewest, int64_t train,
                          int64_t validation) {
    const Dataset data = load_dataset(options, fewest);
    EXPECT_EQ(data.train.size(), train);
    EXPECT_EQ(data.validation.size(), validation);
    const auto says = Contains(HasSubstr("validation: none is split off"));
    if (validation == 0) {
      EXPECT_THAT(data.notes, says);
    } else {
      EXPECT_THAT(data.notes, Not(says));
    }
  };
  expect(plain, 41, 320, 0);
  expect(plain, 40, 280, 40);
  // A size that is given, and what there is to evaluate on, is never left out.
  DataOptions given = plain;
  given.validation_size = 0.1;
  expect(given, 41, 280, 40);
  DataOptions without_test = plain;
  without_test.test_size = 0;
  expect(without_test, 41, 360, 40);
  // What a fraction leaves of it counts.
  DataOptions part = plain;
  part.fraction = 0.8;
  expect(part, 33, 256, 0);
  expect(part, 32, 224, 32);
}

}  // namespace
}  // namespace thaw
