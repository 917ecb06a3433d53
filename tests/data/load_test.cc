// load_dataset() from file to numbered labels: splits, subsets, and what bad input gets.

#include "data/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "data/readers/parquet.h"
#include "data/splits/splits.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path kTweetEval = THAW_SOURCE_DIR "/../shared/data/tweet_eval/sentiment";
const std::string kTwelve = THAW_SOURCE_DIR "/recipes/twelve-sentences.csv";

std::vector<int64_t> class_rows(const Split& split, size_t labels) {
  std::vector<int64_t> rows(labels);
  for (const int32_t label : split.labels) ++rows[label];
  return rows;
}

// `count` rows, text "t<i>", label i % classes.
std::string table(int count, int classes) {
  std::string csv = "text,label\n";
  for (int i = 0; i < count; ++i) {
    csv += "t" + std::to_string(i) + "," + std::to_string(i % classes) + "\n";
  }
  return csv;
}

class Load : public ::testing::Test {
 protected:
  DataOptions options(const std::string& name) const {
    DataOptions options;
    options.paths = {(folder_.path() / name).string()};
    return options;
  }
  void expect_rows(const Dataset& dataset, int64_t train, int64_t validation, int64_t test) {
    EXPECT_EQ(dataset.train.size(), train);
    EXPECT_EQ(dataset.validation.size(), validation);
    EXPECT_EQ(dataset.test.size(), test);
    for (const Split* split : {&dataset.train, &dataset.validation, &dataset.test}) {
      EXPECT_EQ(static_cast<int64_t>(split->labels.size()), split->size());
      EXPECT_EQ(static_cast<int64_t>(split->rows.size()), split->size());
    }
  }

  TemporaryFolder folder_;
};

TEST(LoadTweetEval, GivesTheRowsAndCountsOfTheExperiment) {
  bool has_module = false;
  for (const auto& folder : parquet_module_folders()) {
    has_module |= std::filesystem::exists(folder / "thaw_parquet.so");
  }
  if (!has_module) GTEST_SKIP() << "built without Arrow (scripts/install-dependencies.sh)";
  if (!std::filesystem::exists(kTweetEval)) GTEST_SKIP() << "shared/data is not beside the clone";
  DataOptions options;
  options.paths = {kTweetEval.string()};
  options.fraction = 0.3;
  options.seed = 42;
  const Dataset dataset = load_dataset(options);
  EXPECT_THAT(dataset.label_names, ElementsAre("negative", "neutral", "positive"));
  EXPECT_THAT(class_rows(dataset.train, 3), ElementsAre(2129, 6261, 5294));
  EXPECT_THAT(class_rows(dataset.validation, 3), ElementsAre(90, 249, 261));
  EXPECT_THAT(class_rows(dataset.test, 3), ElementsAre(3972, 5937, 2375));
  EXPECT_EQ(dataset.train.rows, shuffled_rows(45615, 13684, 42));
  EXPECT_EQ(dataset.train.rows[0], 41506);
  EXPECT_EQ(dataset.test.rows[12283], 12283);
}

TEST(LoadTwelveSentences, SplitsThemAsTheNotebookDid) {
  if (!std::filesystem::exists(kTwelve)) GTEST_SKIP() << kTwelve << " is not there";
  DataOptions options;
  options.paths = {kTwelve};
  options.test_size = 0.25;
  options.validation_size = 0;
  const Dataset dataset = load_dataset(options);
  EXPECT_THAT(dataset.train.rows, ElementsAre(5, 0, 3, 11, 1, 6, 4, 9, 2));
  EXPECT_THAT(dataset.test.rows, ElementsAre(7, 8, 10));
  EXPECT_THAT(dataset.train.labels, ElementsAre(0, 1, 1, 0, 1, 0, 0, 1, 1));
  EXPECT_EQ(dataset.train.texts[0], "This is disappointing and buggy.");
  EXPECT_EQ(dataset.train.texts[8], "Great experience, I am satisfied.");
  EXPECT_EQ(dataset.validation.size(), 0);
}

TEST_F(Load, SplitsASingleTableByItselfAndStratified) {
  folder_.write("a.csv", table(400, 4));
  const Dataset dataset = load_dataset(options("a.csv"));
  expect_rows(dataset, 280, 40, 80);
  EXPECT_THAT(class_rows(dataset.train, 4), ElementsAre(70, 70, 70, 70));
  EXPECT_THAT(class_rows(dataset.validation, 4), ElementsAre(10, 10, 10, 10));
  EXPECT_THAT(class_rows(dataset.test, 4), ElementsAre(20, 20, 20, 20));
}

