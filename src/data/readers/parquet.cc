#include "data/readers/parquet.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <exception>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/readers/columns.h"
#include "data/readers/parquet_interface.h"
#include "text/utf8.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

using Functions = thaw_parquet_functions;

constexpr uintmax_t kMostBytes = uintmax_t{1} << 28, kMostTimes = 1000;  // as in the module

const Functions& open_module(const std::vector<fs::path>& folders, const std::string& file) {
  for (const fs::path& folder : folders) {
    const fs::path path = folder / "thaw_parquet.so";
    std::error_code ignored;
    if (!fs::exists(path, ignored)) continue;
    // Never closed: Arrow keeps threads and allocators of its own.
    void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      const char* reason = ::dlerror();
      throw Error(std::string("the Parquet module cannot be opened (") +
                      (reason != nullptr ? reason : "no reason given") + ")",
                  path.string(),
                  "in thaw's sources, run scripts/install-dependencies.sh --arrow-only and "
                  "scripts/build.sh");
    }
    const auto function =
        reinterpret_cast<thaw_parquet_module_function>(::dlsym(module, "thaw_parquet_module"));
    if (function == nullptr || function()->interface_number != THAW_PARQUET_INTERFACE) {
      throw Error("the Parquet module belongs to another version of thaw", path.string(),
                  "in thaw's sources, run scripts/build.sh again");
    }
    return *function();
  }
  throw Error("Parquet files need thaw_parquet.so, and this thaw was built without it", file,
              "in thaw's sources, run scripts/install-dependencies.sh --arrow-only and "
              "scripts/build.sh, or save the data as CSV or JSONL");
}

class ParquetFile {
 public:
  ParquetFile(const Functions& functions, const TableFile& file)
      : functions_(functions), path_(file.source()), file_(nullptr, functions.close) {
    char error[400] = "";
    file_.reset(functions_.open(file.path_to_open().c_str(), error, sizeof(error)));
    if (file_ == nullptr) {
      const bool is_arrow = file.is_binary() && file.kind() != FileKind::kParquet;
      throw Error(std::string("cannot be read as ") + (is_arrow ? "Arrow: " : "Parquet: ") + error,
                  path_, "check that the file is complete");
    }
  }

  std::vector<std::string> column_names() const {
    std::vector<std::string> names;
    for (int i = 0; i < functions_.columns(file_.get()); ++i) {
      names.emplace_back(functions_.column_name(file_.get(), i));
    }
    return names;
  }

  thaw_parquet_kind kind(int column) const { return functions_.column_kind(file_.get(), column); }

  bool is_readable(int column) const {
    return kind(column) != THAW_PARQUET_OTHER && kind(column) != THAW_PARQUET_NESTED;
  }

  // Throws Error for a column of values that are neither texts nor labels.
  void require_readable(int column, const char* role, const char* key) const {
    if (is_readable(column)) return;
    char type[80] = "";
    functions_.column_type(file_.get(), column, type, sizeof(type));
    const std::string name = functions_.column_name(file_.get(), column);
    const bool is_nested = kind(column) == THAW_PARQUET_NESTED;
    throw Error(fmt::format("the {} column {} is of the type {}, which is {}", role,
                            quoted_excerpt(name), quoted_excerpt(type, sizeof(type)),
                            is_nested ? "several values a row" : "neither text nor a number"),
                path_,
                "name another column with " + setting(key) +
                    (is_nested ? ", or write what is meant into a column with one value a row"
                               : ", or save this one as text (pandas: .astype(str))"));
  }

  // Calls take(bytes or null, size) for every row; what it throws is thrown again here.
  template <class Take>
  void read(int column, Take take) {
    struct Context {
      Take& take;
      std::exception_ptr thrown;
    } context{take, nullptr};
    const auto sink = [](void* pointer, const char* bytes, size_t size) -> int {
      auto& context = *static_cast<Context*>(pointer);
      try {
        context.take(bytes, size);
        return 0;
      } catch (...) {
        context.thrown = std::current_exception();
        return 1;
      }
    };
    char error[400] = "";
    const int result = functions_.read(file_.get(), column, sink, &context, error, sizeof(error));
    if (context.thrown) std::rethrow_exception(context.thrown);
    if (result != 0) {
      throw Error(fmt::format("the column {} cannot be read: {}",
                              quoted_excerpt(functions_.column_name(file_.get(), column)), error),
                  path_, "check that the file is complete");
    }
  }

