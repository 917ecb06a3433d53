// The one place that includes Arrow: 62 MB of libraries that only readers of Parquet files load.

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <arrow/util/decimal.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "data/readers/parquet_interface.h"

struct thaw_parquet_file {
  std::unique_ptr<arrow::MemoryPool> pool;  // outlives the reader, which takes memory from it
  std::unique_ptr<parquet::arrow::FileReader> reader;  // of Parquet; null for Arrow's own formats
  std::shared_ptr<arrow::io::ReadableFile> arrow;      // a stream, or a file with a footer
  bool has_footer = false;
  std::shared_ptr<arrow::Schema> schema;
  std::string metadata_value;  // keeps what metadata() returned last
};

namespace {

// Memory for a row group: so much, and so many times the file's size.
[[maybe_unused]] constexpr int64_t kMostBytes = int64_t{1} << 28, kMostTimes = 1000;

void tell(const std::string& what, char* error, size_t error_size) {
  // Arrow's messages may go over several lines; the first says what is wrong.
  std::snprintf(error, error_size, "%s", what.substr(0, what.find('\n')).c_str());
}

// Runs `body`, which returns a Status; true when it went well.
template <class Body>
bool guarded(const Body& body, char* error, size_t error_size) {
  try {
    const arrow::Status status = body();
    if (status.ok()) return true;
    tell(status.message(), error, error_size);
  } catch (const std::exception& exception) {
    tell(exception.what(), error, error_size);
  } catch (...) {
    tell("an unknown failure in Arrow", error, error_size);
  }
  return false;
}

// Where a reader takes its memory, bounded where that is possible.
arrow::MemoryPool* pool_of(const thaw_parquet_file& file) {
  return file.pool != nullptr ? file.pool.get() : arrow::default_memory_pool();
}

arrow::ipc::IpcReadOptions ipc_options(const thaw_parquet_file& file) {
  arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = pool_of(file);
  options.use_threads = false;
  return options;
}

// Whether the bytes are those of Arrow's own formats, which stay open in `file`: its stream begins
// with four bytes 0xFF and the length of its first message, its file with "ARROW1".
arrow::Result<bool> open_arrow(const std::shared_ptr<arrow::io::ReadableFile>& input,
                               thaw_parquet_file& file) {
  ARROW_ASSIGN_OR_RAISE(const auto magic, input->ReadAt(0, 6));
  const std::string_view bytes(*magic);
  file.has_footer = bytes == "ARROW1";
  if (!file.has_footer && !bytes.starts_with("\xFF\xFF\xFF\xFF")) return false;
  if (file.has_footer) {
    ARROW_ASSIGN_OR_RAISE(const auto reader,
                          arrow::ipc::RecordBatchFileReader::Open(input, ipc_options(file)));
    file.schema = reader->schema();
  } else {
    ARROW_RETURN_NOT_OK(input->Seek(0));
    ARROW_ASSIGN_OR_RAISE(const auto reader,
                          arrow::ipc::RecordBatchStreamReader::Open(input, ipc_options(file)));
    file.schema = reader->schema();
  }
  file.arrow = input;
  return true;
}

thaw_parquet_file* open_file(const char* path, char* error, size_t error_size) {
  auto file = std::make_unique<thaw_parquet_file>();
  const bool opened = guarded(
      [&]() -> arrow::Status {
        ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path));
#if ARROW_VERSION_MAJOR >= 26
        // A few kilobytes may tell of pages that take all memory when they are unpacked.
        ARROW_ASSIGN_OR_RAISE(const int64_t size, input->GetSize());
        file->pool = std::make_unique<arrow::CappedMemoryPool>(arrow::default_memory_pool(),
                                                               kMostBytes + kMostTimes * size);
#endif
        ARROW_ASSIGN_OR_RAISE(const bool is_arrow, open_arrow(input, *file));
        if (is_arrow) return arrow::Status::OK();
        parquet::arrow::FileReaderBuilder builder;
        parquet::ReaderProperties reader_properties = parquet::default_reader_properties();
#if ARROW_VERSION_MAJOR >= 26
        reader_properties = parquet::ReaderProperties(file->pool.get());
        builder.memory_pool(file->pool.get());
#endif
        ARROW_RETURN_NOT_OK(builder.Open(input, reader_properties));
        parquet::ArrowReaderProperties properties;
        properties.set_use_threads(false);
        builder.properties(properties);
        ARROW_RETURN_NOT_OK(builder.Build(&file->reader));
        return file->reader->GetSchema(&file->schema);
      },
      error, error_size);
  return opened ? file.release() : nullptr;
}

