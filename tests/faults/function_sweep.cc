#include "tests/faults/function_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "files/durable_folder.h"
#include "tests/base/temporary_folder.h"

namespace thaw::testing {
namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

Contents lasting_contents(const fs::path& folder) {
  Contents contents = contents_of(folder);
  std::erase_if(contents, [](const auto& file) {
    const fs::path path(file.first);
    return std::any_of(path.begin(), path.end(),
                       [](const fs::path& part) { return is_partial_name(part.string()); });
  });
  return contents;
}

namespace {

const std::vector<std::string> kErrors = {"ENOSPC", "EIO", "EROFS", "EDQUOT", "ENOENT"};

// In all folders, as programs do when they next write there.
void tidy(const fs::path& folder) {
  remove_leftovers(folder);
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && !is_partial_name(entry.path().filename())) tidy(entry.path());
  }
}

// Whether an old folder is under its other name, where two cannot be exchanged.
bool has_replaced(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(".thaw-replaced-")) return true;
  }
  return false;
}

struct Sides {
  Contents old, now;
  std::vector<FileCall> calls;
};

Sides sides_of(const Writing& writing) {
  Sides sides;
  const TemporaryFolder folder(sweep_place());
  writing.prepare(folder.path());
  sides.old = lasting_contents(folder.path());
  const FaultyCalls counting({});
  writing.write(folder.path());
  sides.calls = counting.calls();
  sides.now = lasting_contents(folder.path());
  return sides;
}

}  // namespace

size_t calls_of(const Writing& writing) { return sides_of(writing).calls.size(); }

// The fault at every call, once passing and once lasting. Before the last sync the old state must
// be there; where only tidying up failed, the new one.
// `once`: without the lasting ones, in which what has been done cannot be undone.
void sweep_errors(const Writing& writing, bool once) {
  const Sides sides = sides_of(writing);
  ASSERT_GT(sides.calls.size(), 5u);
  ASSERT_NE(sides.old, sides.now);
  for (const std::string& error : kErrors) {
    for (const char* lasts : {"", "+"}) {
      if (once && *lasts != '\0') continue;
      for (size_t at = 1; at <= sides.calls.size(); ++at) {
        const std::string fault = error + "@" + std::to_string(at) + lasts;
        const FileCall& call = sides.calls[at - 1];
        SCOPED_TRACE(fault + ": " + call.kind);
        const TemporaryFolder folder(sweep_place());
        writing.prepare(folder.path());
        std::string sentence;
        {
          const FaultyCalls faulty(Fault::parse(fault));
          try {
            writing.write(folder.path());
          } catch (const Error& failed) {
            sentence = failed.what();
          }
        }
        const Contents after = lasting_contents(folder.path());
        const bool is_aside = has_replaced(folder.path());
        tidy(folder.path());
        const Contents tidied = contents_of(folder.path());
        if (sentence.empty()) {
          EXPECT_TRUE(only_tidies(call)) << "passed over";
          EXPECT_EQ(tidied, sides.now);
        } else {
          EXPECT_THAT(sentence, HasSubstr(folder.path().string()));
          EXPECT_THAT(sentence, HasSubstr("; ")) << "a remedy";
          EXPECT_THAT(tidied, AnyOf(sides.old, sides.now));
        }
        EXPECT_TRUE(is_aside || after == tidied) << "tidying up changed what lasts";
      }
    }
  }
}

// The process is killed at every call.
void sweep_kills(const Writing& writing) {
  const Sides sides = sides_of(writing);
  bool saw_old = false, saw_new = false;
  for (size_t at = 1; at <= sides.calls.size(); ++at) {
    SCOPED_TRACE("KILL@" + std::to_string(at) + ": " + sides.calls[at - 1].kind);
    const TemporaryFolder folder(sweep_place());
    writing.prepare(folder.path());
    const bool killed = killed_with(Fault::parse("KILL@" + std::to_string(at)),
                                    [&] { writing.write(folder.path()); });
    ASSERT_TRUE(killed) << "nothing killed it";
    tidy(folder.path());
    const Contents after = contents_of(folder.path());
    EXPECT_THAT(after, AnyOf(sides.old, sides.now));
    saw_old = saw_old || after == sides.old;
    saw_new = saw_new || after == sides.now;
  }
  EXPECT_TRUE(saw_old && saw_new) << "no change was swept over";
}

// A write that takes half of its bytes is gone on with.
void sweep_short_writes(const Writing& writing) {
  const Sides sides = sides_of(writing);
  for (size_t at = 1; at <= sides.calls.size(); ++at) {
    const TemporaryFolder folder(sweep_place());
    writing.prepare(folder.path());
    const FaultyCalls faulty(Fault::parse("SHORT@" + std::to_string(at)));
    writing.write(folder.path());
    EXPECT_EQ(contents_of(folder.path()), sides.now) << at;
  }
}

void sweep(const Writing& writing) {
  sweep_errors(writing);
  sweep_kills(writing);
  sweep_short_writes(writing);
}

}  // namespace thaw::testing