TEST_F(Load, KeepsTextsLabelsAndRowNumbersTogetherAndUsesEachRowOnce) {
  folder_.write("a.csv", table(501, 5));
  DataOptions split = options("a.csv");
  split.stratify = false;
  const Dataset dataset = load_dataset(split);
  expect_rows(dataset, 349, 51, 101);
  std::map<int64_t, int> seen;
  for (const Split* part : {&dataset.train, &dataset.validation, &dataset.test}) {
    for (int64_t i = 0; i < part->size(); ++i) {
      const int64_t row = part->rows[i];
      ++seen[row];
      EXPECT_EQ(part->texts[i], "t" + std::to_string(row));
      EXPECT_EQ(part->labels[i], row % 5);
    }
  }
  EXPECT_EQ(seen.size(), 501u);
}

TEST_F(Load, SplitsTestFirstAndThenValidationFromWhatIsLeft) {
  folder_.write("a.csv", table(100, 2));
  DataOptions sized = options("a.csv");
  sized.test_size = 30;
  sized.validation_size = 0.15;
  sized.seed = 7;
  const Dataset dataset = load_dataset(sized);
  std::vector<int32_t> labels;
  for (int i = 0; i < 100; ++i) labels.push_back(i % 2);
  const RowSplit first = stratified_train_test_split(labels, 30, 7);
  EXPECT_EQ(dataset.test.rows, first.test);
  std::vector<int32_t> rest;
  for (const int64_t row : first.train) rest.push_back(labels[row]);
  const RowSplit second = stratified_train_test_split(rest, 15, 7);
  for (size_t i = 0; i < second.train.size(); ++i) {
    ASSERT_EQ(dataset.train.rows[i], first.train[second.train[i]]);
  }
  EXPECT_EQ(dataset.validation.size(), 15);
}

