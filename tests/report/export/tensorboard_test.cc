#include "report/export/tensorboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "report/export/event_file.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// RFC 3720, appendix B.4, and the check value of CRC catalogues.
TEST(Crc32c, GivesTheValuesOfTheRfc) {
  std::string rising, falling;
  for (int i = 0; i < 32; ++i) {
    rising += static_cast<char>(i);
    falling += static_cast<char>(31 - i);
  }
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  EXPECT_EQ(crc32c(rising), 0x46DD794Eu);
  EXPECT_EQ(crc32c(falling), 0x113FDB5Cu);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(""), 0u);
  const unsigned char read_command[48] = {
      0x01, 0xC0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
      0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0,    0};
  EXPECT_EQ(crc32c({reinterpret_cast<const char*>(read_command), sizeof(read_command)}),
            0xD9963A56u);
}

uint64_t little_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// The fields of a message; varints and fixed numbers as numbers, the rest as bytes.
struct Field {
  int number = 0;
  uint64_t value = 0;
  std::string_view bytes;
};

std::vector<Field> fields_of(std::string_view message) {
  std::vector<Field> fields;
  size_t at = 0;
  const auto varint = [&] {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(message.at(at++));
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.size()) {
    const uint64_t key = varint();
    Field field{.number = static_cast<int>(key >> 3), .value = 0, .bytes = {}};
    const uint64_t type = key & 7;
    if (type == 0) {
      field.value = varint();
    } else {
      const size_t size = type == 1 ? 8 : type == 5 ? 4 : varint();
      EXPECT_LE(at + size, message.size());
      field.bytes = message.substr(at, size);
      field.value = type == 2 ? 0 : little_endian(field.bytes);
      at += size;
    }
    fields.push_back(field);
  }
  return fields;
}

std::string_view bytes_of(std::string_view message, int number) {
  for (const Field& field : fields_of(message)) {
    if (field.number == number) return field.bytes;
  }
  return {};
}

// Cuts an event file into its messages, and checks length and content of each against its checksum.
std::vector<std::string_view> events_of(std::string_view file) {
  const auto masked = [](std::string_view bytes) {
    const uint32_t crc = crc32c(bytes);
    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
  };
  std::vector<std::string_view> events;
  for (size_t at = 0; at < file.size();) {
    const std::string_view length = file.substr(at, 8);
    const uint64_t size = little_endian(length);
    EXPECT_EQ(little_endian(file.substr(at + 8, 4)), masked(length));
    if (at + 16 + size > file.size()) {
      ADD_FAILURE() << "the file ends within a record";
      break;
    }
    events.push_back(file.substr(at + 12, size));
    EXPECT_EQ(little_endian(file.substr(at + 12 + size, 4)), masked(events.back()));
    at += 16 + size;
  }
  return events;
}

struct Scalar {
  double time;
  int64_t step;
  float value;
};

std::map<std::string, std::vector<Scalar>> scalars_of(std::string_view file) {
  std::map<std::string, std::vector<Scalar>> scalars;
  for (const std::string_view event : events_of(file)) {
    Scalar scalar{};
    std::string_view summary;
    for (const Field& field : fields_of(event)) {
      if (field.number == 1) scalar.time = std::bit_cast<double>(field.value);
      if (field.number == 2) scalar.step = static_cast<int64_t>(field.value);
      if (field.number == 5) summary = field.bytes;
    }
    const std::string_view value = bytes_of(summary, 1);
    for (const Field& field : fields_of(value)) {
      if (field.number != 2) continue;
      scalar.value = std::bit_cast<float>(static_cast<uint32_t>(field.value));
      scalars[std::string(bytes_of(value, 1))].push_back(scalar);
    }
  }
  return scalars;
}

std::map<std::string, std::string> files_of(const ComparisonResults& results) {
  std::map<std::string, std::string> files;
  for (const OutputFile& file : tensorboard_files(results, findings(results))) {
    EXPECT_TRUE(files.emplace(file.name, file.bytes).second) << file.name;
  }
  return files;
}

const std::string kEvents = "events.out.tfevents.1790000000.thaw";

TEST(Tensorboard, EveryFileBeginsWithItsVersion) {
  for (const auto& [name, bytes] : files_of(tweets_in_full())) {
    const auto events = events_of(bytes);
    ASSERT_GT(events.size(), 1u) << name;
    EXPECT_EQ(bytes_of(events[0], 3), "brain.Event:2") << name;
    for (size_t i = 1; i < events.size(); ++i) EXPECT_NE(bytes_of(events[i], 5), "") << name;
  }
}

TEST(Tensorboard, HasARunForEachStrategyAndSeed) {
  std::set<std::string> names;
  for (const auto& [name, bytes] : files_of(tweets_in_full())) names.insert(name);
  EXPECT_THAT(names, ElementsAre(kEvents, "full/" + kEvents, "last-1/" + kEvents,
                                 "probe-seed18446744073709551615/" + kEvents,
                                 "probe-seed43/" + kEvents, "probe/" + kEvents));
}

