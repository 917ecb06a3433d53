#include "experiment/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/random.h"
#include "engine/classify.h"
#include "engine/cpu/gemm/quantized_linear.h"
#include "files/files.h"
#include "model/safetensors.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/engine/cpu/gemm/needs_bf16.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

class SmallComparison : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  void SetUp() override {
    if (precision() == "bf16") THAW_NEEDS_BF16();
  }
  std::string model() const { return std::get<0>(GetParam()); }
  std::string precision() const { return std::get<1>(GetParam()); }
  ComparisonResults run(const fs::path& out, std::vector<std::string> more = {}) {
    more.push_back("precision=" + precision());
    return run_comparison(small_experiment(data_, out, more), tiny_model(model()), false, {});
  }

  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", small_table(150));
};

TEST_P(SmallComparison, GivesTheSameBitsTwice) {
  const std::vector<std::string> dropout{"full.init_from=probe"};
  const auto first = run(folder_.path() / "one", dropout);
  const auto second = run(folder_.path() / "two", dropout);
  ASSERT_EQ(first.strategies.size(), 3u);
  for (size_t i = 0; i < first.strategies.size(); ++i) {
    EXPECT_EQ(first.strategies[i].test_logits, second.strategies[i].test_logits);
    const std::string file = first.strategies[i].name + "/model.safetensors";
    EXPECT_TRUE(bytes_of(folder_.path() / "one" / file) == bytes_of(folder_.path() / "two" / file))
        << file;
  }
  EXPECT_EQ(bytes_of(folder_.path() / "one" / "predictions.csv"),
            bytes_of(folder_.path() / "two" / "predictions.csv"));
}

TEST_P(SmallComparison, ASavedModelGivesTheSameLogitsBitForBit) {
  const auto results = run(folder_.path() / "out");
  DataOptions data;
  data.paths = {data_.string()};
  const Dataset dataset = load_dataset(data);
  for (const StrategyResult& strategy : results.strategies) {
    const fs::path saved = folder_.path() / "out" / strategy.name;
    const ClassifierModel classifier = open_classifier(saved);
    EXPECT_EQ(classifier.label_names, results.label_names);
    EXPECT_TRUE(classifier.report.rows.empty()) << strategy.name;
    const auto tokens = Tokenizer::load(saved).encode_all(dataset.test.texts, 24);
    const auto logits = classify(
        classifier, tokens, precision() == "bf16" ? NumberType::kBf16 : NumberType::kFp32, "", {});
    EXPECT_EQ(logits, strategy.test_logits) << strategy.name;
  }
}

TEST_P(SmallComparison, ChangesNothingThatIsFrozen) {
  run(folder_.path() / "out", {"strategies=last-1,probe"});
  const Checkpoint before = Checkpoint::open(tiny_model(model()));
  const Checkpoint after = Checkpoint::open(folder_.path() / "out" / "last-1");
  int frozen = 0, trained = 0;
  for (const auto& [name, tensor] : after.tensors()) {
    const bool of_last_layer =
        name.find("layer.2.") != std::string::npos ||
        (model() == "distilbert" && name.find("layer.1.") != std::string::npos);
    const bool of_head =
        name.find("classifier") != std::string::npos || name.find("pooler") != std::string::npos;
    const StoredTensor* old = before.find(name);
    ASSERT_NE(old, nullptr) << name;
    const bool same =
        old->bytes == tensor.bytes && std::memcmp(old->data, tensor.data, tensor.bytes) == 0;
    if (of_last_layer) {
      ++trained;
      EXPECT_FALSE(same) << name;
    } else if (!of_head) {
      ++frozen;
      EXPECT_TRUE(same) << name;
    }
  }
  EXPECT_GT(frozen, 16);
  EXPECT_EQ(trained, 16);
}

INSTANTIATE_TEST_SUITE_P(Models, SmallComparison,
                         testing::Combine(testing::Values("bert", "distilbert"),
                                          testing::Values("fp32", "bf16")),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" + std::get<1>(info.param);
                         });

class Experiment : public testing::Test {
 protected:
  std::string error_of_run(const std::vector<std::string>& assignments,
                           const std::string& model = "bert") {
    return error_of([&] {
      run_comparison(small_experiment(data_, folder_.path() / "out", assignments),
                     tiny_model(model), false, {});
    });
  }
  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", small_table(60));
};

TEST_F(Experiment, LearnsWhatCanBeLearnt) {
  const auto results = run_comparison(
      small_experiment(folder_.write("many.csv", small_table(600)), folder_.path() / "out",
                       {"strategies=full", "epochs=8", "precision=fp32"}),
      tiny_model("bert"), false, {});
  EXPECT_GT(results.strategies[0].test.accuracy, 0.95);
}

