// The program as a user calls it: exit codes, messages, standard input and output.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/app/run_command.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

// Runs `thaw ARGUMENTS` through the shell.
Outcome thaw(const std::string& arguments, const std::string& before = "",
             const std::string& errors = "2>&1") {
  const std::string command = before + " " THAW_PROGRAM " " + arguments + " " + errors;
  return run_command(command);
}

std::string golden(const std::string& name) {
  return (fs::path(THAW_SOURCE_DIR) / "tests" / "golden" / name).string();
}

const char kRows[] =
    "text,label\n"
    "the film was good,yes\nthe film was bad,no\ni like the film,yes\nnot very good,no\n"
    "a very good film,yes\na bad film,no\ni like i like,yes\nbad bad bad,no\n"
    "good good,yes\nnot good,no\nvery good,yes\nvery bad,no\n"
    "the good film,yes\nthe bad film,no\ngood film,yes\nbad film,no\n"
    "i was good,yes\ni was bad,no\nlike,yes\nnot,no\n";

class Program : public testing::Test {
 protected:
  std::string path(const std::string& name) { return (folder_.path() / name).string(); }
  TemporaryFolder folder_;
  std::string rows_ = folder_.write("rows.csv", kRows).string();
};

TEST_F(Program, HelpAndVersionEndWithZero) {
  EXPECT_EQ(thaw("--help").code, 0);
  EXPECT_EQ(thaw("--version").text.find("thaw "), 0u);
  for (const char* command :
       {"compare", "train", "report", "eval", "predict", "data", "tokenize", "inspect"}) {
    const Outcome outcome = thaw(std::string(command) + " --help");
    EXPECT_EQ(outcome.code, 0) << command;
    EXPECT_NE(outcome.text.find("--"), std::string::npos) << command;
  }
}

TEST_F(Program, UsageErrorsEndWithTwo) {
  EXPECT_EQ(thaw("").code, 2);
  EXPECT_EQ(thaw("frobnicate").code, 2);
  EXPECT_EQ(thaw("predict").code, 2);
  const Outcome outcome = thaw("compare --epoch 3 --data x --out y");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.text.find("did you mean --epochs?"), std::string::npos) << outcome.text;
}

TEST_F(Program, AUsersMistakeIsOneSentenceAndEndsWithOne) {
  const Outcome outcome = thaw("compare --model " + golden("bert") + " --data " + path("none.csv") +
                               " --out " + path("out"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text.find("thaw: " + path("none.csv") + ": "), 0u) << outcome.text;
  EXPECT_EQ(std::count(outcome.text.begin(), outcome.text.end(), '\n'), 1) << outcome.text;
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(Program, AMissingModelSaysWhatToDo) {
  const Outcome outcome =
      thaw("compare --model no-such-model --data " + rows_ + " --out " + path("out"),
           "HF_ENDPOINT=http://127.0.0.1:1 no_proxy=127.0.0.1");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("--model minilm"), std::string::npos) << outcome.text;
  EXPECT_EQ(
      thaw("compare --data " + rows_ + " --out " + path("out"), "THAW_CACHE=" + path("empty"))
          .text.find("thaw: " + path("empty/models/minilm") + ": the encoder 'minilm' has not"),
      0u);
}

TEST_F(Program, TrainsEvaluatesAndPredicts) {
  const std::string model = path("model");
  const Outcome trained =
      thaw("train --model " + golden("bert") + " --data " + rows_ +
           " --strategy full --epochs 1 --max-length 16 --quiet --out " + model);
  ASSERT_EQ(trained.code, 0) << trained.text;
  EXPECT_TRUE(fs::exists(model + "/config.json"));
  const Outcome evaluated = thaw("eval " + model + " " + rows_);
  EXPECT_EQ(evaluated.code, 0) << evaluated.text;
  EXPECT_NE(evaluated.text.find("macro avg"), std::string::npos) << evaluated.text;

  const Outcome predicted =
      thaw("predict " + model + " --logits -", "printf 'good film\\n\\nbad\\n' |", "2>/dev/null");
  ASSERT_EQ(predicted.code, 0) << predicted.text;
  std::istringstream lines(predicted.text);
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_TRUE(json["label"] == "yes" || json["label"] == "no");
    EXPECT_NEAR(
        json["probabilities"]["yes"].get<double>() + json["probabilities"]["no"].get<double>(), 1.0,
        1e-6);
    EXPECT_EQ(json["logits"].size(), 2u);
    ++count;
  }
  EXPECT_EQ(count, 3);
}

