// Tests: tests/data/splits/split_expression_test.cc
// Which splits of a data set are train, validation and test, and which of their rows.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/splits/split_files.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> names_of(const std::vector<NamedSplit>& splits) {
  std::vector<std::string> names;
  for (const NamedSplit& split : splits) names.push_back(split.name);
  return names;
}

using Texts = std::vector<std::string>;

// Whether something is there that is no folder; a split may be called like one.
bool is_file(const std::string& text) {
  std::error_code error;
  return fs::exists(text, error) && !fs::is_directory(text, error);
}

std::string joined(const Texts& expressions) {
  std::string sum;
  for (const std::string& term : expressions) sum += (sum.empty() ? "" : "+") + term;
  return sum;
}

std::optional<std::vector<SplitTerm>> expression_of(const std::string& text,
                                                    const std::string& key) {
  try {
    return parse_split_expression(text, "");
  } catch (const Error& error) {
    throw error.at(Setting{key});
  }
}

// The terms of an expression over splits of these names.
std::vector<SplitTerm> terms_of(const std::string& text, const std::string& key,
                                const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  const auto terms = expression_of(text, key);
  if (!terms) {
    throw Error(fmt::format("'{}' is neither a file nor a split of the data", text), Setting{key},
                fmt::format("name one of {}, or some of its rows: train[:80%]", list));
  }
  for (const SplitTerm& term : *terms) {
    if (std::find(names.begin(), names.end(), term.split) == names.end()) {
      throw Error(fmt::format("the data has no split '{}'", term.split), Setting{key},
                  "name one of " + list);
    }
  }
  return *terms;
}

const char* key_of(SplitName part) {
  switch (part) {
    case SplitName::kTrain:
      return "train";
    case SplitName::kValidation:
      return "validation";
    default:
      return "test";
  }
}

// "train[:80%]+validation" as files and rows.
SplitSource source_of_expression(const std::vector<NamedSplit>& splits, const std::string& text,
                                 const std::string& key) {
  const std::vector<SplitTerm> terms = terms_of(text, key, names_of(splits));
  SplitSource source;
  for (const SplitTerm& term : terms) {
    const auto found = std::find_if(splits.begin(), splits.end(), [&](const NamedSplit& split) {
      return split.name == term.split;
    });
    const SplitSource& one = found->source;
    if ((!one.label_file.empty() || one.texts_alone) && terms.size() > 1) {
      throw Error("splits in TweetEval's layout cannot be added up", Setting{key},
                  "name one of them");
    }
    source.label_file = one.label_file;
    source.texts_alone = one.texts_alone;
    source.class_names.insert(one.class_names.begin(), one.class_names.end());
    source.files.insert(source.files.end(), one.files.begin(), one.files.end());
    source.parts.push_back({one.files.size(), term.rows});
    source.title += (source.title.empty() ? "" : " + ") + one.name();
  }
  source.title += fmt::format(" ({})", text);
  return source;
}

}  // namespace

SplitSource& split_part(SplitSources& sources, SplitName split) {
  switch (split) {
    case SplitName::kTrain:
      return sources.train;
    case SplitName::kValidation:
      return sources.validation;
    default:
      return sources.test;
  }
}

fs::path existing_path(const std::string& path) {
  std::error_code error;
  if (path.empty() || !fs::exists(path, error)) {
    throw Error("there is no such file or folder", path.empty() ? "''" : path,
                "name a file or a folder with labelled texts");
  }
  return path;
}

void take_explicit_splits(SplitSources& sources, bool may_be_expressions,
                          const std::vector<NamedSplit>& splits, const Texts& train,
                          const Texts& validation, const Texts& test) {
  const auto take = [&](SplitSource& source, const Texts& texts, SplitName part) {
    if (texts.empty()) return;
    Texts expressions;
    SplitSource files;
    for (const std::string& text : texts) {
      if (may_be_expressions && !is_file(text)) {
        expressions.push_back(text);
        continue;
      }
      if (fs::is_directory(existing_path(text))) {
        throw Error("is a folder where files of a split are needed", text,
                    "name its files: " + setting(key_of(part), text + "/*"));
      }
      files.files.emplace_back(text);
    }
    if (!expressions.empty() && files.exists()) {
      throw Error(fmt::format("names both files and splits of the data: {} and {}",
                              files.files.front().string(), expressions.front()),
                  Setting{key_of(part)}, "name one or the other");
    }
    source = expressions.empty() ? std::move(files)
                                 : source_of_expression(splits, joined(expressions), key_of(part));
    sources.is_single_table = false;
  };
  take(sources.train, train, SplitName::kTrain);
  take(sources.validation, validation, SplitName::kValidation);
  take(sources.test, test, SplitName::kTest);
}

SplitSources choose_split_sources(const std::vector<NamedSplit>& splits, const Texts& train,
                                  const Texts& validation, const Texts& test) {
  SplitSources sources;
  for (const NamedSplit& split : splits) {
    const auto role = split_of_word(split.name);
    // Of "validation" and "dev" the first one listed counts.
    if (role && !split_part(sources, *role).exists()) {
      split_part(sources, *role) = split.source;
    }
  }
  take_explicit_splits(sources, true, splits, train, validation, test);
  return sources;
}

std::vector<std::string> splits_for(SplitName part, const Texts& texts,
                                    const std::vector<std::string>& names) {
  std::vector<std::string> chosen;
  if (texts.empty()) {
    for (const std::string& name : names) {
      if (chosen.empty() && split_of_word(name) == part) chosen.push_back(name);
    }
    return chosen;
  }
  for (const std::string& text : texts) {
    std::error_code error;
    if (is_file(text) || fs::exists(text, error)) continue;
    for (const SplitTerm& term : terms_of(text, key_of(part), names)) chosen.push_back(term.split);
  }
  return chosen;
}

std::vector<int64_t> rows_of_parts(const SplitSource& source,
                                   const std::vector<int64_t>& file_rows) {
  std::vector<int64_t> rows;
  size_t file = 0;
  int64_t first = 0;
  for (const SplitSource::Part& part : source.parts) {
    int64_t count = 0;
    for (size_t i = 0; i < part.files; ++i) count += file_rows[file++];
    const auto [from, to] = part.rows.bounds(count, source.name());
    for (int64_t row = from; row < to; ++row) rows.push_back(first + row);
    first += count;
  }
  if (rows.empty()) {
    throw Error(fmt::format("these rows are none of the {} that there are", first), source.name(),
                "correct the bounds");
  }
  return rows;
}

}  // namespace thaw
