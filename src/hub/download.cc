#include "hub/download.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "files/file_steps.h"
#include "files/files.h"
#include "hub/errors.h"
#include "hub/sha1.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kLargestFile = int64_t{1} << 40;  // bytes

std::string megabytes(int64_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000); }

std::string normal_etag(std::string etag) {
  if (etag.starts_with("W/")) etag.erase(0, 2);
  std::erase(etag, '"');
  return etag;
}

bool is_hexadecimal(const std::string& text, size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
         });
}

// The file that grows while bytes arrive.
class PartialFile {
 public:
  explicit PartialFile(const fs::path& path) : file_(path, O_RDWR | O_CREAT, 0666) {
    struct stat status {};
    if (::fstat(file_.descriptor(), &status) != 0) {
      throw file_error("cannot be read", errno, path);
    }
    size_ = status.st_size;
  }

  int64_t size() const { return size_; }

  void append(std::string_view bytes) {
    file_.write(bytes, size_);
    size_ += static_cast<int64_t>(bytes.size());
  }

  void clear() {
    file_.truncate(0);
    size_ = 0;
  }

  void finish() {
    file_.sync();
    file_.close();
  }

  // Throws where the disk has no room for so many bytes more.
  void require_space(int64_t bytes) const {
    struct statvfs disk {};
    if (::fstatvfs(file_.descriptor(), &disk) != 0) return;
    const auto block = static_cast<int64_t>(disk.f_frsize);
    if (block <= 0 || static_cast<int64_t>(disk.f_bavail) >= bytes / block + 1) return;
    throw Error::of_output(fmt::format("the disk has no room for {} MB more", megabytes(bytes)),
                           file_.path().parent_path().string(), "free space there or ");
  }

 private:
  WritableFile file_;
  int64_t size_ = 0;
};

// Whether the file's content is the one that the etag names.
bool is_as_told(const fs::path& path, const std::string& etag) {
  const MappedFile file = MappedFile::open(path);
  if (is_hexadecimal(etag, 64)) return sha256_hex(file.text()) == etag;
  if (!is_hexadecimal(etag, 40)) return true;
  Sha1 hash;
  hash.update(fmt::format("blob {}{}", file.size(), '\0'));
  hash.update(file.text());
  return hash.hex() == etag;
}

// "bytes 100-199/200" -> 100; -1 where it is no such thing.
int64_t range_begin(const std::string& content_range) {
  int64_t begin = -1;
  return std::sscanf(content_range.c_str(), "bytes %ld-", &begin) == 1 ? begin : -1;
}

// One request for what is missing of the file.
class Attempt {
 public:
  Attempt(HubClient& client, const Download& what, PartialFile& file)
      : client_(client), what_(what), file_(file) {}

  HttpReply run() {
    HttpRequest request;
    request.url = what_.url;
    request.timeout = client_.settings().download_timeout;
    if (file_.size() > 0) {
      request.headers.emplace_back("Range", fmt::format("bytes={}-", file_.size()));
    }
    request.begin = [this](const HttpReply& reply) { begin(reply); };
    request.take = [this](std::string_view piece) { take(piece); };
    return client_.send(request, HubClient::Redirects::kFollow, false);
  }

 private:
  void begin(const HttpReply& reply) {
    // A server may answer with the whole file, or with another part of it than was asked for.
    const bool goes_on =
        reply.status == 206 && range_begin(reply.header("content-range")) == file_.size();
    if (!goes_on && file_.size() > 0) file_.clear();
    skips_ = reply.status == 206 && !goes_on;
    total_ = what_.size;
    const int64_t length = reply.number("content-length");
    const bool is_encoded = !reply.header("content-encoding").empty();
    if (total_ < 0 && length >= 0 && !is_encoded) total_ = file_.size() + length;
    file_.require_space(std::max<int64_t>(0, total_ - file_.size()));
  }

  void take(std::string_view piece) {
    if (skips_) return;
    const int64_t most = what_.size >= 0 ? what_.size : kLargestFile;
    if (file_.size() + static_cast<int64_t>(piece.size()) > most) {
      throw Error(fmt::format("{} sends more of {} than the {} bytes it told of",
                              client_.settings().called, what_.shown, most),
                  what_.where, "check the proxy, and run this again", ErrorKind::kNetwork);
    }
    file_.append(piece);
    client_.listener().report({what_.shown, file_.size(), std::max(total_, file_.size()), false});
  }

