#include "model_io/json_file.h"

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace thaw {
namespace {

constexpr int kDeepest = 64;
constexpr size_t kLargestConfig = size_t{4} << 20;  // bytes
constexpr size_t kMostConfigKeys = 65536;

// A first pass over the text that builds nothing: nesting, the number of keys, repeated keys, and
// whether it is JSON at all. (The library's own hook into parsing looks through the whole parent
// after every object, which is quadratic for a header with many tensors.)
class Guard : public nlohmann::json_sax<nlohmann::json> {
 public:
  Guard(std::string_view text, const std::string& where, size_t most_keys, bool unique)
      : text_(text), where_(where), most_keys_(most_keys), unique_(unique) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(binary_t&) override { return true; }

  bool start_object(size_t) override {
    objects_.emplace_back();
    return enter();
  }
  bool end_object() override {
    objects_.pop_back();
    --depth_;
    return true;
  }
  bool start_array(size_t) override { return enter(); }
  bool end_array() override {
    --depth_;
    return true;
  }

  bool key(std::string& key) override {
    if (++keys_ > most_keys_) {
      throw Error("has more than " + std::to_string(most_keys_) + " keys", where_,
                  "check that it is the right file");
    }
    if (unique_ && !objects_.back().insert(key).second) {
      throw Error("names " + in_quotes(key) + " twice", where_, "fetch or write the file again");
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
                where_ + ":" + std::to_string(line),
                cut ? "fetch or write the file again" : "correct the file, or fetch it again");
  }

 private:
  bool enter() {
    if (++depth_ > kDeepest) {
      throw Error("nests JSON deeper than " + std::to_string(kDeepest) + " levels", where_,
                  "check where the file came from");
    }
    return true;
  }

  const std::string_view text_;
  const std::string& where_;
  const size_t most_keys_;
  const bool unique_;
  int depth_ = 0;
  size_t keys_ = 0;
  std::vector<std::unordered_set<std::string>> objects_;  // the keys of each object now open
};

template <class Json>
Json parse_guarded(std::string_view text, const std::string& where, size_t most_keys, bool unique) {
  Guard guard(text, where, most_keys, unique);
  nlohmann::json::sax_parse(text.begin(), text.end(), &guard);
  return Json::parse(text.begin(), text.end());
}

// Bytes of the UTF-8 character that `text` begins with; 0 where it begins with none (Unicode 15,
// table 3-7).
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto in = [](unsigned value, unsigned low, unsigned high) {
    return value >= low && value <= high;
  };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (in(first, 0xC2, 0xDF)) return in(second, 0x80, 0xBF) ? 2 : 0;
  const bool third = in(byte(2), 0x80, 0xBF);
  if (in(first, 0xE0, 0xEF)) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return in(second, low, high) && third ? 3 : 0;
  }
  if (in(first, 0xF0, 0xF4)) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    return in(second, low, high) && third && in(byte(3), 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

}  // namespace

nlohmann::ordered_json parse_ordered_json(std::string_view text, const std::string& where) {
  if (text.size() > kLargestConfig) {
    throw Error("is larger than a configuration file can be (" + std::to_string(text.size()) +
                    " bytes, limit " + std::to_string(kLargestConfig) + ")",
                where, "check that it is the right file");
  }
  return parse_guarded<nlohmann::ordered_json>(text, where, kMostConfigKeys, false);
}

nlohmann::ordered_json read_json_file(const std::filesystem::path& path) {
  const MappedFile file = MappedFile::open(path);
  return parse_ordered_json(file.text(), path.string());
}

nlohmann::json parse_unique_json(std::string_view text, const std::string& where) {
  return parse_guarded<nlohmann::json>(text, where, std::numeric_limits<size_t>::max(), true);
}

std::string in_quotes(std::string_view name) {
  constexpr size_t kLongest = 120;
  const bool cut = name.size() > kLongest;
  name = name.substr(0, kLongest);
  std::string shown = "'";
  for (size_t i = 0; i < name.size();) {
    const size_t length = character_length(name.substr(i));
    const bool control = name[i] >= 0 && (name[i] < 0x20 || name[i] == 0x7F);
    if (length == 0 || control) {
      shown += '?';
      ++i;
    } else {
      shown += name.substr(i, length);
      i += length;
    }
  }
  return shown + (cut ? "…'" : "'");
}

}  // namespace thaw
