#include "training/checkpoint_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <system_error>

#include "base/error.h"
#include "base/record.h"
#include "files/file_steps.h"
#include "files/files.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr char kFormat[] = "thaw training state 1";
constexpr char kPrefix[] = "step";
constexpr char kProgressFile[] = "progress.bin", kStateFile[] = "state.f32",
               kBestFile[] = "best.f32";
constexpr size_t kKept = 2;  // the newest, and the one before should that one be broken later

// Hands bytes to the system without waiting for the disk: FolderWriter::commit() does that.
class PlainFile {
 public:
  explicit PlainFile(const fs::path& path) : file_(path, O_CREAT | O_EXCL | O_WRONLY, 0666) {}
  void write(const void* bytes, size_t count) {
    file_.write({static_cast<const char*>(bytes), count}, at_);
    at_ += static_cast<int64_t>(count);
  }
  void close() { file_.close(); }

 private:
  WritableFile file_;
  int64_t at_ = 0;
};

double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void remove_older(const fs::path& folder, int64_t newest) {
  size_t kept = 0;
  for (const auto& [number, path] : numbered_folders(folder, kPrefix)) {
    // What is newer is broken: it was passed over.
    const bool newer = static_cast<int64_t>(number) > newest;
    if (!newer && kept++ < kKept) continue;
    remove_tree(path);
  }
}

void read_floats(const fs::path& path, const std::function<void(const float*, size_t)>& take) {
  const MappedFile file = MappedFile::open(path);
  take(reinterpret_cast<const float*>(file.data()), file.size() / sizeof(float));
}

}  // namespace

CheckpointWriter::CheckpointWriter(CheckpointInterval interval, Say say)
    : interval_(interval), say_(std::move(say)), wanted_seconds_(interval.seconds) {}

CheckpointWriter::~CheckpointWriter() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Checkpointer CheckpointWriter::checkpointer(const fs::path& folder, const std::string& training) {
  return {[=, this](TrainingProgress& progress, Network& network) {
            return restore(folder, training, progress, network);
          },
          [this](int64_t step) { return due(step); },
          [=, this](const TrainingProgress& progress, Network& network) {
            save(folder, training, progress, network);
          }};
}

bool CheckpointWriter::restore(const fs::path& folder, const std::string& training,
                               TrainingProgress& progress, Network& network) {
  last_ = Clock::now();
  if (!fs::exists(folder)) return false;
  remove_leftovers(folder);
  const auto newest =
      newest_verified_folder(folder, kPrefix, [&](const fs::path& path, const Error& error) {
        say_(fmt::format("the checkpoint {} is broken and passed over ({})\n", path.string(),
                         error.what()));
      });
  if (!newest) return false;
  const auto fail = [&] {
    throw Error("is not a checkpoint of " + training, newest->string(),
                "delete it to start this training anew");
  };
  const MappedFile record = MappedFile::open(*newest / kProgressFile);
  RecordReader in(record.text(), (*newest / kProgressFile).string());
  std::string format, name, bytes;
  in.take(format);
  if (format != kFormat) fail();
  in.take(name);
  in.take(bytes);
  in.end();
  if (name != training) fail();
  progress = read_progress(bytes, (*newest / kProgressFile).string());
  const auto ranges = network.state();
  size_t size = 0;
  for (const StateRange& range : ranges) size += range.value.size();
  read_floats(*newest / kStateFile, [&](const float* from, size_t count) {
    if (count != 3 * size) fail();
    for (const StateRange& range : ranges) {
      for (const std::span<float> to : {range.value, range.first_moment, range.second_moment}) {
        std::memcpy(to.data(), from, to.size_bytes());
        from += to.size();
      }
    }
  });
  if (fs::exists(*newest / kBestFile)) {
    read_floats(*newest / kBestFile, [&](const float* from, size_t count) {
      if (count != size) fail();
      progress.best.assign(from, from + count);
    });
  }
  last_ = Clock::now();
  return true;
}

bool CheckpointWriter::due(int64_t step) {
  if (interval_.never) return false;
  if (thread_.joinable()) collect();
  if (interval_.steps > 0) return step % interval_.steps == 0;
  if (seconds_since(last_) < wanted_seconds_) return false;
  const std::lock_guard lock(mutex_);
  return !busy_;
}

void CheckpointWriter::save(const fs::path& folder, const std::string& training,
                            const TrainingProgress& progress, Network& network) {
  wait();
  const auto start = Clock::now();
  try {
    auto job = std::make_unique<Job>();
    job->folder = folder;
    job->step = progress.step();
    job->writer =
        std::make_unique<FolderWriter>(folder / fmt::format("{}-{}", kPrefix, job->step));
    const fs::path& path = job->writer->path();
    RecordWriter record;
    record.put(kFormat).put(training).put(write_record(progress));
    PlainFile head(path / kProgressFile);
    head.write(record.bytes().data(), record.bytes().size());
    head.close();
    PlainFile arenas(path / kStateFile);
    for (const StateRange& range : network.state()) {
      for (const std::span<float> from : {range.value, range.first_moment, range.second_moment}) {
        arenas.write(from.data(), from.size_bytes());
      }
    }
    arenas.close();
    if (!progress.best.empty()) {
      PlainFile best(path / kBestFile);
      best.write(progress.best.data(), progress.best.size() * sizeof(float));
      best.close();
    }
    if (has_thread()) {
      const std::lock_guard lock(mutex_);
      job_ = std::move(job);
      busy_ = true;
      changed_.notify_all();
    } else {
      std::string failure = finish(std::move(job));
      const std::lock_guard lock(mutex_);
      note(std::move(failure));
    }
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    note(error.what());
  }
  pause_ = seconds_since(start);
  seconds_ += pause_;
  last_ = Clock::now();
}

// False where the system gives no thread: too little memory, or too many of them.
bool CheckpointWriter::has_thread() {
  if (thread_.joinable()) return true;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void CheckpointWriter::run() {
  // Training comes first.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return job_ != nullptr || ending_; });
    if (job_ == nullptr) return;
    auto job = std::move(job_);
    lock.unlock();
    const double before = thread_seconds();
    std::string failure = finish(std::move(job));
    lock.lock();
    background_ += thread_seconds() - before;
    note(std::move(failure));
    busy_ = false;
    changed_.notify_all();
  }
}

std::string CheckpointWriter::finish(std::unique_ptr<Job> job) {
  try {
    job->writer->commit();
    job->writer.reset();
    remove_older(job->folder, job->step);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

void CheckpointWriter::note(std::string failure) {
  newly_written_ += failure.empty();
  if (!failure.empty()) failure_ = std::move(failure);
}

void CheckpointWriter::wait() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !busy_; });
  }
  collect();
}

void CheckpointWriter::collect() {
  std::string failure;
  double background = 0;
  int64_t newly_written = 0;
  {
    const std::lock_guard lock(mutex_);
    std::swap(failure, failure_);
    std::swap(background, background_);
    std::swap(newly_written, newly_written_);
  }
  seconds_ += background;
  written_ += newly_written;
  if (newly_written > 0 || !failure.empty()) {
    wanted_seconds_ = std::max(interval_.seconds, (pause_ + background) / kCheckpointCost);
  }
  if (!failure.empty() && failure != told_) {
    say_(fmt::format("a checkpoint could not be kept: {}. The training goes on.\n", failure));
  }
  if (!failure.empty() || newly_written > 0) told_ = failure;
}

}  // namespace thaw