void close_file(thaw_parquet_file* file) { delete file; }

int columns(const thaw_parquet_file* file) { return file->schema->num_fields(); }

const char* column_name(const thaw_parquet_file* file, int column) {
  return file->schema->field(column)->name().c_str();
}

thaw_parquet_kind kind_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
      return THAW_PARQUET_TEXT;
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
      return THAW_PARQUET_INTEGERS;
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256:
#if ARROW_VERSION_MAJOR >= 18
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
#endif
      return THAW_PARQUET_FRACTIONS;
    case arrow::Type::BOOL:
      return THAW_PARQUET_BOOLEANS;
    case arrow::Type::DICTIONARY:
      return kind_of(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::NA:
      return THAW_PARQUET_NOTHING;
    default:
      return type.num_fields() > 0 ? THAW_PARQUET_NESTED : THAW_PARQUET_OTHER;
  }
}

thaw_parquet_kind column_kind(const thaw_parquet_file* file, int column) {
  return kind_of(*file->schema->field(column)->type());
}

void column_type(const thaw_parquet_file* file, int column, char* type, size_t type_size) {
  try {
    tell(file->schema->field(column)->type()->ToString(), type, type_size);
  } catch (...) {
    tell("unknown", type, type_size);
  }
}

const char* metadata(thaw_parquet_file* file, const char* key) {
  const auto pairs = file->reader != nullptr
                         ? file->reader->parquet_reader()->metadata()->key_value_metadata()
                         : file->schema->metadata();
  const int index = pairs == nullptr ? -1 : pairs->FindKey(key);
  if (index < 0) return nullptr;
  file->metadata_value = pairs->value(index);
  return file->metadata_value.c_str();
}

constexpr int kMostScale = 100;

