// The rules of the house that a compiler does not hold: which folder may include which, who may
// print or exit, and how long a file may be. Reads the sources themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace thaw {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = THAW_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The rooms from the outside in: the last indented line of src/README.md.
std::vector<std::string> layers() {
  std::vector<std::string> found;
  for (const std::string& line : lines_of(text_of(kRoot / "src" / "README.md"))) {
    if (line.starts_with("    api ")) found = words_of(line);
  }
  EXPECT_FALSE(found.empty()) << "src/README.md has lost its list of folders";
  return found;
}

// All sources of the folder, by their paths from the root.
std::vector<fs::path> sources_in(const std::string& folder) {
  std::vector<fs::path> sources;
  if (!fs::exists(kRoot / folder)) return sources;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const std::string extension = entry.path().extension();
    const bool is_source = extension == ".cc" || extension == ".h" || extension == ".py";
    if (entry.is_regular_file() && is_source) {
      sources.push_back(fs::relative(entry.path(), kRoot));
    }
  }
  std::sort(sources.begin(), sources.end());
  return sources;
}

struct Include {
  size_t line;
  bool quoted;  // "..." rather than <...>
  std::string path;
};

std::vector<Include> includes_of(const std::string& text) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)re");
  std::vector<Include> includes;
  const auto lines = lines_of(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (std::regex_match(lines[i], match, kInclude)) {
      includes.push_back({i + 1, match[1] == "\"", match[2]});
    }
  }
  return includes;
}

// The text without comments and without what stands in quotes, line by line as before. `literals`
// gets the contents of double quotes, of a raw string each line.
std::string code_of(const std::string& text, std::vector<std::string>* literals = nullptr) {
  std::string code;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto starts = [&](const char* what) { return text.compare(i, 2, what) == 0; };
    if (starts("//")) {
      while (i < text.size() && text[i] != '\n') ++i;
    } else if (starts("/*")) {
      const size_t end = std::min(text.find("*/", i + 2), text.size());
      code += std::string(static_cast<size_t>(std::count(&text[i], &text[end], '\n')), '\n');
      i = end + 1;
      continue;
    } else if (starts("R\"")) {
      const size_t open = text.find('(', i);
      const std::string close = ")" + text.substr(i + 2, open - i - 2) + "\"";
      const size_t end = std::min(text.find(close, open), text.size());
      code += std::string(static_cast<size_t>(std::count(&text[i], &text[end], '\n')), '\n');
      if (literals != nullptr) {
        for (std::string& line : lines_of(text.substr(open + 1, end - open - 1))) {
          literals->push_back(std::move(line));
        }
      }
      i = end + close.size() - 1;
      continue;
    } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !isalnum(text[i - 1])))) {
      const char quote = text[i];
      const size_t begin = i + 1;
      for (++i; i < text.size() && text[i] != quote && text[i] != '\n'; ++i) i += text[i] == '\\';
      if (quote == '"' && literals != nullptr) literals->push_back(text.substr(begin, i - begin));
      continue;
    }
    if (i < text.size()) code += text[i];
  }
  return code;
}

// "path:line" of each place in the code that the pattern matches.
std::vector<std::string> places_of(const std::regex& pattern, const fs::path& source) {
  std::vector<std::string> places;
  const auto lines = lines_of(code_of(text_of(kRoot / source)));
  for (size_t i = 0; i < lines.size(); ++i) {
    if (std::regex_search(lines[i], pattern)) {
      places.push_back(source.string() + ":" + std::to_string(i + 1) + ": " + lines[i]);
    }
  }
  return places;
}

// Printing and ending the process; snprintf is neither.
const std::regex& printing_or_exiting() {
  static const std::regex kPattern(
      R"(\bstd::(cout|cerr|clog|wcout|wcerr)\b)"
      R"(|(^|[^\w.>])(exit|_exit|_Exit|quick_exit|abort|terminate)\s*\()"
      R"(|\b(printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|putc|perror)\s*\()");
  return kPattern;
}

TEST(Layers, AreTheFoldersThatExist) {
  const auto known = layers();
  for (const auto& entry : fs::directory_iterator(kRoot / "src")) {
    if (!entry.is_directory()) continue;
    const std::string folder = entry.path().filename();
    EXPECT_NE(std::find(known.begin(), known.end(), folder), known.end())
        << "src/" << folder << " has no place in src/README.md";
  }
  for (const std::string& folder : known) {
    EXPECT_TRUE(fs::is_directory(kRoot / "src" / folder)) << folder;
  }
}

