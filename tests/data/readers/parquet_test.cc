// Parquet through the module. types.parquet, more_types.parquet and more_types.arrow are made by
// tests/golden/data/make_parquet.py.

#include "data/readers/parquet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "base/machine.h"
#include "data/label_values.h"
#include "data/labels.h"
#include "data/splits/split_files.h"
#include "files/files.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::filesystem::path kTypes = THAW_SOURCE_DIR "/tests/golden/data/types.parquet";
const std::filesystem::path kMoreTypes[] = {THAW_SOURCE_DIR "/tests/golden/data/more_types.parquet",
                                            THAW_SOURCE_DIR "/tests/golden/data/more_types.arrow"};

bool has_module() {
  for (const auto& folder : parquet_module_folders()) {
    if (std::filesystem::exists(folder / "thaw_parquet.so")) return true;
  }
  return false;
}

class Parquet : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_module()) GTEST_SKIP() << "built without Arrow (scripts/install-dependencies.sh)";
  }
  static Table read(const std::string& text, const std::string& label) {
    TableRequest request;
    request.text_column = text;
    request.label_column = label;
    return read_parquet(kTypes, request);
  }
  static std::vector<std::string> labels(const std::string& column) {
    const Table table = read("text", column);
    std::vector<std::string> values;
    for (const int32_t code : table.labels.codes()) values.push_back(table.labels.values()[code]);
    return values;
  }
};

TEST_F(Parquet, ReadsStringsOfEveryKind) {
  for (const char* column : {"text", "large", "dictionary", "binary"}) {
    const Table table = read(column, "label");
    std::vector<std::string> texts;
    for (int64_t i = 0; i < table.texts.size(); ++i) texts.emplace_back(table.texts[i]);
    EXPECT_THAT(texts, ElementsAre("plain", "", "naïve café", "日本語のテキスト", "😀 emoji",
                                   "a \"quote\", a comma", "line\nbreak"))
        << column;
  }
}

TEST_F(Parquet, ReadsLabelsOfEveryKind) {
  for (const char* column : {"label", "int16", "int32", "uint8"}) {
    EXPECT_THAT(labels(column), ElementsAre("0", "1", "2", "0", "1", "2", "0")) << column;
  }
  EXPECT_THAT(labels("int8"), ElementsAre("-1", "0", "1", "-1", "0", "1", "-1"));
  EXPECT_EQ(labels("uint64")[2], "9223372036854775810");
  for (const char* column : {"float", "double"}) {
    EXPECT_THAT(labels(column), ElementsAre("-0.1", "0.5", "1.25", "2", "-3", "0", "1e-07"))
        << column;
  }
  EXPECT_THAT(labels("bool"),
              ElementsAre("false", "true", "false", "false", "true", "false", "false"));
  EXPECT_EQ(labels("name")[6], "negative");
}

TEST_F(Parquet, TakesLabelNamesFromTheMetadata) {
  EXPECT_THAT(read("text", "label").class_names, ElementsAre("negative", "neutral", "positive"));
  EXPECT_TRUE(read("text", "int32").class_names.empty());
}

TEST_F(Parquet, CountsMissingTextsAndLabels) {
  const Table table = read("with_null", "null_label");
  EXPECT_EQ(table.texts[3], "");
  EXPECT_EQ(table.missing_texts, 2) << "one is empty, one null";
  EXPECT_THAT(table.first_missing_text, HasSubstr("types.parquet, row 1"));
  EXPECT_EQ(read("text", "label").missing_texts, 1);
  EXPECT_THAT(table.labels.codes(), ElementsAre(0, 1, -1, 0, 1, 2, 0));
  EXPECT_THAT(table.labels.places_of_none(), ElementsAre(HasSubstr("types.parquet, row 2")));
}

TEST_F(Parquet, KnowsWhatLabelsAre) {
  EXPECT_EQ(read("text", "label").labels.kinds()[0], ValueKind::kNumber);
  EXPECT_EQ(read("text", "double").labels.kinds()[0], ValueKind::kNumber);
  EXPECT_EQ(read("text", "bool").labels.kinds()[0], ValueKind::kBoolean);
  EXPECT_EQ(read("text", "name").labels.kinds()[0], ValueKind::kText);
}