TEST_F(Program, WhatTheCpuCannotMultiplyIsRefusedInASentence) {
  // oneDNN then takes the CPU for one without AVX-512.
  const std::string data = " --data " + rows_ + " --epochs 1 --max-length 16 --quiet";
  for (const std::string asked :
       {"--precision bf16", "--frozen-precision bf16", "--frozen-precision int8"}) {
    const Outcome outcome = thaw("compare --model " + golden("bert") + data + " " + asked +
                                     " --strategies probe --out " + path("out"),
                                 "DNNL_MAX_CPU_ISA=AVX2");
    EXPECT_EQ(outcome.code, 1) << asked << outcome.text;
    EXPECT_NE(outcome.text.find("this CPU has no AVX"), std::string::npos) << outcome.text;
    EXPECT_FALSE(fs::exists(path("out"))) << asked;
  }
}

TEST_F(Program, AnEncoderWithoutAClassifierCannotPredict) {
  const Outcome outcome = thaw("predict " + golden("tiny/old_names") + " -", "echo hello |");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("without a trained classifier"), std::string::npos) << outcome.text;
}

TEST_F(Program, AnOutputFolderThatHoldsSomethingIsRefusedBeforeAnythingRuns) {
  folder_.write("out/file", "x");
  const Outcome outcome = thaw("compare --model " + golden("bert") + " --data " + rows_ +
                               " --max-length 16 --out " + path("out"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text.find("thaw: " + path("out") + ": is not empty"), 0u) << outcome.text;
}

TEST_F(Program, AnUnknownRecipeKeyNamesTheNearest) {
  const auto recipe = folder_.write("x.toml", "lerning_rate = 1\n");
  const Outcome outcome = thaw("compare " + recipe.string() + " --out " + path("out"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text,
            "thaw: " + recipe.string() +
                ":1: there is no key 'lerning_rate'; did you mean 'learning_rate'?\n");
}

TEST_F(Program, OneStrategysSettingsCanBeGivenAsFlags) {
  const Outcome outcome =
      thaw("compare --model " + golden("bert") + " --data " + rows_ +
           " --max-length 16 --strategies probe,full --probe.epochs 2 --full.epochs=1 --quiet "
           "--set probe.learning_rate=0.01 --out " +
           path("out"));
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  std::ifstream file(path("out/results.json"));
  const auto json = nlohmann::json::parse(file);
  EXPECT_NE(json.dump().find("0.01"), std::string::npos);
  EXPECT_EQ(thaw("compare --probe.epoch 2 --data x --out y").code, 2);
}

// The counts that Transformers printed for the two experiments (distilbert-base-uncased).
TEST_F(Program, InspectCountsDistilBertFromItsConfigurationAlone) {
  const auto config = folder_.write("config.json", R"({
    "activation": "gelu", "architectures": ["DistilBertForMaskedLM"], "attention_dropout": 0.1,
    "dim": 768, "dropout": 0.1, "hidden_dim": 3072, "initializer_range": 0.02,
    "max_position_embeddings": 512, "model_type": "distilbert", "n_heads": 12, "n_layers": 6,
    "pad_token_id": 0, "qa_dropout": 0.1, "seq_classif_dropout": 0.2, "sinusoidal_pos_embds": false,
    "tie_weights_": true, "vocab_size": 30522})");
  const Outcome outcome =
      thaw("inspect " + config.string() + " --verbose --strategy probe,last-1,full");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.text.find("592,130 / 66,955,010"), std::string::npos) << outcome.text;
  EXPECT_NE(outcome.text.find("7,680,002 / 66,955,010"), std::string::npos);
  EXPECT_NE(outcome.text.find("66,955,010 / 66,955,010"), std::string::npos);
}

TEST_F(Program, InspectPrintsALineAStrategyUnlessAllIsAskedFor) {
  const Outcome outcome = thaw("inspect " + golden("bert") + " --labels 2 --strategy probe,full");
  EXPECT_NE(outcome.text.find("\nprobe: "), std::string::npos) << outcome.text;
  EXPECT_EQ(outcome.text.find("Freeze plan"), std::string::npos) << outcome.text;
}

