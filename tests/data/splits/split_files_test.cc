#include "data/splits/split_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class SplitFiles : public ::testing::Test {
 protected:
  void touch(std::initializer_list<const char*> names) {
    for (const char* name : names) folder_.write(name, "text,label\nx,1\n");
  }
  std::string folder() const { return folder_.path().string(); }
  SplitSources find() const { return find_split_sources({folder()}, {}, {}, {}); }
  // "train.csv|val.csv|test.csv" with paths inside the folder.
  std::string found(const SplitSources& sources) const {
    std::string text;
    for (const SplitSource* source : {&sources.train, &sources.validation, &sources.test}) {
      for (size_t i = 0; i < source->files.size(); ++i) {
        text += (i == 0 ? "" : "+") + source->files[i].lexically_relative(folder_.path()).string();
      }
      if (source != &sources.test) text += "|";
    }
    return text;
  }

  TemporaryFolder folder_;
};

TEST_F(SplitFiles, AreFoundInAFolderWhateverFormatAndName) {
  touch({"train.csv", "dev.jsonl", "test.tsv", "README.md", "notes.txt"});
  EXPECT_EQ(found(find()), "train.csv|dev.jsonl|test.tsv");
}

TEST_F(SplitFiles, AreFoundByWordsInTheirNames) {
  touch({"sst2_training.csv", "sst2-valid.csv", "SST2.Test.csv", "contest.csv"});
  EXPECT_EQ(found(find()), "sst2_training.csv|sst2-valid.csv|SST2.Test.csv");
}

TEST_F(SplitFiles, AreFoundAsShardsInTheHubsLayout) {
  touch({"data/train-00001-of-00002.parquet", "data/train-00000-of-00002.parquet",
         "data/validation-00000-of-00001.parquet"});
  EXPECT_EQ(found(find()),
            "data/train-00000-of-00002.parquet+data/train-00001-of-00002.parquet|"
            "data/validation-00000-of-00001.parquet|");
}

// As datasets does, though one is called just as the split.
TEST_F(SplitFiles, OfOneSplitAreAllThatHaveItsWord) {
  touch({"train.csv", "train_augmented.csv", "test.csv"});
  EXPECT_EQ(found(find()), "train.csv+train_augmented.csv||test.csv");
  EXPECT_THAT(find().notes, Contains(HasSubstr("train from train.csv, train_augmented.csv; test")));
}

TEST_F(SplitFiles, OfOneTableAloneAreASingleTable) {
  touch({"reviews.csv"});
  EXPECT_EQ(found(find()), "reviews.csv||");
  EXPECT_TRUE(find().is_single_table);
  const SplitSources single = find_split_sources({folder() + "/reviews.csv"}, {}, {}, {});
  EXPECT_TRUE(single.is_single_table);
}

TEST_F(SplitFiles, GivenSeparatelyAreToldApartByName) {
  touch({"test.csv", "val.csv", "rows.csv"});
  EXPECT_EQ(
      found(find_split_sources(
          {folder() + "/test.csv", folder() + "/rows.csv", folder() + "/val.csv"}, {}, {}, {})),
      "rows.csv|val.csv|test.csv");
}

TEST_F(SplitFiles, GivenOutrightComeBeforeWhatThePathsHold) {
  touch({"train.csv", "test.csv", "other.csv"});
  EXPECT_EQ(found(find_split_sources({folder()}, {}, {}, {folder() + "/other.csv"})),
            "train.csv||other.csv");
  EXPECT_EQ(found(find_split_sources({}, {folder() + "/other.csv"}, {}, {folder() + "/test.csv"})),
            "other.csv||test.csv");
  EXPECT_EQ(found(find_split_sources({folder() + "/other.csv"}, {}, {}, {folder() + "/test.csv"})),
            "other.csv||test.csv");
}

TEST_F(SplitFiles, WithoutAWordAreTrainWhereNothingElseIs) {
  touch({"part-00000.csv", "part-00001.csv"});
  EXPECT_EQ(found(find()), "part-00000.csv+part-00001.csv||");
  EXPECT_FALSE(find().is_single_table);
  const std::string first = folder() + "/part-00000.csv", second = folder() + "/part-00001.csv";
  EXPECT_EQ(found(find_split_sources({first, second}, {}, {}, {})),
            "part-00000.csv+part-00001.csv||");
  EXPECT_EQ(found(find_split_sources({}, {second, first}, {}, {})),
            "part-00001.csv+part-00000.csv||");
  EXPECT_THAT(error_of([&] {
                find_split_sources({first, second}, {first}, {}, {});
              }),
              HasSubstr("part-00000.csv: cannot tell which split it is; name it with train"));
}

