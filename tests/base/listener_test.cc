#include "base/listener.h"

#include <gtest/gtest.h>

#include <csignal>
#include <exception>
#include <string>
#include <utility>

namespace thaw {
namespace {

// What check() throws: its sentence and its signal.
std::pair<std::string, int> stopped(const Listener& listener) {
  try {
    listener.check();
  } catch (const Interrupted& interrupted) {
    return {interrupted.what(), interrupted.signal()};
  }
  return {"goes on", -1};
}

TEST(Listener, StopsWithTheReason) {
  using Stopped = std::pair<std::string, int>;
  Listener listener;
  EXPECT_EQ(stopped(listener), Stopped("goes on", -1));
  listener.interrupted = [] { return false; };
  EXPECT_EQ(stopped(listener), Stopped("goes on", -1));
  listener.interrupted = [] { return true; };
  EXPECT_EQ(stopped(listener), Stopped("stopped by the caller", 0));
  int signal = 0;
  listener.interrupted = [&] { return StopRequest::of_signal(signal); };
  EXPECT_EQ(stopped(listener), Stopped("goes on", -1));
  signal = SIGINT;
  EXPECT_EQ(stopped(listener), Stopped("stopped by Ctrl-C", SIGINT));
  signal = SIGTERM;
  EXPECT_EQ(stopped(listener), Stopped("stopped by signal 15", SIGTERM));
}

TEST(Listener, ThrowsAStandardExceptionThatIsNoError) {
  Listener listener;
  listener.interrupted = [] { return true; };
  EXPECT_THROW(listener.check(), std::exception);
}

}  // namespace
}  // namespace thaw