  // {"info": {"features": {"label": {"names": [...], "_type": "ClassLabel"}}}}
  std::vector<std::string> class_names(const std::string& label_column) {
    const char* metadata = functions_.metadata(file_.get(), "huggingface");
    if (metadata == nullptr) return {};
    try {
      const auto names =
          nlohmann::json::parse(metadata).at("info").at("features").at(label_column).at("names");
      return names.get<std::vector<std::string>>();
    } catch (const nlohmann::json::exception&) {
      return {};  // a label without names, or metadata of another make: there is nothing to use
    }
  }

 private:
  const Functions& functions_;
  std::string path_;
  std::unique_ptr<thaw_parquet_file, void (*)(thaw_parquet_file*)> file_;
};

ValueKind value_kind(thaw_parquet_kind kind) {
  switch (kind) {
    case THAW_PARQUET_INTEGERS:
    case THAW_PARQUET_FRACTIONS:
      return ValueKind::kNumber;
    case THAW_PARQUET_BOOLEANS:
      return ValueKind::kBoolean;
    default:
      return ValueKind::kText;
  }
}

}  // namespace

std::vector<fs::path> parquet_module_folders() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (error) return {};
  return {folder, folder.parent_path() / "lib" / "thaw", folder.parent_path()};
}

Table read_parquet(const TableFile& file, const TableRequest& request) {
  return read_parquet(file, request, parquet_module_folders());
}

Table read_parquet(const fs::path& path, const TableRequest& request) {
  return read_parquet(TableFile::open(path), request);
}

Table read_parquet(const fs::path& path, const TableRequest& request,
                   const std::vector<fs::path>& module_folders) {
  return read_parquet(TableFile::open(path), request, module_folders);
}