TEST(Layers, AreLinkedInTheOrderOfTheReadme) {
  const std::string build = text_of(kRoot / "CMakeLists.txt");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(build, match, std::regex(R"(set\(THAW_LAYERS\s+([\w\s]+)\))")));
  EXPECT_EQ(words_of(match[1]), layers());
}

TEST(Layers, IncludeOnlyTheirOwnFolderAndThoseFurtherRight) {
  const auto known = layers();
  const auto place_of = [&](const std::string& folder) {
    return std::find(known.begin(), known.end(), folder) - known.begin();
  };
  size_t checked = 0;
  for (const fs::path& source : sources_in("src")) {
    const std::string own = *std::next(source.begin());
    for (const Include& include : includes_of(text_of(kRoot / source))) {
      if (!include.quoted) continue;
      ++checked;
      const auto where = source.string() + ":" + std::to_string(include.line) + " includes \"" +
                         include.path + "\"";
      const std::string folder = *fs::path(include.path).begin();
      ASSERT_NE(place_of(folder), place_of("")) << where << ", which is in no folder of src/";
      EXPECT_TRUE(fs::exists(kRoot / "src" / include.path)) << where << ", which does not exist";
      EXPECT_GE(place_of(folder), place_of(own)) << where << ", which is further left";
    }
  }
  EXPECT_GT(checked, 100u) << "hardly anything was read";
}

// Or a program would be linked from rooms that it does not need, or lack one that it does.
TEST(Layers, LinkTheRoomsThatTheyInclude) {
  std::map<std::string, std::set<std::string>> included, linked;
  for (const std::string& room : layers()) included[room] = {};
  for (const fs::path& source : sources_in("src")) {
    const std::string own = *std::next(source.begin());
    for (const Include& include : includes_of(text_of(kRoot / source))) {
      const std::string room = *fs::path(include.path).begin();
      if (include.quoted && room != own) included[own].insert(room);
    }
  }
  const std::string build = text_of(kRoot / "CMakeLists.txt");
  const std::regex line(R"(set\(THAW_USES_(\w+)([\w\s]*)\))");
  for (auto at = std::sregex_iterator(build.begin(), build.end(), line);
       at != std::sregex_iterator(); ++at) {
    const auto rooms = words_of((*at)[2]);
    linked[(*at)[1]] = {rooms.begin(), rooms.end()};
  }
  EXPECT_EQ(linked, included) << "CMakeLists.txt (THAW_USES_...) first, then what src/ includes";
}

TEST(Layers, LeaveOneDnnToTheMatrixProducts) {
  // The ceiling that thaw is held against is oneDNN by itself, without what lies around it.
  const std::string ceiling = "bench/ceilings.cc";
  size_t includers = 0;
  for (const std::string top : {"src", "app", "tests", "bench"}) {
    for (const fs::path& source : sources_in(top)) {
      for (const Include& include : includes_of(text_of(kRoot / source))) {
        if (include.path.find("dnnl") == std::string::npos) continue;
        ++includers;
        EXPECT_TRUE(source.string().starts_with("src/engine/cpu/gemm/") || source == ceiling)
            << source << ":" << include.line << " includes " << include.path;
      }
    }
  }
  EXPECT_GT(includers, 0u);
}

// What trains and compares knows an engine by engine/engine.h alone, whatever its device.
TEST(Layers, LeaveTheCpuToItsEngine) {
  for (const std::string& room : layers()) {
    if (room == "engine") continue;
    for (const fs::path& source : sources_in("src/" + room)) {
      for (const Include& include : includes_of(text_of(kRoot / source))) {
        EXPECT_FALSE(include.path.starts_with("engine/cpu/"))
            << source << ":" << include.line << " includes " << include.path;
      }
    }
  }
  // And within its room one file opens it.
  EXPECT_TRUE(std::regex_search(text_of(kRoot / "src/engine/engine.cc"),
                                std::regex("#include \"engine/cpu/cpu_engine.h\"")));
}

