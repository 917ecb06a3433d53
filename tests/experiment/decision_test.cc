// Strategies, seeds, sweeps and searches of a comparison.

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "base/error.h"
#include "data/load.h"
#include "engine/classify.h"
#include "experiment/comparison.h"
#include "experiment/sweep.h"
#include "model/safetensors.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

class Decision : public testing::Test {
 protected:
  ComparisonResults run(const std::string& out, std::vector<std::string> more,
                        const std::string& model = "bert") {
    more.push_back("precision=fp32");
    return run_comparison(small_experiment(data_, folder_.path() / out, more), tiny_model(model),
                          false, {});
  }
  // Names of the tensors that differ between a saved model and the one that it started from.
  std::set<std::string> moved(const fs::path& saved, const std::string& model) {
    const Checkpoint before = Checkpoint::open(tiny_model(model));
    const Checkpoint after = Checkpoint::open(saved);
    std::set<std::string> names;
    for (const auto& [name, tensor] : after.tensors()) {
      const StoredTensor* old = before.find(name);
      if (old == nullptr || old->bytes != tensor.bytes ||
          std::memcmp(old->data, tensor.data, tensor.bytes) != 0) {
        names.insert(name);
      }
    }
    return names;
  }
  // The rows of one split as a file of its own.
  fs::path write_rows(const std::string& name, const Split& split,
                      const std::vector<int64_t>& rows) {
    std::string table = "text,label\n";
    for (const int64_t row : rows) {
      table += "\"" + std::string(split.texts[row]) + "\"," +
               (split.labels[row] == 1 ? "positive" : "negative") + "\n";
    }
    return folder_.write(name, table);
  }
  static std::vector<int64_t> all_rows(const Split& split) {
    std::vector<int64_t> rows(static_cast<size_t>(split.size()));
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int64_t>(i);
    return rows;
  }
  Dataset dataset() const {
    DataOptions options;
    options.paths = {data_.string()};
    return load_dataset(options);
  }

  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", small_table(120));
};

TEST_F(Decision, BitfitMovesBiasesAndTheHeadAlone) {
  for (const std::string model : {"bert", "distilbert", "roberta"}) {
    run(model, {"strategies=bitfit"}, model);
    const auto names = moved(folder_.path() / model / "bitfit", model);
    size_t biases = 0;
    for (const std::string& name : names) {
      const bool bias = name.ends_with(".bias");
      biases += bias;
      EXPECT_TRUE(bias || name.find("classifier") != std::string::npos) << name;
      EXPECT_EQ(name.find("word_embeddings"), std::string::npos) << name;
    }
    EXPECT_GT(biases, 15u) << model;
  }
}

TEST_F(Decision, FrozenTensorsAreProvenUnchanged) {
  const auto results = run("out", {"strategies=probe,last-1,bitfit,full"});
  std::set<std::string> hashes;
  for (size_t i = 0; i < 3; ++i) {
    const StrategyResult& s = results.strategies[i];
    EXPECT_EQ(s.frozen_hash_before.size(), 64u) << s.name;
    EXPECT_EQ(s.frozen_hash_before, s.frozen_hash_after) << s.name;
    hashes.insert(s.frozen_hash_before);
  }
  EXPECT_EQ(hashes.size(), 3u) << "each freezes something else";
  EXPECT_EQ(results.strategies[3].frozen_hash_before, "") << "full freezes nothing";
}

TEST_F(Decision, LpFtIsAProbeAndThenEverything) {
  const auto apart =
      run("apart", {"strategies=probe,full", "full.init_from=probe", "probe.solver=exact"});
  const auto joined = run("joined", {"strategies=probe,lp-ft", "probe.solver=exact"});
  const auto alone = run("alone", {"strategies=lp-ft"});
  EXPECT_EQ(apart.strategies[1].test_logits, joined.strategies[1].test_logits);
  ASSERT_EQ(alone.strategies.size(), 1u);
  EXPECT_EQ(apart.strategies[1].test_logits, alone.strategies[0].test_logits);
  EXPECT_GT(joined.strategies[1].train_seconds, joined.strategies[0].train_seconds);
  EXPECT_FALSE(fs::exists(folder_.path() / "alone" / "exact probe"));
}