TEST_F(Experiment, WritesEveryPromisedFile) {
  run_comparison(small_experiment(data_, folder_.path() / "out"), tiny_model("bert"), false, {});
  for (const char* name :
       {"results.csv", "results.json", "report.html", "predictions.csv", "artifacts.zip",
        "probe/config.json", "last-1/model.safetensors", "full/vocab.txt"}) {
    EXPECT_TRUE(fs::exists(folder_.path() / "out" / name)) << name;
  }
  std::ifstream csv(folder_.path() / "out" / "results.csv");
  std::string header;
  std::getline(csv, header);
  EXPECT_TRUE(header.starts_with(
      "approach,accuracy,f1,loss,macro_recall,train_seconds,eval_seconds,peak_memory_mb,"
      "trainable_parameters,total_parameters,"))
      << header;
}

TEST_F(Experiment, SharedAndOwnFrozenActivationsAgree) {
  // last-1 after last-2 cannot use the pretrained layers below it that last-2 changed; starting
  // from the checkpoint it can.
  const auto shared = run_comparison(
      small_experiment(data_, folder_.path() / "a", {"strategies=probe,last-1", "precision=fp32"}),
      tiny_model("bert"), false, {});
  const auto alone = run_comparison(
      small_experiment(data_, folder_.path() / "b", {"strategies=last-1", "precision=fp32"}),
      tiny_model("bert"), false, {});
  EXPECT_EQ(shared.strategies[1].test_logits, alone.strategies[0].test_logits);
  const auto chained = run_comparison(
      small_experiment(data_, folder_.path() / "c",
                       {"strategies=last-2,last-1", "last-1.init_from=last-2", "precision=fp32"}),
      tiny_model("bert"), false, {});
  EXPECT_NE(chained.strategies[1].test_logits, alone.strategies[0].test_logits);
}

TEST_F(Experiment, FrozenLayersRunInThePrecisionThatIsAskedFor) {
  const auto run = [&](const std::string& precision) {
    return run_comparison(small_experiment(data_, folder_.path() / precision,
                                           {"strategies=probe,last-1", "precision=fp32",
                                            "frozen_precision=" + precision}),
                          tiny_model("bert"), false, {});
  };
  const auto fp32 = run("fp32"), automatic = run("auto");
  EXPECT_NE(fp32.precision.find("frozen layers in fp32 (as asked)"), std::string::npos);
  EXPECT_NE(automatic.precision.find("frozen layers in fp32 (auto: "), std::string::npos)
      << automatic.precision << ": a handful of validation rows cannot speak for int8";
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(fp32.strategies[i].test_logits, automatic.strategies[i].test_logits);
  }
  std::vector<std::string> others;
  if (cpu_can_bf16()) others.push_back("bf16");
  if (cpu_has_int8()) others.push_back("int8");
  for (const std::string& precision : others) {
    const auto other = run(precision);
    for (int i = 0; i < 2; ++i) {
      const auto& own = fp32.strategies[i].test_logits;
      const auto& logits = other.strategies[i].test_logits;
      EXPECT_NE(own, logits) << precision;
      for (size_t j = 0; j < own.size(); ++j) EXPECT_NEAR(own[j], logits[j], 0.15) << precision;
    }
  }
}

TEST_F(Experiment, AutoTakesInt8OnlyByWhatValidationShows) {
  if (!cpu_has_int8()) GTEST_SKIP() << "this CPU has no int8 that could be chosen";
  const auto results = run_comparison(
      small_experiment(folder_.write("many.csv", small_table(1500)), folder_.path() / "out",
                       {"strategies=probe", "validation_size=300"}),
      tiny_model("bert"), false, {});
  EXPECT_NE(results.precision.find("points of expected macro-F1 on validation"), std::string::npos)
      << results.precision;
}

TEST_F(Experiment, FrozenDropoutTrainsAnotherModelThroughTheWholeEncoder) {
  // The golden models have no dropout of their own; a copy with dropout does.
  const fs::path model = folder_.path() / "model";
  fs::copy(tiny_model("bert"), model);
  std::string config = read_text_file(model / "config.json");
  for (const std::string name : {"hidden_dropout_prob", "attention_probs_dropout_prob"}) {
    const std::string field = "\"" + name + "\": 0.0";
    config.replace(config.find(field), field.size(), "\"" + name + "\": 0.3");
  }
  std::ofstream(model / "config.json") << config;
  const auto run = [&](const std::string& out, const std::string& frozen_dropout) {
    return run_comparison(
        small_experiment(data_, folder_.path() / out,
                         {"strategies=probe,last-1", "frozen_dropout=" + frozen_dropout}),
        model, false, {});
  };
  const auto without = run("a", "false"), with = run("b", "true");
  for (int i = 0; i < 2; ++i) {
    EXPECT_NE(without.strategies[i].test_logits, with.strategies[i].test_logits);
    EXPECT_TRUE(std::isfinite(with.strategies[i].test.loss));
  }
}

