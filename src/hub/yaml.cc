#include "hub/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <memory>
#include <unordered_set>

#include "base/error.h"
#include "files/json_file.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;

constexpr int kDeepest = 64;
constexpr int64_t kMostValues = 1'000'000;

Error too_much(const std::string& place) {
  return Error("nests or repeats more YAML than can be meant", place,
               "check where the file came from");
}

class Converter {
 public:
  Converter(yaml_document_t& document, const std::string& where)
      : document_(document), where_(where) {}

  ordered_json value(int index, int depth) {
    const yaml_node_t* node = yaml_document_get_node(&document_, index);
    if (node == nullptr) return nullptr;
    if (depth > kDeepest || ++values_ > kMostValues) {
      throw too_much(place(*node));
    }
    switch (node->type) {
      case YAML_SCALAR_NODE:
        return text_of(*node);
      case YAML_SEQUENCE_NODE: {
        ordered_json list = ordered_json::array();
        const auto& items = node->data.sequence.items;
        for (const int* item = items.start; item < items.top; ++item) {
          list.push_back(value(*item, depth + 1));
        }
        return list;
      }
      case YAML_MAPPING_NODE:
        return mapping(*node, depth);
      default:
        return nullptr;
    }
  }

 private:
  static std::string text_of(const yaml_node_t& node) {
    const auto& scalar = node.data.scalar;
    return {reinterpret_cast<const char*>(scalar.value), scalar.length};
  }

  std::string place(const yaml_node_t& node) const {
    return fmt::format("{}:{}", where_, node.start_mark.line + 1);
  }

  ordered_json mapping(const yaml_node_t& node, int depth) {
    ordered_json object = ordered_json::object();
    std::unordered_set<std::string> keys;  // an ordered object is searched key by key
    const auto& pairs = node.data.mapping.pairs;
    for (const yaml_node_pair_t* pair = pairs.start; pair < pairs.top; ++pair) {
      const yaml_node_t* key = yaml_document_get_node(&document_, pair->key);
      if (key == nullptr || key->type != YAML_SCALAR_NODE) {
        throw Error("has a key that is no text", place(node), "correct the file");
      }
      const std::string name = text_of(*key);
      if (!keys.insert(name).second) {
        throw Error(fmt::format("names {} twice", in_quotes(name)), place(*key),
                    "correct the file");
      }
      object.get_ref<ordered_json::object_t&>().emplace_back(name, value(pair->value, depth + 1));
    }
    return object;
  }

  yaml_document_t& document_;
  const std::string& where_;
  int64_t values_ = 0;
};

class Parser {
 public:
  Parser(std::string_view text, const std::string& where) : where_(where) {
    if (yaml_parser_initialize(&parser_) == 0)
      throw Error("memory ran out", where, "", ErrorKind::kMemory);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&parser_); }

  // Reads to the end, and keeps nothing: the library's documents take minutes and gigabytes where
  // megabytes nest.
  void check_nesting() {
    int depth = 0;
    int64_t values = 0;
    while (true) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) == 0) fail();
      const yaml_event_type_t type = event.type;
      const size_t line = event.start_mark.line;
      yaml_event_delete(&event);
      const bool begins = type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
      const bool ends = type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
      depth += begins - ends;
      values += begins || type == YAML_SCALAR_EVENT || type == YAML_ALIAS_EVENT;
      // Keys are counted here, and only values later.
      if (depth > kDeepest + 1 || values > 2 * kMostValues) {
        throw too_much(fmt::format("{}:{}", where_, line + 1));
      }
      // The first document is all that is read.
      if (type == YAML_STREAM_END_EVENT || type == YAML_DOCUMENT_END_EVENT) return;
    }
  }

  void load(yaml_document_t& document) {
    if (yaml_parser_load(&parser_, &document) == 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(std::string("is not valid YAML (") +
                    (parser_.problem != nullptr ? parser_.problem : "no reason given") + ")",
                fmt::format("{}:{}", where_, parser_.problem_mark.line + 1), "correct the file");
  }

  yaml_parser_t parser_;
  const std::string& where_;
};

}  // namespace

ordered_json parse_yaml(std::string_view text, const std::string& where) {
  if (text.empty()) return nullptr;  // the library takes no null pointer, even for no bytes
  Parser(text, where).check_nesting();
  Parser parser(text, where);
  yaml_document_t document;
  parser.load(document);
  const std::unique_ptr<yaml_document_t, void (*)(yaml_document_t*)> document_end(
      &document, yaml_document_delete);
  const yaml_node_t* root = yaml_document_get_root_node(&document);
  if (root == nullptr) return nullptr;
  return Converter(document, where).value(1, 0);  // nodes are numbered from 1, the root first
}

}  // namespace thaw
