#pragma once  // Tests: tests/data/readers/parquet_test.cc

// NOLINTBEGIN(modernize-*): this is C
#include <stddef.h>

// What thaw_parquet.so offers: files of Parquet, and of Arrow's own stream and file formats, which
// their first bytes tell. Plain C, so that nothing of Arrow (nor of its C++ ABI) shows
// outside the module: the program opens it with dlopen only when a Parquet file is met.
//
// No function throws. Those that can fail return null or a negative number and write one sentence
// into `error` (ended by a zero byte).

#ifdef __cplusplus
extern "C" {
#endif

// Changed whenever a signature changes; the program refuses a module with another number.
#define THAW_PARQUET_INTERFACE 3

typedef struct thaw_parquet_file thaw_parquet_file;

// What a column's values are. Of a dictionary: what its values are.
typedef enum thaw_parquet_kind {
  THAW_PARQUET_OTHER = 0,  // one value, but neither text nor number; read() refuses it
  THAW_PARQUET_TEXT = 1,
  THAW_PARQUET_INTEGERS = 2,
  THAW_PARQUET_FRACTIONS = 3,  // floating point, and decimals
  THAW_PARQUET_BOOLEANS = 4,
  THAW_PARQUET_NOTHING = 5,  // a column of nulls alone, without a type of its own
  THAW_PARQUET_NESTED = 6    // several values in a row (a list, a struct, a map); read() refuses it
} thaw_parquet_kind;

// Gets one value of a column as text, null for a missing one. A number other than 0 ends reading.
typedef int (*thaw_parquet_sink)(void* context, const char* bytes, size_t size);

typedef struct thaw_parquet_functions {
  int interface_number;  // THAW_PARQUET_INTERFACE
  thaw_parquet_file* (*open)(const char* path, char* error, size_t error_size);
  void (*close)(thaw_parquet_file* file);
  int (*columns)(const thaw_parquet_file* file);
  const char* (*column_name)(const thaw_parquet_file* file, int column);
  thaw_parquet_kind (*column_kind)(const thaw_parquet_file* file, int column);
  // Writes what Arrow calls the column's type ("date32[day]") into `type`, ended by a zero byte.
  void (*column_type)(const thaw_parquet_file* file, int column, char* type, size_t type_size);
  // A value of the file's own metadata ("huggingface"), null where it is absent.
  const char* (*metadata)(thaw_parquet_file* file, const char* key);
  // Gives every value of a column to the sink, row by row: strings (also dictionary-encoded) as
  // they are, integers in decimal, floating point in the shortest form that reads back the same,
  // decimals in full without zeros at the end of their fraction ("2.50" as "2.5", "3.00" as "3"),
  // booleans as "false" and "true". 0 when all were given, 1 when the sink ended it, -1 on error.
  int (*read)(thaw_parquet_file* file, int column, thaw_parquet_sink sink, void* context,
              char* error, size_t error_size);
} thaw_parquet_functions;

// The module's one exported symbol, "thaw_parquet_module".
typedef const thaw_parquet_functions* (*thaw_parquet_module_function)(void);

#ifdef __cplusplus
}
#endif
// NOLINTEND(modernize-*)