// The largest room is its own files, without the folders in it and without generated tables.
TEST(Layers, HaveNoRoomOfMoreThanAnEighthOfTheHouse) {
  std::map<std::string, size_t> lines;
  size_t all = 0;
  for (const fs::path& source : sources_in("src")) {
    const size_t own = lines_of(text_of(kRoot / source)).size();
    all += own;
    if (source.filename().string().find("_table") == std::string::npos) {
      lines[source.parent_path()] += own;
    }
  }
  for (const auto& [room, own] : lines) {
    EXPECT_LT(100 * own, 12 * all) << room << " has " << own << " of " << all << " lines";
  }
}

// The map names every folder that has sources, and the header to open first in each.
TEST(Layers, StandOnTheMap) {
  const std::string map = text_of(kRoot / "src" / "README.md");
  std::set<std::string> folders;
  for (const fs::path& source : sources_in("src")) {
    const std::string folder = fs::relative(source.parent_path(), "src");
    folders.insert(folder);
  }
  const std::regex row(R"re(\| `([\w/]+)/` \|[^|]*\| (`[^|]*`) \|)re");
  std::set<std::string> named;
  for (auto at = std::sregex_iterator(map.begin(), map.end(), row); at != std::sregex_iterator();
       ++at) {
    named.insert((*at)[1]);
    static const std::regex header("`([\\w/.]+)`");
    const std::string headers = (*at)[2];
    for (auto h = std::sregex_iterator(headers.begin(), headers.end(), header);
         h != std::sregex_iterator(); ++h) {
      const fs::path path = kRoot / "src" / (*at)[1].str() / (*h)[1].str();
      EXPECT_TRUE(fs::exists(path)) << path;
    }
  }
  EXPECT_EQ(named, folders);
}

TEST(Layers, NeitherPrintNorExit) {
  for (const fs::path& source : sources_in("src")) {
    if (source.extension() == ".py") continue;
    for (const std::string& place : places_of(printing_or_exiting(), source)) {
      ADD_FAILURE() << place << "\nOnly app/ prints and exits; the library throws thaw::Error.";
    }
  }
}

// Calls that change the file system; opening for reading does not.
const std::regex& changing_files() {
  static const std::regex kPattern(
      R"((^|[^\w<])(std::)?(w?ofstream|w?fstream|basic_ofstream)\b)"
      R"(|\b(fs|filesystem)::(rename|create_\w+|remove\w*|copy\w*|permissions|resize_file)\s*\()"
      R"(|\bstd::(rename|tmpfile|fopen|freopen)\s*\(|\bstd::remove\(.*c_str)"
      R"(|\bzip_open\((?!.*ZIP_RDONLY)|\b(fopen|creat|mk(d|s|os)temps?)\s*\()"
      R"(|(^|[^\w>])::(open(at)?\((?!.*O_RDONLY)|(p?write|pwrite64|p?writev|renameat2?|rename|unlink)"
      R"(|unlinkat|link|linkat|symlink|symlinkat|mkdir|mkdirat|rmdir|f?truncate|f(data)?sync|syncfs)"
      R"(|fallocate|posix_fallocate|f?chmod|fchmodat|f?chown|mknod|mkfifo|syscall|sendfile)\s*\())");
  return kPattern;
}

// Text from outside never reaches a shell: one command does, which is the same for everybody.
const std::regex& starting_programs() {
  static const std::regex kPattern(
      R"(\b(popen|execv\w*|execl\w*|wordexp|posix_spawn|posix_spawnp|v?fork)\s*\()"
      R"(|(^|[^\w.>:])(std::|::)?system\s*\()");
  return kPattern;
}

// Where what a pattern finds in src/ and app/ may stand: a file, and a part of the line; "": any.
using Allowed = std::vector<std::pair<std::string, std::string>>;

// How often each of these stands there. Whatever else is found is a failure with this reason.
std::vector<size_t> times_seen(const std::regex& pattern, const Allowed& allowed,
                               const std::string& reason) {
  std::vector<size_t> seen(allowed.size());
  for (const std::string top : {"src", "modules", "app"}) {
    for (const fs::path& source : sources_in(top)) {
      if (source.extension() == ".py") continue;
      for (const std::string& place : places_of(pattern, source)) {
        const auto may = std::find_if(allowed.begin(), allowed.end(), [&](const auto& one) {
          return source == one.first && place.find(one.second) != std::string::npos;
        });
        if (may != allowed.end()) {
          ++seen[static_cast<size_t>(may - allowed.begin())];
        } else {
          ADD_FAILURE() << place << "\n" << reason;
        }
      }
    }
  }
  return seen;
}

