#include "data/splits/split_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/error.h"

namespace thaw {
namespace {

using Paths = std::vector<std::string>;

constexpr const char* kOurWord = "development";  // which `datasets` does not know

// Splits by the words that tell them, in the order of `datasets`.
const std::vector<std::pair<std::string, Paths>>& split_words() {
  static const std::vector<std::pair<std::string, Paths>> words = {
      {"train", {"train", "training"}},
      {"validation", {"validation", "valid", "dev", "val", kOurWord}},
      {"test", {"test", "testing", "eval", "evaluation"}}};
  return words;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_separator(char c) {
  return std::string_view("-._ 0123456789").find(c) != std::string::npos;
}

// Whether the word stands in the name by itself. A file's name goes on behind it, with its ending.
bool names_word(std::string_view name, std::string_view word, bool is_file) {
  for (size_t at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || is_separator(name[at - 1]);
    const bool ends = end == name.size() ? !is_file : is_separator(name[end]);
    if (begins && ends) return true;
  }
  return false;
}

bool tells_split(const std::string& path, const Paths& words, bool by_folder, bool tolerant) {
  for (size_t begin = 0; begin <= path.size();) {
    const size_t slash = path.find('/', begin);
    const bool is_file = slash == std::string::npos;
    const std::string_view name(path.data() + begin, (is_file ? path.size() : slash) - begin);
    if (is_file == !by_folder && std::any_of(words.begin(), words.end(), [&](const auto& word) {
          return (tolerant || word != kOurWord) && names_word(name, word, is_file);
        })) {
      return true;
    }
    if (is_file) break;
    begin = slash + 1;
  }
  return false;
}

// data/<split>-00000-of-00001*.*
std::vector<SplitFiles> sharded_splits(const Paths& paths) {
  std::map<std::string, Paths> found;
  for (const std::string& path : paths) {
    const auto shard = shard_of(file_name(path));
    if (shard && path == "data/" + file_name(path)) found[shard->name].push_back(path);
  }
  std::vector<SplitFiles> splits;
  for (const auto& [split, words] : split_words()) {
    if (found.count(split) > 0) splits.push_back({split, found[split]});
    found.erase(split);
  }
  for (const auto& [split, files] : found) splits.push_back({split, files});
  return splits;
}

// "train_12.csv" -> {"train_", "12", ".csv"}; the last digits before the ending.
std::optional<std::tuple<std::string, std::string, std::string>> numbered(const std::string& path) {
  const std::string name = file_name(path);
  const size_t dot = std::min(name.find('.'), name.size());
  size_t begin = dot;
  while (begin > 0 && std::isdigit(static_cast<unsigned char>(name[begin - 1])) != 0) --begin;
  if (begin == dot || dot - begin > 9) return std::nullopt;
  const std::string folder = path.substr(0, path.size() - name.size());
  return std::tuple(folder + name.substr(0, begin), name.substr(begin, dot - begin),
                    name.substr(dot));
}

}  // namespace

std::optional<Shard> shard_of(const std::string& file) {
  const auto are_digits = [](const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
  };
  const size_t of = file.rfind("-of-");
  if (of == std::string::npos || of < 6 || of + 9 > file.size()) return std::nullopt;
  const std::string index = file.substr(of - 5, 5), count = file.substr(of + 4, 5);
  if (file[of - 6] != '-' || !are_digits(index) || !are_digits(count)) return std::nullopt;
  return Shard{file.substr(0, of - 6), std::stoi(index), std::stoi(count), file.substr(of + 9)};
}

std::vector<SplitFiles> splits_by_name(const Paths& paths, bool tolerant) {
  std::vector<SplitFiles> splits = sharded_splits(paths);
  for (const bool by_folder : {true, false}) {
    if (!splits.empty()) break;
    for (const auto& [split, words] : split_words()) {
      SplitFiles found{split, {}};
      for (const std::string& path : paths) {
        if (tells_split(tolerant ? lower(path) : path, words, by_folder, tolerant)) {
          found.files.push_back(path);
        }
      }
      if (!found.files.empty()) splits.push_back(std::move(found));
    }
  }
  return splits;
}

std::string incomplete_shard(const Paths& files) {
  std::map<std::string, std::set<int>> seen;
  const auto kind = [](const std::string& file, const Shard& shard) {
    return fmt::format("{}{}/{}", file.substr(0, file.size() - file_name(file).size()), shard.name,
                       shard.count);
  };
  for (const std::string& file : files) {
    if (const auto shard = shard_of(file_name(file))) seen[kind(file, *shard)].insert(shard->index);
  }
  for (const std::string& file : files) {
    const auto shard = shard_of(file_name(file));
    if (shard && static_cast<int>(seen[kind(file, *shard)].size()) != shard->count) return file;
  }
  return "";
}

void require_all_shards(const SplitFiles& split, const std::string& where) {
  const std::string one = incomplete_shard(split.files);
  if (one.empty()) return;
  const Shard shard = *shard_of(file_name(one));
  const auto there = std::count_if(split.files.begin(), split.files.end(), [&](const auto& file) {
    const auto other = shard_of(file_name(file));
    return other && other->name == shard.name && other->count == shard.count;
  });
  throw Error(
      fmt::format("only {} of the {} shards of '{}' are there", there, shard.count, split.split),
      where, "fetch the missing ones");
}

std::string missing_part(const Paths& files) {
  std::map<std::pair<std::string, std::string>, std::map<int, size_t>> parts;  // number -> digits
  for (const std::string& file : files) {
    if (shard_of(file_name(file))) continue;
    if (const auto part = numbered(file)) {
      const auto& [before, number, ending] = *part;
      parts[{before, ending}][std::stoi(number)] = number.size();
    }
  }
  for (const auto& [names, numbers] : parts) {
    int expected = std::min(numbers.begin()->first, 1);
    for (const auto& [number, digits] : numbers) {
      // Years and the like are no numbers of parts.
      if (numbers.size() < 2 || number - expected > 100) break;
      if (number != expected) {
        std::string missing = std::to_string(expected);
        if (missing.size() < digits) missing.insert(0, digits - missing.size(), '0');
        return names.first + missing + names.second;
      }
      ++expected;
    }
  }
  return "";
}

}  // namespace thaw
