#include "tokenizer/files/tokenizer_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "files/json_file.h"
#include "tokenizer/files/json_fields.h"
#include "tokenizer/files/pipeline_json.h"

namespace thaw {
namespace {

using nlohmann::json;

constexpr const char* kFetchAgain = "take the tokenizer files of the model again";

bool add_vocabulary_entry(TokenizerJson& tokenizer, std::string_view token, const json& id) {
  const bool is_id =
      id.is_number_integer() && !(id.is_number_unsigned() && id.get<uint64_t>() > INT64_MAX);
  std::string& problem = tokenizer.vocabulary.problem;
  if (!is_id && problem.empty()) {
    problem = fmt::format("the id of token {} is not a token id", in_quotes(token));
  }
  return tokenizer.vocabulary.add(token, is_id ? id.get<int64_t>() : 0);
}

// ["▁the", -3.5]
void add_piece(TokenizerJson& tokenizer, const json& piece) {
  if (piece.is_array() && piece.size() == 2 && piece[0].is_string() && piece[1].is_number()) {
    tokenizer.pieces.emplace_back(piece[0].get_ref<const std::string&>(), piece[1].get<double>());
  } else if (tokenizer.problem.empty()) {
    tokenizer.problem = fmt::format("entry {} of the vocabulary is not a token and its score",
                                    tokenizer.pieces.size() + 1);
  }
}

// ["t", "he"], or "t he" in older files.
void add_merge(TokenizerJson& tokenizer, const json& merge) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    tokenizer.merges.emplace_back(merge[0].get_ref<const std::string&>(),
                                  merge[1].get_ref<const std::string&>());
    return;
  }
  if (merge.is_string() && add_merge_line(merge.get_ref<const std::string&>(), tokenizer.merges)) {
    return;
  }
  if (tokenizer.problem.empty()) {
    tokenizer.problem =
        fmt::format("merge {} is not a pair of tokens", tokenizer.merges.size() + 1);
  }
}

// 1, 10, …, 1e308, each the nearest double: there are as many scores as tokens.
const std::array<double, 309>& powers_of_ten() {
  static const std::array<double, 309> powers = [] {
    std::array<double, 309> out{};
    for (size_t i = 0; i < out.size(); ++i) {
      const std::string text = fmt::format("1e{}", i);
      std::from_chars(text.data(), text.data() + text.size(), out[i]);
    }
    return out;
  }();
  return powers;
}

const json& model_of(const json& tokenizer, const std::string& where) {
  const json* model = find_component(tokenizer, "model");
  if (model == nullptr || !model->is_object()) throw_field("model", "an object", where);
  return *model;
}

WordPiece read_word_piece(TokenizerJson& tokenizer, const json& model, const std::string& where) {
  WordPieceOptions options;
  options.unk_token = read_string(model, "unk_token", where);
  options.continuing_subword_prefix = read_string(model, "continuing_subword_prefix", where);
  const auto longest = model.find("max_input_chars_per_word");
  if (longest == model.end() || !longest->is_number_unsigned() ||
      longest->get<uint64_t>() > uint64_t{std::numeric_limits<uint32_t>::max()}) {
    throw_field("max_input_chars_per_word", "a number of characters", where);
  }
  options.max_input_chars_per_word = longest->get<int64_t>();
  return WordPiece(read_vocabulary(tokenizer, where), options, where);
}

BpeOptions read_bpe_options(const json& model, const std::string& where) {
  BpeOptions options;
  if (find_component(model, "unk_token") != nullptr) {
    options.unk_token = read_string(model, "unk_token", where);
  }
  options.continuing_subword_prefix =
      read_optional_string(model, "continuing_subword_prefix", where);
  options.end_of_word_suffix = read_optional_string(model, "end_of_word_suffix", where);
  options.fuse_unk = read_bool(model, "fuse_unk", false, where);
  options.byte_fallback = read_bool(model, "byte_fallback", false, where);
  options.ignore_merges = read_bool(model, "ignore_merges", false, where);
  const json* dropout = find_component(model, "dropout");
  if (dropout != nullptr && !dropout->is_number()) throw_field("dropout", "a number", where);
  if (dropout != nullptr && *dropout != 0) {
    throw Error("the model's dropout is not 0, which gives other tokens in every run", where,
                "set it to null");
  }
  return options;
}