// What is redrawn is for a terminal; a file has every table once, and no progress.
TEST_F(Program, OnlyATerminalIsShownProgress) {
  const std::string train = "train --model " + golden("bert") + " --data " + rows_ +
                            " --strategy full --epochs 1 --max-length 16 --out ";
  const Outcome redirected = thaw(train + path("a"));
  ASSERT_EQ(redirected.code, 0) << redirected.text;
  EXPECT_EQ(redirected.text.find("rows/s"), std::string::npos) << redirected.text;
  EXPECT_EQ(redirected.text.find('\r'), std::string::npos);
  EXPECT_EQ(redirected.text.find("Freeze plan"), std::string::npos);
  for (const char* once :
       {"\nTrained:\n", "\nConfusion of full (test)\n", "\nClasses of full (test)\n",
        "\nEpoch  Training Loss", "on this machine\n", "\nNext:  echo"}) {
    const size_t at = redirected.text.find(once);
    EXPECT_NE(at, std::string::npos) << once << redirected.text;
    EXPECT_EQ(redirected.text.find(once, at + 1), std::string::npos) << once << redirected.text;
  }
  if (run_command("command -v script >/dev/null").code != 0) return;
  const Outcome terminal = run_command("script -qefc \"" THAW_PROGRAM " " + train + path("b") +
                                       " --verbose\" /dev/null </dev/null");
  EXPECT_EQ(terminal.code, 0) << terminal.text;
  EXPECT_NE(terminal.text.find("rows/s"), std::string::npos) << terminal.text;
  EXPECT_NE(terminal.text.find("Freeze plan: full"), std::string::npos);
}

TEST_F(Program, NamesWhatItHasWrittenAndTheNextCommand) {
  const Outcome outcome =
      thaw("compare --model " + golden("bert") + " --data " + rows_ +
           " --strategies probe,full --epochs 1 --max-length 16 --out '" + path("my out") + "'");
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  for (const char* file : {"/report.html", "/results.json", "/results.csv", "/predictions.csv",
                           "/artifacts.zip", "/probe", "/full"}) {
    EXPECT_NE(outcome.text.find("  " + path("my out") + file + "\n"), std::string::npos)
        << file << outcome.text;
  }
  const size_t at = outcome.text.find("Next:  ");
  ASSERT_NE(at, std::string::npos) << outcome.text;
  // As it stands there, it works.
  std::string next = outcome.text.substr(at + 7);
  const size_t name = next.find("thaw predict");
  ASSERT_NE(name, std::string::npos);
  next = next.substr(0, name) + THAW_PROGRAM + next.substr(name + 4);
  const Outcome predicted = run_command(next);
  EXPECT_EQ(predicted.code, 0) << next;
  EXPECT_NE(predicted.text.find("\"label\""), std::string::npos) << predicted.text;
}

TEST_F(Program, APlanIsPrintedAndNothingIsWritten) {
  for (const std::string command : {"compare", "train"}) {
    const Outcome outcome = thaw(command + " --plan --model " + golden("bert") + " --data " +
                                 rows_ + " --max-length 16 --out " + path("out"));
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    EXPECT_NE(outcome.text.find("Nothing was written\n"), std::string::npos) << outcome.text;
    EXPECT_NE(outcome.text.find("\nplan "), std::string::npos) << outcome.text;
    EXPECT_FALSE(fs::exists(path("out")));
  }
  // Without a place to write to, since it writes nothing.
  EXPECT_EQ(thaw("compare --plan --model " + golden("bert") + " --data " + rows_).code, 0);
  EXPECT_EQ(thaw("compare --plan --resume " + path("out")).code, 2);
}

