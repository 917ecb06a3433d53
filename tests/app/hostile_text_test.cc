// Label names and texts that attack whatever shows them, through a whole small comparison: every
// output is read by a strict reader of its format, and nothing shows what a terminal, a browser or
// a spreadsheet would obey. The user's token stands in none of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "data/readers/table.h"
#include "files/files.h"
#include "hub/yaml.h"
#include "results/csv.h"
#include "tests/app/run_command.h"
#include "tests/base/temporary_folder.h"
#include "tests/report/export/python.h"
#include "tests/report/html/markup_checker.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kToken = "hf_verySecretToken";

// What each is meant to break out of: HTML, spreadsheets, XML, attributes, terminals, YAML, the
// direction of writing, Markdown.
const std::vector<std::string>& attacks() {
  static const std::vector<std::string> all = {
      "</script><script>alert(1)</script>",
      "=cmd|' /C calc'!A0",
      "]]><x>",
      "\" onload=\"alert(1)",
      "\x1b[2J\x1b]0;title\x07",
      "a\n---\nlicense: x",
      "\u202Egnp.exe\u2066",
      "[a](javascript:alert(1)) `b` |c|\u009B2J",
  };
  return all;
}

std::string quoted(const std::string& text) {
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + '"';
}

// Twenty rows of each label; each text holds an attack as well.
std::string hostile_table() {
  std::string table = "text,label\n";
  for (int row = 0; row < 20; ++row) {
    for (const std::string& label : attacks()) {
      table += quoted("the film was " + label + " " + std::to_string(row) + " good") + "," +
               quoted(label) + "\n";
    }
  }
  return table;
}

class HostileText : public ::testing::Test {
 protected:
  static Outcome run(const std::string& arguments) {
    const std::string command = std::string("HF_TOKEN=") + kToken +
                                " HF_ENDPOINT=http://127.0.0.1:1 " + THAW_PROGRAM " " + arguments +
                                " 2>&1";
    return run_command(command);
  }

  HostileText() {
    const fs::path table = folder_.write("rows.csv", hostile_table());
    out_ = folder_.path() / "out";
    const std::string model = (fs::path(THAW_SOURCE_DIR) / "tests/golden/bert").string();
    outcome_ = run("compare --model " + model + " --data " + table.string() +
                   " --strategies probe,last-1 --epochs 1 --max-length 16 --out " + out_.string());
    audit_ = run("data " + table.string());
    prediction_ = run("predict " + (out_ / "probe").string() + " " + table.string());
  }

  // Each says of one kind of output that it is what it should be.
  void check_terminal();     // shows nothing that it would obey
  void check_predictions();  // are JSON with the labels as they are
  void check_json();         // results and configurations, likewise
  void check_markup();       // pages and figures, without scripts
  void check_tables();       // have no cell that is a formula
  void check_cards();        // YAML and Markdown that stay in their places
  void check_tensorboard();  // reads event files, whose Markdown stays in its place
  void check_token();        // stands in no output
  void check_names();        // files are called as ever

  std::vector<fs::path> outputs(const std::string& ending) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(out_)) {
      if (entry.is_regular_file() && entry.path().string().ends_with(ending)) {
        found.push_back(entry.path());
      }
    }
    return found;
  }

  TemporaryFolder folder_;
  fs::path out_;
  Outcome outcome_, audit_, prediction_;
};

void HostileText::check_terminal() {
  ASSERT_EQ(audit_.code, 0) << sanitize_for_terminal(audit_.text, true);
  ASSERT_EQ(prediction_.code, 0) << sanitize_for_terminal(prediction_.text, true);
  for (const Outcome& outcome : {outcome_, audit_, prediction_}) {
    EXPECT_EQ(outcome.text, sanitize_for_terminal(outcome.text, true));
    EXPECT_FALSE(outcome.text.empty());
  }
  // An error that quotes them.
  const fs::path broken = folder_.write("broken.csv", "\x1b[2J,\u202E\nx,y\n");
  const Outcome error = run("data " + broken.string());
  EXPECT_EQ(error.code, 1);
  EXPECT_EQ(error.text, sanitize_for_terminal(error.text, true));
  EXPECT_EQ(std::count(error.text.begin(), error.text.end(), '\n'), 1);
}

void HostileText::check_predictions() {
  const std::set<std::string> labels(attacks().begin(), attacks().end());
  // A line on standard error may stand before it: how many texts are cut.
  const size_t begin = prediction_.text.find('{');
  const std::string line =
      prediction_.text.substr(begin, prediction_.text.find('\n', begin) - begin);
  const json prediction = json::parse(line);
  EXPECT_TRUE(labels.contains(prediction["label"].get<std::string>()));
  EXPECT_EQ(prediction["probabilities"].size(), labels.size());
  for (const auto& [label, share] : prediction["probabilities"].items()) {
    EXPECT_TRUE(labels.contains(label)) << label;
  }
}

void HostileText::check_json() {
  const std::set<std::string> labels(attacks().begin(), attacks().end());
  const auto files = outputs(".json");
  EXPECT_GE(files.size(), 5u);
  for (const fs::path& file : files) {
    EXPECT_TRUE(json::accept(read_text_file(file))) << file;
  }
  const json results = json::parse(read_text_file(out_ / "results.json"));
  const auto names = results["label_names"].get<std::vector<std::string>>();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), labels);
  const json config = json::parse(read_text_file(out_ / "probe" / "config.json"));
  for (const auto& [id, name] : config["id2label"].items()) {
    EXPECT_TRUE(labels.contains(name.get<std::string>())) << id;
  }
}