TEST(Layers, StartProgramsInTwoPlaces) {
  const Allowed allowed = {
      {"src/pypi/package_index.cc", "::popen(kAskPip, )"},  // a constant
      {"app/self_check.cc", "posix_spawn(&child, "},        // thaw itself, without a shell
  };
  const auto seen =
      times_seen(starting_programs(), allowed, "No other program is started from here.");
  for (size_t i = 0; i < allowed.size(); ++i) EXPECT_EQ(seen[i], 1u) << allowed[i].first;
}

TEST(Layers, ChangeFilesOnlyThroughTheTableOfCalls) {
  // Where else such a call may stand, and why.
  const Allowed allowed = {
      {"src/files/file_calls.cc", ""},                 // the table itself
      {"src/files/files.cc", "::write(file.memory_"},  // a file in memory
      {"src/files/files.cc", "::fallocate(memory_"},
      {"src/base/machine.cc", "std::ofstream file("},  // a switch in /proc
  };
  const auto seen = times_seen(changing_files(), allowed,
                               "Only files/file_calls.h changes files: see files/file_steps.h.");
  for (size_t i = 0; i < allowed.size(); ++i) EXPECT_GT(seen[i], 0u) << allowed[i].first;
}

// A library's user, a recipe and Python have settings: base/setting_words.h words them.
TEST(Layers, SpeakOfSettingsAndNotOfFlags) {
  const Allowed allowed = {
      {"src/report/html/html_style.cc", ""},  // CSS
      {"src/report/html/html_data.cc", "style=\"--share:"},
      {"src/report/html/html_confusion.cc", "style=\\\"--share:"},
      {"src/pypi/package_index.cc", "pip download --help"},  // other programs' flags
      {"src/pypi/package_index.cc", "--index-url"},
      {"src/files/decompression.cc", "zstd's --long and --ultra"},
      {"src/data/readers/parquet.cc", "scripts/install-dependencies.sh --arrow-only"},
      {"src/experiment/resume/run_fingerprint.cc",
       "values of the columns for --slices"},  // journals
  };
  static const std::regex kFlag("--[a-z]");
  std::vector<size_t> seen(allowed.size());
  size_t read = 0;
  for (const fs::path& source : sources_in("src")) {
    if (source.extension() == ".py") continue;
    std::vector<std::string> literals;
    code_of(text_of(kRoot / source), &literals);
    for (const std::string& literal : literals) {
      ++read;
      if (!std::regex_search(literal, kFlag)) continue;
      const auto may = std::find_if(allowed.begin(), allowed.end(), [&](const auto& one) {
        return source == one.first && literal.find(one.second) != std::string::npos;
      });
      if (may != allowed.end()) {
        ++seen[static_cast<size_t>(may - allowed.begin())];
      } else {
        ADD_FAILURE() << source << ": \"" << literal
                      << "\"\nOnly app/ knows flags; setting() of base/setting_words.h names a "
                         "setting for every front end.";
      }
    }
  }
  EXPECT_GT(read, 1000u) << "hardly anything was read";
  for (size_t i = 0; i < allowed.size(); ++i) EXPECT_GT(seen[i], 0u) << allowed[i].first;
}

// A number in the middle of a sum of texts hides the sentence; fmt::format() shows it. Pages and
// plots are sums of Markup (text/markup.h), which escapes what it is made of.
TEST(Layers, FormatMessagesAndDoNotAddUpTheirParts) {
  static const std::regex kSum(
      R"(\+\s*std::to_string\(|std::to_string\([^()]*(\([^()]*\)[^()]*)*\)\s*\+)");
  size_t read = 0;
  for (const std::string top : {"src", "modules", "app"}) {
    for (const fs::path& source : sources_in(top)) {
      const std::string name = source.string();
      const bool markup =
          name.starts_with("src/report/html/") || name.starts_with("src/report/plots/");
      if (source.extension() != ".cc" || markup) continue;
      ++read;
      for (const std::string& place : places_of(kSum, source)) ADD_FAILURE() << place;
    }
  }
  EXPECT_GT(read, 250u) << "hardly anything was read";
}