// What datasets 5.2 makes of the same names (load_dataset(folder)).
TEST_F(SplitFiles, AreFoundInFoldersAsDatasetsFindsThem) {
  touch({"train/b.csv", "train/a.csv", "dev/a.csv", "evaluation/x/a.csv", "notes.csv"});
  EXPECT_EQ(found(find()), "train/a.csv+train/b.csv|dev/a.csv|evaluation/x/a.csv");
  EXPECT_THAT(find().notes, Contains(HasSubstr("left out notes.csv; train, validation and")));
}

TEST_F(SplitFiles, AreFoundDeepInFolders) {
  touch({"data/raw/train/x.jsonl", "data/raw/test/x.jsonl", ".git/train/y.jsonl",
         "__pycache__/train/z.jsonl", "data/.cache/train/x.jsonl"});
  EXPECT_EQ(found(find()), "data/raw/train/x.jsonl||data/raw/test/x.jsonl");
}

TEST_F(SplitFiles, MayBeNumbered) {
  touch({"train_0.csv", "train-1.csv", "train2.csv", "test.1.csv"});
  EXPECT_EQ(found(find()), "train-1.csv+train2.csv+train_0.csv||test.1.csv");
}

TEST_F(SplitFiles, OfWhichANumberIsMissingAreTold) {
  touch({"train_00.csv", "train_02.csv", "test_2019.csv", "test_2021.csv"});
  EXPECT_THAT(find().notes,
              Contains(HasSubstr("train_01.csv is missing among the parts of train")));
  EXPECT_THAT(find().notes, Not(Contains(HasSubstr("2020"))));
}

TEST_F(SplitFiles, OfTwoSplitsAreLeftOut) {
  touch({"train.csv", "train_test.csv", "test.csv"});
  EXPECT_EQ(found(find()), "train.csv||test.csv");
  EXPECT_THAT(find().notes, Contains(HasSubstr("left out train_test.csv, whose names tell two")));
}

TEST_F(SplitFiles, HaveOneFormat) {
  touch({"train.csv", "train.jsonl", "train.csv.gz", "test.csv", "config.json", "state.txt"});
  EXPECT_EQ(found(find()), "train.csv||test.csv");
  EXPECT_THAT(find().notes, Contains(HasSubstr("left out train.csv.gz, train.jsonl; train")));
}

TEST_F(SplitFiles, ThatAreNoTablesByTheirNamesAreTold) {
  touch({"train.csv", "test.txt", "README.txt"});
  EXPECT_THAT(find().notes, Contains(HasSubstr("left out test.txt, which are no tables")));
}

TEST_F(SplitFiles, ThatAreLinksToNowhereAreAnError) {
  touch({"test.csv"});
  std::filesystem::create_symlink("/nowhere/train.csv", folder_.path() / "train.csv");
  EXPECT_THAT(error_of([&] { find(); }),
              HasSubstr("train.csv: is a link to /nowhere/train.csv, where nothing is"));
}

TEST_F(SplitFiles, AreNotLookedForInCircles) {
  touch({"train/a.csv"});
  std::filesystem::create_directory_symlink("..", folder_.path() / "train" / "up");
  EXPECT_EQ(found(find()), "train/a.csv||");
}

TEST_F(SplitFiles, OfFoldersThatAreClassesAreNamedAsThat) {
  touch({"train/pos/0.txt", "train/pos/1.txt", "train/neg/0.txt"});
  EXPECT_THAT(error_of([&] { find(); }),
              HasSubstr("holds no table, but texts in folders that look like classes: train/neg (1 "
                        ".txt), train/pos (2 .txt); write each split into a table"));
}

TEST_F(SplitFiles, WithOtherColumnsThanTheFirstAreAnError) {
  folder_.write("train_0.csv", "text,label\na,1\n");
  folder_.write("train_1.csv", "text,label,more\nb,0,x\n");
  EXPECT_THAT(error_of([&] { read_split_source(find().train, {}, {}); }),
              HasSubstr("train_1.csv: has a column 'more' that"));
  folder_.write("train_1.csv", "label,text\n0,b\n");
  const Table table = read_split_source(find().train, {}, {});
  ASSERT_EQ(table.texts.size(), 2);
  EXPECT_EQ(table.texts[1], "b");
}

TEST_F(SplitFiles, OfWhichAShardIsMissingAreAnError) {
  touch({"train-00000-of-00003.parquet", "train-00002-of-00003.parquet"});
  EXPECT_THAT(error_of([&] { find(); }), HasSubstr("only 2 of the 3 shards of 'train' are there"));
}

