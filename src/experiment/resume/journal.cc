#include "experiment/resume/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/record.h"
#include "base/setting_words.h"
#include "base/sha256.h"
#include "files/durable_folder.h"
#include "files/file_steps.h"
#include "files/files.h"
#include "files/json_file.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

constexpr char kFolder[] = ".resume", kDoneFolder[] = ".resume-done";
constexpr char kAskedFile[] = "asked.json", kFrozenFile[] = "frozen-precision.bin";
constexpr char kRunFile[] = "run.bin", kWeightsFile[] = "weights.f32";
constexpr char kFormat[] = "thaw unfinished run", kRunFormat[] = "thaw finished training 1";
constexpr int kVersion = 1;

fs::path asked_file(const fs::path& out) { return out / kFolder / kAskedFile; }

Json json_of(const std::vector<Assignment>& list) {
  Json all = Json::array();
  for (const Assignment& given : list) {
    all.push_back({{"scope", given.scope},
                   {"key", given.key},
                   {"values", given.values},
                   {"where", given.where}});
  }
  return all;
}

std::vector<Assignment> assignments_of(const Json& all) {
  std::vector<Assignment> list;
  for (const Json& given : all) {
    list.push_back({given.at("scope").get<std::string>(), given.at("key").get<std::string>(),
                    given.at("values").get<std::vector<std::string>>(),
                    given.at("where").get<std::string>()});
  }
  return list;
}

Json json_of(const std::map<std::string, std::string>& map) {
  Json object = Json::object();
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

std::map<std::string, std::string> map_of(const Json& object) {
  std::map<std::string, std::string> map;
  for (const auto& [key, value] : object.items()) map[key] = value.get<std::string>();
  return map;
}

// What stands in asked.json.
struct Begun {
  RunSpec asked;
  RunFingerprint identity;
  std::string precision;
  int64_t memory = 0;
  double started = 0;
};

Begun read_begun(const fs::path& out) {
  const fs::path path = asked_file(out);
  const Json json = parse_ordered_json(MappedFile::open(path).text(), path.string());
  try {
    if (json.at("format") != kFormat || json.at("version") != kVersion) {
      throw Error("is of another version of thaw", path.string(),
                  "go on with that one, or begin anew in a new folder");
    }
    Begun begun;
    begun.asked.command = json.at("command").get<std::string>();
    begun.asked.directory = json.at("directory").get<std::string>();
    begun.asked.recipe = assignments_of(json.at("recipe"));
    begun.asked.command_line = assignments_of(json.at("command_line"));
    begun.identity.fingerprints = map_of(json.at("fingerprints"));
    begun.identity.environment = map_of(json.at("environment"));
    begun.precision = json.at("precision").get<std::string>();
    begun.memory = json.at("memory").get<int64_t>();
    begun.started = json.at("started").get<double>();
    return begun;
  } catch (const nlohmann::json::exception&) {
    throw Error("does not hold what thaw has written there", path.string(),
                "begin anew in a new folder");
  }
}

[[noreturn]] void fail_as_busy(const fs::path& out) {
  throw CannotResume("another process is working on this run", out.string(),
                     "let it finish, or end it");
}

double now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) /
         1e3;
}

}  // namespace

bool Journal::is_unfinished(const fs::path& out) {
  std::error_code error;
  return fs::exists(asked_file(out), error);
}

