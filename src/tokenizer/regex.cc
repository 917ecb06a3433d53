#include "tokenizer/regex.h"

#include <fmt/format.h>
#include <oniguruma.h>

#include <mutex>
#include <vector>

#include "base/error.h"
#include "files/json_file.h"
#include "tokenizer/unicode/unicode_tables.h"

namespace thaw {
namespace {

constexpr unsigned kMostStackEntries = 1 << 21;  // some 100 MB
constexpr unsigned kDeepestGroups = 256;

// Oniguruma keeps a pointer to the ranges: {how many, first, last, …}.
std::vector<OnigCodePoint> ranges_of(const std::vector<unicode::CodePointRange>& table) {
  std::vector<OnigCodePoint> out{static_cast<OnigCodePoint>(table.size())};
  for (const unicode::CodePointRange& range : table) {
    out.push_back(range.first);
    out.push_back(range.last);
  }
  return out;
}

// The library's own letters and numbers are those of its Unicode version, which the package's is
// ahead of; a property defined by the user goes before them.
void initialize() {
  static std::once_flag once;
  std::call_once(once, [] {
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    onig_initialize(encodings, 1);
    // Anybody may have written the expression: backtracking must not take all of the memory, nor
    // nested groups all of the stack.
    onig_set_match_stack_limit_size(kMostStackEntries);
    onig_set_parse_depth_limit(kDeepestGroups);
    static std::vector<OnigCodePoint> letters = ranges_of(unicode::kLetter);
    static std::vector<OnigCodePoint> numbers = ranges_of(unicode::kNumber);
    onig_unicode_define_user_property("L", letters.data());
    onig_unicode_define_user_property("N", numbers.data());
  });
}

std::string message_of(int code, OnigErrorInfo* info) {
  OnigUChar text[ONIG_MAX_ERROR_MESSAGE_LEN];
  const int length = info != nullptr ? onig_error_code_to_str(text, code, info)
                                     : onig_error_code_to_str(text, code);
  return {reinterpret_cast<const char*>(text), static_cast<size_t>(length)};
}

const OnigUChar* bytes(const char* text) { return reinterpret_cast<const OnigUChar*>(text); }

// The steps that one search may take back. The library's own limit is one of each place where a
// match may begin; where many places come near it, a text of a few pages would take hours.
unsigned long most_steps(size_t bytes) {
  return 10'000'000 + 100 * static_cast<unsigned long>(bytes);
}

struct MatchLimits {
  OnigMatchParam* param = onig_new_match_param();
  MatchLimits() { onig_initialize_match_param(param); }
  MatchLimits(const MatchLimits&) = delete;
  MatchLimits& operator=(const MatchLimits&) = delete;
  ~MatchLimits() { onig_free_match_param(param); }
};

struct Region {
  OnigRegion* region = onig_region_new();
  Region() = default;
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() { onig_region_free(region, 1); }
};

}  // namespace

struct Regex::Impl {
  regex_t* regex = nullptr;
  std::string pattern, where;

  Impl(std::string pattern, std::string where)
      : pattern(std::move(pattern)), where(std::move(where)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { onig_free(regex); }
};

Regex::Regex(const std::string& pattern, const std::string& where) {
  initialize();
  const auto impl = std::make_shared<Impl>(pattern, where);
  OnigErrorInfo info;
  const int code =
      onig_new(&impl->regex, bytes(pattern.data()), bytes(pattern.data() + pattern.size()),
               ONIG_OPTION_NONE, ONIG_ENCODING_UTF8, ONIG_SYNTAX_DEFAULT, &info);
  if (code != ONIG_NORMAL) {
    throw Error(fmt::format("the regular expression {} is not understood ({})", in_quotes(pattern),
                            message_of(code, &info)),
                where, "take the tokenizer files of the model again");
  }
  impl_ = impl;
}

Regex::Match Regex::find(std::string_view text, size_t from) const {
  thread_local const Region found;
  onig_region_clear(found.region);
  const OnigUChar* begin = bytes(text.data());
  const OnigUChar* end = bytes(text.data() + text.size());
  thread_local const MatchLimits limits;
  onig_set_retry_limit_in_search_of_match_param(limits.param, most_steps(text.size() - from));
  const int at = onig_search_with_param(impl_->regex, begin, end, begin + from, end, found.region,
                                        ONIG_OPTION_NONE, limits.param);
  if (at == ONIG_MISMATCH) return {};
  if (at < 0) {
    throw Error(fmt::format("the regular expression {} gave up on a text ({})",
                            in_quotes(impl_->pattern), message_of(at, nullptr)),
                impl_->where, "shorten the text, or take a model with a simpler expression");
  }
  const auto first = static_cast<size_t>(found.region->beg[0]);
  const auto last = static_cast<size_t>(found.region->end[0]);
  if (first > last || first < from) {  // as with \K in a look-ahead
    throw Error(
        fmt::format("the regular expression {} matches backwards", in_quotes(impl_->pattern)),
        impl_->where, "take the tokenizer files of the model again");
  }
  return {first, last};
}

}  // namespace thaw
