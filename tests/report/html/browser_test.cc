// Reports as a browser shows them, on a phone, a laptop, a desk and on paper, light and dark.
// Skipped where there is no Chromium; THAW_CHROMIUM names one that is not on the path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "files/files.h"
#include "report/html/html.h"
#include "tests/base/temporary_folder.h"
#include "tests/report/html/page_fixtures.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string chromium() {
  if (const char* named = std::getenv("THAW_CHROMIUM")) return named;
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "" : path;
  for (const char* name :
       {"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}) {
    for (size_t at = 0; at < folders.size();) {
      const size_t end = std::min(folders.find(':', at), folders.size());
      const fs::path program = fs::path(folders.substr(at, end - at)) / name;
      if (fs::exists(program)) return program.string();
      at = end + 1;
    }
  }
  return "";
}

std::string in_shell_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

void replace(std::string& text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), with);
}

struct Measured {
  int width = 0;
  int texts = 0, figures = 0;  // that were seen
  std::vector<std::string> problems;
};

constexpr int kPhone = 390, kLaptop = 1366, kDesk = 1400;
constexpr int kPaper = 688;  // A4 without its margins

// Opens the page in frames of all widths, the page as it is beside them, and tells what the
// measuring script found in each frame and what went to the console.
std::vector<Measured> measured(const std::string& html, bool dark) {
  const TemporaryFolder folder;
  // The page's own policy lets no script run: the copy's lets this one, and nothing be fetched.
  std::string copy = html;
  replace(copy, "style-src &#39;unsafe-inline&#39;",
          "style-src &#39;unsafe-inline&#39;; script-src &#39;unsafe-inline&#39;");
  replace(copy, "<meta name=\"viewport\"",
          "<script>\n" +
              read_text_file(fs::path(THAW_SOURCE_DIR) / "tests/report/html/measure_page.js") +
              "</script>\n<meta name=\"viewport\"");
  write_file(folder.path() / "report.html", html);
  write_file(folder.path() / "copy.html", copy);
  // As it is printed.
  replace(copy, "@media print {", "@media all {");
  write_file(folder.path() / "paper.html", copy);
  std::string frames =
      "<!doctype html><html><head><meta name=\"color-scheme\" content=\"light dark\"><script>\n"
      "const all = [];\nonmessage = e => { all.push(e.data);\n"
      "document.getElementById('found').textContent = 'FOUND' + encodeURIComponent("
      "JSON.stringify(all)) + 'END'; };</script></head><body><pre id=\"found\"></pre>\n";
  for (const int width : {kPhone, kLaptop, kDesk, kPaper}) {
    frames += "<iframe src=\"" + std::string(width == kPaper ? "paper" : "copy") +
              ".html\" width=\"" + std::to_string(width) + "\" height=\"" +
              (width == kLaptop ? "768" : "900") +
              "\" style=\"border:0;display:block\"></iframe>\n";
  }
  frames += "<iframe src=\"report.html\" width=\"400\" height=\"900\"></iframe></body></html>\n";
  write_file(folder.path() / "frames.html", frames);
  const std::string command =
      in_shell_quotes(chromium()) +
      " --headless --hide-scrollbars --no-sandbox --disable-gpu --disable-dev-shm-usage "
      "--disable-background-networking"
      " --disable-component-update --enable-logging=stderr --window-size=1500,900"
      " --virtual-time-budget=20000 --blink-settings=preferredColorScheme=" +
      (dark ? "0" : "1") +
      " --user-data-dir=" + in_shell_quotes((folder.path() / "profile").string()) + " --dump-dom " +
      in_shell_quotes("file://" + (folder.path() / "frames.html").string()) + " >" +
      in_shell_quotes((folder.path() / "dom").string()) + " 2>" +
      in_shell_quotes((folder.path() / "log").string());
  const int status = std::system(command.c_str());
  const std::string log = read_text_file(folder.path() / "log");
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << log;
  std::vector<Measured> out;
  const std::string dom = read_text_file(folder.path() / "dom");
  const size_t begin = dom.find("FOUND"), end = dom.find("END", begin);
  // Which stands in the script as well.
  const size_t at = dom.rfind("FOUND");
  EXPECT_NE(begin, std::string::npos) << log;
  if (begin == std::string::npos || end == std::string::npos) return out;
  std::string json;
  for (size_t i = at + 5; i < dom.find("END", at); ++i) {
    if (dom[i] == '%') {
      json += static_cast<char>(std::stoi(dom.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      json += dom[i];
    }
  }
  const auto read = nlohmann::json::parse(json, nullptr, false);
  EXPECT_FALSE(read.is_discarded()) << log;
  if (read.is_discarded()) return out;
  for (const auto& frame : read) {
    out.push_back({frame["width"], frame["texts"], frame["figures"], frame["problems"]});
  }
  for (size_t line = 0; line < log.size();) {
    const size_t stop = std::min(log.find('\n', line), log.size());
    const std::string entry = log.substr(line, stop - line);
    if (entry.find("CONSOLE") != std::string::npos && !out.empty()) {
      out.back().problems.push_back("console: " + entry);
    }
    line = stop + 1;
  }
  return out;
}

class Browser : public ::testing::TestWithParam<std::pair<std::string, bool>> {};

TEST_P(Browser, ShowsTheReportWithoutErrorsRequestsAndOverlaps) {
  if (chromium().empty()) GTEST_SKIP() << "no chromium on the path, and THAW_CHROMIUM names none";
  const auto& [name, dark] = GetParam();
  for (const auto& [own, results] : page_fixtures()) {
    if (own != name) continue;
    const Figures plots = figures(results);
    const std::vector<Measured> frames =
        measured(report_html(results, findings(results), plots), dark);
    ASSERT_EQ(frames.size(), 4u);
    std::vector<int> widths;
    for (const Measured& frame : frames) {
      widths.push_back(frame.width);
      // A label of 120 letters has no place on paper.
      if (name == "odd-names" && frame.width == kPaper) continue;
      EXPECT_THAT(frame.problems, IsEmpty()) << frame.width;
      EXPECT_GT(frame.texts, 100);
      // Confusion matrices are tables in the page.
      EXPECT_EQ(frame.figures,
                plots.all().size() - plots.confusion.size() - plots.difference.size());
    }
    EXPECT_THAT(widths, ::testing::UnorderedElementsAre(kPhone, kLaptop, kDesk, kPaper));
    return;
  }
  FAIL() << "there is no fixture of this name";
}

std::vector<std::pair<std::string, bool>> pages_and_schemes() {
  std::vector<std::pair<std::string, bool>> all;
  for (const auto& [name, results] : page_fixtures()) {
    // Layout is the same in both schemes: two pages hold every colour.
    all.emplace_back(name, false);
    if (name == "everything" || name == "nine-strategies") all.emplace_back(name, true);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Pages, Browser, ::testing::ValuesIn(pages_and_schemes()),
                         [](const auto& info) {
                           std::string name = info.param.first;
                           std::erase(name, '-');
                           return name + (info.param.second ? "Dark" : "Light");
                         });

TEST(BrowserCheck, ItselfFindsWhatIsWrong) {
  if (chromium().empty()) GTEST_SKIP() << "no chromium on the path, and THAW_CHROMIUM names none";
  const ComparisonResults results = tweets();
  const auto problems_with = [&](const std::string& spoiled) {
    std::string html = report_html(results, findings(results), figures(results));
    replace(html, "<footer>", spoiled + "<footer>");
    std::string found;
    for (const Measured& frame : measured(html, false)) {
      for (const std::string& problem : frame.problems) found += problem + "\n";
    }
    return found;
  };
  const std::string found = problems_with(
      "<p style=\"width:2000px\">wide</p>"
      "<p style=\"color:#bbb\">pale words</p>"
      "<div style=\"position:relative;height:2em\"><p "
      "style=\"position:absolute;top:0;margin:0\">one "
      "line of words</p><p style=\"position:absolute;top:4px;margin:0\">another line</p></div>"
      "<p style=\"width:5em;white-space:nowrap\">words that leave their paragraph</p>"
      "<svg class=\"plot\" width=\"384\" height=\"40\" viewBox=\"0 0 384 "
      "40\"><title>Spoiled</title>"
      "<text x=\"10\" y=\"20\">first text</text><text x=\"20\" y=\"22\">second text</text>"
      "<text x=\"370\" y=\"20\">cut off</text><text x=\"200\" y=\"24\">under it</text>"
      "<circle class=\"marker\" cx=\"210\" cy=\"20\" r=\"5\"/></svg>"
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\"><table><caption style=\""
      "position:static;white-space:nowrap;max-width:none;width:3000px\">a caption that nobody sees "
      "whole</caption>"
      "<tbody><tr><td><div style=\"width:3em;white-space:normal;overflow-wrap:anywhere\">"
      "letterbyletter</div></td></tr></tbody></table></div>"
      "<img src=\"http://example.invalid/x.png\" alt=\"\">");
  for (const char* problem :
       {"the page is", "weak contrast: \"pale words\"", "in the text: \"another line\" lies on",
        "text out of its box: \"words that leave", "in the figure Spoiled",
        "figure cuts: \"cut off\"", "a marker lies on: \"under it\"",
        "a word is broken: \"letterbyletter\"", "refused http://example.invalid/x.png",
        "console: "}) {
    EXPECT_THAT(found, HasSubstr(problem));
  }
}

}  // namespace
}  // namespace thaw
