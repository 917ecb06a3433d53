#include "fuzz/tokenizer_checks.h"

#include <algorithm>

#include "fuzz/target.h"

namespace thaw::fuzz {
namespace {

using Ids = std::vector<int32_t>;

bool in_range(const TokenizerPipeline& pipeline, const Ids& ids) {
  const int32_t highest = std::max(highest_id(pipeline.model), pipeline.added_tokens.highest_id());
  return std::all_of(ids.begin(), ids.end(), [&](int32_t id) { return id >= 0 && id <= highest; });
}

}  // namespace

void check_encoding(const TokenizerPipeline& pipeline, std::string_view text) {
  constexpr int64_t kShort = 7;
  TokenizerScratch plain, caching;
  caching.cache.start();
  Ids whole;
  if (!accepts([&] { encode(pipeline, text, 0, plain, whole); })) return;
  require(in_range(pipeline, whole), "ids are in the vocabulary");

  for (int time = 0; time < 2; ++time) {
    Ids again;
    require(accepts([&] { encode(pipeline, text, 0, caching, again); }) && again == whole,
            "words that are remembered have the same ids");
  }
  Ids cut;
  if (accepts([&] { encode(pipeline, text, kShort, plain, cut); })) {
    require(static_cast<int64_t>(cut.size()) <= std::max<int64_t>(kShort, 0) ||
                cut.size() <= whole.size(),
            "a text is cut to its length");
    require(in_range(pipeline, cut), "ids of a cut text are in the vocabulary");
    if (static_cast<int64_t>(whole.size()) <= kShort) {
      require(cut == whole, "a short text is not cut");
    }
  }
  if (!pipeline.post_processor.pair) return;
  Ids pair, types;
  if (accepts([&] { encode_pair(pipeline, text, text, 0, plain, pair, types); })) {
    require(types.size() == pair.size(), "each id of a pair has a type");
    require(in_range(pipeline, pair), "ids of a pair are in the vocabulary");
  }
}

}  // namespace thaw::fuzz
