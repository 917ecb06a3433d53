#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace thaw {

// An Error of writing into a temporary folder, as one of the folder that it is to become, which is
// what the user knows: the place in the other folder, and `elsewhere` (files/file_steps.h) as the
// end of the remedy. Errors of other places are given back as they are.
inline Error retold(const Error& error, const std::filesystem::path& temporary,
                    const std::filesystem::path& target, const std::string& elsewhere) {
  const std::string inside = temporary.string(), general = "choose another folder";
  if (!error.where().starts_with(inside)) return error;
  std::string remedy = error.remedy();
  if (remedy.ends_with(general)) {
    remedy.replace(remedy.size() - general.size(), general.size(), elsewhere);
  }
  return Error(error.fact(), target.string() + error.where().substr(inside.size()), remedy,
               error.kind());
}

}  // namespace thaw
