// Tests: tests/evaluation/slices_test.cc
#include "evaluation/slices.h"

namespace thaw {

const char* slice_kind_name(SliceKind kind) {
  switch (kind) {
    case SliceKind::kValue:
      return "value";
    case SliceKind::kBin:
      return "bin";
    case SliceKind::kOther:
      return "other";
    case SliceKind::kEmpty:
      return "empty";
  }
  return "";
}

}  // namespace thaw
