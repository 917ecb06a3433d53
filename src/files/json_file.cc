#include "files/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "files/file_kind.h"
#include "files/files.h"
#include "text/printable.h"

namespace thaw {
namespace {

using nlohmann::json;

constexpr int kDeepest = 64;
constexpr size_t kLargestConfig = size_t{4} << 20;  // bytes
constexpr size_t kMostConfigKeys = 65536;

// Watches over a text while it is parsed: nesting, the number of keys, and whether it is JSON at
// all.
class Guard : public nlohmann::json_sax<nlohmann::json> {
 public:
  Guard(std::string_view text, const std::string& where, size_t most_keys)
      : text_(text), where_(where), most_keys_(most_keys) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(binary_t&) override { return true; }

  bool start_object(size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(size_t) override { return enter(); }
  bool end_array() override { return leave(); }

  bool key(std::string&) override {
    if (++keys_ > most_keys_) {
      throw Error(fmt::format("has more than {} keys", most_keys_), where_,
                  "check that it is the right file");
    }
    return true;
  }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    if (dynamic_cast<const nlohmann::json::out_of_range*>(&error) != nullptr) {  // such as 1e999
      throw Error("holds a number that is too large", where_, "correct the file");
    }
    const auto end = static_cast<int64_t>(std::min(position, text_.size()));
    const auto line = 1 + std::count(text_.begin(), text_.begin() + end, '\n');
    const bool cut = position > text_.size();
    throw Error(cut ? "is JSON that ends too early" : "is not valid JSON",
                fmt::format("{}:{}", where_, line),
                cut ? "fetch or write the file again" : "correct the file, or fetch it again");
  }

 protected:
  bool enter() {
    if (++depth_ > kDeepest) {
      throw Error(fmt::format("nests JSON deeper than {} levels", kDeepest), where_,
                  "check where the file came from");
    }
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  [[noreturn]] void throw_repeated(std::string_view key) const {
    throw Error(fmt::format("names {} twice", in_quotes(key)), where_,
                "fetch or write the file again");
  }

 private:
  const std::string_view text_;
  const std::string& where_;
  const size_t most_keys_;
  int depth_ = 0;
  size_t keys_ = 0;
};

// Builds the value in the same pass, and refuses repeated keys. (The library's own hook into
// parsing looks through the whole parent after every object, which is quadratic for a header with
// many tensors.)
class Builder final : public Guard {
 public:
  Builder(std::string_view text, const std::string& where, const std::vector<MemberReader>& readers)
      : Guard(text, where, std::numeric_limits<size_t>::max()), readers_(readers) {
    for (const MemberReader& reader : readers) deepest_ = std::max(deepest_, reader.path.size());
  }

  json take() { return std::move(top_); }

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(int64_t value) override { return put(value); }
  bool number_unsigned(uint64_t value) override { return put(value); }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }

  bool start_object(size_t) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }

  bool key(std::string& key) override {
    const Open& parent = open_.back();
    if (parent.reader != nullptr) {
      key_.swap(key);
      return true;
    }
    if (open_.size() <= deepest_) {
      path_.resize(open_.size() - 1);
      path_.push_back(key);
    }
    const auto [member, is_new] = parent.value->emplace(key, nullptr);
    if (!is_new) throw_repeated(key);
    member_ = &*member;
    return true;
  }

 private:
  // An array or object that has not ended.
  struct Open {
    json* value;
    const MemberReader* reader;  // takes what is in it; nullptr: nobody
    bool has_path;               // only objects are above it
  };

  // Where the next value belongs.
  json& place(json&& value) {
    if (open_.empty()) return top_ = std::move(value);
    const Open& parent = open_.back();
    if (parent.reader != nullptr) return read_ = std::move(value);
    if (parent.value->is_array()) {
      parent.value->push_back(std::move(value));
      return parent.value->back();
    }
    return *member_ = std::move(value);
  }

  bool put(json&& value) {
    place(std::move(value));
    hand_over();
    return true;
  }

  bool open(json&& value) {
    enter();
    const bool has_path =
        open_.empty() || (open_.back().has_path && open_.back().value->is_object() &&
                          open_.back().reader == nullptr);
    const MemberReader* reader = has_path ? reader_of(value.is_object()) : nullptr;
    json& placed = place(std::move(value));
    open_.push_back({&placed, reader, has_path});
    return true;
  }

  // Whose path leads to the member that is about to open.
  const MemberReader* reader_of(bool is_object) const {
    if (open_.size() > deepest_) return nullptr;
    for (const MemberReader& reader : readers_) {
      const bool reads = is_object ? reader.read != nullptr : reader.read_element != nullptr;
      if (reads && reader.path == path_) return &reader;
    }
    return nullptr;
  }

  bool close() {
    leave();
    open_.pop_back();
    hand_over();
    return true;
  }

  // Gives a complete member or element of what is read to its reader.
  void hand_over() {
    if (open_.empty() || open_.back().reader == nullptr) return;
    const Open& parent = open_.back();
    if (parent.value->is_array()) {
      parent.reader->read_element(read_);
    } else if (!parent.reader->read(key_, read_)) {
      throw_repeated(key_);
    }
  }

  const std::vector<MemberReader>& readers_;
  size_t deepest_ = 0;  // keys of the longest path
  json top_;
  std::vector<Open> open_;
  json* member_ = nullptr;         // of the innermost object, named but without its value
  std::vector<std::string> path_;  // keys that lead to that member, as far as paths go
  std::string key_;                // the member that is being read, with its value
  json read_;
};

}  // namespace

nlohmann::ordered_json parse_ordered_json(std::string_view text, const std::string& where) {
  if (text.size() > kLargestConfig) {
    throw Error(fmt::format("is larger than a configuration file can be ({} bytes, limit {})",
                            text.size(), kLargestConfig),
                where, "check that it is the right file");
  }
  refuse_foreign_kind(text, where);
  Guard guard(text, where, kMostConfigKeys);
  json::sax_parse(text.begin(), text.end(), &guard);
  return nlohmann::ordered_json::parse(text.begin(), text.end());
}

nlohmann::ordered_json read_json_file(const std::filesystem::path& path) {
  const MappedFile file = MappedFile::open(path);
  return parse_ordered_json(file.text(), path.string());
}

json parse_unique_json(std::string_view text, const std::string& where,
                       const std::vector<MemberReader>& readers) {
  refuse_foreign_kind(text, where);
  Builder builder(text, where, readers);
  json::sax_parse(text.begin(), text.end(), &builder);
  return builder.take();
}

std::string in_quotes(std::string_view name) {
  constexpr size_t kLongest = 120;
  const bool cut = name.size() > kLongest;
  name = name.substr(0, kLongest);
  return "'" + sanitize_for_terminal(name) + (cut ? "…'" : "'");
}

}  // namespace thaw