TEST_F(Decision, LayerDecayHoldsLowerLayersBack) {
  // With a factor of 1e-3 a layer moves a thousandth of what the one above may.
  run("plain", {"strategies=full", "weight_decay=0"});
  run("decayed", {"strategies=full", "weight_decay=0", "layer_decay=1e-3"});
  const Checkpoint start = Checkpoint::open(tiny_model("bert"));
  const auto distance = [&](const std::string& out, const std::string& name) {
    const Checkpoint end = Checkpoint::open(folder_.path() / out / "full");
    const StoredTensor *a = start.find(name), *b = end.find(name);
    EXPECT_TRUE(a != nullptr && b != nullptr) << name;
    double sum = 0;
    for (size_t i = 0; i < a->bytes / sizeof(float); ++i) {
      float x, y;
      std::memcpy(&x, static_cast<const char*>(static_cast<const void*>(a->data)) + 4 * i, 4);
      std::memcpy(&y, static_cast<const char*>(static_cast<const void*>(b->data)) + 4 * i, 4);
      sum += std::abs(double{x} - y);
    }
    return sum;
  };
  const std::string top = "bert.encoder.layer.2.output.dense.weight",
                    low = "bert.encoder.layer.1.output.dense.weight", head = "classifier.weight";
  EXPECT_GT(distance("decayed", head), 0.3 * distance("plain", head));
  EXPECT_LT(distance("decayed", top), 3e-3 * distance("plain", top));
  EXPECT_GT(distance("decayed", top), 3e-4 * distance("plain", top));
  EXPECT_LT(distance("decayed", low), 1e-4 * distance("plain", low));
}

TEST_F(Decision, AnotherSeedIsTheRunThatStartsWithIt) {
  const Dataset rows = dataset();
  std::vector<std::string> files{
      "train=" + write_rows("a.csv", rows.train, all_rows(rows.train)).string(),
      "validation=" + write_rows("b.csv", rows.validation, all_rows(rows.validation)).string(),
      "test=" + write_rows("c.csv", rows.test, all_rows(rows.test)).string(), "data="};
  const auto with = [&](const std::string& out, std::vector<std::string> more) {
    for (const auto& file : files) {
      if (file != "data=") more.push_back(file);
    }
    ExperimentSettings settings = small_experiment("", folder_.path() / out, more);
    settings.data.paths.clear();
    return run_comparison(settings, tiny_model("bert"), false, {});
  };
  const std::vector<std::string> common{"strategies=probe,last-1,full", "full.init_from=probe",
                                        "precision=fp32"};
  auto three = common, later = common;
  three.push_back("seeds=3");
  later.push_back("seed=44");
  const auto all = with("three", three), last = with("later", later), first = with("one", common);
  for (size_t i = 0; i < 3; ++i) {
    const StrategyResult& s = all.strategies[i];
    ASSERT_EQ(s.reruns.size(), 2u);
    EXPECT_EQ(s.test_logits, first.strategies[i].test_logits) << s.name;
    EXPECT_EQ(s.reruns[1].seed, 44u);
    EXPECT_EQ(s.reruns[1].test_logits, last.strategies[i].test_logits) << s.name;
    EXPECT_NE(s.reruns[0].test_logits, s.test_logits);
    EXPECT_EQ(s.reruns[0].test.rows, s.test.rows);
  }
}

TEST_F(Decision, ADepthSweepTrainsEveryDepth) {
  const auto results = run("out", {"strategies=probe,full", "sweep=depth"});
  std::vector<std::string> names;
  for (const auto& s : results.strategies) names.push_back(s.name);
  EXPECT_EQ(names, (std::vector<std::string>{"probe", "last-1", "last-2", "last-3", "full"}));
  const auto alone = run("alone", {"strategies=last-2"});
  EXPECT_EQ(results.strategies[2].test_logits, alone.strategies[0].test_logits);
}

