#pragma once  // Tests: tests/files/files_test.cc

#include <filesystem>
#include <vector>

namespace thaw {

// A folder for results as create_output_folder() makes it. Where what follows fails before it has
// put anything there, an exception being on its way out of the object's scope, the folder goes
// again, and those above it that were made for it. A folder that was there before stays.
class OutputFolder {
 public:
  explicit OutputFolder(const std::filesystem::path& folder);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder();

 private:
  std::vector<std::filesystem::path> made_;  // the innermost first
  const int exceptions_;                     // on their way when it was made
};

}  // namespace thaw
