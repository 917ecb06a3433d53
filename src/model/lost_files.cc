#include "model/lost_files.h"

#include <fmt/format.h>

#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "files/files.h"
#include "files/json_file.h"
#include "files/manifest.h"
#include "model/classifier_notes.h"
#include "text/value_list.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostNamed = 3;

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// None where there is no manifest, or one of another program.
std::vector<ManifestEntry> manifest_of(const fs::path& folder) {
  const fs::path file = folder / kManifestName;
  if (!is_there(file)) return {};
  try {
    return parse_manifest(read_text_file(file), file);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

void check_no_file_is_lost(const fs::path& folder) {
  std::vector<std::string> lost;
  for (const ManifestEntry& entry : manifest_of(folder)) {
    if (!is_there(folder / entry.name)) lost.push_back(entry.name);
  }
  if (!lost.empty()) {
    const std::string named =
        comma_list(lost, kMostNamed, [](const std::string& name) { return in_quotes(name); });
    throw Error(fmt::format("has lost {}, which its manifest.json names", named), folder.string(),
                std::string("copy ") + (lost.size() == 1 ? "it" : "them") +
                    " again from where the model was saved, or the whole folder");
  }
  if (is_there(folder / kNotesFile) && !is_there(folder / "modules.json")) {
    throw Error("has lost 'modules.json', to which its thaw.json belongs", folder.string(),
                "copy the whole folder again from where the model was saved");
  }
}

}  // namespace thaw
