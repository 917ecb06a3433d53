#include "tokenizer/pipeline.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

constexpr size_t kAll = std::numeric_limits<size_t>::max();

// Appends the ids of the words until `enough` are there. One loop for each kind of model.
template <class Encode>
void encode_words(TokenizerScratch& scratch, size_t enough, std::vector<int32_t>& ids,
                  const Encode& encode) {
  for (const Piece& word : scratch.words) {
    if (ids.size() >= enough) return;
    if (scratch.cache.append(word.text, ids)) continue;
    const size_t before = ids.size();
    encode(word.text);
    scratch.cache.remember(word.text, ids.data() + before, ids.size() - before);
  }
}

// Cuts, encodes and appends one normalized text, until `enough` ids are there.
void encode_normalized(const TokenizerPipeline& pipeline, const Piece& text, size_t enough,
                       TokenizerScratch& scratch, std::vector<int32_t>& ids) {
  scratch.words.clear();
  scratch.pre_tokenizer.arena.clear();
  pre_tokenize(pipeline.pre_tokenizer, text, scratch.pre_tokenizer, scratch.words);
  const auto encode = [&](const auto& encode_word) {
    encode_words(scratch, enough, ids, encode_word);
  };
  if (const auto* word_piece = std::get_if<WordPiece>(&pipeline.model)) {
    encode([&](std::string_view word) { word_piece->encode_word(word, ids); });
  } else if (const auto* bpe = std::get_if<Bpe>(&pipeline.model)) {
    encode([&](std::string_view word) { bpe->encode_word(word, scratch.bpe, ids); });
  } else if (const auto* unigram = std::get_if<Unigram>(&pipeline.model)) {
    encode([&](std::string_view word) { unigram->encode_word(word, scratch.unigram, ids); });
  } else {
    const auto& word_level = std::get<WordLevel>(pipeline.model);
    encode([&](std::string_view word) { word_level.encode_word(word, ids); });
  }
}

// Appends the ids of a text without those of the post-processor, until `enough` are there.
void encode_text(const TokenizerPipeline& pipeline, std::string_view text, size_t enough,
                 TokenizerScratch& scratch, std::vector<int32_t>& ids) {
  text = unicode::valid_utf8(text, scratch.repaired);
  const bool asks = asks_for_start(pipeline.pre_tokenizer);
  scratch.raw_parts.clear();
  pipeline.added_tokens.split_raw(text, scratch.raw_parts);
  for (const TextPart& part : scratch.raw_parts) {
    if (ids.size() >= enough) break;
    if (part.id != TextPart::kText) {
      ids.push_back(part.id);
      continue;
    }
    size_t from_start = 0;
    if (asks && part.text.data() == text.data()) {
      const char* p = text.data();
      unicode::next_code_point(p);
      from_start = static_cast<size_t>(p - text.data());
    }
    const std::string_view normalized =
        normalize(pipeline.normalizer, part.text, scratch.normalizer, from_start);
    const Piece piece{normalized, from_start};
    if (!pipeline.added_tokens.has_normalized()) {
      encode_normalized(pipeline, piece, enough, scratch, ids);
      continue;
    }
    scratch.normalized_parts.clear();
    pipeline.added_tokens.split_normalized(normalized, scratch.normalized_parts);
    for (const TextPart& inner : scratch.normalized_parts) {
      if (inner.id != TextPart::kText) {
        ids.push_back(inner.id);
        continue;
      }
      const auto begin = static_cast<size_t>(inner.text.data() - normalized.data());
      encode_normalized(pipeline, piece.part(begin, begin + inner.text.size()), enough, scratch,
                        ids);
    }
  }
}

template <class T>
void append(const std::vector<T>& values, std::vector<T>& out) {
  out.insert(out.end(), values.begin(), values.end());
}

}  // namespace

int32_t token_to_id(const TokenModel& model, std::string_view token) {
  return std::visit([&](const auto& kind) { return kind.token_to_id(token); }, model);
}

int64_t vocabulary_size(const TokenModel& model) {
  return std::visit([](const auto& kind) { return kind.size(); }, model);
}

int32_t highest_id(const TokenModel& model) {
  return std::visit([](const auto& kind) { return kind.highest_id(); }, model);
}

void TokenizerPipeline::add_tokens(const std::vector<AddedToken>& tokens) {
  added_tokens.add(
      tokens, [&](std::string_view token) { return token_to_id(model, token); },
      vocabulary_size(model));
  NormalizerScratch scratch;
  added_tokens.prepare([&](std::string_view content) {
    size_t from_start = 0;
    return std::string(normalize(normalizer, content, scratch, from_start));
  });
}

int32_t TokenizerPipeline::token_id(std::string_view token) const {
  const int32_t added = added_tokens.find(token);
  return added >= 0 ? added : token_to_id(model, token);
}

void encode(const TokenizerPipeline& pipeline, std::string_view text, int64_t max_length,
            TokenizerScratch& scratch, std::vector<int32_t>& ids) {
  const PostProcessor::Single& post = pipeline.post_processor.single;
  append(post.before.ids, ids);
  const size_t begin = ids.size();
  size_t enough = kAll;
  if (pipeline.truncation_side == TruncationSide::kRight && max_length > 0 &&
      max_length >= post.added()) {
    enough = begin + static_cast<size_t>(max_length - post.added());
  }
  encode_text(pipeline, text, enough, scratch, ids);
  truncate(post.added(), max_length, pipeline.truncation_side, begin, ids);
  append(post.after.ids, ids);
}

void append_types(const TokenizerPipeline& pipeline, size_t length, std::vector<int32_t>& types) {
  const PostProcessor::Single& post = pipeline.post_processor.single;
  append(post.before.types, types);
  types.insert(types.end(), length - static_cast<size_t>(post.added()), post.type);
  append(post.after.types, types);
}

void encode_pair(const TokenizerPipeline& pipeline, std::string_view first, std::string_view second,
                 int64_t max_length, TokenizerScratch& scratch, std::vector<int32_t>& ids,
                 std::vector<int32_t>& types) {
  const PostProcessor::Pair& post = *pipeline.post_processor.pair;
  const int64_t room = max_length - post.added();
  const std::string_view texts[] = {first, second};
  // Whole, since the longer text keeps the odd id.
  for (const int i : {0, 1}) {
    scratch.pair[i].clear();
    encode_text(pipeline, texts[i], kAll, scratch, scratch.pair[i]);
  }
  if (max_length > 0 && room >= 0) {
    const auto [kept_first, kept_second] =
        share_room(static_cast<int64_t>(scratch.pair[0].size()),
                   static_cast<int64_t>(scratch.pair[1].size()), room);
    cut(pipeline.truncation_side, 0, kept_first, scratch.pair[0]);
    cut(pipeline.truncation_side, 0, kept_second, scratch.pair[1]);
  }
  const auto append_text = [&](int i) {
    append(scratch.pair[i], ids);
    types.insert(types.end(), scratch.pair[i].size(), post.types[i]);
  };
  const auto append_run = [&](const SpecialRun& run) {
    append(run.ids, ids);
    append(run.types, types);
  };
  append_run(post.before);
  append_text(post.second_is_first ? 1 : 0);
  append_run(post.between);
  append_text(post.second_is_first ? 0 : 1);
  append_run(post.after);
}

}  // namespace thaw
