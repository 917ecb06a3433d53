// Parquet through the module. types.parquet is made by tests/golden/data/make_parquet.py.

#include "data/parquet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "base/files.h"
#include "base/machine.h"
#include "tests/model_io/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::filesystem::path kTypes = THAW_SOURCE_DIR "/tests/golden/data/types.parquet";

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

TEST_F(Parquet, RefusesOtherTypesAndInvalidUtf8) {
  EXPECT_THAT(error_of([] { read("text", "list"); }),
              HasSubstr("the column 'list' cannot be read: its values are of the type list"));
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
                "without it; run scripts/install-dependencies.sh --arrow-only and "
                "scripts/build.sh, or save the data as CSV or JSONL"));
}

TEST(ParquetModule, ThatIsNoLibraryIsAnError) {
  const TemporaryFolder folder;
  folder.write("thaw_parquet.so", "not a library");
  EXPECT_THAT(error_of([&] { read_parquet(kTypes, {}, {folder.path()}); }),
              HasSubstr("the Parquet module cannot be opened"));
}

}  // namespace
}  // namespace thaw