TEST_F(Load, TakesGivenSplitsAsTheyAreAndMakesOnlyWhatIsMissing) {
  folder_.write("d/train.csv", table(100, 2));
  folder_.write("d/test.csv", table(7, 2));
  const Dataset dataset = load_dataset(options("d"));
  expect_rows(dataset, 90, 10, 7);
  EXPECT_THAT(dataset.test.rows, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  folder_.write("d/validation.csv", table(5, 2));
  expect_rows(load_dataset(options("d")), 100, 5, 7);
  DataOptions both = options("d");
  both.test_size = 0.2;
  EXPECT_THAT(error_of([&] { load_dataset(both); }),
              HasSubstr("test_size: the data has this split already"));
}

TEST_F(Load, CutsTrainAndValidationButNeverTestToAFraction) {
  folder_.write("d/train.csv", table(1000, 2));
  folder_.write("d/validation.csv", table(200, 2));
  folder_.write("d/test.csv", table(50, 2));
  DataOptions part = options("d");
  part.fraction = 0.1;
  part.seed = 3;
  const Dataset dataset = load_dataset(part);
  expect_rows(dataset, 100, 30, 50);  // 20 rows of validation would be fewer than minimum_rows
  EXPECT_EQ(dataset.train.rows, shuffled_rows(1000, 100, 3));
  EXPECT_EQ(dataset.validation.rows, shuffled_rows(200, 30, 3));
  part.minimum_rows = 500;
  expect_rows(load_dataset(part), 500, 200, 50);
}

TEST_F(Load, ReadsEveryFormatTheSame) {
  folder_.write("a.csv", "text,label\n\"x, \"\"y\"\"\",b\nz,a\n");
  folder_.write("a.tsv", "text\tlabel\nx, \"y\"\tb\nz\ta\n");
  folder_.write("a.jsonl",
                "{\"text\":\"x, \\\"y\\\"\",\"label\":\"b\"}\n{\"text\":\"z\",\"label\":\"a\"}\n");
  for (const char* name : {"a.csv", "a.tsv", "a.jsonl"}) {
    DataOptions whole = options(name);
    whole.test_size = whole.validation_size = 0;
    const Dataset dataset = load_dataset(whole);
    EXPECT_EQ(dataset.train.texts[0], "x, \"y\"") << name;
    EXPECT_THAT(dataset.train.labels, ElementsAre(1, 0)) << name;
    EXPECT_THAT(dataset.label_names, ElementsAre("a", "b")) << name;
  }
}

TEST_F(Load, SaysThatAColumnOfSplitsIsNotUsed) {
  folder_.write("a.csv", "text,Split,label\na,train,0\nb,train,1\nc,test,0\nd,test,1\n");
  DataOptions whole = options("a.csv");
  whole.test_size = whole.validation_size = 0;
  EXPECT_THAT(load_dataset(whole).notes,
              ::testing::Contains(HasSubstr("column 'Split' is not used; if it tells training")));
  folder_.write("b.csv", "text,splitter,label\na,train,0\nb,train,1\n");
  whole.paths = {(folder_.path() / "b.csv").string()};
  EXPECT_THAT(load_dataset(whole).notes,
              ::testing::Not(::testing::Contains(HasSubstr("is not used"))));
}

TEST_F(Load, ShowsWhatTellsAnUnknownLabelFromAKnownOne) {
  folder_.write("d/train.csv", table(100, 2));
  folder_.write("d/test.csv", "text,label\nx,0\ny,1\u200B\n");
  EXPECT_THAT(error_of([&] { load_dataset(options("d")); }),
              HasSubstr("test.csv:3: label '1<U+200B>' differs from '1' only in invisible "
                        "characters; write the label in one way"));
}

TEST_F(Load, RefusesAnUnknownLabelInValidationOrTestWithItsLine) {
  folder_.write("d/train.csv", "text,label\na,ham\nb,spam\n");
  folder_.write("d/test.csv", "text,label\na,ham\n\"b\nc\",spam\nc,spm\n");
  DataOptions bad = options("d");
  bad.validation_size = 0;
  EXPECT_THAT(error_of([&] { load_dataset(bad); }),
              HasSubstr("test.csv:5: label 'spm' is not one of ham, spam; correct the label"));
}

TEST_F(Load, RefusesALabelThatIsAbsentFromTrain) {
  folder_.write("d/train.csv", "text,label\na,0\nb,1\n");
  folder_.write("d/test.csv", "text,label\na,0\n");
  DataOptions named = options("d");
  named.validation_size = 0;
  named.label_names = {"no", "yes", "maybe"};
  EXPECT_THAT(error_of([&] { load_dataset(named); }),
              HasSubstr("train.csv: no row of train has the label 'maybe'; add rows"));
}

TEST_F(Load, LeavesOutRowsWithoutALabelAndSaysHowMany) {
  folder_.write("a.csv", "text,label\na,ham\nb,\nc,spam\nd,\ne,ham\n");
  DataOptions given = options("a.csv");
  given.test_size = given.validation_size = 0;
  const Dataset dataset = load_dataset(given);
  EXPECT_THAT(dataset.train.rows, ElementsAre(0, 2, 4));
  EXPECT_THAT(dataset.train.labels, ElementsAre(0, 1, 0));
  EXPECT_EQ(dataset.train.texts[1], "c");
  EXPECT_THAT(dataset.notes,
              Contains(AllOf(HasSubstr("a.csv: 2 rows have no label and are left out"),
                             HasSubstr("a.csv:3"), HasSubstr("a.csv:5"))));
  given.unlabelled = Unlabelled::kFail;
  EXPECT_THAT(error_of([&] { load_dataset(given); }),
              AllOf(HasSubstr("2 rows have no label"), HasSubstr("unlabelled = skip")));
  folder_.write("b.csv", "text,label\na,\nb,\n");
  EXPECT_THAT(error_of([&] { load_dataset(options("b.csv")); }), HasSubstr("no row has a label"));
  EXPECT_THAT(error_of([&] {
                load_split(options("b.csv"), {"ham", "spam"});
              }),
              HasSubstr("no row has a label"));
  EXPECT_THAT(load_split(options("a.csv"), {"ham", "spam"}).labels, ElementsAre(0, 1, 0));
}

TEST_F(Load, TakesATestWithoutLabelsForRowsToAnswer) {
  folder_.write("d/train.csv", table(50, 2));
  folder_.write("d/test.csv", "id,text\nq7,first\nq9,second\n");
  const Dataset dataset = load_dataset(options("d"));
  EXPECT_EQ(dataset.test.size(), 10);
  EXPECT_NE(dataset.test.source.find("train.csv"), std::string::npos);
  ASSERT_EQ(dataset.unlabelled.split.size(), 2);
  EXPECT_EQ(dataset.unlabelled.split.texts[1], "second");
  EXPECT_EQ(dataset.unlabelled.ids[1], "q9");
  EXPECT_EQ(dataset.unlabelled.id_name, "id");
  EXPECT_TRUE(dataset.unlabelled.split.labels.empty());
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("test.csv has no labels (no column 'label')")));
  EXPECT_THAT(dataset.notes, Contains(AllOf(HasSubstr("text column 'text', label column 'label' ("),
                                            HasSubstr("train.csv)"))));
  DataOptions none = options("d");
  none.test_size = 0;
  EXPECT_EQ(load_dataset(none).test.size(), 0);
  none.test_size = 0.4;
  EXPECT_EQ(load_dataset(none).test.size(), 20);
}