TEST_F(Experiment, TheExactProbeIsBelowWhatManyEpochsReach) {
  const auto results = run_comparison(
      small_experiment(
          folder_.write("many.csv", small_table(300)), folder_.path() / "out",
          {"strategies=steps,exact,free", "steps.strategy=probe", "exact.strategy=probe",
           "exact.solver=exact", "free.strategy=probe", "free.solver=exact", "free.c=1e6",
           "epochs=100", "weight_decay=0", "precision=fp32"}),
      tiny_model("bert"), false, {});
  const StrategyResult &steps = results.strategies[0], &exact = results.strategies[1],
                       &free = results.strategies[2];
  ASSERT_EQ(exact.epochs.size(), 1u);
  EXPECT_EQ(exact.best_epoch, 1);
  EXPECT_EQ(exact.steps, 0);
  EXPECT_EQ(exact.trainable_parameters, steps.trainable_parameters);
  // Without a penalty to speak of, nothing has a lower training loss.
  EXPECT_LE(free.epochs[0].train_loss, steps.epochs.back().train_loss + 1e-6);
  EXPECT_EQ(free.settings,
            (std::map<std::string, std::string>{{"solver", "exact"}, {"c", "1e+06"}}));
  EXPECT_LE(exact.epochs[0].validation_loss, free.epochs[0].validation_loss);
  EXPECT_EQ(exact.settings.at("c_chosen"),
            "lowest loss of 13 in 5-fold cross-validation on the training rows");
  EXPECT_EQ(exact.settings.count("learning_rate"), 0u);
}

TEST_F(Experiment, AnotherStrategyStartsFromAnExactProbe) {
  const std::vector<std::string> assignments{"strategies=probe,last-1", "probe.solver=exact",
                                             "last-1.init_from=probe",  "last-1.learning_rate=0",
                                             "last-1.epochs=1",         "precision=fp32"};
  for (const bool validated : {true, false}) {
    auto given = assignments;
    if (!validated) given.push_back("validation_size=0");
    const fs::path out = folder_.path() / (validated ? "with" : "without");
    const auto results =
        run_comparison(small_experiment(data_, out, given), tiny_model("bert"), false, {});
    const StrategyResult &probe = results.strategies[0], &last = results.strategies[1];
    // A learning rate of 0 leaves the exact probe's weights where they were.
    ASSERT_EQ(probe.test_logits.size(), last.test_logits.size());
    for (size_t i = 0; i < probe.test_logits.size(); ++i) {
      EXPECT_NEAR(probe.test_logits[i], last.test_logits[i], 1e-5);
    }
    EXPECT_EQ(probe.best_epoch, validated ? 1 : 0);
    // Either way there are too few validation rows to choose C by.
    EXPECT_THAT(probe.settings.at("c_chosen"), ::testing::HasSubstr("5-fold cross-validation"));
    DataOptions data;
    data.paths = {data_.string()};
    const auto tokens =
        Tokenizer::load(out / "probe").encode_all(load_dataset(data).test.texts, 24);
    EXPECT_EQ(classify(open_classifier(out / "probe"), tokens, NumberType::kFp32, "", {}),
              probe.test_logits);
  }
}

TEST_F(Experiment, TheHeadHasALearningRateOfItsOwn) {
  const auto run = [&](const std::string& name, std::vector<std::string> more) {
    more.insert(more.end(), {"strategies=last-1", "precision=fp32"});
    return run_comparison(small_experiment(data_, folder_.path() / name, more), tiny_model("bert"),
                          false, {})
        .strategies[0];
  };
  const auto one = run("one", {}), same = run("same", {"head_learning_rate=2e-3"}),
             higher = run("higher", {"head_learning_rate=2e-1"});
  EXPECT_EQ(one.test_logits, same.test_logits) << "it is what all parts have";
  EXPECT_NE(one.test_logits, higher.test_logits);
  EXPECT_EQ(one.settings.at("head_learning_rate"), "0.002");
  // With a rate next to 0, the head stays as it was drawn, and only the layer learns.
  const auto still = run("still", {"head_learning_rate=1e-30", "weight_decay=0"});
  const ClassifierModel start = open_classifier(tiny_model("bert"), [] {
    OpenOptions options;
    options.label_names = {"negative", "positive"};
    return options;
  }());
  const ClassifierModel end = open_classifier(folder_.path() / "still" / "last-1");
  const auto classifier_weight = [](const ClassifierModel& c) {
    for (const Parameter& p : c.table.list) {
      if (p.role == Role::kClassifierWeight) return std::vector<float>(p.value, p.value + p.size());
    }
    return std::vector<float>{};
  };
  const auto before = classifier_weight(start), after = classifier_weight(end);
  ASSERT_EQ(before.size(), after.size());
  ASSERT_FALSE(before.empty());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_FLOAT_EQ(before[i], after[i]);
}

