#pragma once

#include <cstdint>

namespace thaw {

// Counter-based random numbers: a pure function of (key, counter), so nothing is stored and the
// number of threads does not matter.

// 64-bit finalizer of SplitMix64 (Steele, Lea, Flood 2014).
inline uint64_t mix64(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// A key for one stream from the run's seed and up to three coordinates (step, layer, site).
inline uint64_t random_key(uint64_t seed, uint64_t a, uint64_t b = 0, uint64_t c = 0) {
  return mix64(mix64(mix64(mix64(seed) ^ a) ^ b) ^ c);
}

// 32 random bits for element `counter` of a stream. Two rounds of the "lowbias32" finalizer
// (Wellons 2018) keyed with both halves of the stream's key; vector code repeats it lane by lane.
inline uint32_t random_bits(uint64_t key, uint32_t counter) {
  uint32_t x = counter ^ static_cast<uint32_t>(key);
  x ^= x >> 16;
  x *= 0x7FEB352Du;
  x ^= x >> 15;
  x += static_cast<uint32_t>(key >> 32);
  x *= 0x846CA68Bu;
  x ^= x >> 16;
  return x;
}

}  // namespace thaw