Bpe read_bpe(TokenizerJson& tokenizer, const json& model, const BpeOptions& options,
             const std::string& where) {
  const auto merges = model.find("merges");
  if (merges == model.end() || !merges->is_array()) throw_field("merges", "a list", where);
  Vocabulary vocabulary = read_vocabulary(tokenizer, where);
  if (!tokenizer.problem.empty()) throw Error(tokenizer.problem, where, kFetchAgain);
  return Bpe(std::move(vocabulary), std::exchange(tokenizer.merges, {}), options, where);
}

Unigram read_unigram(TokenizerJson& tokenizer, const json& model, const std::string& where) {
  const auto vocabulary = model.find("vocab");
  if (vocabulary == model.end() || !vocabulary->is_array()) {
    throw_field("vocab", "a list of tokens and their scores", where);
  }
  if (!tokenizer.problem.empty()) throw Error(tokenizer.problem, where, kFetchAgain);
  std::optional<int64_t> unknown;
  const json* id = find_component(model, "unk_id");
  if (id != nullptr) unknown = read_id(*id, "unk_id", where);
  for (auto& piece : tokenizer.pieces) piece.second = score_as_package_reads_it(piece.second);
  return Unigram(std::exchange(tokenizer.pieces, {}), unknown,
                 read_bool(model, "byte_fallback", false, where), where);
}

// May leave the bytes of words to the model: see pass_bytes_to_model().
TokenModel read_model(TokenizerJson& tokenizer, PreTokenizer& pre_tokenizer,
                      const std::string& where) {
  const json& model = model_of(tokenizer.json, where);
  const std::string type = model_type(tokenizer.json);
  if (type == "WordPiece") return read_word_piece(tokenizer, model, where);
  if (type == "Unigram") return read_unigram(tokenizer, model, where);
  if (type == "WordLevel") {
    return WordLevel(read_vocabulary(tokenizer, where), read_string(model, "unk_token", where),
                     where);
  }
  if (type == "BPE") {
    BpeOptions options = read_bpe_options(model, where);
    pass_bytes_to_model(pre_tokenizer, options);
    return read_bpe(tokenizer, model, options, where);
  }
  throw_unknown("model", model, "WordPiece, BPE, Unigram and WordLevel", where);
}

}  // namespace

TokenizerJson parse_tokenizer_json(std::string_view text, const std::string& where) {
  if (text.size() > size_t{1} << 30) {
    throw Error("is larger than a tokenizer can be", where, kFetchAgain);
  }
  TokenizerJson tokenizer;
  const std::vector<MemberReader> readers{
      {{"model", "vocab"},
       [&](std::string_view token, const json& id) {
         return add_vocabulary_entry(tokenizer, token, id);
       },
       [&](const json& piece) { add_piece(tokenizer, piece); }},
      {{"model", "merges"}, nullptr, [&](const json& merge) { add_merge(tokenizer, merge); }}};
  tokenizer.json = parse_unique_json(text, where, readers);
  if (!tokenizer.json.is_object()) throw Error("is not a JSON object", where, kFetchAgain);
  return tokenizer;
}

bool add_merge_line(std::string_view line, Bpe::Merges& merges) {
  if (line.starts_with("#version")) return true;
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos) {
    return false;
  }
  merges.emplace_back(line.substr(0, space), line.substr(space + 1));
  return true;
}

