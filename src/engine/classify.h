#pragma once  // Tests: tests/api/trained_model_test.cc

#include <string>
#include <vector>

#include "engine/engine.h"

namespace thaw {

// What a network for evaluation is made with, from the numbers that a user asks for: around
// products of int8, activations are bf16 where the device is fast in it.
Precision evaluation_precision(const DeviceTraits& device, NumberType wanted);

// Logits of every text, by a network that is made for the purpose.  // [texts, labels]
std::vector<float> classify(const ClassifierModel& classifier, const TokenizedTexts& texts,
                            NumberType precision, const std::string& stage,
                            const Listener& listener);

}  // namespace thaw
