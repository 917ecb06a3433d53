#include "training/memory_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/memory.h"
#include "base/setting_words.h"

namespace thaw {
int64_t choose_micro_batch_tokens(const MemoryNeed& need, int64_t available, int64_t step_tokens,
                                  int64_t row_tokens, const std::string& name) {
  const int64_t usable = available - available / 6;  // what is foreseen may be a fifth short
  if (need.bytes(need.per_token == 0 ? 0 : step_tokens) <= usable) return 0;
  const int64_t budget = need.per_token == 0 ? 0 : (usable - need.fixed) / need.per_token / 32 * 32;
  if (budget >= row_tokens) return budget;
  throw Error(
      fmt::format(
          "training it takes about {} of memory even with one text at a time, and {} are free",
          format_byte_size(need.bytes(row_tokens)),
          format_byte_size(std::max<int64_t>(0, available))),
      name,
      fmt::format(
          "free memory or raise {}, train fewer layers (last-2, probe), or cut texts with {}",
          setting("memory"), setting("max_length")),
      ErrorKind::kMemory);
}

}  // namespace thaw
