#pragma once

#include <memory>
#include <vector>

namespace thaw {

// What one line of work computes with: its threads, and what libraries keep between calls (plans of
// matrix products, scratch). Two lines of work run at once in one process, each in a thread and a
// context of its own; one context is not for two threads at once.
//
// A network belongs to the context that it was made in and enters it at each call. Everything else
// that runs on several threads (parallel_parts) takes the calling thread's current context.
class Context {
 public:
  // threads: 0 means all cores that this process may run on.
  explicit Context(int threads = 0);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  int threads() const { return threads_; }
  // For this context and, where it is the calling thread's current one, at once.
  void set_threads(int threads);

  // The T of this context, made at its first use. It goes when the context goes.
  template <class T>
  T& own() {
    static const size_t slot = new_slot();
    if (owned_.size() <= slot) owned_.resize(slot + 1);
    if (!owned_[slot]) owned_[slot] = std::make_shared<T>();
    return *static_cast<T*>(owned_[slot].get());
  }

  // The calling thread's: the one that it entered last, else one that all threads share which
  // entered none. That one is never destroyed.
  static Context& current();

 private:
  friend class InContext;
  static size_t new_slot();

  int threads_;
  std::vector<std::shared_ptr<void>> owned_;  // by slot
};

// Makes a context the calling thread's current one for as long as this lives.
class InContext {
 public:
  // of_team: the thread belongs to a team that another thread leads, and starts none itself.
  explicit InContext(Context& context, bool of_team = false);
  ~InContext();
  InContext(const InContext&) = delete;
  InContext& operator=(const InContext&) = delete;

 private:
  Context* before_;  // null: none was entered
  bool of_team_;
};

}  // namespace thaw
