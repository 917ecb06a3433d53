#include "files/decompression.h"

#include <bzlib.h>
#include <fmt/format.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "base/error.h"

namespace thaw {
namespace {

constexpr size_t kPiece = size_t{256} << 10;      // bytes given to `take` at a time
constexpr size_t kMostBytes = size_t{256} << 20;  // what any file may unpack to
constexpr size_t kMostTimes = 1000;               // and what a large one may, in times of its size
constexpr uint64_t kMostMemory = uint64_t{256} << 20;  // of xz's dictionary
constexpr int kLargestWindow = 27;                     // of zstd, log2 of bytes: its own default

// What one of the four libraries is driven with: from `packed`, which shrinks, to the sink.
class Unpacker {
 public:
  Unpacker(std::string_view packed, FileKind kind, const std::string& where,
           const std::function<void(std::string_view)>& take)
      : packed(packed),
        kind_(kind),
        where_(where),
        take_(take),
        size_(packed.size()),
        most_(most_unpacked_bytes(packed.size())),
        piece(kPiece) {}

  // Hands the first `count` bytes of `piece` on.
  void give(size_t count) {
    if (count == 0) return;
    given_ += count;
    if (given_ > most_) {
      throw Error(fmt::format("the file is compressed ({}) and unpacks to more than {} MB, more "
                              "than a thousand times its size",
                              name(), most_ >> 20),
                  where_, "check where the file came from, or unpack it yourself");
    }
    take_({piece.data(), count});
  }

  [[noreturn]] void throw_cut() const {
    throw Error(fmt::format("the file is compressed ({}) and ends too early", name()), where_,
                "fetch or write it again: a part of it is missing");
  }
  [[noreturn]] void throw_damaged() const {
    throw Error(fmt::format("the file is compressed ({}) and damaged at byte {} of it", name(),
                            size_ - packed.size()),
                where_, "fetch or write it again");
  }
  [[noreturn]] void throw_trailing() const {
    throw Error(
        fmt::format("behind the compressed data ({}) stands something else, from byte {} on",
                    name(), size_ - packed.size()),
        where_, "fetch or write it again");
  }
  [[noreturn]] void throw_memory(const std::string& again) const {
    throw Error(
        fmt::format("the file is compressed ({}) so that unpacking it takes too much memory",
                    name()),
        where_, "compress it again: " + again, ErrorKind::kMemory);
  }

  std::string name() const { return compression_name(kind_); }

  std::string_view packed;

 private:
  const FileKind kind_;
  const std::string& where_;
  const std::function<void(std::string_view)>& take_;
  const size_t size_;  // of the packed file
  const size_t most_;
  size_t given_ = 0;

 public:
  std::vector<char> piece;  // [kPiece]
};

// As much of what is left as the library's counter holds.
template <class Count>
Count next_input(std::string_view packed) {
  return static_cast<Count>(std::min<size_t>(packed.size(), std::numeric_limits<Count>::max() / 2));
}

void unpack_gzip(Unpacker& unpacker) {
  z_stream stream{};
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ended(&stream, inflateEnd);
  std::string_view& packed = unpacker.packed;
  while (true) {
    const auto count = next_input<uInt>(packed);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = count;
    stream.next_out = reinterpret_cast<Bytef*>(unpacker.piece.data());
    stream.avail_out = kPiece;
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    packed.remove_prefix(count - stream.avail_in);
    unpacker.give(kPiece - stream.avail_out);
    if (result == Z_STREAM_END) {
      // Zero bytes fill up the last block of a tape.
      packed.remove_prefix(std::min(packed.find_first_not_of('\0'), packed.size()));
      if (packed.empty()) return;
      if (!packed.starts_with("\x1F\x8B")) unpacker.throw_trailing();
      inflateReset(&stream);
    } else if (result == Z_BUF_ERROR ||
               (result == Z_OK && packed.empty() && stream.avail_out > 0)) {
      unpacker.throw_cut();
    } else if (result != Z_OK) {
      unpacker.throw_damaged();
    }
  }
}

void unpack_zstd(Unpacker& unpacker) {
  const std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                        ZSTD_freeDStream);
  if (stream == nullptr) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kLargestWindow);
  std::string_view& packed = unpacker.packed;
  bool in_frame = false;
  while (true) {
    if (packed.empty() && !in_frame) return;
    if (!in_frame && file_kind(packed) != FileKind::kZstd && packed.size() >= 4) {
      unpacker.throw_trailing();
    }
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{unpacker.piece.data(), kPiece, 0};
    const size_t result = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(result)) {
      // Told by its text, since the codes are not part of the library's stable interface.
      if (std::string_view(ZSTD_getErrorName(result)).find("memory") != std::string_view::npos) {
        unpacker.throw_memory("without zstd's --long and --ultra");
      }
      packed.remove_prefix(in.pos);
      unpacker.throw_damaged();
    }
    const bool moved = in.pos > 0 || out.pos > 0;
    packed.remove_prefix(in.pos);
    unpacker.give(out.pos);
    in_frame = result != 0;
    if (in_frame && packed.empty() && (!moved || out.pos < kPiece)) unpacker.throw_cut();
  }
}