TEST_F(SplitFiles, ThatDoNotExistAreAnError) {
  EXPECT_THAT(error_of([&] { find(); }), HasSubstr("the folder holds no data"));
  EXPECT_THAT(error_of([&] { find_split_sources({folder() + "/none"}, {}, {}, {}); }),
              HasSubstr("none: there is no such file or folder"));
  EXPECT_THAT(error_of([&] { find_split_sources({folder()}, {folder() + "/none.csv"}, {}, {}); }),
              HasSubstr("the folder holds no data"));
}

class TweetEvalLayout : public SplitFiles {
 protected:
  Table read(const SplitSources& sources) {
    return read_split_source(sources.train, sources.mapping, {});
  }
};

TEST_F(TweetEvalLayout, IsReadWithItsMapping) {
  folder_.write("train_text.txt", "one \n\"two\"\r\nthree, 3\n");
  folder_.write("train_labels.txt", "2\n0\n1\n");
  folder_.write("val_text.txt", "four\n");
  folder_.write("val_labels.txt", "0\n");
  folder_.write("mapping.txt", "0\tnegative\n1\tneutral\n2\tpositive");
  const SplitSources sources = find();
  EXPECT_EQ(found(sources), "train_text.txt|val_text.txt|");
  const Table table = read(sources);
  EXPECT_EQ(table.texts[0], "one ");
  EXPECT_EQ(table.texts[1], "\"two\"");
  EXPECT_THAT(table.labels.values(), ::testing::ElementsAre("2", "0", "1"));
  EXPECT_THAT(table.class_names, ::testing::ElementsAre("negative", "neutral", "positive"));
}

TEST_F(TweetEvalLayout, ThatDoesNotFitTogetherIsAnErrorWithItsPlace) {
  folder_.write("train_text.txt", "one\ntwo\n");
  EXPECT_THAT(error_of([&] { find(); }), HasSubstr("train_labels.txt: the labels of"));
  folder_.write("train_labels.txt", "0\n");
  EXPECT_THAT(error_of([&] { read(find()); }),
              HasSubstr("train_labels.txt: has 1 lines, and train_text.txt has 2"));
  folder_.write("train_labels.txt", "0\nx\n");
  EXPECT_THAT(error_of([&] { read(find()); }),
              HasSubstr("train_labels.txt:2: the label 'x' is not a number"));
  folder_.write("train_labels.txt", "0\n1\n");
  folder_.write("mapping.txt", "0\tno\n2\tyes\n");
  EXPECT_THAT(error_of([&] { read(find()); }), HasSubstr("mapping.txt: the number 1 is missing"));
  folder_.write("mapping.txt", "0\tno\n0\tyes\n");
  EXPECT_THAT(error_of([&] { read(find()); }), HasSubstr("mapping.txt:2: the number 0 stands"));
  folder_.write("mapping.txt", "no\n");
  EXPECT_THAT(error_of([&] { read(find()); }), HasSubstr("mapping.txt:1: is not a number, a tab"));
  folder_.write("mapping.txt", "0\tno\n1\tyes\n");
  folder_.write("train_text.txt", "one\n\xFF\n");
  EXPECT_THAT(error_of([&] { read(find()); }),
              HasSubstr("train_text.txt:2: the text is not valid UTF-8"));
}

TEST_F(SplitFiles, ThatAreShardsAreReadAsOneTableThatKnowsItsPlaces) {
  folder_.write("train-0-of-2.csv", "text,label\na,x\nb,y\n");
  folder_.write("train-1-of-2.csv", "text,label\nc,y\nd,z\n");
  const SplitSources sources = find();
  const Table table = read_split_source(sources.train, "", {});
  ASSERT_EQ(table.texts.size(), 4);
  EXPECT_EQ(table.texts[3], "d");
  EXPECT_THAT(table.labels.codes(), ::testing::ElementsAre(0, 1, 1, 2));
  EXPECT_THAT(table.labels.place(1), HasSubstr("train-0-of-2.csv:3"));
  EXPECT_THAT(table.labels.place(2), HasSubstr("train-1-of-2.csv:3"));
}

TEST_F(SplitFiles, OfOneSplitHaveANameTogether) {
  const auto name = [](std::vector<std::filesystem::path> files) {
    SplitSource source;
    source.files = std::move(files);
    return source.name();
  };
  EXPECT_EQ(name({"a.csv"}), "a.csv");
  EXPECT_EQ(name({"data/a.csv", "data/b.csv"}), "data");
  EXPECT_EQ(name({"a.csv", "b.csv", "c.csv"}), "a.csv and 2 more");
  EXPECT_EQ(name({"x/a.csv", "y/a.csv"}), "x/a.csv and 1 more");
}

}  // namespace
}  // namespace thaw