// The labels of a column of more_types, "none" where there is none.
std::vector<std::string> more_labels(const std::filesystem::path& file, const std::string& column) {
  TableRequest request;
  request.text_column = "text";
  request.label_column = column;
  const Table table = read_parquet(file, request);
  std::vector<std::string> values;
  for (const int32_t code : table.labels.codes()) {
    values.push_back(code < 0 ? "none" : table.labels.values()[code]);
  }
  return values;
}

ColumnKind more_kind(const std::filesystem::path& file, const std::string& column) {
  TableRequest request;
  request.text_column = "text";
  request.label_column = column;
  return kind_of_labels(read_parquet(file, request).labels);
}

TEST_F(Parquet, StringsThatLookLikeNumbersAreText) {
  for (const auto& file : kMoreTypes) {
    for (const char* column : {"digits", "zeros", "digit_category"}) {
      EXPECT_EQ(more_kind(file, column).kind, LabelKind::kText) << file << column;
    }
    TableRequest request;
    request.text_column = "text";
    request.label_column = "zeros";
    const Table table = read_parquet(file, request);
    const LabelScheme scheme = LabelScheme::from_train(table.labels, {}, {}, {});
    EXPECT_THAT(scheme.names(), ElementsAre("01", "1"));
    EXPECT_THAT(scheme.lines()[0], HasSubstr("labels: 01, 1 (text)"));
    request.label_column = "digits";
    const Table digits = read_parquet(file, request);
    EXPECT_THAT(LabelScheme::from_train(digits.labels, {}, {}, {}).lines()[0],
                HasSubstr("labels: 1, 2 (text)"));
  }
}

TEST_F(Parquet, DecimalsAreNumbers) {
  for (const auto& file : kMoreTypes) {
    EXPECT_THAT(more_labels(file, "whole_decimal"), ElementsAre("1", "-2", "none", "0"));
    EXPECT_EQ(more_kind(file, "whole_decimal").kind, LabelKind::kIntegers);
    EXPECT_THAT(more_labels(file, "decimal"), ElementsAre("1.5", "-0.05", "100", "0"));
    EXPECT_EQ(more_kind(file, "decimal").kind, LabelKind::kFractions);
    // Two doubles would be one.
    EXPECT_THAT(more_labels(file, "long_decimal"),
                ElementsAre("9007199254740993", "9007199254740992", "1", "1"));
  }
}

TEST_F(Parquet, CategoriesAreWhatTheirValuesAre) {
  for (const auto& file : kMoreTypes) {
    EXPECT_THAT(more_labels(file, "category"), ElementsAre("pos", "neg", "none", "pos"));
    EXPECT_EQ(more_kind(file, "category").kind, LabelKind::kText);
    EXPECT_THAT(more_labels(file, "number_category"), ElementsAre("5", "3", "5", "3"));
    EXPECT_EQ(more_kind(file, "number_category").kind, LabelKind::kIntegers);
  }
}

TEST_F(Parquet, NamesColumnsOfTypesThatAreNeitherTextsNorLabels) {
  const std::pair<const char*, const char*> plain[] = {{"date", "'date32[day]'"},
                                                       {"timestamp", "'timestamp["},
                                                       {"time", "'time64["},
                                                       {"date_category", "date32[day]"}};
  for (const auto& file : kMoreTypes) {
    for (const auto& [column, type] : plain) {
      const std::string error = error_of([&, name = column] { more_labels(file, name); });
      EXPECT_THAT(error,
                  HasSubstr(std::string("the label column '") + column + "' is of the type"));
      EXPECT_THAT(error, HasSubstr(type));
      EXPECT_THAT(error, HasSubstr("which is neither text nor a number; name another column with "
                                   "label_column, or save this one as text"));
    }
    for (const char* column : {"list", "struct", "map"}) {
      EXPECT_THAT(error_of([&] { more_labels(file, column); }),
                  HasSubstr(", which is several values a row; name another column with "
                            "label_column, or write what is meant into a column"));
    }
    TableRequest request;
    request.text_column = "list";
    request.label_column = "digits";
    EXPECT_THAT(error_of([&] { read_parquet(file, request); }),
                HasSubstr("the text column 'list' is of the type 'list<"));
    request.text_column = "text";
    request.pair_column = "date";
    EXPECT_THAT(error_of([&] { read_parquet(file, request); }),
                HasSubstr("the second text column 'date' is of the type 'date32[day]'"));
  }
}