void unpack_bzip2(Unpacker& unpacker) {
  std::string_view& packed = unpacker.packed;
  while (true) {
    bz_stream stream{};
    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) throw std::bad_alloc();
    const std::unique_ptr<bz_stream, int (*)(bz_stream*)> ended(&stream, BZ2_bzDecompressEnd);
    int result = BZ_OK;
    while (result != BZ_STREAM_END) {
      const auto count = next_input<unsigned>(packed);
      stream.next_in = const_cast<char*>(packed.data());
      stream.avail_in = count;
      stream.next_out = unpacker.piece.data();
      stream.avail_out = kPiece;
      result = BZ2_bzDecompress(&stream);
      if (result == BZ_MEM_ERROR) throw std::bad_alloc();
      packed.remove_prefix(count - stream.avail_in);
      unpacker.give(kPiece - stream.avail_out);
      if (result != BZ_OK && result != BZ_STREAM_END) unpacker.throw_damaged();
      if (result == BZ_OK && packed.empty() && stream.avail_out > 0) unpacker.throw_cut();
    }
    if (packed.empty()) return;
    if (!packed.starts_with("BZh")) unpacker.throw_trailing();
  }
}

void unpack_xz(Unpacker& unpacker) {
  lzma_stream stream = LZMA_STREAM_INIT;
  const std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> ended(&stream, lzma_end);
  std::string_view& packed = unpacker.packed;
  // One stream at a time, so that what stands behind it is told from damage.
  while (true) {
    if (lzma_stream_decoder(&stream, kMostMemory, 0) != LZMA_OK) throw std::bad_alloc();
    lzma_ret result = LZMA_OK;
    while (result != LZMA_STREAM_END) {
      stream.next_in = reinterpret_cast<const uint8_t*>(packed.data());
      stream.avail_in = packed.size();
      stream.next_out = reinterpret_cast<uint8_t*>(unpacker.piece.data());
      stream.avail_out = kPiece;
      // All input is there from the start, which LZMA_FINISH says.
      result = lzma_code(&stream, LZMA_FINISH);
      packed.remove_prefix(packed.size() - stream.avail_in);
      unpacker.give(kPiece - stream.avail_out);
      if (result == LZMA_MEM_ERROR) throw std::bad_alloc();
      if (result == LZMA_MEMLIMIT_ERROR) unpacker.throw_memory("xz -6");
      if (result == LZMA_BUF_ERROR) unpacker.throw_cut();
      if (result != LZMA_OK && result != LZMA_STREAM_END) unpacker.throw_damaged();
    }
    // Streams are filled up to whole fours of bytes.
    const size_t zeros = std::min(packed.find_first_not_of('\0'), packed.size());
    if (zeros % 4 != 0) unpacker.throw_trailing();
    packed.remove_prefix(zeros);
    if (packed.empty()) return;
    if (file_kind(packed) != FileKind::kXz && packed.size() >= 6) unpacker.throw_trailing();
  }
}

}  // namespace

bool is_compressed(FileKind kind) {
  return kind == FileKind::kGzip || kind == FileKind::kZstd || kind == FileKind::kBzip2 ||
         kind == FileKind::kXz;
}

const char* compression_name(FileKind kind) {
  switch (kind) {
    case FileKind::kGzip:
      return "gzip";
    case FileKind::kZstd:
      return "zstd";
    case FileKind::kBzip2:
      return "bzip2";
    case FileKind::kXz:
      return "xz";
    default:
      return "";
  }
}

size_t most_unpacked_bytes(size_t bytes) {
  constexpr size_t kMost = std::numeric_limits<size_t>::max();
  return bytes > (kMost - kMostBytes) / kMostTimes ? kMost : kMostBytes + kMostTimes * bytes;
}

void unpack(std::string_view packed, FileKind kind, const std::string& where,
            const std::function<void(std::string_view piece)>& take) {
  Unpacker unpacker(packed, kind, where, take);
  switch (kind) {
    case FileKind::kGzip:
      return unpack_gzip(unpacker);
    case FileKind::kZstd:
      return unpack_zstd(unpacker);
    case FileKind::kBzip2:
      return unpack_bzip2(unpacker);
    case FileKind::kXz:
      return unpack_xz(unpacker);
    default:
      take(packed);
  }
}

}  // namespace thaw
