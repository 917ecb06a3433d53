#pragma once  // Tests: tests/model/safetensors_hostile_test.cc

#include <cstddef>
#include <map>
#include <string>

#include "model/safetensors.h"

namespace thaw {

// The tensors of one safetensors file that lies in memory; they point into `data`, which must
// outlive them. The layout: 8 bytes little-endian header length, that many bytes of JSON
// ({"name": {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {…}}), then the data,
// which the tensors cover exactly once and without gaps.
//
// Throws Error (with `where` and the tensor's name) on anything else: a header that is cut, longer
// than the file or than 100 MB, not JSON, names a tensor twice or in an unknown dtype; shapes that
// overflow or do not fit their bytes; ranges that overlap, leave gaps or leave the file.
std::map<std::string, StoredTensor> parse_safetensors(const std::byte* data, size_t size,
                                                      const std::string& where);

}  // namespace thaw
