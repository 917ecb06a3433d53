#include "baseline/python_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "tests/golden/golden.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw::python {
namespace {

std::string lower(std::string_view text) {
  std::string out;
  append_lower(text, out);
  return out;
}

std::string utf8(char32_t c) {
  char bytes[4];
  return {bytes, unicode::put_code_point(c, bytes)};
}

const nlohmann::json& tfidf_golden() {
  static const auto parsed =
      nlohmann::json::parse(std::ifstream(golden::folder("tfidf_golden.json")));
  return parsed;
}

template <class Visit>
void for_each_assigned(const Visit& visit) {
  size_t seen = 0;
  for (const auto& range : tfidf_golden().at("assigned")) {
    for (char32_t c = range[0]; c <= range[1].get<char32_t>(); ++c, ++seen) visit(c);
  }
  EXPECT_GT(seen, 250'000u);
}

TEST(PythonText, LowersAsPython) {
  EXPECT_EQ(lower("Straße STRASSE ẞ"), "straße strasse ß");
  EXPECT_EQ(lower("İI"), "i̇i");
  EXPECT_EQ(lower("ÀÉ Ж Ǆ"), "àé ж ǆ");
  EXPECT_EQ(lower(""), "");
}

TEST(PythonText, KnowsTheSigmaThatEndsAWord) {
  EXPECT_EQ(lower("ΟΔΟΣ"), "οδος");
  EXPECT_EQ(lower("ΟΔΟΣ ΣΑΣ Σ"), "οδος σας σ");
  EXPECT_EQ(lower("ΑΣΑ ΑΣ, ΑΣ'Α ΑΣ' .Σ"), "ασα ας, ασ'α ας' .σ");
}

TEST(PythonText, LowersEveryCodePointAmongSigmasAsPython) {
  std::string all;
  for_each_assigned([&](char32_t code_point) {
    const std::string c = utf8(code_point);
    append_lower("Σ" + c + " A" + c + "Σ " + c + "Σ AΣ" + c + " AΣ" + c + "A ", all);
  });
  EXPECT_EQ(sha256_hex(all), tfidf_golden().at("lower").get<std::string>());
}

TEST(PythonText, TellsWordCharactersAndSpacesAsPython) {
  std::string words, spaces;
  for_each_assigned([&](char32_t c) {
    if (text_flags()[c] & kIsWord) words += utf8(c);
    if (text_flags()[c] & kIsSpace) spaces += utf8(c);
  });
  EXPECT_EQ(sha256_hex(words), tfidf_golden().at("word_characters").get<std::string>());
  EXPECT_EQ(sha256_hex(spaces), tfidf_golden().at("spaces").get<std::string>());
}

}  // namespace
}  // namespace thaw::python
