#include "files/output_folder.h"

#include <exception>

#include "files/file_calls.h"
#include "files/files.h"

namespace thaw {
namespace fs = std::filesystem;

OutputFolder::OutputFolder(const fs::path& folder) : exceptions_(std::uncaught_exceptions()) {
  std::error_code error;
  fs::path path = fs::absolute(folder, error).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "results/"
  for (; !error && path.has_relative_path() && !fs::exists(path, error);
       path = path.parent_path()) {
    made_.push_back(path);
  }
  create_output_folder(folder);
}

OutputFolder::~OutputFolder() {
  if (std::uncaught_exceptions() <= exceptions_) return;
  for (const fs::path& path : made_) {
    if (file_calls().rmdir(path.c_str()) != 0) return;  // it holds something
  }
}

}  // namespace thaw
