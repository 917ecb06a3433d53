#include "model_io/json_file.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace thaw {
namespace {

constexpr int kDeepest = 64;
constexpr size_t kLargestConfig = size_t{4} << 20;  // bytes
constexpr size_t kMostConfigKeys = 65536;

// Calls on_key(key, depth) for every key and on_object(depth) for every object that opens.
template <class Json, class OnKey, class OnObject>
Json parse_guarded(std::string_view text, const std::string& where, const OnKey& on_key,
                   const OnObject& on_object) {
  const auto guard = [&](int depth, typename Json::parse_event_t event, Json& parsed) {
    if (depth >= kDeepest) {
      throw Error("nests JSON deeper than " + std::to_string(kDeepest) + " levels", where,
                  "check where the file came from");
    }
    if (event == Json::parse_event_t::object_start) on_object(depth);
    if (event == Json::parse_event_t::key) {
      on_key(parsed.template get_ref<const std::string&>(), depth);
    }
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), guard);
  } catch (const nlohmann::json::parse_error& error) {
    const size_t end = std::min<size_t>(error.byte, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<int64_t>(end), '\n');
    const bool cut = error.byte > text.size();
    throw Error(cut ? "is JSON that ends too early" : "is not valid JSON",
                where + ":" + std::to_string(line),
                cut ? "fetch or write the file again" : "correct the file, or fetch it again");
  } catch (const nlohmann::json::out_of_range&) {  // a number such as 1e999
    throw Error("holds a number that is too large", where, "correct the file, or fetch it again");
  }
}

}  // namespace

nlohmann::ordered_json parse_ordered_json(std::string_view text, const std::string& where) {
  if (text.size() > kLargestConfig) {
    throw Error("is larger than a configuration file can be (" + std::to_string(text.size()) +
                    " bytes, limit " + std::to_string(kLargestConfig) + ")",
                where, "check that it is the right file");
  }
  size_t keys = 0;
  return parse_guarded<nlohmann::ordered_json>(
      text, where,
      [&](const std::string&, int) {
        if (++keys > kMostConfigKeys) {
          throw Error("has more than " + std::to_string(kMostConfigKeys) + " keys", where,
                      "check that it is the right file");
        }
      },
      [](int) {});
}

nlohmann::ordered_json read_json_file(const std::filesystem::path& path) {
  const MappedFile file = MappedFile::open(path);
  return parse_ordered_json(file.text(), path.string());
}

nlohmann::json parse_unique_json(std::string_view text, const std::string& where) {
  std::vector<std::set<std::string>> keys(kDeepest + 2);  // of the object now open at each depth
  return parse_guarded<nlohmann::json>(
      text, where,
      [&](const std::string& key, int depth) {
        if (!keys[static_cast<size_t>(depth)].insert(key).second) {
          throw Error("names " + in_quotes(key) + " twice", where, "fetch or write the file again");
        }
      },
      // The keys of an object that opens at depth d are reported at depth d + 1.
      [&](int depth) { keys[static_cast<size_t>(depth) + 1].clear(); });
}

std::string in_quotes(std::string_view name) {
  constexpr size_t kLongest = 120;
  std::string shown(name.substr(0, kLongest));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  // Dumping with replacement is the check for UTF-8; a cut may also have split a character.
  shown = nlohmann::json(shown).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore);
  shown = shown.substr(1, shown.size() - 2);
  return "'" + shown + (name.size() > kLongest ? "…'" : "'");
}

}  // namespace thaw
