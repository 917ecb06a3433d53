#include "tokenizer/files/growth.h"

#include <fmt/format.h>

#include <string>

#include "base/error.h"

namespace thaw {

void check_growth(size_t text_bytes, size_t bytes) {
  if (bytes <= most_bytes_of(text_bytes)) return;
  throw Error(fmt::format("the tokenizer makes a text of {} bytes of one of {}", bytes, text_bytes),
              "tokenizer.json", "take the tokenizer files of the model again");
}

}  // namespace thaw
