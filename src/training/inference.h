#pragma once

#include <string>
#include <vector>

#include "engine/cpu/encoder.h"
#include "engine/cpu/head.h"
#include "training/frozen_prefix.h"
#include "training/listener.h"

namespace thaw {

// Logits of every text in evaluation mode.  // [rows, labels]
// Where `frozen` is given, from what it keeps at `depth` (layers + 1: features); from the tokens
// otherwise. Texts are batched by length, so the result does not depend on their order.
template <class T>
std::vector<float> classify(Encoder<T>& encoder, Head& head, const TokenizedTexts& texts,
                            const FrozenActivations<T>* frozen, int depth, const std::string& stage,
                            const Listener& listener);

// Whether a network in this precision keeps bf16 between its products: around those of int8 it does
// where the CPU has bf16.
bool has_bf16_activations(Precision precision);

// The same with a network made for the purpose, in the wanted precision.
std::vector<float> classify(const Classifier& classifier, const TokenizedTexts& texts,
                            Precision precision, const std::string& stage,
                            const Listener& listener);

// Writes what is kept of the batch's texts at `depth` to the encoder's input.
template <class T>
T* gather_frozen_tokens(Encoder<T>& encoder, const TokenizedTexts& texts,
                        const FrozenActivations<T>& frozen, int depth, const Batch& batch);

}  // namespace thaw