TEST_F(Decision, APointOfTheLearningCurveIsATrainingOnTheseRowsAlone) {
  const auto results = run("curve", {"strategies=probe,last-1,full", "full.init_from=probe",
                                     "sweep=size", "sizes=0.5,20", "seeds=2"});
  // Two sizes and the whole, two seeds, three strategies.
  ASSERT_EQ(results.curve.size(), 3u * 2 * 3);
  const Dataset rows = dataset();
  auto chosen = nested_order(rows.train.labels, 42);
  chosen.resize(20);
  ExperimentSettings settings = small_experiment(
      "", folder_.path() / "alone",
      {"strategies=probe,last-1,full", "full.init_from=probe", "precision=fp32",
       "train=" + write_rows("few.csv", rows.train, chosen).string(),
       "validation=" + write_rows("v.csv", rows.validation, all_rows(rows.validation)).string(),
       "test=" + write_rows("t.csv", rows.test, all_rows(rows.test)).string()});
  settings.data.paths.clear();
  const auto alone = run_comparison(settings, tiny_model("bert"), false, {});
  for (const StrategyResult& s : alone.strategies) {
    bool found = false;
    for (const CurvePoint& point : results.curve) {
      if (point.name != s.name || point.train_rows != 20 || point.seed != 42) continue;
      found = true;
      // Not to the bit: a product's sums may go another way where there are more rows.
      EXPECT_NEAR(point.test.loss, s.test.loss, 1e-6) << s.name;
      EXPECT_EQ(point.test.confusion, s.test.confusion) << s.name;
    }
    EXPECT_TRUE(found) << s.name;
  }
}

// A candidate's loss is the mean over the seeds of what each by itself comes to, new weights and
// all.
TEST_F(Decision, AThoroughSearchDrawsEachSeedsOwnNewWeights) {
  const fs::path train = folder_.write("train.csv", small_table(48));
  const fs::path held_out = folder_.write("held-out.csv", small_table(148));
  const auto trials = [&](const std::string& out, const std::string& seed,
                          const std::string& seeds) {
    std::vector<Assignment> given;
    for (const std::string& text :
         {"data=" + train.string(), "validation=" + held_out.string(), "test=" + held_out.string(),
          "out=" + (folder_.path() / out).string(), std::string("strategies=last-1"),
          std::string("effort=thorough"), std::string("head_start=new"), std::string("epochs=1"),
          std::string("max_length=24"), std::string("precision=fp32"), "seed=" + seed,
          "seeds=" + seeds}) {
      given.push_back(parse_assignment(text, "--set"));
    }
    return run_comparison(make_settings({}, given), tiny_model("bert"), false, {})
        .strategies[0]
        .trials;
  };
  const auto first = trials("first", "42", "1"), second = trials("second", "43", "1");
  const auto both = trials("both", "42", "2");
  ASSERT_EQ(both.size(), 4u);
  ASSERT_EQ(first.size(), 4u);
  for (size_t c = 0; c < both.size(); ++c) {
    EXPECT_EQ(both[c].settings, first[c].settings);
    EXPECT_NE(first[c].validation_loss, second[c].validation_loss);
    EXPECT_NEAR(both[c].validation_loss, (first[c].validation_loss + second[c].validation_loss) / 2,
                1e-9);
  }
}

TEST_F(Decision, ASearchHalvesItsCandidatesOnValidationAndTrainsWithTheBest) {
  const auto results = run("out", {"strategies=probe,last-1", "search=lr,epochs",
                                   "learning_rates=1e-9,1e-2", "epoch_counts=1,4"});
  for (const StrategyResult& s : results.strategies) {
    ASSERT_EQ(s.trials.size(), 4u + 2) << s.name;
    int kept = 0;
    const SearchTrial* best = nullptr;
    for (const SearchTrial& trial : s.trials) {
      kept += trial.kept;
      const bool last = trial.train_rows == s.trials.back().train_rows;
      if (last && (best == nullptr || trial.validation_loss < best->validation_loss)) best = &trial;
    }
    EXPECT_EQ(kept, 2 + 1);
    EXPECT_TRUE(best->kept);
    EXPECT_EQ(s.settings.at("learning_rate"), best->settings.at("learning_rate"));
    EXPECT_EQ(s.settings.at("epochs"), best->settings.at("epochs"));
    EXPECT_EQ(s.settings.at("learning_rate"), "0.01") << "1e-9 learns nothing";
    EXPECT_EQ(s.trials[0].train_rows * 2, s.trials[4].train_rows);
  }
  EXPECT_THROW(run("none", {"search=lr", "validation_size=0"}), Error);
}