// digits · 10^-scale, in full and as short as that goes: "-250" of scale 2 is "-2.5".
std::string plain_decimal(std::string digits, int scale) {
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  if (digits == "0") return digits;
  if (scale <= 0) {
    digits.append(static_cast<size_t>(-scale), '0');
  } else {
    const auto behind = static_cast<size_t>(scale);
    if (digits.size() <= behind) digits.insert(0, behind + 1 - digits.size(), '0');
    digits.insert(digits.size() - behind, 1, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
  }
  return negative ? "-" + digits : digits;
}

// Gives the values of one array to the sink.
class Giver {
 public:
  Giver(thaw_parquet_sink sink, void* context) : sink_(sink), context_(context) {}
  bool ended() const { return ended_; }

  arrow::Status give(const arrow::Array& array) {
    switch (array.type_id()) {
      case arrow::Type::STRING:
        return give_strings(static_cast<const arrow::StringArray&>(array));
      case arrow::Type::LARGE_STRING:
        return give_strings(static_cast<const arrow::LargeStringArray&>(array));
      case arrow::Type::STRING_VIEW:
        return give_strings(static_cast<const arrow::StringViewArray&>(array));
      case arrow::Type::BINARY:  // strings of writers that leave out the annotation
        return give_strings(static_cast<const arrow::BinaryArray&>(array));
      case arrow::Type::LARGE_BINARY:
        return give_strings(static_cast<const arrow::LargeBinaryArray&>(array));
      case arrow::Type::INT8:
        return give_numbers(static_cast<const arrow::Int8Array&>(array));
      case arrow::Type::INT16:
        return give_numbers(static_cast<const arrow::Int16Array&>(array));
      case arrow::Type::INT32:
        return give_numbers(static_cast<const arrow::Int32Array&>(array));
      case arrow::Type::INT64:
        return give_numbers(static_cast<const arrow::Int64Array&>(array));
      case arrow::Type::UINT8:
        return give_numbers(static_cast<const arrow::UInt8Array&>(array));
      case arrow::Type::UINT16:
        return give_numbers(static_cast<const arrow::UInt16Array&>(array));
      case arrow::Type::UINT32:
        return give_numbers(static_cast<const arrow::UInt32Array&>(array));
      case arrow::Type::UINT64:
        return give_numbers(static_cast<const arrow::UInt64Array&>(array));
      case arrow::Type::FLOAT:
        return give_numbers(static_cast<const arrow::FloatArray&>(array));
      case arrow::Type::DOUBLE:
        return give_numbers(static_cast<const arrow::DoubleArray&>(array));
      case arrow::Type::DECIMAL128:
        return give_decimals<arrow::Decimal128>(static_cast<const arrow::Decimal128Array&>(array));
      case arrow::Type::DECIMAL256:
        return give_decimals<arrow::Decimal256>(static_cast<const arrow::Decimal256Array&>(array));
#if ARROW_VERSION_MAJOR >= 18
      case arrow::Type::DECIMAL32:
        return give_decimals<arrow::Decimal32>(static_cast<const arrow::Decimal32Array&>(array));
      case arrow::Type::DECIMAL64:
        return give_decimals<arrow::Decimal64>(static_cast<const arrow::Decimal64Array&>(array));
#endif
      case arrow::Type::BOOL:
        return give_booleans(static_cast<const arrow::BooleanArray&>(array));
      case arrow::Type::DICTIONARY:
        return give_dictionary(static_cast<const arrow::DictionaryArray&>(array));
      case arrow::Type::NA:
        for (int64_t i = 0; i < array.length() && !ended_; ++i) send(nullptr, 0);
        return arrow::Status::OK();
      default:
        return arrow::Status::TypeError("its values are of the type ", array.type()->ToString());
    }
  }

 private:
  void send(const char* bytes, size_t size) { ended_ = sink_(context_, bytes, size) != 0; }

  template <class Array>
  arrow::Status give_strings(const Array& array) {
    for (int64_t i = 0; i < array.length() && !ended_; ++i) {
      if (array.IsNull(i)) {
        send(nullptr, 0);
        continue;
      }
      const auto value = array.GetView(i);
      send(value.data() != nullptr ? value.data() : "", value.size());
    }
    return arrow::Status::OK();
  }

  template <class Array>
  arrow::Status give_numbers(const Array& array) {
    char digits[48];
    for (int64_t i = 0; i < array.length() && !ended_; ++i) {
      if (array.IsNull(i)) {
        send(nullptr, 0);
        continue;
      }
      const char* end = std::to_chars(digits, digits + sizeof(digits), array.Value(i)).ptr;
      send(digits, static_cast<size_t>(end - digits));
    }
    return arrow::Status::OK();
  }

  template <class Value, class Array>
  arrow::Status give_decimals(const Array& array) {
    const int scale = static_cast<const arrow::DecimalType&>(*array.type()).scale();
    // A file may claim any; the most digits that a value has are 76.
    if (scale < -kMostScale || scale > kMostScale) {
      return arrow::Status::Invalid("its decimals are of a scale of ", scale);
    }
    for (int64_t i = 0; i < array.length() && !ended_; ++i) {
      if (array.IsNull(i)) {
        send(nullptr, 0);
        continue;
      }
      const std::string text = plain_decimal(Value(array.GetValue(i)).ToIntegerString(), scale);
      send(text.data(), text.size());
    }
    return arrow::Status::OK();
  }

  arrow::Status give_booleans(const arrow::BooleanArray& array) {
    for (int64_t i = 0; i < array.length() && !ended_; ++i) {
      if (array.IsNull(i)) {
        send(nullptr, 0);
      } else if (array.Value(i)) {
        send("true", 4);
      } else {
        send("false", 5);
      }
    }
    return arrow::Status::OK();
  }

  // The dictionary's values are collected once as text; rows then only look them up.
  arrow::Status give_dictionary(const arrow::DictionaryArray& array) {
    struct Value {
      bool present;
      std::string text;
    };
    std::vector<Value> values;
    const auto collect = [](void* context, const char* bytes, size_t size) {
      static_cast<std::vector<Value>*>(context)->push_back(
          {bytes != nullptr, std::string(bytes != nullptr ? bytes : "", size)});
      return 0;
    };
    if (array.dictionary()->type_id() == arrow::Type::DICTIONARY) {
      return arrow::Status::TypeError("its dictionary holds another dictionary");
    }
    ARROW_RETURN_NOT_OK(Giver(collect, &values).give(*array.dictionary()));
    for (int64_t i = 0; i < array.length() && !ended_; ++i) {
      const int64_t index = array.IsNull(i) ? -1 : array.GetValueIndex(i);
      if (index >= static_cast<int64_t>(values.size()) || (index < 0 && !array.IsNull(i))) {
        return arrow::Status::Invalid("a value lies outside its dictionary");
      }
      if (index < 0 || !values[index].present) {
        send(nullptr, 0);
      } else {
        send(values[index].text.data(), values[index].text.size());
      }
    }
    return arrow::Status::OK();
  }

  thaw_parquet_sink sink_;
  void* context_;
  bool ended_ = false;
};

// Gives one column of a batch. Nothing has looked at its offsets before, so all of it is checked.
arrow::Status give_batch(const arrow::RecordBatch& batch, Giver& giver) {
  ARROW_RETURN_NOT_OK(batch.ValidateFull());
  return giver.give(*batch.column(0));
}

arrow::Status read_arrow_column(thaw_parquet_file& file, int column, Giver& giver) {
  arrow::ipc::IpcReadOptions options = ipc_options(file);
  options.included_fields = {column};
  if (file.has_footer) {
    ARROW_ASSIGN_OR_RAISE(const auto reader,
                          arrow::ipc::RecordBatchFileReader::Open(file.arrow, options));
    for (int i = 0; i < reader->num_record_batches() && !giver.ended(); ++i) {
      ARROW_ASSIGN_OR_RAISE(const auto batch, reader->ReadRecordBatch(i));
      ARROW_RETURN_NOT_OK(give_batch(*batch, giver));
    }
    return arrow::Status::OK();
  }
  ARROW_RETURN_NOT_OK(file.arrow->Seek(0));
  ARROW_ASSIGN_OR_RAISE(const auto reader,
                        arrow::ipc::RecordBatchStreamReader::Open(file.arrow, options));
  while (!giver.ended()) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
    if (batch == nullptr) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(give_batch(*batch, giver));
  }
  return arrow::Status::OK();
}