TEST(Tensorboard, HoldsTheCurvesAndTheTest) {
  const ComparisonResults results = tweets_in_full();
  const auto files = files_of(results);
  const StrategyResult& full = results.strategies[2];
  const auto scalars = scalars_of(files.at("full/" + kEvents));
  ASSERT_EQ(scalars.at("train/loss").size(), full.losses.size());
  for (size_t i = 0; i < full.losses.size(); ++i) {
    EXPECT_EQ(scalars.at("train/loss")[i].step, full.losses[i].step);
    EXPECT_EQ(scalars.at("train/loss")[i].value, static_cast<float>(full.losses[i].loss));
    EXPECT_EQ(scalars.at("train/learning_rate")[i].value,
              static_cast<float>(full.losses[i].learning_rate));
  }
  ASSERT_EQ(scalars.at("eval/loss").size(), 3u);
  EXPECT_EQ(scalars.at("eval/loss")[0].step, 856);  // 2568 steps, 3 epochs
  EXPECT_EQ(scalars.at("eval/loss")[2].step, 2568);
  EXPECT_EQ(scalars.at("eval/loss")[2].value, 1.304437f);
  EXPECT_EQ(scalars.at("eval/accuracy")[1].value, 0.686667f);
  EXPECT_EQ(scalars.at("eval/f1")[1].value, 0.661984f);
  ASSERT_EQ(scalars.at("test/accuracy").size(), 1u);
  EXPECT_EQ(scalars.at("test/accuracy")[0].step, 2568);
  EXPECT_EQ(scalars.at("test/accuracy")[0].value, static_cast<float>(full.test.accuracy));
  EXPECT_EQ(scalars.at("cost/train_seconds")[0].value, 1421.7f);
  const auto again = scalars_of(files.at("probe-seed43/" + kEvents));
  EXPECT_EQ(again.at("test/loss")[0].value, 0.7402f);
  EXPECT_EQ(again.at("test/loss")[0].step, 1712);
  EXPECT_FALSE(again.contains("train/loss"));
}

TEST(Tensorboard, GoesForwardInStepsAndTime) {
  for (const auto& [name, bytes] : files_of(tweets_in_full())) {
    int64_t step = 0;
    double time = 0;
    for (const std::string_view event : events_of(bytes)) {
      int64_t own_step = 0;  // the hyperparameters' beginning has none
      double own_time = 0;
      for (const Field& field : fields_of(event)) {
        if (field.number == 1) own_time = std::bit_cast<double>(field.value);
        if (field.number == 2) own_step = static_cast<int64_t>(field.value);
      }
      EXPECT_GE(own_step, step) << name;
      EXPECT_GE(own_time, time) << name;
      step = own_step;
      time = own_time;
    }
  }
}

TEST(Tensorboard, CountsWallTimesFromTheStart) {
  const ComparisonResults results = tweets_in_full();
  const auto files = files_of(results);
  const auto probe = scalars_of(files.at("probe/" + kEvents));
  const StrategyResult& first = results.strategies[0];
  EXPECT_DOUBLE_EQ(probe.at("train/loss")[0].time,
                   results.started + first.train_seconds * 50 / 1712);
  const double tested = results.started + first.train_seconds + first.eval_seconds;
  EXPECT_DOUBLE_EQ(probe.at("test/loss")[0].time, tested);
  // Both reruns of the probe, 30.9 s and 0.4 s, stand between.
  EXPECT_DOUBLE_EQ(scalars_of(files.at("last-1/" + kEvents)).at("train/loss")[0].time,
                   tested + 30.9 + 0.4 + results.strategies[1].train_seconds * 50 / 2568);
}

TEST(Tensorboard, LeavesOutWhatIsNotKnown) {
  const auto failed = scalars_of(files_of(tweets_with_failure()).at("last-1/" + kEvents));
  EXPECT_TRUE(failed.contains("train/loss"));
  EXPECT_FALSE(failed.contains("test/accuracy"));
  ComparisonResults results = twelve_sentences();
  results.strategies[0].best_epoch = 0;  // without a validation split
  const auto probe = scalars_of(
      files_of(results).at("feature_extraction_freeze_all/events.out.tfevents.0000000000.thaw"));
  EXPECT_FALSE(probe.contains("eval/loss"));
  // Without a loss curve, the epochs' means stand for it.
  ASSERT_EQ(probe.at("train/loss").size(), 1u);
  EXPECT_EQ(probe.at("train/loss")[0].step, 2);
}

TEST(Tensorboard, IsTheSameBytesTwiceAndNamesNoRunTwice) {
  EXPECT_EQ(files_of(tweets_in_full()), files_of(tweets_in_full()));
  ComparisonResults results = twelve_sentences();
  results.started = std::nan("");
  results.strategies[0].name = "a b";
  results.strategies[1].name = "a/b";
  const auto files = files_of(results);
  EXPECT_TRUE(files.contains("a_b/events.out.tfevents.0000000000.thaw"));
  EXPECT_TRUE(files.contains("a_b-2/events.out.tfevents.0000000000.thaw"));
}

TEST(Tensorboard, TellsTheFindingsAsTextThatIsNoMarkup) {
  ComparisonResults results = twelve_sentences();
  results.strategies[0].name = "<script>*a*";
  const std::string file = tensorboard_files(results, findings(results))[0].bytes;
  EXPECT_THAT(file, HasSubstr("&lt;script&gt;\\*a\\*"));
  EXPECT_THAT(file, ::testing::Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace thaw