TEST_F(Decision, ASearchRanksByTheMetricThatDecidesWhereValidationIsLargeEnough) {
  data_ = folder_.write("many.csv", small_table(600));
  const auto results = run("out", {"strategies=last-1", "validation_size=100", "search=lr",
                                   "learning_rates=1e-9,1e-3,1e-2", "last-1.epochs=1"});
  const auto& trials = results.strategies[0].trials;
  ASSERT_EQ(trials.size(), 3u + 2);
  const SearchTrial* best = nullptr;
  for (const SearchTrial& trial : trials) {
    ASSERT_TRUE(std::isfinite(trial.validation_metric));
    EXPECT_LE(trial.validation_metric, 1);
    if (trial.train_rows != trials.back().train_rows) continue;
    const auto worth = [](const SearchTrial& t) {
      return std::pair(-t.validation_metric, t.validation_loss);
    };
    if (best == nullptr || worth(trial) < worth(*best)) best = &trial;
  }
  EXPECT_TRUE(best->kept);
  EXPECT_EQ(results.strategies[0].settings.at("learning_rate"), best->settings.at("learning_rate"));
}

TEST_F(Decision, ASearchReadsEveryMetricFromItsOwnDefinition) {
  // Of every four rows three are negative, so that no two metrics agree.
  std::istringstream balanced(small_table(1200));
  std::string table, line;
  for (int row = 0; std::getline(balanced, line); ++row) {
    if (row == 0 || row % 2 == 1 || row % 6 == 0) table += line + "\n";
  }
  data_ = folder_.write("many.csv", table);
  const auto trials_by = [&](const std::string& metric) {
    return run("out_" + metric, {"strategies=last-1", "validation_size=150", "search=lr",
                                 "learning_rates=1e-9,1e-2", "last-1.epochs=1", "metric=" + metric})
        .strategies[0]
        .trials;
  };
  const auto macro_f1 = trials_by("macro_f1"), accuracy = trials_by("accuracy");
  for (const char* metric : {"macro_recall", "macro_precision", "weighted_f1"}) {
    const auto trials = trials_by(metric);
    ASSERT_EQ(trials[0].validation_loss, macro_f1[0].validation_loss) << "the same training";
    double from_f1 = 0, from_accuracy = 0;
    for (size_t i = 0; i < 2; ++i) {
      from_f1 += std::abs(trials[i].validation_metric - macro_f1[i].validation_metric);
      from_accuracy += std::abs(trials[i].validation_metric - accuracy[i].validation_metric);
      EXPECT_GE(trials[i].validation_metric, 0) << metric;
      EXPECT_LE(trials[i].validation_metric, 1) << metric;
    }
    EXPECT_GT(from_f1, 1e-3) << metric;
    EXPECT_GT(from_accuracy, 1e-3) << metric;
  }
}

TEST_F(Decision, TemperatureAndThresholdsAreSavedWithTheModel) {
  data_ = folder_.write("many.csv", small_table(600));
  const std::vector<std::string> asked = {"strategies=probe,last-1", "validation_size=100",
                                          "precision_target=0.6", "probe.epochs=20"};
  const auto results = run("out", asked);
  const Dataset data = load_dataset(small_experiment(data_, folder_.path(), asked).data);
  for (const StrategyResult& s : results.strategies) {
    const ClassifierModel saved = open_classifier(folder_.path() / "out" / s.name);
    ASSERT_TRUE(s.calibration.has_value());
    EXPECT_EQ(saved.rules.temperature, s.calibration->temperature);
    EXPECT_NE(saved.rules.temperature, 1);
    EXPECT_EQ(saved.rules.target_precision, 0.6);
    EXPECT_EQ(saved.rules.thresholds.size(), 2u);
    EXPECT_NEAR(s.calibration->before.nll, s.test.loss, 1e-5);
    // What the saved model says of the test rows has the calibrated loss of the results.
    const auto tokens = load_tokenizer(saved).encode_all(data.test.texts, 24);
    const auto logits = classify(saved, tokens, NumberType::kFp32, "", {});
    const auto metrics =
        classification_metrics(logits.data(), data.test.labels.data(), data.test.size(), 2);
    EXPECT_NEAR(metrics.loss, s.calibration->after.nll, 1e-5) << s.name;
    EXPECT_EQ(metrics.accuracy, s.test.accuracy);
  }
  const auto few = run("few", {"strategies=probe", "validation_size=20"});
  EXPECT_FALSE(few.strategies[0].calibration.has_value()) << "20 rows say too little";
  EXPECT_EQ(open_classifier(folder_.path() / "few" / "probe").rules.temperature, 1);
}

