#pragma once  // Tests: tests/faults/folder_faults_test.cc

#include <filesystem>
#include <string>

#include "base/error.h"

namespace thaw {

// An Error of writing into a temporary folder, as one of the folder that it is to become, which is
// what the user knows. Errors of other places are given back as they are.
inline Error error_at_target(const Error& error, const std::filesystem::path& temporary,
                             const std::filesystem::path& target) {
  const std::string inside = temporary.string();
  if (!error.where().starts_with(inside)) return error;
  return error.at(target.string() + error.where().substr(inside.size()));
}

}  // namespace thaw
