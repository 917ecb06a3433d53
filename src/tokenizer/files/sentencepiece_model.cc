// Tests: tests/tokenizer/files/hostile_files_test.cc
// The fields of a sentencepiece model (sentencepiece_model.proto) that a tokenizer is built from.
#include <bit>
#include <cstdint>
#include <limits>

#include "base/error.h"
#include "files/file_kind.h"
#include "files/files.h"
#include "text/utf8.h"
#include "tokenizer/files/tokenizer_source.h"

namespace thaw {
namespace {

constexpr const char* kFetchAgain = "take the tokenizer files of the model again";

// One field of a protocol buffer's message.
struct Field {
  uint64_t number = 0;
  uint64_t value = 0;      // of a number
  std::string_view bytes;  // of a text or a message within
};

// Goes through the fields of a message.
class Message {
 public:
  Message(std::string_view bytes, const std::string& where) : bytes_(bytes), where_(where) {}

  bool next(Field& field) {
    if (bytes_.empty()) return false;
    const uint64_t key = number();
    field = {key >> 3, 0, {}};
    switch (key & 7) {
      case 0:
        field.value = number();
        return true;
      case 1:
        field.value = little_endian(8);
        return true;
      case 2:
        field.bytes = take(number());
        return true;
      case 5:
        field.value = little_endian(4);
        return true;
      default:
        fail();
    }
  }

  [[noreturn]] void fail() const {
    throw Error("is not a sentencepiece model", where_, kFetchAgain);
  }

 private:
  std::string_view take(uint64_t size) {
    if (size > bytes_.size()) fail();
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  uint64_t number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    fail();
  }
  uint64_t little_endian(size_t size) {
    uint64_t value = 0;
    const std::string_view bytes = take(size);
    for (size_t i = 0; i < size; ++i) {
      value |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return value;
  }

  std::string_view bytes_;
  const std::string& where_;
};

void read_piece(Message piece, TokenizerSource& out) {
  constexpr uint64_t kControl = 3, kUserDefined = 4;
  std::string text;
  float score = 0;
  uint64_t type = 1;
  for (Field field; piece.next(field);) {
    if (field.number == 1) text = field.bytes;
    if (field.number == 2) score = std::bit_cast<float>(static_cast<uint32_t>(field.value));
    if (field.number == 3) type = field.value;
  }
  if (first_invalid_utf8(text) != std::string_view::npos) piece.fail();
  if (type == kControl || type == kUserDefined) {
    out.extra_tokens.push_back({text, false, false, false, false, type == kControl});
  }
  out.pieces.emplace_back(std::move(text), double{score});
}

}  // namespace

TokenizerSource read_sentencepiece_model(const std::filesystem::path& path) {
  constexpr uint64_t kUnigram = 1;
  TokenizerSource out{path.string(), "Unigram", {}, {}, {}};
  out.unknown_id = 0;
  const MappedFile file = MappedFile::open(path);
  // Not what looks like UTF-16: numbers may have their zero bytes anywhere.
  const FileKind looks = file_kind(file.text());
  if (looks == FileKind::kGitLfsPointer || looks == FileKind::kHtml) {
    refuse_foreign_kind(looks, out.where);
  }
  Message model(file.text(), out.where);
  uint64_t kind = kUnigram;
  for (Field field; model.next(field);) {
    Message inner(field.bytes, out.where);
    if (field.number == 1) read_piece(inner, out);
    if (field.number == 2) {  // trainer_spec
      for (Field option; inner.next(option);) {
        if (option.number == 3) kind = option.value;
        if (option.number == 40) {
          out.unknown_id = static_cast<int32_t>(static_cast<uint32_t>(option.value));
        }
      }
    }
    if (field.number == 3) {  // normalizer_spec
      for (Field option; inner.next(option);) {
        if (option.number == 2 && !option.bytes.empty()) out.charsmap = std::string(option.bytes);
      }
    }
  }
  if (out.pieces.empty()) model.fail();
  if (kind != kUnigram) {
    throw Error("is a sentencepiece model of another kind than unigram", out.where,
                "load it with Transformers and save it, which writes a tokenizer.json");
  }
  return out;
}

}  // namespace thaw