// A head that thaw trained is shown as trained, wherever the folder has it.
TEST_F(Program, InspectShowsTheHeadAsTrained) {
  for (const std::string pooling : {"auto", "mean"}) {
    ASSERT_EQ(
        thaw("train --quiet --strategy probe --max-length 16 --epochs 1 --pooling " + pooling +
             " --model " + golden("bert") + " --data " + rows_ + " --out " + path(pooling))
            .code,
        0);
    const Outcome outcome = thaw("inspect " + path(pooling));
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    EXPECT_EQ(outcome.text.find("MISSING"), std::string::npos) << outcome.text;
    EXPECT_NE(outcome.text.find("labels               no, yes"), std::string::npos) << outcome.text;
    EXPECT_NE(outcome.text.find("trained on           16 tokens"), std::string::npos)
        << outcome.text;
  }
  const Outcome old = thaw("inspect " + golden("saved_before/pooling"));
  EXPECT_EQ(old.text.find("MISSING"), std::string::npos) << old.text;
  EXPECT_NE(old.text.find("temperature          1.1442671660228658, folded"), std::string::npos)
      << old.text;
  // Without a trained head it says so.
  EXPECT_NE(thaw("inspect " + golden("bert") + " --labels 2").text.find("classifier.weight"),
            std::string::npos);
}

TEST_F(Program, PredictAbstainsAsItIsTold) {
  ASSERT_EQ(thaw("train --quiet --strategy probe --max-length 16 --epochs 30 --model " +
                 golden("bert") + " --data " + rows_ + " --out " + path("out"))
                .code,
            0);
  const std::string predict = "predict " + path("out") + " - ";
  const std::string input = "printf 'the film was good\\n' |";
  const auto line = [&](const std::string& flags) {
    return nlohmann::json::parse(thaw(predict + flags, input).text);
  };
  const auto plain = line("");
  EXPECT_TRUE(plain["label"].is_string());
  EXPECT_FALSE(plain.contains("likeliest"));
  const auto silent = line("--abstain-below 1");
  EXPECT_TRUE(silent["label"].is_null());
  EXPECT_EQ(silent["likeliest"], plain["label"]);
  EXPECT_EQ(silent["probabilities"], plain["probabilities"]);
  const Outcome without = thaw(predict + "--abstain", input);
  EXPECT_EQ(without.code, 1);
  EXPECT_NE(without.text.find("--abstain: the model was saved without thresholds"),
            std::string::npos)
      << without.text;
}

TEST_F(Program, PredictUsesTheTemperatureAndThresholdsOfTheModel) {
  ASSERT_EQ(thaw("train --quiet --strategy probe --max-length 16 --epochs 30 --model " +
                 golden("bert") + " --data " + rows_ + " --out " + path("out"))
                .code,
            0);
  const std::string config = path("out") + "/config.json";
  std::ifstream in(config);
  auto json = nlohmann::ordered_json::parse(in);
  json["thaw"]["temperature"] = 1000.0;
  json["thaw"]["precision_target"] = 0.9;
  json["thaw"]["thresholds"] = {0.4, 0.4};
  std::ofstream(config) << json.dump();
  const std::string predict = "predict " + path("out") + " - ";
  const std::string input = "printf 'the film was good\\n' |";
  const auto line = [&](const std::string& flags) {
    return nlohmann::json::parse(thaw(predict + flags, input).text);
  };
  const auto hot = line("");
  for (const auto& [label, probability] : hot["probabilities"].items()) {
    EXPECT_NEAR(probability.get<double>(), 0.5, 0.01) << "so hot that all are alike";
  }
  EXPECT_NE(line("--raw-probabilities")["probabilities"], line("")["probabilities"]);
  EXPECT_TRUE(line("--abstain")["label"].is_string());
  json["thaw"]["thresholds"] = {nullptr, nullptr};
  std::ofstream(config) << json.dump();
  EXPECT_TRUE(line("--abstain")["label"].is_null());
  const Outcome eval = thaw("eval " + path("out") + " " + rows_ + " --abstain");
  EXPECT_NE(eval.text.find("answered: 0 of 20 rows"), std::string::npos) << eval.text;
  EXPECT_NE(eval.text.find("at temperature 1000: NLL"), std::string::npos) << eval.text;
}

TEST_F(Program, DataNamesSuspectedLabelsAndWritesThemAsATable) {
  const std::string table = path("suspects.csv");
  const Outcome outcome = thaw("data " + rows_ + " --model " + golden("bert") +
                               " --max-length 16 --suspects-out " + table);
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_NE(outcome.text.find("20 training labels"), std::string::npos) << outcome.text;
  std::ifstream in(table);
  std::string header;
  std::getline(in, header);
  EXPECT_EQ(header, "row,label,label_probability,suggested,suggested_probability,text");
}

}  // namespace
}  // namespace thaw
