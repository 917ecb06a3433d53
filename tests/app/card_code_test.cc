// The code that a model's card shows, run as it stands, and what Transformers makes of the folder.
// THAW_PYTHON names a Python with Transformers and sentence-transformers.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "files/files.h"
#include "tests/app/run_command.h"
#include "tests/base/temporary_folder.h"
#include "tests/report/export/python.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

struct Kind {
  std::string name, flags, module;
  bool pairs;
};

class CardCode : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    std::string rows = GetParam().pairs ? "text,second,label\n" : "text,label\n";
    const char* words[] = {"the", "a", "film", "was", "not", "very", "i", "like"};
    for (int row = 0; row < 400; ++row) {
      // One label in five is wrong, so that the temperature is not 1.
      const bool good = row % 2 == 0, told = row % 5 == 0 ? !good : good;
      rows += std::string(words[row % 8]) + " " + words[row / 8 % 8] + " " + words[row / 64] +
              (good ? " good" : " bad");
      if (GetParam().pairs) rows += std::string(",") + words[row / 3 % 8] + " film";
      rows += told ? ",yes\n" : ",no\n";
    }
    const fs::path golden = fs::path(THAW_SOURCE_DIR) / "tests/golden/bert";
    const Outcome outcome = thaw(
        "train --quiet --strategy full --epochs 3 --learning-rate 1e-2 "
        "--max-length 12 --precision fp32 --validation-size 100 " +
        GetParam().flags + (GetParam().pairs ? " --text-pair second" : "") + " --model " +
        golden.string() + " --data " + folder_.write("rows.csv", rows).string() + " --out " +
        model());
    ASSERT_EQ(outcome.code, 0) << outcome.text;
  }
  static Outcome thaw(const std::string& arguments, const std::string& before = "") {
    return run_command(before + " " THAW_PROGRAM " " + arguments + " 2>&1");
  }
  std::string model() const { return (folder_.path() / "model").string(); }

  // The blocks between ```python and ```.
  std::vector<std::string> snippets() const {
    const std::string card = read_text_file(model() + "/README.md");
    std::vector<std::string> found;
    const std::string begin = "```python\n";
    for (size_t at = card.find(begin); at != std::string::npos; at = card.find(begin, at)) {
      at += begin.size();
      found.push_back(card.substr(at, card.find("```", at) - at));
    }
    return found;
  }
  // What `thaw predict` says of the texts that the card's code asks about.
  nlohmann::json answer(const std::string& text) {
    const fs::path texts =
        GetParam().pairs ? folder_.write("texts.csv", "first,second\n" + text + ",another text\n")
                         : folder_.write("texts.txt", text + "\n");
    const Outcome outcome =
        thaw("predict " + model() + " " + texts.string() + " --precision fp32" +
             (GetParam().pairs ? " --text-column first --text-pair second" : ""));
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    return nlohmann::json::parse(outcome.text.substr(outcome.text.find('{')));
  }
  TemporaryFolder folder_;
};

TEST_P(CardCode, NamesFilesThatAreThere) {
  ASSERT_EQ(snippets().size(), 1u);
  const bool modules = GetParam().module == "sentence_transformers";
  EXPECT_EQ(snippets()[0].find("thaw.json") != std::string::npos, modules);
  EXPECT_EQ(fs::exists(model() + "/thaw.json"), modules);
  EXPECT_EQ(fs::exists(model() + "/config.json"), !modules);
  EXPECT_EQ(snippets()[0].find("another text") != std::string::npos, GetParam().pairs);
}

TEST_P(CardCode, AnswersAsThawDoes) {
  if (!python_has(GetParam().module) || !python_has("torch")) {
    GTEST_SKIP() << python() << " has no " << GetParam().module
                 << ": set THAW_PYTHON to a Python that has";
  }
  // The second is longer than the 12 tokens of training.
  for (const std::string text : {"some text",
                                 "good film was the a very not i like the film bad bad "
                                 "bad good good good good bad bad very very not"}) {
    std::string code = snippets().at(0);
    const auto replace = [&](const std::string& from, const std::string& to) {
      for (size_t at = code.find(from); at != std::string::npos; at = code.find(from, at)) {
        code.replace(at, from.size(), to);
        at += to.size();
      }
    };
    replace("FOLDER", model());
    replace("\"some text\"", "\"" + text + "\"");
    int status = 0;
    const std::string said = python_output(folder_.write("card.py", code).string(), status);
    ASSERT_EQ(status, 0) << said;
    const nlohmann::json given = answer(text);
    const auto label = given["label"].get<std::string>();
    EXPECT_NE(said.find("'" + label + "'"), std::string::npos) << said << given;
    // {'label': 'yes', 'score': 0.87…} or tensor([[0.13…, 0.87…]])
    std::smatch score;
    ASSERT_TRUE(std::regex_search(said, score,
                                  std::regex("'score': ([0-9.e-]+)|tensor\\(\\[\\[(.*)\\]\\]")))
        << said;
    double highest = score[1].matched ? std::stod(score[1]) : 0;
    if (!score[1].matched) {
      std::stringstream list(score[2].str());
      for (std::string number; std::getline(list, number, ',');) {
        highest = std::max(highest, std::stod(number));
      }
    }
    EXPECT_NEAR(highest, given["probabilities"][label].get<double>(), 1e-4) << said << given;
  }
}

// Either it answers as thaw does, or not at all.
TEST_P(CardCode, TransformersDoesNotAnswerFromARandomHead) {
  if (GetParam().module != "sentence_transformers") GTEST_SKIP() << "is Transformers' own";
  if (!python_has("transformers") || !python_has("torch")) {
    GTEST_SKIP() << python() << " has no transformers: set THAW_PYTHON to a Python that has";
  }
  const std::string code =
      "import transformers as t\n"
      "for name, call in {\n"
      "    'pipeline': lambda: t.pipeline('text-classification', model=FOLDER),\n"
      "    'classifier': lambda: t.AutoModelForSequenceClassification.from_pretrained(FOLDER),\n"
      "    'model': lambda: t.AutoModel.from_pretrained(FOLDER),\n"
      "    'tokenizer': lambda: t.AutoTokenizer.from_pretrained(FOLDER)}.items():\n"
      "    try:\n"
      "        call()\n"
      "        print(name, 'loads')\n"
      "    except (OSError, ValueError):\n"
      "        print(name, 'is refused')\n";
  int status = 0;
  const std::string said = python_output(
      folder_.write("load.py", "FOLDER = '" + model() + "'\n" + code).string(), status);
  ASSERT_EQ(status, 0) << said;
  for (const char* name : {"pipeline", "classifier", "model", "tokenizer"}) {
    EXPECT_NE(said.find(std::string(name) + " is refused"), std::string::npos) << said;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Saved, CardCode,
    ::testing::Values(Kind{"OwnHead", "", "transformers", false},
                      Kind{"OwnHeadOfPairs", "", "transformers", true},
                      Kind{"Pooling", "--pooling mean", "sentence_transformers", false},
                      Kind{"PoolingOfPairs", "--pooling mean", "sentence_transformers", true}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace thaw
