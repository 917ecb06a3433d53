#pragma once  // Tests: tests/experiment/resume/journal_test.cc

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/listener.h"
#include "data/dataset.h"
#include "engine/engine.h"
#include "experiment/recipe/settings.h"
#include "model/classifier.h"

namespace thaw {

// What a user asked for, as it was written, so that a run goes on without being asked again.
struct RunSpec {
  std::string command;              // "compare" or "train"
  std::filesystem::path directory;  // from which relative paths are meant
  std::vector<Assignment> recipe, command_line;
};

// What a run's bits depend on besides what was asked.
struct RunFingerprint {
  std::map<std::string, std::string> fingerprints;  // "the training rows" -> SHA-256
  std::map<std::string, std::string> environment;   // "threads" -> "2"
};

// A run cannot go on as it is asked to.
struct CannotResume : Error {
  using Error::Error;
};

// SHA-256 of rows, tokens, label names, configuration and weights as they were read.
std::map<std::string, std::string> fingerprints_of(
    const Dataset& data, const ClassifierModel& model,
    const std::vector<const TokenizedTexts*>& tokens);

// Versions, CPU and threads, and what the device's arithmetic depends on.
std::map<std::string, std::string> environment_of(const DeviceTraits& device);

// Throws CannotResume that names the first setting that differs. Which folder the results go to,
// how often states are kept and on how many threads it runs do not count.
void check_same_settings(const RunSpec& then, const RunSpec& now, const std::string& where);

// Throws CannotResume that names the first thing read that is another one now; warns of an
// environment in which bits may come out otherwise.
void check_same_identity(const RunFingerprint& then, const RunFingerprint& now,
                         const std::string& where, const Listener& listener);

}  // namespace thaw