TEST_F(Decision, BalancedClassesRaiseTheRecallOfTheRareOne) {
  // One in ten is positive, and every third label is noise.
  std::string table = "text,label\n";
  for (int row = 0; row < 400; ++row) {
    const bool rare = row % 10 == 0;
    const bool says_good = random_bits(random_key(3, row), 0) % 3 != 0 ? rare : !rare;
    table += std::string("the film was ") + (says_good ? "good" : "bad") + "," +
             (rare ? "positive" : "negative") + "\n";
  }
  data_ = folder_.write("rare.csv", table);
  for (const std::string solver : {"adamw", "exact"}) {
    const auto results = run(solver, {"strategies=plain,balanced,named", "plain.strategy=probe",
                                      "balanced.strategy=probe", "balanced.class_weights=balanced",
                                      "named.strategy=probe", "named.class_weights=0.5556,5",
                                      "solver=" + solver, "epochs=20", "probe.learning_rate=0.02"});
    const auto recall = [&](int i) { return results.strategies[i].test.per_class[1].recall; };
    EXPECT_GT(recall(1), recall(0)) << solver;
    EXPECT_NEAR(recall(1), recall(2), 0.01) << solver;
    EXPECT_EQ(results.strategies[1].settings.at("class_weights"), "balanced");
  }
  EXPECT_THROW(run("wrong", {"strategies=probe", "class_weights=1,2,3"}), Error);
  EXPECT_THROW(run("smooth", {"strategies=probe", "solver=exact", "label_smoothing=0.1"}), Error);
}

TEST_F(Decision, LabelSmoothingKeepsProbabilitiesFromTheEnds) {
  const auto results =
      run("out", {"strategies=plain,smooth", "plain.strategy=probe", "smooth.strategy=probe",
                  "smooth.label_smoothing=0.5", "epochs=60", "learning_rate=0.02"});
  const auto surest = [&](int i) {
    float most = 0;
    for (const float p : probabilities(results.strategies[i].test_logits.data(),
                                       results.strategies[i].test.rows, 2)) {
      most = std::max(most, p);
    }
    return most;
  };
  EXPECT_LT(surest(1), surest(0));
}

TEST_F(Decision, TheTestsLabelsChangeNothingThatIsTrainedOrChosen) {
  const Dataset rows = dataset();
  const auto with = [&](const std::string& out, const Split& test) {
    ExperimentSettings settings = small_experiment(
        "", folder_.path() / out,
        {"strategies=probe,exact,full", "exact.strategy=probe", "exact.solver=exact", "search=lr",
         "precision=fp32",
         "train=" + write_rows(out + "a.csv", rows.train, all_rows(rows.train)).string(),
         "validation=" +
             write_rows(out + "b.csv", rows.validation, all_rows(rows.validation)).string(),
         "test=" + write_rows(out + "c.csv", test, all_rows(test)).string()});
    settings.data.paths.clear();
    return run_comparison(settings, tiny_model("bert"), false, {});
  };
  Split turned = rows.test;
  for (int32_t& label : turned.labels) label = 1 - label;
  const auto straight = with("straight", rows.test), other = with("turned", turned);
  for (size_t i = 0; i < 3; ++i) {
    const StrategyResult &a = straight.strategies[i], &b = other.strategies[i];
    EXPECT_EQ(a.settings, b.settings);
    EXPECT_EQ(a.test_logits, b.test_logits) << a.name;
    EXPECT_NE(a.test.accuracy, b.test.accuracy) << a.name;
    EXPECT_EQ(bytes_of(folder_.path() / "straight" / a.name / "model.safetensors"),
              bytes_of(folder_.path() / "turned" / a.name / "model.safetensors"));
  }
}

}  // namespace
}  // namespace thaw
