#pragma once  // Tests: tests/report/export/json_test.cc

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/result_fields.h"
#include "results/results.h"

namespace thaw {

// Parts of results.json, each with its way back. Writing turns what is not finite into null;
// reading turns null into NaN and throws Error as parse_results does.

using OrderedJson = nlohmann::ordered_json;

OrderedJson text_map_json(const std::map<std::string, std::string>& entries);

// null for metrics of no row, which come back with empty lists.
OrderedJson metrics_json(const ClassificationMetrics& metrics,
                         const std::vector<std::string>& label_names);
// The field `name` of the object.
ClassificationMetrics read_metrics(const ResultFields& fields, const char* name, size_t labels);

OrderedJson reruns_json(const std::vector<SeedRun>& runs,
                        const std::vector<std::string>& label_names);
std::vector<SeedRun> read_reruns(const ResultFields& strategy, size_t labels);

OrderedJson calibration_json(const std::optional<CalibrationResult>& calibration);
std::optional<CalibrationResult> read_calibration(const ResultFields& strategy);

OrderedJson trials_json(const std::vector<SearchTrial>& trials);
std::vector<SearchTrial> read_trials(const ResultFields& strategy);

OrderedJson curve_json(const std::vector<CurvePoint>& curve,
                       const std::vector<std::string>& label_names);
std::vector<CurvePoint> read_curve(const ResultFields& file, size_t labels);

OrderedJson data_findings_json(const DataFindings& findings);
DataFindings read_data_findings(const ResultFields& findings, size_t labels);

// The field "metric" of the object.
Metric read_metric(const ResultFields& fields);

OrderedJson references_json(const std::vector<ReferenceResult>& references,
                            const std::vector<std::string>& label_names);
std::vector<ReferenceResult> read_references(const ResultFields& file, size_t labels);

OrderedJson slices_json(const ComparisonResults& results);
std::vector<SlicedColumn> read_slices(const ResultFields& file, size_t strategies);

OrderedJson decision_json(const DecisionSettings& decision);
DecisionSettings read_decision(const ResultFields& decision);

OrderedJson evidence_json(const SignificanceTests& evidence);
SignificanceTests read_evidence(const ResultFields& evidence, size_t strategies);

}  // namespace thaw
