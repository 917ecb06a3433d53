#pragma once

#include <map>
#include <set>
#include <vector>

#include "engine/cpu/encoder.h"
#include "engine/cpu/head.h"
#include "files/spill.h"
#include "model/classifier.h"
#include "training/listener.h"

namespace thaw {

// What lies below the lowest trained part is run once for every text, without dropout, and kept:
// as tokens at some depth of the encoder, or as one vector of features a text.
template <class T>
struct FrozenActivations {
  std::map<int, SpillArray<T>> tokens;  // by depth d: what layer d reads  [tokens, hidden]
  Buffer<float> features;               // of the head  [rows, feature_size]; empty if not asked for
  std::map<int, double> seconds;  // until depth d was reached, for all rows; features: depth L+1
};

// Tokens of frozen work in one batch: enough for the GEMMs, few enough for the caches.
inline constexpr int64_t kFrozenBatchTokens = 2048;

// Runs the encoder over a split up to the deepest of `depths`, keeping the activations of each;
// to the top and through pooling where `features` is asked for. T is what training reads, U what
// the encoder computes in. Tokens that memory does not hold go to a mapped file in `spill`.
template <class T, class U>
FrozenActivations<T> run_frozen_prefix(Encoder<U>& encoder, Head& head, const TokenizedTexts& texts,
                                       const std::set<int>& depths, bool features,
                                       const std::string& stage, SpillPlace spill,
                                       const Listener& listener);

}  // namespace thaw
