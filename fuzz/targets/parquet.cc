// Parquet files through thaw's own module. Arrow itself is not instrumented: what is looked at is
// thaw's use of it, and that a broken file ends in a message.
#include "data/readers/parquet.h"

#include "fuzz/target.h"
#include "text/utf8.h"

#ifndef THAW_PARQUET_FOLDER
#define THAW_PARQUET_FOLDER "."
#endif

THAW_FUZZ_TARGET(parquet) {
  using thaw::fuzz::require;
  thaw::fuzz::Input bytes(input);
  const unsigned options = bytes.take_byte();
  thaw::TableRequest request;
  request.with_labels = (options & 1) == 0;
  // Columns of every type that the module reads (tests/golden/data/make_parquet.py).
  static const char* const columns[] = {"large",  "dictionary", "binary", "with_null", "int8",
                                        "uint64", "float",      "double", "bool",      "null_label",
                                        "list",   "bad",        "name",   "int32"};
  if ((options & 2) != 0) request.text_column = columns[options / 4 % std::size(columns)];
  if ((options & 128) != 0) request.label_column = columns[options / 4 % std::size(columns)];
  const auto path = thaw::fuzz::memory_file(0, bytes.rest());
  thaw::Table table;
  const std::vector<std::filesystem::path> folders = {THAW_PARQUET_FOLDER};
  if (!thaw::fuzz::accepts([&] { table = thaw::read_parquet(path, request, folders); })) return;
  for (int64_t row = 0; row < table.texts.size(); ++row) {
    require(thaw::first_invalid_utf8(table.texts[row]) == std::string_view::npos,
            "texts are UTF-8");
  }
  require(!request.with_labels || table.labels.size() == table.texts.size(),
          "each row has a label");
}
