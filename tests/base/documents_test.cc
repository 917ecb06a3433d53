// The documents are wrapped at one width, so that a change shows as the lines that it touches.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
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

TEST(Documents, AreWrappedAt100Columns) {
  EXPECT_GT(documents().size(), 12u) << "hardly anything was read";
  for (const fs::path& document : documents()) {
    std::ifstream in(kRoot / document, std::ios::binary);
    ASSERT_TRUE(in) << document;
    std::stringstream text;
    text << in.rdbuf();
    for (const size_t line : wide_lines(text.str())) {
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