int read_column(thaw_parquet_file* file, int column, thaw_parquet_sink sink, void* context,
                char* error, size_t error_size) {
  Giver giver(sink, context);
  const bool read = guarded(
      [&]() -> arrow::Status {
        if (file->arrow != nullptr) return read_arrow_column(*file, column, giver);
        const auto& fields = file->reader->manifest().schema_fields;
        const int leaf = fields.at(static_cast<size_t>(column)).column_index;
        if (leaf < 0) {
          return arrow::Status::TypeError("its values are of the type ",
                                          file->schema->field(column)->type()->ToString());
        }
        // A row group at a time bounds what is held beside the texts.
        for (int group = 0; group < file->reader->num_row_groups() && !giver.ended(); ++group) {
#if ARROW_VERSION_MAJOR >= 24
          ARROW_ASSIGN_OR_RAISE(auto table, file->reader->ReadRowGroup(group, {leaf}));
#else
          std::shared_ptr<arrow::Table> table;
          ARROW_RETURN_NOT_OK(file->reader->ReadRowGroup(group, {leaf}, &table));
#endif
          // Cheap checks of shapes and offsets; the text itself is checked on the other side, where
          // the row can be named.
          ARROW_RETURN_NOT_OK(table->Validate());
          for (const auto& chunk : table->column(0)->chunks()) {
            if (!giver.ended()) ARROW_RETURN_NOT_OK(giver.give(*chunk));
          }
        }
        return arrow::Status::OK();
      },
      error, error_size);
  return giver.ended() ? 1 : read ? 0 : -1;
}

constexpr thaw_parquet_functions kFunctions = {THAW_PARQUET_INTERFACE,
                                               open_file,
                                               close_file,
                                               columns,
                                               column_name,
                                               column_kind,
                                               column_type,
                                               metadata,
                                               read_column};

}  // namespace

extern "C" __attribute__((visibility("default"))) const thaw_parquet_functions*
thaw_parquet_module() {
  return &kFunctions;
}