  HubClient& client_;
  const Download& what_;
  PartialFile& file_;
  int64_t total_ = -1;
  bool skips_ = false;
};

// Fetches until the file has all its bytes.
void fetch_all(HubClient& client, const Download& what, PartialFile& file) {
  int attempt = 1;
  while (what.size < 0 || file.size() != what.size) {
    const int64_t before = file.size();
    HttpReply reply = Attempt(client, what, file).run();
    if (reply.succeeded() && reply.status != 204) {
      if (what.size < 0 || file.size() == what.size) return;
      // A server that ends a body early without a word: as good as a broken connection.
      reply.failure = HttpFailure::kBroken;
      reply.reason = fmt::format("{} of {} bytes came", file.size(), what.size);
    }
    if (reply.status == 416 && file.size() > 0) {  // what is there is not the beginning
      file.clear();
    } else if (!HubClient::may_pass(reply)) {
      what.refuse(reply);
    }
    attempt = file.size() > before ? 2 : attempt + 1;
    if (attempt > client.attempts_for(reply)) {
      what.refuse(reply);
    }
    client.wait(attempt, reply, what.shown + ": " + client.settings().called);
  }
}

}  // namespace

std::string file_url(const HubSettings& settings, const HubName& name, const std::string& commit,
                     const std::string& file) {
  return fmt::format("{}/resolve/{}/{}", page_of(name, settings), url_quoted(commit, ""),
                     url_quoted(file, "/"));
}

FileFacts file_facts(HubClient& client, const HubName& name, const std::string& commit,
                     const std::string& file, bool retries) {
  HttpRequest request;
  request.head = true;
  request.url = file_url(client.settings(), name, commit, file);
  request.timeout = client.settings().metadata_timeout;
  request.headers.emplace_back("Accept-Encoding", "identity");
  const HttpReply reply = client.send(request, HubClient::Redirects::kStay, retries);
  if (!reply.succeeded() && !reply.is_redirect()) {
    throw_hub_error(reply, name, file, client.settings());
  }
  const auto either = [&](const char* linked, const char* plain) {
    const std::string value = reply.header(linked);
    return value.empty() ? reply.header(plain) : value;
  };
  FileFacts facts;
  facts.commit = reply.header("x-repo-commit");
  facts.etag = normal_etag(either("x-linked-etag", "etag"));
  facts.size = reply.number("x-linked-size");
  if (facts.size < 0 && reply.succeeded()) facts.size = reply.number("content-length");
  if (!is_commit_hash(facts.commit) || facts.etag.empty()) {
    throw Error(client.settings().endpoint + " does not answer as a model hub does", name.shown(),
                "check HF_ENDPOINT and the proxy", ErrorKind::kNetwork);
  }
  if (facts.size > kLargestFile) {
    throw Error(fmt::format("its file {} is said to have {} bytes", file, facts.size), name.shown(),
                "name another revision");
  }
  return facts;
}

void download(HubClient& client, const Download& what, const fs::path& partial,
              const fs::path& target) {
  // What an earlier run left may be damaged, so its remains get a second chance from nothing.
  for (bool again : {true, false}) {
    {
      PartialFile file(partial);
      if (what.size >= 0 && file.size() > what.size) file.clear();
      fetch_all(client, what, file);
      file.finish();
    }
    if (is_as_told(partial, what.etag)) break;
    remove_file(partial);
    if (again) {
      client.listener().say(what.shown + " came damaged; fetching it again");
      continue;
    }
    throw Error(fmt::format("what comes of {} is not what {} told of (its hash is another)",
                            what.shown, client.settings().called),
                what.where, "check the proxy, and run this again", ErrorKind::kNetwork);
  }
  std::error_code error;
  const auto size = static_cast<int64_t>(fs::file_size(partial, error));
  rename_file(partial, target);
  client.listener().report({what.shown, size, size, true});
}

}  // namespace thaw
