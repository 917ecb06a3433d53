#include "data/splits/numpy_random.h"

#include <bit>

namespace thaw {
namespace {

using Wide = unsigned __int128;

constexpr Wide kMultiplier = (Wide{0x2360ED051FC65DA4u} << 64) | 0x4385DF649FCCF645u;

// One step of SeedSequence's hash; its multiplier changes with every call.
uint32_t hash_mix(uint32_t value, uint32_t& constant, uint32_t multiplier) {
  value ^= constant;
  constant *= multiplier;
  value *= constant;
  return value ^ value >> 16;
}

uint32_t mix(uint32_t x, uint32_t y) {
  const uint32_t result = 0xCA01F9DDu * x - 0x4973F715u * y;
  return result ^ result >> 16;
}

// SeedSequence(seed).generate_state(4, uint64) with the default pool of four words. An integer of
// up to 64 bits never exceeds the pool, so there is no left-over entropy to fold in.
void seed_sequence(uint64_t seed, uint64_t state[4]) {
  constexpr uint32_t kFillMultiplier = 0x931E8875u, kDrawMultiplier = 0x58F38DEDu;
  const uint32_t entropy[4] = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32), 0,
                               0};
  uint32_t pool[4];
  uint32_t constant = 0x43B0D7E5u;
  for (int i = 0; i < 4; ++i) pool[i] = hash_mix(entropy[i], constant, kFillMultiplier);
  for (int from = 0; from < 4; ++from) {
    for (int to = 0; to < 4; ++to) {
      if (from != to) pool[to] = mix(pool[to], hash_mix(pool[from], constant, kFillMultiplier));
    }
  }
  constant = 0x8B51F9DDu;
  for (int i = 0; i < 4; ++i) {
    const uint64_t low = hash_mix(pool[2 * i % 4], constant, kDrawMultiplier);
    const uint64_t high = hash_mix(pool[(2 * i + 1) % 4], constant, kDrawMultiplier);
    state[i] = high << 32 | low;
  }
}

}  // namespace

NumpyGenerator::NumpyGenerator(uint64_t seed) {
  uint64_t words[4];
  seed_sequence(seed, words);
  const Wide start = Wide{words[0]} << 64 | words[1];
  const Wide sequence = Wide{words[2]} << 64 | words[3];
  increment_ = sequence << 1 | 1;
  // The reference seeding: step from 0, add the start, step again.
  state_ = (increment_ + start) * kMultiplier + increment_;
}

uint64_t NumpyGenerator::next64() {
  state_ = state_ * kMultiplier + increment_;
  const uint64_t high = static_cast<uint64_t>(state_ >> 64), low = static_cast<uint64_t>(state_);
  return std::rotr(high ^ low, static_cast<int>(high >> 58));
}

uint32_t NumpyGenerator::next32() {
  if (has_buffered_) {
    has_buffered_ = false;
    return buffered_;
  }
  const uint64_t drawn = next64();
  buffered_ = static_cast<uint32_t>(drawn >> 32);
  has_buffered_ = true;
  return static_cast<uint32_t>(drawn);
}

}  // namespace thaw