TEST_F(Parquet, NamesBothListsOfLabelNamesThatDiffer) {
  const std::string folder = THAW_SOURCE_DIR "/tests/cases/files/labels/permuted/";
  SplitSource source;
  source.files = {folder + "train.parquet", folder + "test.parquet"};
  EXPECT_THAT(
      error_of([&] { read_split_source(source, "", {}); }),
      AllOf(HasSubstr("permuted/test.parquet: its label names (pos, neg) differ from those of "),
            HasSubstr("permuted/train.parquet (neg, pos), so that one number may mean two "
                      "labels; write both with one list of names"),
            HasSubstr("align_labels_with_mapping()")));
}

TEST_F(Parquet, RefusesInvalidUtf8) {
  EXPECT_THAT(error_of([] { read("bad", "label"); }),
              HasSubstr("types.parquet, row 5: the text is not valid UTF-8"));
}

TEST_F(Parquet, ListsTheColumnsWhenOneIsMissing) {
  EXPECT_THAT(error_of([] { read("tweet", "label"); }),
              HasSubstr("there is no column 'tweet' among 'text', 'large', 'dictionary'"));
}

TEST_F(Parquet, RefusesWhatIsNoParquetFile) {
  const TemporaryFolder folder;
  for (const std::string bytes : {"PAR1", "text,label\nx,1\n", "PAR1PAR1PAR1PAR1"}) {
    const auto path = folder.write("a.parquet", bytes);
    EXPECT_THAT(error_of([&] { read_table(path, {}); }),
                HasSubstr("a.parquet: cannot be read as Parquet: "));
  }
}

TEST_F(Parquet, DamagedFilesAreReadOrRefusedAndNeverCrash) {
  const std::string whole = read_text_file(kTypes);
  const TemporaryFolder folder;
  std::mt19937 engine(11);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole;
    if (round % 3 == 0) {
      bytes.resize(engine() % bytes.size());
    } else {
      const int changes = 1 + static_cast<int>(engine() % 6);
      for (int i = 0; i < changes; ++i)
        bytes[engine() % bytes.size()] = static_cast<char>(engine());
    }
    const auto path = folder.write("a.parquet", bytes);
    try {
      TableRequest request;
      request.text_column = round % 2 == 0 ? "text" : "dictionary";
      request.label_column = round % 5 == 0 ? "name" : "label";
      const Table table = read_parquet(path, request);
      EXPECT_EQ(table.texts.size(), table.labels.size());
    } catch (const Error& error) {
      ++refused;
      EXPECT_THAT(error.where(), HasSubstr("a.parquet"));
    }
  }
  EXPECT_GT(refused, 100);
}

TEST_F(Parquet, SmallFilesCannotTakeAllMemory) {
  // bomb.parquet is made by tests/golden/data/make_parquet_bomb.py.
  reset_peak_memory();
  const double before = peak_memory_mb();
  EXPECT_THAT(error_of([] { read_parquet(THAW_SOURCE_DIR "/tests/golden/data/bomb.parquet", {}); }),
              HasSubstr("bomb.parquet"));
  EXPECT_LT(peak_memory_mb() - before, 400) << "600 MB were unpacked";
}

TEST(ParquetModule, ThatIsMissingIsAnErrorThatSaysHowToGetIt) {
  const TemporaryFolder folder;
  EXPECT_THAT(
      error_of([&] { read_parquet(kTypes, {}, {folder.path()}); }),
      HasSubstr("types.parquet: Parquet files need thaw_parquet.so, and this thaw was built "
                "without it; in thaw's sources, run scripts/install-dependencies.sh "
                "--arrow-only and scripts/build.sh, or save the data as CSV or JSONL"));
}

TEST(ParquetModule, ThatIsNoLibraryIsAnError) {
  const TemporaryFolder folder;
  folder.write("thaw_parquet.so", "not a library");
  EXPECT_THAT(error_of([&] { read_parquet(kTypes, {}, {folder.path()}); }),
              HasSubstr("the Parquet module cannot be opened"));
}

}  // namespace
}  // namespace thaw