TEST_F(Experiment, TheEpochThatIsKeptIsTheOneThatWasAskedFor) {
  const auto kept = [&](const std::string& which) {
    return run_comparison(
               small_experiment(data_, folder_.path() / which,
                                {"strategies=full", "epochs=4", "learning_rate=2e-2",
                                 "best_epoch=" + which, "precision=fp32", "validation_size=0.1"}),
               tiny_model("bert"), false, {})
        .strategies[0];
  };
  const auto last = kept("last"), loss = kept("loss");
  EXPECT_EQ(last.best_epoch, 4);
  EXPECT_EQ(last.settings.at("best_epoch"), "last");
  double lowest = 1e9;
  int epoch = 0;
  for (const EpochResult& e : loss.epochs) {
    if (e.validation_loss < lowest) {
      lowest = e.validation_loss;
      epoch = e.epoch;
    }
  }
  EXPECT_EQ(loss.best_epoch, epoch);
}

TEST_F(Experiment, TheSolvedProbeAndTwoClassifiersWithoutAnEncoderAreReferences) {
  const auto results =
      run_comparison(small_experiment(data_, folder_.path() / "out", {"strategies=last-1,full"}),
                     tiny_model("bert"), false, {});
  ASSERT_EQ(results.strategies.size(), 2u);
  ASSERT_EQ(results.references.size(), 3u);
  EXPECT_EQ(results.references[0].kind, ReferenceResult::Kind::kMajority);
  EXPECT_EQ(results.references[1].kind, ReferenceResult::Kind::kTfidf);
  EXPECT_EQ(results.references[2].kind, ReferenceResult::Kind::kLinear);
  for (const ReferenceResult& reference : results.references) {
    EXPECT_EQ(reference.test.rows, results.strategies[0].test.rows);
  }
  // The words good and bad decide.
  EXPECT_GT(results.references[1].test.accuracy, 0.9);
  EXPECT_FALSE(fs::exists(folder_.path() / "out" / "exact probe"));
  // One that was asked for is not repeated as a reference.
  const auto asked = run_comparison(
      small_experiment(data_, folder_.path() / "asked", {"strategies=probe", "solver=exact"}),
      tiny_model("bert"), false, {});
  EXPECT_EQ(asked.references.size(), 2u);
}

TEST_F(Experiment, TheExactSolverWantsTheLinearClassifierAlone) {
  EXPECT_EQ(error_of_run({"strategies=probe,last-1", "solver=exact"}),
            "solver: the exact solver trains the linear classifier alone, but 'last-1' trains "
            "encoder.layer.2.attention.self.query.weight as well; set solver to adamw for this "
            "strategy");
  EXPECT_EQ(error_of_run({"strategies=probe", "solver=exact"}, "distilbert"),
            "solver: the exact solver trains the linear classifier alone, but 'probe' trains "
            "pre_classifier.weight as well; set solver to adamw for this strategy");
  EXPECT_EQ(error_of_run({"strategies=probe", "solver=exact", "freeze=classifier.bias"}),
            "solver: the exact solver trains the linear classifier alone, but 'probe' freezes "
            "classifier.bias; leave it out of 'freeze', or set solver to adamw for this strategy");
  EXPECT_FALSE(fs::exists(folder_.path() / "out" / "probe"));
  const auto frozen =
      small_experiment(data_, folder_.path() / "frozen",
                       {"strategies=probe", "solver=exact", "freeze=pre_classifier.*"});
  EXPECT_NO_THROW(run_comparison(frozen, tiny_model("distilbert"), false, {}));
}