void Journal::check_nobody_works(const fs::path& out) {
  const int folder = ::open((out / kFolder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // there is no run
  const bool is_locked = ::flock(folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(folder);  // and the lock with it
  if (is_locked) fail_as_busy(out);
}

bool Journal::is_finished(const fs::path& out) {
  std::error_code error;
  return !is_unfinished(out) && fs::exists(out / "results.json", error);
}

void Journal::clear(const fs::path& out) noexcept {
  if (is_unfinished(out)) return;
  remove_tree(out / kFolder);
  remove_tree(out / kDoneFolder);
  remove_leftovers(out);
}

RunSpec Journal::asked(const fs::path& out) {
  std::error_code error;
  if (!fs::exists(out, error)) {
    throw Error("there is no such folder", out.string(),
                "check the path, or begin without " + setting("resume"));
  }
  if (!is_unfinished(out)) {
    throw Error("holds no run that could go on", out.string(),
                "begin one without " + setting("resume"));
  }
  return read_begun(out).asked;
}

Journal::Journal(const fs::path& out, const RunSpec& asked, const RunFingerprint& identity,
                 std::string precision, int64_t memory, CheckpointInterval interval,
                 const Listener& listener)
    : out_(out),
      folder_(out / kFolder),
      listener_(listener),
      checkpoints_(interval, [this](const std::string& text) { listener_.say(text); }),
      started_(now()),
      precision_(std::move(precision)),
      memory_(memory) {
  goes_on_ = is_unfinished(out);
  goes_on_ ? go_on(asked, identity) : begin(asked, identity);
}

void Journal::lock() {
  lock_ = WritableFile(folder_, O_RDONLY | O_DIRECTORY, 0, out_);
  while (::flock(lock_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return;  // a file system without locks
    fail_as_busy(out_);
  }
}

void Journal::begin(const RunSpec& asked, const RunFingerprint& identity) {
  create_folders(folder_);
  lock();
  const Json json = {{"format", kFormat},
                     {"version", kVersion},
                     {"command", asked.command},
                     {"directory", asked.directory.string()},
                     {"recipe", json_of(asked.recipe)},
                     {"command_line", json_of(asked.command_line)},
                     {"precision", precision_},
                     {"memory", memory_},
                     {"started", started_},
                     {"fingerprints", json_of(identity.fingerprints)},
                     {"environment", json_of(identity.environment)}};
  write_file(folder_ / kAskedFile, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Journal::go_on(const RunSpec& asked, const RunFingerprint& identity) {
  lock();
  const Begun begun = read_begun(out_);
  check_same_settings(begun.asked, asked, out_.string());
  check_same_identity(begun.identity, identity, out_.string(), listener_);
  started_ = begun.started;
  precision_ = begun.precision;
  memory_ = begun.memory;
  remove_leftovers(out_);
  remove_leftovers(folder_);
}

fs::path Journal::folder_of(const std::string& kind, int64_t number) const {
  return folder_ / (fmt::format("{}-{}", kind, number));
}

void Journal::keep(const FrozenPrecision& chosen) {
  RecordWriter record;
  record.put(static_cast<int>(chosen.precision)).put(chosen.why);
  write_file(folder_ / kFrozenFile, record.bytes());
}

std::optional<FrozenPrecision> Journal::frozen_precision() const {
  const fs::path path = folder_ / kFrozenFile;
  if (!fs::exists(path)) return std::nullopt;
  const MappedFile file = MappedFile::open(path);
  RecordReader in(file.text(), path.string());
  FrozenPrecision chosen;
  const int precision = in.take<int>();
  if (precision < 0 || precision > static_cast<int>(NumberType::kInt8)) in.fail();
  chosen.precision = static_cast<NumberType>(precision);
  in.take(chosen.why);
  in.end();
  chosen.chosen = true;
  return chosen;
}

std::optional<Journal::Finished> Journal::finished(int64_t number, const std::string& name) {
  const fs::path folder = folder_of("run", number);
  if (!fs::exists(folder)) return std::nullopt;
  Finished finished;
  try {
    verify_folder(folder);
    const fs::path path = folder / kRunFile;
    const MappedFile file = MappedFile::open(path);
    RecordReader in(file.text(), path.string());
    std::string format, of, record;
    in.take(format);
    in.take(of);
    if (format != kRunFormat || of != name) in.fail();
    seconds_before_ = std::max(seconds_before_, in.take<double>());
    in.take(finished.model);
    in.take(record);
    in.end();
    finished.run = read_run(record, path.string());
  } catch (const Error& error) {
    listener_.say(fmt::format("{}: what was kept of it is broken, so it is trained again ({})\n",
                              name, error.what()));
    return std::nullopt;
  }
  if (fs::exists(folder / kWeightsFile)) finished.weights = folder / kWeightsFile;
  // A program killed right before could not do it.
  remove_tree(folder_of("training", number));
  return finished;
}

std::vector<float> Journal::weights(const Finished& finished) const {
  if (finished.weights.empty()) return {};
  const MappedFile file = MappedFile::open(finished.weights);
  std::vector<float> values(file.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), file.data(), values.size() * sizeof(float));
  return values;
}

void Journal::finish(int64_t number, const std::string& name, const std::string& record,
                     const std::vector<float>* weights, const std::string& model) {
  checkpoints_.wait();
  try {
    FolderWriter writer(folder_of("run", number));
    RecordWriter out;
    out.put(kRunFormat).put(name).put(seconds_before_ + seconds_since(begin_));
    out.put(model).put(record);
    write_file(writer.path() / kRunFile, out.bytes());
    if (weights != nullptr) {
      write_file(writer.path() / kWeightsFile,
                 {reinterpret_cast<const char*>(weights->data()), weights->size() * sizeof(float)});
    }
    writer.commit();
  } catch (const Error& error) {
    listener_.say(fmt::format(
        "{} would have to be trained again after a break: {}. The comparison goes on.\n", name,
        error.what()));
    return;
  }
  remove_tree(folder_of("training", number));
}

Checkpointer Journal::checkpointer(int64_t number, const std::string& name) {
  Checkpointer kept = checkpoints_.checkpointer(folder_of("training", number), name);
  kept.restore = [this, restore = kept.restore](TrainingProgress& progress, Network& network) {
    if (!restore(progress, network)) return false;
    seconds_before_ += progress.outcome.seconds;
    return true;
  };
  return kept;
}

void Journal::remove() {
  checkpoints_.wait();
  if (checkpoints_.written() > 0) {
    char text[120];
    std::snprintf(text, sizeof(text), "the state of trainings was kept %s, which took %.1f s\n",
                  checkpoints_.written() == 1
                      ? "once"
                      : (fmt::format("{} times", checkpoints_.written())).c_str(),
                  checkpoints_.seconds());
    listener_.say(text);
  }
  remove_tree(out_ / kDoneFolder);
  rename_file(folder_, out_ / kDoneFolder);
  remove_tree(out_ / kDoneFolder);
}

std::string write_record(const StrategyRun& run) {
  RecordWriter out;
  out.put(run.failure).put(static_cast<char>(run.worth_saving)).put(write_record(run.outcome));
  out.put(run.prefix_seconds).put(run.eval_seconds).put(run.peak_memory_mb);
  out.put(run.evaluated_logits).put(run.validation_logits);
  out.put(run.frozen_hash_before).put(run.frozen_hash_after);
  return out.bytes();
}

StrategyRun read_run(std::string_view bytes, const std::string& where) {
  RecordReader in(bytes, where);
  StrategyRun run;
  std::string outcome;
  in.take(run.failure);
  run.worth_saving = in.take<char>() != 0;
  in.take(outcome);
  run.outcome = read_outcome(outcome, where);
  in.take(run.prefix_seconds);
  in.take(run.eval_seconds);
  in.take(run.peak_memory_mb);
  in.take(run.evaluated_logits);
  in.take(run.validation_logits);
  in.take(run.frozen_hash_before);
  in.take(run.frozen_hash_after);
  in.end();
  return run;
}

}  // namespace thaw
