#include "engine/cpu/gemm/want_of_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <new>
#include <string>

namespace thaw {
namespace {

dnnl::error error_of(dnnl_status_t status) { return {status, "could not create a primitive"}; }

TEST(WantOfMemory, IsToldFromOtherErrors) {
  EXPECT_THROW(throw_want_of_memory(error_of(dnnl_out_of_memory)), std::bad_alloc);
  EXPECT_NO_THROW(throw_want_of_memory(error_of(dnnl_unimplemented)));
  EXPECT_NO_THROW(throw_want_of_memory(error_of(dnnl_runtime_error)));  // there is memory
  EXPECT_THROW(with_want_of_memory([] { throw error_of(dnnl_runtime_error); }), dnnl::error);
  EXPECT_THROW(with_want_of_memory([] { throw error_of(dnnl_out_of_memory); }), std::bad_alloc);
  EXPECT_EQ(with_want_of_memory([] { return 3; }), 3);
}

// As version 3.7 ends where `ulimit -v` leaves no room for a product's code.
TEST(WantOfMemory, IsSeenBehindARuntimeErrorWhereTheSystemGivesNone) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "a sanitizer takes terabytes of addresses";
#endif
#endif
  testing::FLAGS_gtest_death_test_style = "fast";
  // No regular expression: Oniguruma, which is linked, has a regcomp() of its own.
  EXPECT_EXIT(
      {
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = 1 << 20;
        ::setrlimit(RLIMIT_AS, &limit);
        try {
          throw_want_of_memory(error_of(dnnl_runtime_error));
        } catch (const std::bad_alloc&) {
          std::_Exit(7);
        }
        std::_Exit(1);
      },
      testing::ExitedWithCode(7), testing::A<const std::string&>());
}

}  // namespace
}  // namespace thaw