TEST_F(Experiment, AStrategyThatDivergesIsNamedAndTheOthersGoOn) {
  const std::vector<std::string> wild{"full.learning_rate=1000", "full.max_grad_norm=0",
                                      "full.epochs=50", "precision=fp32", "full.weight_decay=100"};
  auto both = wild, dependent = wild, alone = wild;
  both.push_back("strategies=probe,full");
  const auto results = run_comparison(small_experiment(data_, folder_.path() / "both", both),
                                      tiny_model("bert"), false, {});
  ASSERT_EQ(results.strategies.size(), 2u);
  EXPECT_EQ(results.strategies[0].failure, "");
  EXPECT_GT(results.strategies[0].test.rows, 0);
  EXPECT_NE(results.strategies[1].failure.find("was not a finite number at step"),
            std::string::npos)
      << results.strategies[1].failure;
  EXPECT_TRUE(fs::exists(folder_.path() / "both" / "probe" / "config.json"));
  EXPECT_NE(read_text_file(folder_.path() / "both" / "results.json").find("finite number at step"),
            std::string::npos);

  dependent.push_back("strategies=full,last-1,probe");
  dependent.push_back("last-1.init_from=full");
  const auto chained =
      run_comparison(small_experiment(data_, folder_.path() / "chained", dependent),
                     tiny_model("bert"), false, {});
  EXPECT_EQ(chained.strategies[1].failure, "it starts from full, which did not finish");
  EXPECT_EQ(chained.strategies[2].failure, "");

  alone.push_back("strategies=full");
  const std::string text = error_of_run(alone);
  EXPECT_NE(text.find("was not a finite number at step"), std::string::npos) << text;
  EXPECT_NE(text.find("lower the learning rate"), std::string::npos) << text;
  EXPECT_TRUE(fs::exists(folder_.path() / "out" / "results.json"));
}

TEST_F(Experiment, CtrlCKeepsTheStrategiesThatAreComplete) {
  Listener listener;
  std::string stage;
  listener.progress = [&](const Progress& state) { stage = state.stage; };
  listener.interrupted = [&] { return stage.starts_with("full: epoch 1"); };
  EXPECT_THROW(run_comparison(small_experiment(data_, folder_.path() / "out"), tiny_model("bert"),
                              false, listener),
               Interrupted);
  EXPECT_TRUE(fs::exists(folder_.path() / "out" / "last-1" / "config.json"));
  EXPECT_TRUE(fs::exists(folder_.path() / "out" / "report.html"));
  EXPECT_FALSE(fs::exists(folder_.path() / "out" / "full"));
}

TEST_F(Experiment, MaxLengthBeyondThePositionsIsAnError) {
  EXPECT_EQ(error_of_run({"max_length=41"}),
            "max_length = 41: the model has 40 positions; use 3 to 40");
  EXPECT_FALSE(fs::exists(folder_.path() / "out"));
}

TEST_F(Experiment, AVocabularyThatDoesNotFitTheEmbeddingIsAnError) {
  const fs::path model = folder_.path() / "model";
  fs::copy(tiny_model("bert"), model);
  std::ofstream(model / "vocab.txt", std::ios::app) << "another\nword\n";
  const std::string text = error_of(
      [&] { run_comparison(small_experiment(data_, folder_.path() / "out"), model, false, {}); });
  EXPECT_NE(text.find("tokens but the embedding only 97 rows"), std::string::npos) << text;
  EXPECT_FALSE(fs::exists(folder_.path() / "out"));
}

TEST_F(Experiment, ANonEmptyOutputFolderIsLeftAlone) {
  const fs::path file = folder_.write("out/precious.txt", "mine");
  const std::string text = error_of_run({});
  EXPECT_NE(text.find("is not empty; name a new folder with out, or empty it"), std::string::npos);
  EXPECT_EQ(read_text_file(file), "mine");
}

TEST_F(Experiment, MoreLayersThanThereAreIsAnError) {
  EXPECT_NE(error_of_run({"strategies=last-4"}).find("the encoder has only 3 layers"),
            std::string::npos);
}

TEST_F(Experiment, APatternThatMatchesNothingIsAnError) {
  EXPECT_NE(error_of_run({"freeze=encoder.layr.*"}).find("matches no parameter"),
            std::string::npos);
}

TEST_F(Experiment, WeightsOfAnotherShapeAreAnError) {
  const fs::path model = folder_.path() / "model";
  fs::copy(tiny_model("bert"), model);
  std::string config = read_text_file(model / "config.json");
  const std::string field = "\"intermediate_size\": 50";
  config.replace(config.find(field), field.size(), "\"intermediate_size\": 51");
  std::ofstream(model / "config.json") << config;
  const std::string text = error_of(
      [&] { run_comparison(small_experiment(data_, folder_.path() / "out"), model, false, {}); });
  EXPECT_NE(text.find("where config.json asks for [51, 36]"), std::string::npos) << text;
}

}  // namespace
}  // namespace thaw