double score_as_package_reads_it(double score) {
  if (score == 0 || !std::isfinite(score)) return score;
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, std::fabs(score),
                                 std::chars_format::scientific);  // 1.234e-05
  uint64_t digits = 0;
  int exponent = 0, decimals = -1;
  for (const char* c = text; c != end.ptr; ++c) {
    if (*c == 'e') {
      const char* number = c[1] == '+' ? c + 2 : c + 1;
      std::from_chars(number, end.ptr, exponent);
      break;
    }
    if (*c != '.') digits = digits * 10 + static_cast<uint64_t>(*c - '0');
    if (*c == '.' || decimals >= 0) ++decimals;
  }
  exponent -= std::max(decimals, 0);
  auto value = static_cast<double>(digits);
  for (; exponent < -308; exponent += 308) value /= 1e308;
  const double power = powers_of_ten()[static_cast<size_t>(std::abs(exponent))];
  value = exponent < 0 ? value / power : value * power;
  return std::copysign(value, score);
}

std::string model_type(const json& tokenizer) {
  const json* model = find_component(tokenizer, "model");
  if (model == nullptr || !model->is_object()) return "";
  if (model->contains("type")) return type_of(*model);
  if (model->contains("merges")) return "BPE";
  if (model->contains("max_input_chars_per_word")) return "WordPiece";
  const json* vocabulary = find_component(*model, "vocab");
  if (vocabulary != nullptr && vocabulary->is_array()) return "Unigram";
  return model->contains("unk_token") ? "WordLevel" : "";
}

Vocabulary read_vocabulary(TokenizerJson& tokenizer, const std::string& where) {
  const json* model = find_component(tokenizer.json, "model");
  const json* vocabulary =
      model != nullptr && model->is_object() ? find_component(*model, "vocab") : nullptr;
  if (vocabulary == nullptr || !vocabulary->is_object()) {
    throw_field("vocab", "an object of tokens and their ids", where);
  }
  return std::move(tokenizer.vocabulary);
}

std::vector<AddedToken> read_added_tokens(const json& tokenizer, const std::string& where) {
  const json* list = find_component(tokenizer, "added_tokens");
  if (!list) return {};
  if (!list->is_array()) throw_field("added_tokens", "a list", where);
  std::vector<AddedToken> out;
  for (const json& entry : *list) {
    if (!entry.is_object()) throw_field("added_tokens", "a list of objects", where);
    out.push_back({read_string(entry, "content", where), read_bool(entry, "single_word", where),
                   read_bool(entry, "lstrip", where), read_bool(entry, "rstrip", where),
                   read_bool(entry, "normalized", where), read_bool(entry, "special", where)});
  }
  return out;
}

TruncationSide read_truncation_side(const json& tokenizer, const std::string& where) {
  const json* truncation = find_component(tokenizer, "truncation");
  if (!truncation || !truncation->is_object() || !truncation->contains("direction")) {
    return TruncationSide::kRight;
  }
  const std::string direction = read_string(*truncation, "direction", where);
  if (direction == "Left") return TruncationSide::kLeft;
  if (direction != "Right") throw_field("direction", "Left or Right", where);
  return TruncationSide::kRight;
}

void pass_bytes_to_model(PreTokenizer& pre_tokenizer, BpeOptions& options) {
  if (pre_tokenizer.empty() || !options.continuing_subword_prefix.empty() ||
      !options.end_of_word_suffix.empty()) {
    return;
  }
  auto* last = std::get_if<pre_tokenizers::ByteLevel>(&pre_tokenizer.back());
  if (last == nullptr) return;
  last->writes_bytes = false;
  options.reads_bytes = true;
}

TokenizerPipeline read_tokenizer_json(TokenizerJson& tokenizer, const std::string& where) {
  const json& file = tokenizer.json;
  Normalizer normalizer = read_normalizer(file, where);
  PreTokenizer pre_tokenizer = read_pre_tokenizer(file, where);
  TokenModel model = read_model(tokenizer, pre_tokenizer, where);
  TokenizerPipeline pipeline{std::move(normalizer), std::move(pre_tokenizer), std::move(model)};
  pipeline.post_processor = read_post_processor(file, where);
  pipeline.truncation_side = read_truncation_side(file, where);
  pipeline.add_tokens(read_added_tokens(file, where));
  return pipeline;
}

}  // namespace thaw
