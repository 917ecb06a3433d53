#include <cstdio>

#include "experiment/comparison.h"

// Whatever a comparison needs is linked; this one has no data.
int main() try {
  thaw::plan_comparison({}, "no-such-folder", false, {});
} catch (const thaw::Error& error) {
  std::puts(error.what());
}
