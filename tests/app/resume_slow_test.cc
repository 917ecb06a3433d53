#include "tests/app/killed_program.h"

namespace thaw {
namespace {

TEST_F(KilledProgram, EveryStrategyEndsWithTheSameBytesAfterHundredsOfKills) {
  check(every_strategy(), 200);
}

TEST_F(KilledProgram, SweepsAndSearchesEndWithTheSameBytesAfterHundredsOfKills) {
  check(sweeps(), 150);
}

}  // namespace
}  // namespace thaw