TEST_F(Load, TakesATestWhoseLabelsAreAllHiddenForRowsToAnswer) {
  folder_.write("d/train.csv", table(50, 2));
  for (const char* labels : {"label\n-1,a\n-1,b\n", "label\n,a\n,b\n", "label\nnan,a\nNA,b\n"}) {
    std::string csv = labels;
    csv.insert(csv.find('\n'), ",text");
    folder_.write("d/test.csv", csv);
    const Dataset dataset = load_dataset(options("d"));
    EXPECT_EQ(dataset.unlabelled.split.size(), 2) << labels;
    EXPECT_EQ(dataset.unlabelled.ids.size(), 0) << labels;
    EXPECT_EQ(dataset.test.size(), 10) << labels;
  }
}

TEST_F(Load, HoldsTheColumnsOfTrainForAllSplits) {
  folder_.write("d/train.csv", "review,stars,label_id\na,1,7\nb,2,7\nc,1,7\n");
  DataOptions given = options("d");
  given.label_column = "stars";
  given.validation_size = 0;
  // "text" and "label" would be guessed before all others, were test.csv asked.
  folder_.write("d/test.csv", "text,label,review,stars\nx,9,y,2\n");
  const Dataset dataset = load_dataset(given);
  EXPECT_EQ(dataset.test.texts[0], "y");
  EXPECT_THAT(dataset.test.labels, ElementsAre(1));
  EXPECT_EQ(dataset.columns.text, "review");
  EXPECT_EQ(dataset.columns.label, "stars");
  folder_.write("d/test.csv", "text,stars\nx,2\n");
  EXPECT_THAT(error_of([&] { load_dataset(given); }),
              HasSubstr("test.csv: there is no text column 'review' among 'text', 'stars', and "));
  folder_.write("d/test.csv", "review,stars\nx,2\n");
  folder_.write("d/dev.csv", "review\nx\n");
  EXPECT_THAT(error_of([&] { load_dataset(given); }),
              HasSubstr("dev.csv: there is no label column 'stars' among 'review'"));
}

TEST_F(Load, HoldsWhatLabelsAreForAllSplits) {
  folder_.write("d/train.csv", table(10, 2));
  folder_.write("d/test.csv", "text,label\na,1\nb,01\n");
  DataOptions given = options("d");
  given.validation_size = 0;
  EXPECT_THAT(error_of([&] { load_dataset(given); }),
              HasSubstr("test.csv:3: label '01' is not one of 0, 1; write it as '1'"));
}

TEST_F(Load, TakesATestOfTweetEvalWithoutLabelsForTextsToAnswer) {
  std::string texts, labels;
  for (int i = 0; i < 40; ++i) {
    texts += "text " + std::to_string(i * i) + " of some words " + std::to_string(i) + "\n";
    labels += i % 2 == 0 ? "0\n" : "1\n";
  }
  folder_.write("d/train_text.txt", texts);
  folder_.write("d/train_labels.txt", labels);
  folder_.write("d/test_text.txt", "secret one\n\nsecret two\n");
  const Dataset dataset = load_dataset(options("d"));
  EXPECT_EQ(dataset.unlabelled.split.size(), 3);
  EXPECT_EQ(dataset.unlabelled.split.texts[2], "secret two");
  EXPECT_EQ(dataset.test.size(), 8);
  EXPECT_THAT(dataset.notes, Contains(AllOf(HasSubstr("test_text.txt has no labels (its file of "
                                                      "labels is not there): its 3 rows"),
                                            HasSubstr("writes predictions for them"))));
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("test_text.txt:2")));
  EXPECT_THAT(error_of([&] {
                load_split(options("d"), {"0", "1"});
              }),
              HasSubstr("test_text.txt: has no file of labels beside it; name another split"));
  // Training and validation need theirs.
  folder_.write("d/val_text.txt", "x\n");
  EXPECT_THAT(error_of([&] { load_dataset(options("d")); }),
              HasSubstr("val_labels.txt: the labels of val_text.txt are missing"));
}

