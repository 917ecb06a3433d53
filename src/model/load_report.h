#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace thaw {

enum class LoadStatus {
  kUnexpected,
  kMissing,
  kMismatch,
  kNewHead,    // the checkpoint holds a head, which does not fit
  kReordered,  // a head whose rows were matched to the labels by name
};

struct LoadReportRow {
  std::string key;
  LoadStatus status;
  std::vector<int64_t> in_checkpoint, in_model;  // shapes, for kMismatch
  std::string detail = {};                       // why, for kNewHead and kReordered
};

// What a checkpoint had too much, too little, or in another shape, as Transformers reports it.
struct LoadReport {
  std::string model;   // "DistilBertForSequenceClassification"
  std::string source;  // the folder
  std::vector<LoadReportRow> rows;
  std::string prefixes = {};  // that were taken off the names in the checkpoint: "module."
};

// The table with its notes, or "" when there is nothing to report.
std::string format_load_report(const LoadReport& report);

}  // namespace thaw