TEST(Layers, HoldFilesOfAtMost500Lines) {
  size_t read = 0;
  for (const std::string top : {"src", "modules", "app", "tests", "bench"}) {
    for (const fs::path& source : sources_in(top)) {
      ++read;
      EXPECT_LE(lines_of(text_of(kRoot / source)).size(), 500u) << source << " is two files";
    }
  }
  EXPECT_GT(read, 100u) << "hardly anything was read";
}

// The reader above, proven on what it must and must not see.
TEST(LayersReader, SeesCodeButNotCommentsOrQuotes) {
  const auto seen = [](const std::string& text) {
    return std::regex_search(code_of(text), printing_or_exiting());
  };
  EXPECT_TRUE(seen("std::exit(1);"));
  EXPECT_TRUE(seen("  exit (1);"));
  EXPECT_TRUE(seen("if (bad) abort();"));
  EXPECT_TRUE(seen("std::cerr << x;"));
  EXPECT_TRUE(seen("std::printf(\"x\");"));
  EXPECT_TRUE(seen("int n = 1'000; fprintf(f, x);"));
  EXPECT_TRUE(seen("char c = '\"'; puts(c);"));
  EXPECT_FALSE(seen("// never calls abort()"));
  EXPECT_FALSE(seen("/* exit(1) */ run();"));
  EXPECT_FALSE(seen("text = \"exit(1)\";"));
  EXPECT_FALSE(seen("text = R\"(abort() \" exit(1))\";"));
  EXPECT_FALSE(seen("std::snprintf(buffer, 10, f);"));
  EXPECT_FALSE(seen("static_assert(sizeof(x) == 4);"));
  EXPECT_FALSE(seen("pool.exit(); exit_code(); aborted();"));
  EXPECT_EQ(code_of("a /* \n */ b // c\nd \"e\" f"), "a \n b \nd  f");
}

TEST(LayersReader, SeesLiteralsButNotComments) {
  std::vector<std::string> literals;
  code_of("x(\"--a \\\" b\", '\"', \"\");  // \"--no\"\n/* \"--no\" */ R\"(c\n d --e)\"",
          &literals);
  EXPECT_EQ(literals, (std::vector<std::string>{"--a \\\" b", "", "c", " d --e"}));
}

TEST(LayersReader, SeesProgramsStarted) {
  const auto seen = [](const std::string& text) {
    return std::regex_search(code_of(text), starting_programs());
  };
  for (const char* code : {"popen(text.c_str(), mode)", "std::system(command)", "  system(x);",
                           "::execvp(a, b)", "posix_spawnp(&a, b, c)", "if (fork() == 0)"}) {
    EXPECT_TRUE(seen(code)) << code;
  }
  for (const char* code : {"file_system(x)", "pclose(pipe)", "fs::is_regular_file(a)",
                           "execution(x)", "posix_spawn_file_actions_init(&a)"}) {
    EXPECT_FALSE(seen(code)) << code;
  }
}

TEST(LayersReader, SeesChangesToFiles) {
  const auto seen = [](const std::string& text) {
    return std::regex_search(code_of(text), changing_files());
  };
  for (const char* code :
       {"std::ofstream(path) << 1;", "fs::rename(a, b);", "std::filesystem::remove_all(a);",
        "fs::create_directories(a, error);", "::write(1, a, b);", "x = ::open(path, O_RDWR);",
        "if (::rename(a, b) != 0)", "FILE* f = fopen(path, w);", "std::rename(a, b);",
        "::mkdtemp(name);", "zip_open(path, ZIP_CREATE, &code)", "!::fsync(file)"}) {
    EXPECT_TRUE(seen(code)) << code;
  }
  for (const char* code :
       {"MappedFile::open(path)", "::open(path, O_RDONLY | O_CLOEXEC)", "file.write(bytes, 0);",
        "calls.rename(a, b);", "std::ifstream in(path);", "zip_open(path, ZIP_RDONLY, &code)",
        "names.erase(std::remove(a, b, c), d);", "fs::exists(path)", "remove_file(path)"}) {
    EXPECT_FALSE(seen(code)) << code;
  }
}

TEST(LayersReader, FindsIncludes) {
  const auto includes =
      includes_of("#include \"ops/x.h\"\n// #include <no>\n # include <dnnl.hpp> // y\n");
  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].path, "ops/x.h");
  EXPECT_TRUE(includes[0].quoted);
  EXPECT_EQ(includes[1].path, "dnnl.hpp");
  EXPECT_EQ(includes[1].line, 3u);
}

}  // namespace
}  // namespace thaw
