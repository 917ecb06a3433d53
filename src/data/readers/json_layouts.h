#pragma once

#include <string>
#include <string_view>

#include "data/readers/table.h"

namespace thaw {

// Tables that are one JSON value.

// [{"text": …, "label": …}, …]. `what` names the list in messages, "" for the whole document.
Table read_json_array(std::string_view text, const TableRequest& request, const std::string& source,
                      const std::string& what);

// The only object of a file, from line `line` on, in whichever way it holds rows, which a note of
// the table says:
//   {"text": "x", "label": 1}                       a row
//   {"data": [{…}, …], "version": 1}                one list of rows, whatever its name
//   {"text": ["x", …], "label": [1, …]}             a list for each column
//   {"text": {"0": "x"}, "label": {"0": 1}}         pandas' orient="columns"
//   {"columns": […], "index": […], "data": [[…]]}   pandas' orient="split"
//   {"0": {"text": "x", "label": 1}, …}             pandas' orient="index"
// Throws Error for several lists of rows, and for columns of other lengths or keys than the texts.
Table read_json_document(std::string_view text, int64_t line, const TableRequest& request,
                         const std::string& source);

}  // namespace thaw
