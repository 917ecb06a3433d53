#include "hub_console.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "console.h"
#include "pypi/package_index.h"
#include "sanitize.h"

namespace thaw {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kLargeFile = 5'000'000;  // bytes: worth a line of its own
constexpr double kBarInterval = 0.1;

std::string megabytes(int64_t bytes) {
  char text[32];
  const double amount = static_cast<double>(bytes) / 1e6;
  std::snprintf(text, sizeof(text), amount < 10 ? "%.1f" : "%.0f", amount);
  return text;
}

class Transfers {
 public:
  void message(const std::string& text) {
    clear();
    std::fprintf(stderr, "%s\n", sanitize_lines(text).c_str());
  }

  void progress(const HubTransfer& transfer) {
    throw_if_interrupted();
    const auto now = Clock::now();
    if (transfer.file != file_) {
      file_ = transfer.file;  // a safe name, so one that can be shown (hub/name.h)
      start_ = now;
      shown_ = {};
      done_at_start_ = transfer.done;
      if (!terminal_ && transfer.total >= kLargeFile && !transfer.finished) {
        std::fprintf(stderr, "fetching %s (%s MB)\n", file_.c_str(),
                     megabytes(transfer.total).c_str());
      }
    }
    if (transfer.finished) return finish();
    const double since = std::chrono::duration<double>(now - shown_).count();
    if (!terminal_ || since < kBarInterval) return;
    shown_ = now;
    draw(transfer, now);
  }

 private:
  void draw(const HubTransfer& transfer, Clock::time_point now) {
    constexpr int kWidth = 24;
    const int64_t total = std::max<int64_t>(transfer.total, 1);
    const int filled = static_cast<int>(std::min<int64_t>(transfer.done * kWidth / total, kWidth));
    std::string bar;
    for (int i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "░";
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate =
        seconds > 0.2 ? static_cast<double>(transfer.done - done_at_start_) / seconds : 0;
    std::string left;
    if (rate > 0) {
      const long rest = std::lround(static_cast<double>(total - transfer.done) / rate);
      char text[48];
      std::snprintf(text, sizeof(text), "  %.1f MB/s  %ld:%02ld left", rate / 1e6, rest / 60,
                    rest % 60);
      left = text;
    }
    std::fprintf(stderr, "\r\033[K%s  %s %s/%s MB%s", file_.c_str(), bar.c_str(),
                 megabytes(transfer.done).c_str(), megabytes(total).c_str(), left.c_str());
    std::fflush(stderr);
    drawn_ = true;
  }

  void finish() {
    clear();
    file_.clear();
  }

  void clear() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
    std::fflush(stderr);
  }

  const bool terminal_ = isatty(STDERR_FILENO) == 1;
  bool drawn_ = false;
  std::string file_;
  int64_t done_at_start_ = 0;
  Clock::time_point start_, shown_;
};

}  // namespace

HubListener console_transfers(bool quiet) {
  const auto transfers = std::make_shared<Transfers>();
  HubListener listener;
  const char* off = std::getenv("HF_HUB_DISABLE_PROGRESS_BARS");
  const bool is_quiet = quiet || (off != nullptr && *off != '\0' && *off != '0');
  listener.progress = [transfers, is_quiet](const HubTransfer& transfer) {
    is_quiet ? throw_if_interrupted() : transfers->progress(transfer);
  };
  listener.message = [transfers](const std::string& text) { transfers->message(text); };
  listener.check = throw_if_interrupted;
  return listener;
}

HubClient console_hub() { return HubClient(hub_settings(), console_transfers()); }

HubClient console_package_index() {
  return HubClient(package_index_settings(), console_transfers());
}

}  // namespace thaw
