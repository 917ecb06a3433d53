#pragma once  // Tests: tests/tokenizer/pipelines_test.cc

#include <memory>
#include <string>
#include <string_view>

namespace thaw {

// A regular expression of tokenizer.json, matched by Oniguruma as the `tokenizers` package does.
// \p{L} and \p{N} mean what they mean there; other classes follow the library's Unicode version.
// May be used by many threads at once.
class Regex {
 public:
  // Throws Error with the library's reason. `where` is for messages.
  Regex(const std::string& pattern, const std::string& where);

  struct Match {
    size_t begin = std::string_view::npos;  // npos: none
    size_t end = 0;
  };
  // The first match in `text`, which is valid UTF-8, that starts at `from` or behind it. Throws
  // Error where the search takes too many steps.
  Match find(std::string_view text, size_t from) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace thaw