void HostileText::check_markup() {
  auto files = outputs(".svg");
  EXPECT_GE(files.size(), 5u);
  files.push_back(out_ / "report.html");
  for (const fs::path& file : files) {
    const std::string text = read_text_file(file);
    EXPECT_THAT(markup_problems(text), ::testing::IsEmpty()) << file;
    for (const char* sign : {"<script", "javascript:alert(1)\"", "onload=\"alert", "<x>"}) {
      EXPECT_EQ(text.find(sign), std::string::npos) << file << ": " << sign;
    }
    EXPECT_EQ(first_invalid_utf8(text), std::string::npos) << file;
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << file;
  }
}

void HostileText::check_tables() {
  for (const char* name : {"results.csv", "predictions.csv"}) {
    const std::string text = read_text_file(out_ / name);
    // Cells as RFC 4180 has them; numbers may begin with a minus sign.
    bool in_quotes = false, begins = true;
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (begins && std::string_view("=+@\t").find(c) != std::string_view::npos) {
        ADD_FAILURE() << name << ": " << sanitize_for_terminal(text.substr(i, 40));
      }
      begins = (!in_quotes && (c == ',' || c == '\n')) || (begins && c == '"');
      if (c == '"') in_quotes = !in_quotes;
    }
    EXPECT_FALSE(in_quotes) << name;
  }
  TableRequest request;
  request.text_column = "text";
  request.label_column = "gold";
  const Table table = read_table(out_ / "predictions.csv", request);
  std::set<std::string> golds;
  for (const std::string& value : table.labels.values()) golds.insert(without_guard(value));
  for (const std::string& gold : golds) {
    // The reader of labels takes spaces and line ends off their ends.
    EXPECT_TRUE(std::any_of(attacks().begin(), attacks().end(), [&](const std::string& attack) {
      return trim_ascii(attack) == gold;
    })) << sanitize_for_terminal(gold);
  }
}

void HostileText::check_cards() {
  const auto cards = outputs("README.md");
  EXPECT_EQ(cards.size(), 2u);
  for (const fs::path& card : cards) {
    const std::string text = read_text_file(card);
    ASSERT_TRUE(text.starts_with("---\n")) << card;
    const size_t end = text.find("\n---\n", 3);
    ASSERT_NE(end, std::string::npos) << card;
    const auto head = parse_yaml(text.substr(4, end - 3), card.string());
    EXPECT_FALSE(head.contains("license")) << "a label's name ended the head or added to it";
    EXPECT_TRUE(head.contains("pipeline_tag"));
    const std::string body = text.substr(end + 5);
    EXPECT_EQ(body.find("<script"), std::string::npos);
    EXPECT_EQ(body.find("\n---\n"), std::string::npos);
    EXPECT_EQ(body.find("[a](javascript"), std::string::npos);
    EXPECT_EQ(body.find('\x1b'), std::string::npos);
  }
}

void HostileText::check_tensorboard() {
  if (!python_has("tensorboard")) return;  // tests of the report say so
  int status = 0;
  const std::string output = python_output(
      THAW_SOURCE_DIR "/tests/report/export/read_event_files.py " + (out_ / "tensorboard").string(),
      status);
  ASSERT_EQ(status, 0) << sanitize_for_terminal(output, true);
  const json seen = json::parse(output.substr(output.rfind('\n') + 1));
  const std::string text = seen["text"];
  EXPECT_THAT(text, HasSubstr("probe"));
  for (const char* sign : {"<script", "[a](javascript", "\n---\n", "\x1b", "\u202E"}) {
    EXPECT_EQ(text.find(sign), std::string::npos)
        << sign << ": " << sanitize_for_terminal(text, true);
  }
  EXPECT_EQ(seen["scalars"].size(), 3u) << "the whole and each strategy's";
  for (const auto& [run, tags] : seen["scalars"].items()) {
    for (const auto& [tag, values] : tags.items())
      EXPECT_EQ(tag, sanitize_for_terminal(tag)) << run;
  }
}

void HostileText::check_token() {
  std::string all = outcome_.text + audit_.text + prediction_.text;
  // Somebody who has to be asked for the model, and who does not answer.
  const Outcome failed = run("predict org/model " + (folder_.path() / "rows.csv").string());
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.text, HasSubstr("127.0.0.1"));
  all += failed.text;
  int files = 0;
  for (const fs::path& file : outputs("")) {
    all += read_text_file(file);
    ++files;
  }
  EXPECT_GE(files, 20);
  EXPECT_THAT(all.find("verySecret"), std::string::npos);
}

void HostileText::check_names() {
  for (const fs::path& file : outputs("")) {
    const std::string name = fs::relative(file, out_).string();
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789._-/"),
              std::string::npos)
        << sanitize_for_terminal(name);
  }
}

// One test, since the comparison takes seconds.
TEST_F(HostileText, IsEscapedInEveryOutputAndTheTokenStandsInNone) {
  ASSERT_EQ(outcome_.code, 0) << sanitize_for_terminal(outcome_.text, true);
  check_terminal();
  check_predictions();
  check_json();
  check_markup();
  check_tables();
  check_cards();
  check_tensorboard();
  check_token();
  check_names();
}

}  // namespace
}  // namespace thaw
