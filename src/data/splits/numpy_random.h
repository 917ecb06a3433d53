#pragma once  // Tests: tests/data/splits/splits_test.cc

#include <cstdint>
#include <random>
#include <vector>

namespace thaw {

// NumPy's two random streams, bit for bit, as far as shuffling needs them. Splits and subsets are
// drawn from these, so that a run here uses the rows that the same seed picks in Python.

// numpy.random.default_rng(seed): SeedSequence (O'Neill's seed_seq alternative) feeding PCG64
// (128-bit LCG with XSL-RR output, O'Neill 2014).
class NumpyGenerator {
 public:
  explicit NumpyGenerator(uint64_t seed);
  uint64_t next64();
  // Halves of a 64-bit draw, low half first, as NumPy buffers them.
  uint32_t next32();

 private:
  unsigned __int128 state_ = 0, increment_ = 0;
  uint32_t buffered_ = 0;
  bool has_buffered_ = false;
};

// numpy.random.RandomState(seed): the MT19937 of scikit-learn's `random_state`.
class NumpyRandomState {
 public:
  explicit NumpyRandomState(uint32_t seed) : engine_(seed) {}
  uint64_t next64() {
    const uint64_t high = engine_();
    return high << 32 | engine_();
  }
  uint32_t next32() { return static_cast<uint32_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

// A uniform number in [0, largest] by masked rejection, as both streams draw it for a shuffle.
template <class Stream>
uint64_t draw_up_to(Stream& stream, uint64_t largest) {
  uint64_t mask = largest;
  for (int shift = 1; shift < 64; shift *= 2) mask |= mask >> shift;
  uint64_t value;
  do {
    value = (largest <= 0xFFFFFFFFu ? stream.next32() : stream.next64()) & mask;
  } while (value > largest);
  return value;
}

// shuffle() of either stream: Fisher-Yates from the last element down.
template <class Stream>
void shuffle(Stream& stream, std::vector<int64_t>& values) {
  for (size_t i = values.size(); i-- > 1;) {
    std::swap(values[draw_up_to(stream, i)], values[i]);
  }
}

// permutation(count) of either stream.
template <class Stream>
std::vector<int64_t> permutation(Stream& stream, int64_t count) {
  std::vector<int64_t> values(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) values[i] = i;
  shuffle(stream, values);
  return values;
}

}  // namespace thaw
