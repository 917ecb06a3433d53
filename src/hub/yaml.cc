#include "hub/yaml.h"

#include <yaml.h>

#include <memory>
#include <unordered_set>

#include "base/error.h"
#include "model_io/json_file.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;

constexpr int kDeepest = 64;
constexpr int64_t kMostValues = 1'000'000;

class Converter {
 public:
  Converter(yaml_document_t& document, const std::string& where)
      : document_(document), where_(where) {}

  ordered_json value(int index, int depth) {
    const yaml_node_t* node = yaml_document_get_node(&document_, index);
    if (node == nullptr) return nullptr;
    if (depth > kDeepest || ++values_ > kMostValues) {
      throw Error("nests or repeats more YAML than can be meant", place(*node),
                  "check where the file came from");
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
    return where_ + ":" + std::to_string(node.start_mark.line + 1);
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
        throw Error("names " + in_quotes(name) + " twice", place(*key), "correct the file");
      }
      object.get_ref<ordered_json::object_t&>().emplace_back(name, value(pair->value, depth + 1));
    }
    return object;
  }

  yaml_document_t& document_;
  const std::string& where_;
  int64_t values_ = 0;
};

}  // namespace

ordered_json parse_yaml(std::string_view text, const std::string& where) {
  if (text.empty()) return nullptr;  // the library takes no null pointer, even for no bytes
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) throw Error("memory ran out", where);
  const std::unique_ptr<yaml_parser_t, void (*)(yaml_parser_t*)> parser_end(&parser,
                                                                            yaml_parser_delete);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
  yaml_document_t document;
  if (yaml_parser_load(&parser, &document) == 0) {
    throw Error(std::string("is not valid YAML (") +
                    (parser.problem != nullptr ? parser.problem : "no reason given") + ")",
                where + ":" + std::to_string(parser.problem_mark.line + 1), "correct the file");
  }
  const std::unique_ptr<yaml_document_t, void (*)(yaml_document_t*)> document_end(
      &document, yaml_document_delete);
  const yaml_node_t* root = yaml_document_get_root_node(&document);
  if (root == nullptr) return nullptr;
  return Converter(document, where).value(1, 0);  // nodes are numbered from 1, the root first
}

}  // namespace thaw
