#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "tokenizer/string_table.h"

namespace thaw {

// The tokens of a model and their ids, as a file lists them.
struct Vocabulary {
  StringTable tokens;
  std::string problem;  // what is wrong with the first id that cannot be one; "": nothing

  // False: the token has been there before; its later id counts.
  bool add(std::string_view token, int64_t id) {
    const bool fits = id >= 0 && id <= std::numeric_limits<int32_t>::max();
    if (!fits && problem.empty()) {
      problem = "token '" + std::string(token) + "' has the id " + std::to_string(id) +
                ", which is outside 0 to 2147483647";
    }
    return tokens.insert(token, fits ? static_cast<int32_t>(id) : 0);
  }
};

}  // namespace thaw