TEST_F(Load, LeavesALabelOfTheFilesOwnListWithoutRows) {
  folder_.write("d/train_text.txt", "a\nb\nc\nd\n");
  folder_.write("d/train_labels.txt", "0\n1\n-1\n0\n");
  folder_.write("d/mapping.txt", "0\tneg\n1\tneu\n2\tpos\n");
  DataOptions given = options("d");
  given.test_size = given.validation_size = 0;
  const Dataset dataset = load_dataset(given);
  EXPECT_THAT(dataset.label_names, ElementsAre("neg", "neu", "pos"));
  EXPECT_THAT(dataset.train.labels, ElementsAre(0, 1, 0));
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("no row of train has the label 'pos'")));
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("1 row has no label and is left out")));
}

TEST_F(Load, CountsTextsThatAreMissing) {
  folder_.write("a.jsonl", "{\"text\": null, \"label\": 0}\n{\"text\": \"b\", \"label\": 1}\n");
  DataOptions given = options("a.jsonl");
  given.test_size = given.validation_size = 0;
  EXPECT_THAT(
      load_dataset(given).notes,
      Contains(HasSubstr("1 text is empty or missing (null), and is taken as empty, the first "
                         "at")));
  folder_.write("a.csv", "text,label\na,0\n,1\nb,1\n\"  \",0\n");
  given.paths = {(folder_.path() / "a.csv").string()};
  EXPECT_THAT(load_dataset(given).notes,
              Contains(AllOf(HasSubstr("2 texts are empty or missing"), HasSubstr("a.csv:3"))));
}

TEST_F(Load, SaysWhereAFractionKeepsMoreRowsThanItMeans) {
  folder_.write("d/train.csv", table(200, 2));
  folder_.write("d/dev.csv", table(20, 2));
  folder_.write("d/test.csv", table(10, 2));
  DataOptions part = options("d");
  part.fraction = 0.1;
  const Dataset dataset = load_dataset(part);
  EXPECT_EQ(dataset.train.size(), 30);
  EXPECT_THAT(dataset.notes, Contains("train: 30 rows are kept, not the 20 that fraction means of "
                                      "200: it leaves 30 at least"));
  EXPECT_THAT(dataset.notes,
              Contains(HasSubstr("validation: all 20 rows are kept, not the 2 that")));
  part.fraction = 0.5;
  EXPECT_THAT(load_dataset(part).notes, Not(Contains(HasSubstr("train: "))));
}

TEST_F(Load, RefusesAFractionThatLosesALabel) {
  std::string csv = table(2000, 2);
  csv += "rare,2\n";
  folder_.write("d/train.csv", csv);
  folder_.write("d/test.csv", table(10, 2));
  DataOptions part = options("d");
  part.validation_size = 0;
  part.fraction = 0.02;
  EXPECT_THAT(error_of([&] { load_dataset(part); }),
              HasSubstr("no row of train has the label '2'; raise fraction"));
}

TEST_F(Load, RefusesOneClassOnly) {
  folder_.write("a.csv", "text,label\na,x\nb,x\n");
  EXPECT_THAT(error_of([&] { load_dataset(options("a.csv")); }),
              HasSubstr("a.csv:2: all rows have the label 'x'"));
}

