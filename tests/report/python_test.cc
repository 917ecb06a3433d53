// What thaw writes, read by the Python packages that it is written for. Each test needs a Python
// with its package: THAW_PYTHON names one, else python3 is tried.
#include "tests/report/python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "report/json.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

// Skips the test where there is no such package.
#define NEEDS(module)                                                                       \
  if (!python_has(module)) {                                                                \
    GTEST_SKIP() << python() << " has no " module ": set THAW_PYTHON to a Python that has"; \
  }

TEST(ReportPython, JsonschemaAcceptsResultsAndTheSchemaItself) {
  NEEDS("jsonschema");
  const TemporaryFolder folder;
  ComparisonResults failed = tweets_with_failure();
  for (StrategyResult& strategy : failed.strategies) strategy.test = {}, strategy.failure = "no";
  std::string files;
  int number = 0;
  for (const ComparisonResults& results :
       {tweets(), twelve_sentences(), tweets_in_full(), tweets_with_failure(), failed}) {
    const auto path = folder.path() / (std::to_string(number++) + ".json");
    write_file(path, results_json(results));
    files += " " + path.string();
  }
  const std::string check =
      "-c 'import json, sys, jsonschema\n"
      "schema = json.load(open(sys.argv[1]))\n"
      "jsonschema.Draft202012Validator.check_schema(schema)\n"
      "validator = jsonschema.Draft202012Validator(schema)\n"
      "for name in sys.argv[2:]:\n"
      "    for error in validator.iter_errors(json.load(open(name))):\n"
      "        print(name, error.json_path, error.message)\n"
      "print(len(sys.argv) - 2)' " THAW_SOURCE_DIR "/docs/results.schema.json";
  int status = 0;
  EXPECT_EQ(python_output(check + files, status), "5");
  EXPECT_EQ(status, 0);
  // And refuses what is not in it.
  std::string wrong = results_json(tweets());
  wrong.replace(wrong.find("\"accuracy\""), 10, "\"exactness\"");
  write_file(folder.path() / "wrong.json", wrong);
  EXPECT_THAT(python_output(check + " " + (folder.path() / "wrong.json").string(), status),
              ::testing::HasSubstr("exactness"));
}

}  // namespace
}  // namespace thaw
