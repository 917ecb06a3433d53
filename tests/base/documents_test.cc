// The documents are wrapped at one width, so that a change shows as the lines that it touches, and
// their links lead somewhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace thaw {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = THAW_SOURCE_DIR;
constexpr size_t kWidth = 100;

size_t characters(const std::string& line) {
  return static_cast<size_t>(std::count_if(
      line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

// The numbers of the lines that could be shorter: not tables, headings, code, what a program wrote
// between comments, or a single word (a link) behind its list mark.
std::vector<size_t> wide_lines(const std::string& text) {
  std::vector<size_t> wide;
  std::istringstream in(text);
  bool fenced = false, written = false;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const size_t start = line.find_first_not_of(' ');
    if (start == std::string::npos) continue;
    const auto begins = [&](const char* mark) { return line.compare(start, 3, mark) == 0; };
    if (line.starts_with("<!--")) written = line.ends_with("what follows -->");
    if (begins("```")) fenced = !fenced;
    if (fenced || written || start >= 4 || line[start] == '|' || line[start] == '#') continue;
    const bool item = line.compare(start, 2, "- ") == 0;
    if (line.find(' ', start + (item ? 2 : 0)) == std::string::npos) continue;
    if (characters(line) > kWidth) wide.push_back(number);
  }
  return wide;
}

std::vector<fs::path> documents() {
  std::vector<fs::path> found = {"README.md", "CONTRIBUTING.md", "src/README.md"};
  for (const auto& entry : fs::directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() == ".md") found.push_back("docs" / entry.path().filename());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string text_of(const fs::path& document) {
  std::ifstream in(kRoot / document, std::ios::binary);
  EXPECT_TRUE(in) << document;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The lines outside of fenced code, without the pieces of code in them.
std::string without_code(const std::string& text) {
  std::istringstream in(text);
  std::string prose;
  bool fenced = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      fenced = !fenced;
    } else if (!fenced && !line.starts_with("    ")) {
      prose += line + "\n";
    }
  }
  for (size_t open = prose.find('`'); open != std::string::npos; open = prose.find('`', open)) {
    const size_t code = std::min(prose.find_first_not_of('`', open), prose.size());
    const std::string marks = prose.substr(open, code - open);
    const size_t close = prose.find(marks, code);
    prose.erase(open, (close == std::string::npos ? code : close + marks.size()) - open);
  }
  return prose;
}

// What links and images name: "docs/hub.md", "formats.md#models", "#models".
std::vector<std::string> link_targets(const std::string& text) {
  static const std::regex link("\\]\\(\\s*([^)\\s]+)\\s*\\)");
  const std::string prose = without_code(text);
  std::vector<std::string> targets;
  for (std::sregex_iterator it(prose.begin(), prose.end(), link), end; it != end; ++it) {
    targets.push_back((*it)[1]);
  }
  return targets;
}

// The anchors of a document's headings, as GitHub makes them of their words.
std::set<std::string> anchors(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> found;
  bool fenced = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) fenced = !fenced;
    if (fenced || !line.starts_with('#')) continue;
    std::string anchor;
    for (const char c : line.substr(line.find_first_not_of("# "))) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == ' ' || c == '-') {
        anchor += '-';
      } else if (std::isalnum(byte) || c == '_' || byte >= 0x80) {
        anchor += static_cast<char>(std::tolower(byte));
      }
    }
    found.insert(anchor);
  }
  return found;
}

// Links of a document that lead to no file of the repository, or to none of its headings.
std::vector<std::string> broken_links(const fs::path& document, const std::string& text) {
  std::vector<std::string> broken;
  for (const std::string& target : link_targets(text)) {
    if (target.find("://") != std::string::npos || target.starts_with("mailto:")) continue;
    const size_t mark = std::min(target.find('#'), target.size());
    const fs::path file =
        mark == 0 ? document : (document.parent_path() / target.substr(0, mark)).lexically_normal();
    const bool here = mark == 0 || fs::exists(kRoot / file);
    const bool named =
        mark == target.size() ||
        (here && anchors(mark == 0 ? text : text_of(file)).contains(target.substr(mark + 1)));
    if (!here || !named) broken.push_back(target);
  }
  return broken;
}

TEST(Documents, LinkToFilesAndHeadingsThatExist) {
  size_t links = 0;
  std::vector<fs::path> linking = documents();
  for (const char* more : {"CHANGELOG.md", "tests/cases/README.md", "tests/golden/README.md"}) {
    linking.emplace_back(more);
  }
  for (const fs::path& document : linking) {
    const std::string text = text_of(document);
    links += link_targets(text).size();
    for (const std::string& target : broken_links(document, text)) {
      ADD_FAILURE() << document.string() << " links to '" << target << "', which is not there";
    }
  }
  EXPECT_GT(links, 80u) << "hardly any link was seen";
}

// The reader of links, proven on what it must and must not see.
TEST(DocumentsReader, SeesBrokenLinksButNoneInCode) {
  using Targets = std::vector<std::string>;
  const auto broken = [](const std::string& text) { return broken_links("docs/hub.md", text); };
  EXPECT_EQ(broken("[a](formats.md) ![b](report.png) [c](../README.md#commands)"), Targets{});
  EXPECT_EQ(broken("[two\nlines](no.md) and [d](\nnone/)"), (Targets{"no.md", "none/"}));
  EXPECT_EQ(broken("# A heading: `of` two\n[e](#a-heading-of-two) [f](#another)"),
            Targets{"#another"});
  EXPECT_EQ(broken("[g](formats.md#no-such-heading)"), Targets{"formats.md#no-such-heading"});
  EXPECT_EQ(broken("[h](https://example.org/x)"), Targets{});
  EXPECT_EQ(broken("```\n[i](no.md)\n```\n`[j](no.md)`\n    [k](no.md)"), Targets{});
}

TEST(Documents, AreWrappedAt100Columns) {
  EXPECT_GT(documents().size(), 12u) << "hardly anything was read";
  for (const fs::path& document : documents()) {
    for (const size_t line : wide_lines(text_of(document))) {
      ADD_FAILURE() << document.string() << ":" << line << " is longer than " << kWidth
                    << " columns; scripts/wrap-documents.py wraps it";
    }
  }
}

// The reader above, proven on what it must and must not see.
TEST(DocumentsReader, SeesTextButNotTablesOrCode) {
  const std::string wide = std::string(60, 'a') + " " + std::string(40, 'b');  // 101
  const std::string fits = wide.substr(1);
  using Lines = std::vector<size_t>;
  EXPECT_EQ(wide_lines("x\n" + wide + "\n" + fits), Lines{2});
  EXPECT_EQ(wide_lines("- " + wide + "\n   " + wide), (Lines{1, 2}));
  EXPECT_EQ(wide_lines("| " + wide + "\n    " + wide + "\n# " + wide), Lines{});
  EXPECT_EQ(wide_lines("```\n" + wide + "\n```\n" + wide), Lines{4});
  EXPECT_EQ(wide_lines("<!-- x writes what follows -->\n" + wide + "\n<!-- end -->\n" + wide),
            Lines{4});
  EXPECT_EQ(wide_lines("- " + std::string(120, 'a') + "\n" + std::string(120, 'a')), Lines{});
  EXPECT_EQ(wide_lines("é" + fits), Lines{1});
  EXPECT_EQ(wide_lines("é" + fits.substr(1)), Lines{});
}

}  // namespace
}  // namespace thaw
