#pragma once  // Tests: tests/data/load_test.cc

#include <filesystem>

#include "data/readers/table.h"

namespace thaw {

// Reads a split of TweetEval's layout: a text on each line of one file, its label's number on the
// same line of another, and what the numbers mean in mapping.txt ("0<tab>negative"; may be empty).
// Throws Error: other numbers of lines, a label that is no number, a broken mapping, invalid UTF-8.
Table read_tweet_eval(const std::filesystem::path& text_file,
                      const std::filesystem::path& label_file,
                      const std::filesystem::path& mapping_file);

// The texts of a split whose labels are kept secret: the same table without a label column.
Table read_texts_alone(const std::filesystem::path& text_file);

// A text on each line (LF or CRLF); an empty last line is none.
TextColumn read_lines(std::string_view bytes, const std::string& source);

}  // namespace thaw
