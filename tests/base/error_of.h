#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace thaw {

// What the Error that `action` throws says; a failed test and "" when it throws none.
template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_FALSE(error.where().empty()) << "no place: " << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no Error was thrown";
  return "";
}

}  // namespace thaw