TEST_F(Load, RefusesSplitsThatCannotBeMade) {
  folder_.write("a.csv", "text,label\na,x\nb,x\nc,x\nd,x\ne,x\nf,y\n");
  EXPECT_THAT(error_of([&] { load_dataset(options("a.csv")); }),
              HasSubstr("a.csv: class 'y' has a single row, too few to stand in two splits"));
  folder_.write("b.csv", table(20, 2));
  DataOptions large = options("b.csv");
  large.test_size = 20;
  EXPECT_THAT(error_of([&] { load_dataset(large); }),
              HasSubstr("test_size: would take 20 of 20 rows and leave none to train on"));
  large.test_size = 0.5;
  large.validation_size = 0.6;
  EXPECT_THAT(error_of([&] { load_dataset(large); }), HasSubstr("validation_size: would take 12"));
  large.test_size = -2;
  EXPECT_THAT(error_of([&] { load_dataset(large); }), HasSubstr("test_size"));
}

TEST_F(Load, RefusesAFractionOutsideItsRange) {
  folder_.write("a.csv", table(20, 2));
  for (const double fraction : {0.0, -0.1, 1.1}) {
    DataOptions bad = options("a.csv");
    bad.fraction = fraction;
    EXPECT_THAT(error_of([&] { load_dataset(bad); }), HasSubstr("fraction: must be above 0"));
  }
}

TEST_F(Load, RefusesDataWithoutTrain) {
  folder_.write("d/test.csv", table(10, 2));
  folder_.write("d/dev.csv", table(10, 2));
  EXPECT_THAT(error_of([&] { load_dataset(options("d")); }),
              HasSubstr("there is no train split; name its file with train"));
}

using LoadSplit = Load;

TEST_F(LoadSplit, TakesTestOfSeveralSplitsAndElseTheWholeFile) {
  folder_.write("d/train.csv", table(10, 2));
  folder_.write("d/test.csv", table(4, 2));
  EXPECT_EQ(load_split(options("d"), {"no", "yes"}).size(), 4);
  const Split whole = load_split(options("d/train.csv"), {"no", "yes"});
  EXPECT_EQ(whole.size(), 10);
  EXPECT_THAT(whole.source, HasSubstr("train.csv"));
  EXPECT_EQ(whole.labels[3], 1);
  folder_.write("e/train.csv", table(10, 2));
  folder_.write("e/dev.csv", table(10, 2));
  EXPECT_THAT(error_of([&] {
                load_split(options("e"), {"no", "yes"});
              }),
              HasSubstr("several splits, but no test split"));
}

TEST_F(LoadSplit, RefusesALabelThatTheModelDoesNotHave) {
  folder_.write("a.csv", "text,label\na,ham\nb,eggs\n");
  EXPECT_THAT(error_of([&] {
                load_split(options("a.csv"), {"ham", "spam"});
              }),
              HasSubstr("a.csv:3: label 'eggs' is not one of ham, spam"));
}

TEST_F(LoadSplit, TakesOneClassAlone) {
  folder_.write("a.csv", "text,label\na,spam\nb,spam\n");
  EXPECT_THAT(load_split(options("a.csv"), {"ham", "spam"}).labels, ElementsAre(1, 1));
}

TEST_F(Load, KeepsTheTwoTextsOfAPairTogether) {
  std::string csv = "question,answer,label\n", lines;
  for (int i = 0; i < 200; ++i) {
    const std::string n = std::to_string(i), label = std::to_string(i % 2);
    csv += "q" + n + ",\"a" + n + ", \"\"so\"\"\"," + label + "\n";
    lines += R"({"question": "q)" + n + R"(", "answer": "a)" + n + R"(, \"so\"", "label": )" +
             label + "}\n";
  }
  folder_.write("a.csv", csv);
  folder_.write("a.jsonl", lines);
  for (const char* name : {"a.csv", "a.jsonl"}) {
    SCOPED_TRACE(name);
    DataOptions with_pairs = options(name);
    with_pairs.pair_column = "answer";
    with_pairs.fraction = 0.5;
    const Dataset dataset = load_dataset(with_pairs);
    for (const Split* split : {&dataset.train, &dataset.validation, &dataset.test}) {
      ASSERT_GT(split->size(), 0);
      ASSERT_EQ(split->texts.pairs(), split->size());
      for (int64_t row = 0; row < split->size(); ++row) {
        const std::string n = std::to_string(split->rows[row]);
        EXPECT_EQ(split->texts[row], "q" + n);
        EXPECT_EQ(split->texts.pair(row), "a" + n + ", \"so\"");
      }
    }
  }
  EXPECT_FALSE(load_dataset(options("a.csv")).train.texts.has_pairs());
}

}  // namespace
}  // namespace thaw