Table read_parquet(const TableFile& table_file, const TableRequest& request,
                   const std::vector<fs::path>& module_folders) {
  const std::string& source = table_file.source();
  if (!request.columns.empty()) {
    throw Error(
        setting("columns") + " names the columns of CSV and TSV files, and this file names its own",
        source, fmt::format("leave {} out", setting("columns")));
  }
  ParquetFile file(open_module(module_folders, source), table_file);
  const std::vector<std::string> names = file.column_names();
  const ChosenColumns columns = choose_columns(names, request, source);
  file.require_readable(columns.text, "text", "text_column");
  if (columns.pair >= 0) file.require_readable(columns.pair, "second text", "text_pair");
  if (columns.label >= 0) file.require_readable(columns.label, "label", "label_column");

  Table table;
  for (std::string& line : duplicate_name_lines(names, source)) {
    table.notes.push_back(std::move(line));
  }
  table.roles = columns.roles(names, source);
  if (columns.id >= 0) table.id_name = names[columns.id];
  table.labels = LabelColumn(source, false);
  const auto place = [&](int64_t row) { return fmt::format("{}, row {}", source, row); };
  const auto checked_text = [&](const char* bytes, size_t size, int64_t row) {
    const std::string_view text(bytes != nullptr ? bytes : "", bytes != nullptr ? size : 0);
    if (trim_ascii(text).empty() && table.missing_texts++ == 0) {
      table.first_missing_text = place(row);
    }
    if (first_invalid_utf8(text) != std::string_view::npos) {
      throw_invalid_utf8("the text", place(row));
    }
    return text;
  };
  // Rows of a dictionary's values, or of none, take next to nothing in the file.
  const uintmax_t most = kMostBytes + kMostTimes * table_file.stored_bytes();
  uintmax_t used = 0;
  const auto check_size = [&](size_t size) {
    constexpr size_t kRow = 32;  // bytes beside its text
    used += size + kRow;
    if (used <= most) return;
    throw Error(
        fmt::format("its rows take more than {} MB, which is more than a thousand times the file",
                    most >> 20),
        source, "check where the file came from, or cut it into several");
  };
  file.read(columns.text, [&](const char* bytes, size_t size) {
    check_size(size);
    table.texts.push_back(checked_text(bytes, size, table.texts.size()));
  });
  if (table.texts.size() == 0) {
    throw Error("the file has no rows", source, "give a file with a row for each text");
  }
  if (columns.pair >= 0) {
    file.read(columns.pair, [&](const char* bytes, size_t size) {
      check_size(size);
      table.texts.push_back_pair(checked_text(bytes, size, table.texts.pairs()));
    });
    if (table.texts.pairs() != table.texts.size()) {
      throw Error(fmt::format("its two text columns have {} and {} rows", table.texts.size(),
                              table.texts.pairs()),
                  source, "check that the file is complete");
    }
  }
  if (columns.id >= 0 && file.is_readable(columns.id)) {
    file.read(columns.id, [&](const char* bytes, size_t size) {
      check_size(size);
      const std::string_view id(bytes != nullptr ? bytes : "", bytes != nullptr ? size : 0);
      table.ids.push_back(first_invalid_utf8(id) == std::string_view::npos ? id : "");
    });
  }
  if (table.ids.size() != table.texts.size()) {
    table.ids = {};
    table.id_name = "";
  }
  const std::vector<int> further = find_further_columns(names, request, source);
  for (size_t i = 0; i < further.size(); ++i) {
    ColumnValues& values = table.further.emplace_back(request.further_columns[i]);
    if (further[i] < 0) {
      values.push_back_missing(table.texts.size());
      continue;
    }
    file.require_readable(further[i], "slices", "slices");
    values.set_present(names[further[i]]);
    const ValueKind kind = value_kind(file.kind(further[i]));
    file.read(further[i], [&](const char* bytes, size_t size) {
      check_size(size);
      const std::string_view value(bytes != nullptr ? bytes : "", bytes != nullptr ? size : 0);
      if (first_invalid_utf8(value) != std::string_view::npos) {
        throw_invalid_utf8("the value", place(values.rows()));
      }
      const bool none = kind == ValueKind::kNumber && (value == "nan" || value == "-nan");
      none ? values.push_back_missing() : values.push_back(value);
    });
    if (values.rows() != table.texts.size()) {
      throw Error(fmt::format("the text column has {} rows and {} has {}", table.texts.size(),
                              quoted_excerpt(values.name()), values.rows()),
                  source, "check that the file is complete");
    }
    if (kind == ValueKind::kText) values.set_text();
    values.name_numbers(file.class_names(values.name()));
  }
  if (columns.label < 0) return table;

  const ValueKind kind = value_kind(file.kind(columns.label));
  file.read(columns.label, [&](const char* bytes, size_t size) {
    check_size(size);
    std::string_view label(bytes != nullptr ? bytes : "", bytes != nullptr ? size : 0);
    const bool is_number = kind == ValueKind::kNumber;
    const int64_t row = table.labels.size();
    if (bytes == nullptr || (is_number && (label == "nan" || label == "-nan"))) {
      return table.labels.push_back_none(row);
    }
    if (is_number && label == "-0") label.remove_prefix(1);
    int32_t code = table.labels.find(label, kind);
    if (code < 0) {
      if (trim_ascii(label).empty()) {
        throw Error("the label is empty", place(row), "fill it in, or make it null");
      }
      if (first_invalid_utf8(label) != std::string_view::npos) {
        throw_invalid_utf8("the label", place(row));
      }
      code = table.labels.add(label, row, kind);
    }
    table.labels.push_back(code);
  });
  if (table.labels.size() != table.texts.size()) {
    throw Error(fmt::format("the text column has {} rows and the label column {}",
                            table.texts.size(), table.labels.size()),
                source, "check that the file is complete");
  }
  table.class_names = file.class_names(names[columns.label]);
  return table;
}

}  // namespace thaw
