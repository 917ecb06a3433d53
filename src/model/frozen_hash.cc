#include "model/frozen_hash.h"

#include <vector>

#include "base/sha256.h"
#include "base/threads.h"

namespace thaw {

std::string frozen_hash(const ParameterTable& table, const FreezePlan& plan) {
  std::vector<const Parameter*> frozen;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (!plan.trainable[i]) frozen.push_back(&table.list[i]);
  }
  if (frozen.empty()) return "";
  const auto count = static_cast<int64_t>(frozen.size());
  std::vector<std::string> digests(frozen.size());
  constexpr char kEnd = 0;  // of a name
  parallel_parts(count, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      Sha256 hash;
      hash.update(frozen[i]->name);
      hash.update({&kEnd, 1});
      hash.update({reinterpret_cast<const char*>(frozen[i]->value),
                   static_cast<size_t>(frozen[i]->size()) * sizeof(float)});
      digests[i] = hash.hex();
    }
  });
  std::string all;
  for (const std::string& digest : digests) all += digest;
  return sha256_hex(all);
}

}  // namespace thaw
