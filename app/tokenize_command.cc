#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "api/resolve_model.h"
#include "base/error.h"
#include "base/threads.h"
#include "commands.h"
#include "data/load.h"
#include "data_flags.h"
#include "flag_values.h"
#include "hub_console.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

struct TokenizeFlags {
  std::string model, file = "-", text_column, text_pair;
  std::vector<std::string> columns;
  int max_length = 0, threads = 0;
};

void write(const std::string& lines) {
  if (std::fwrite(lines.data(), 1, lines.size(), stdout) != lines.size() ||
      std::fflush(stdout) != 0) {
    throw Error("cannot be written to", "standard output",
                "check the space and the pipe behind it");
  }
}

// A JSON list a row.
void print(const TokenizedTexts& tokens) {
  constexpr size_t kBuffer = size_t{1} << 18;  // bytes
  constexpr int kLongestId = 10;               // digits
  std::string lines;
  char digits[kLongestId];
  for (int64_t row = 0; row < tokens.rows(); ++row) {
    lines += '[';
    for (int64_t i = tokens.offsets[row]; i < tokens.offsets[row + 1]; ++i) {
      if (i > tokens.offsets[row]) lines += ", ";
      const auto end = std::to_chars(digits, digits + kLongestId, tokens.ids[i]).ptr;
      lines.append(digits, end);
    }
    lines += "]\n";
    if (lines.size() < kBuffer) continue;
    write(lines);
    lines.clear();
  }
  write(lines);
}

void run_tokenize(const TokenizeFlags& flags) {
  set_thread_count(flags.threads);
  std::vector<std::string> notes;
  const Tokenizer tokenizer =
      Tokenizer::load(resolve_tokenizer(flags.model, ModelPlace::kArgument, console_transfers()));
  const TextColumn texts =
      read_texts(flags.file, flags.text_column, flags.columns, flags.text_pair, {}, &notes);
  print_notes(notes, stderr);
  print(tokenizer.encode_all(texts, flags.max_length));
}

}  // namespace

void add_tokenize_command(CLI::App& app) {
  const auto flags = std::make_shared<TokenizeFlags>();
  CLI::App* command = app.add_subcommand("tokenize", "token ids of texts: a JSON list a line");
  command->add_option("model", flags->model, "folder of a model, minilm, or a model of the hub")
      ->type_name("MODEL")
      ->required();
  command->add_option("file", flags->file, "texts, one a line, or a data file; -: standard input")
      ->type_name("FILE");
  add_whole_flag(*command, "--max-length", flags->max_length, 0, "tokens a text at most (0: all)");
  command->add_option("--text-column", flags->text_column, "column that holds the texts");
  command->add_option("--text-pair", flags->text_pair,
                      "column of second texts, for a model of pairs of texts");
  add_list_flag(*command, "--columns", flags->columns,
                "names of the columns of a file without a header");
  add_whole_flag(*command, "--threads", flags->threads, 0, "threads to use (0: all cores)");
  command->footer("Example:\n  echo \"What a day\" | thaw tokenize minilm -");
  command->callback([flags] { run_tokenize(*flags); });
}

}  // namespace thaw
