// Mistakes on the command line end with exit code 2, the same mistakes in a recipe and all that is
// wrong with data and files with 1; each message names what is meant.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/run_command.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

Outcome thaw(const std::string& arguments, const std::string& before = "") {
  return run_command(before + " " THAW_PROGRAM " " + arguments + " 2>&1");
}

struct Mistake {
  std::string arguments;
  std::string says;  // part of the one sentence
};

const std::string kModel = std::string(THAW_SOURCE_DIR) + "/tests/golden/bert";

class CommandLine : public testing::Test {
 protected:
  std::string path(const std::string& name) { return (folder_.path() / name).string(); }
  // `thaw compare` with all that it needs, and `more`.
  std::string compare(const std::string& more) {
    return "compare --model " + kModel + " --data " + rows_ + " --max-length 16 --out " +
           path("out") + " " + more;
  }
  void expect(const std::string& arguments, int code, const std::string& says) {
    const Outcome outcome = thaw(arguments, "echo a text |");
    EXPECT_EQ(outcome.code, code) << arguments << "\n" << outcome.text;
    EXPECT_NE(outcome.text.find(says), std::string::npos) << arguments << "\n" << outcome.text;
    if (code == 2) {  // before anything else is said
      EXPECT_EQ(std::count(outcome.text.begin(), outcome.text.end(), '\n'), 1) << outcome.text;
    }
    EXPECT_FALSE(fs::exists(path("out"))) << arguments;
  }

  TemporaryFolder folder_;
  std::string rows_ = folder_.write("rows.csv", rows()).string();

  static std::string rows() {
    std::string text = "text,label\n";
    for (int i = 0; i < 40; ++i) {
      const char letter = static_cast<char>('a' + i % 20);
      text += std::string(1, letter) + (i < 20 ? " film" : " book") + (i % 2 ? ",yes\n" : ",no\n");
    }
    return text;
  }
};

TEST_F(CommandLine, AValueThatIsWrongInItselfEndsWithTwo) {
  const std::vector<Mistake> mistakes{
      {"--strategies lora", "'lora' is not a strategy"},
      {"--strategies prob", "did you mean 'probe'?"},
      {"--strategies last2", "did you mean 'last-2'?"},
      {"--epochs -1", "--epochs: 'epochs' is '-1' where a whole number from 1 is needed"},
      {"--epochs 2.5", "a whole number from 1 is needed"},
      {"--epochs=0", "a whole number from 1 is needed"},
      {"--epochs abc", "a whole number from 1 is needed"},
      {"--epochs 3000000000", "a whole number from 1 to 2000000000 is needed"},
      {"--learning-rate abc", "a number from 0 to 1000 is needed"},
      {"--learning-rate nan", "a number from 0 to 1000 is needed"},
      {"--metric macrof1", "did you mean 'macro_f1'?"},
      {"--metric nonsense", "the metrics are accuracy, f1, macro_f1"},
      {"--test-size 1.5x",
       "a share below 1 (0.2 or 20%) or a whole number of rows (500) is needed"},
      {"--test-size 1.5", "a share below 1"},
      {"--test-size 100%", "a share below 1"},
      {"--test-size=-20%", "a share below 1"},
      {"--validation-size inf", "a share below 1"},
      {"--fraction 0", "a share above 0, up to 1 (such as 0.2 or 20%) is needed"},
      {"--fraction 300%", "a share above 0, up to 1"},
      {"--label-smoothing 1", "a share from 0 to below 1"},
      {"--warmup-ratio 1.01", "a share from 0 to 1"},
      {"--layer-decay 0", "a share above 0, up to 1"},
      {"--sizes 10.5 --sweep size", "a list of shares up to 1 (0.5 or 50%)"},
      {"--label-cuts=b", "a list of numbers that ascend"},
      {"--label-cuts 2,1", "a list of numbers that ascend"},
      {"--label-cuts 1,2 --label-names low,high", "2 cuts make 3 labels, and 2 names are given"},
      {"--label-names a,a", "the name 'a' is given twice"},
      {"--label-names a,,b", "a label's name is empty"},
      {"--seeds 0", "a whole number from 1"},
      {"--seed -1", "a whole number from 0 to 4294967295"},
      {"--seed 4294967296", "a whole number from 0 to 4294967295"},
      {"--budget soon", "--budget: 'soon' is not a span of time"},
      {"--memory much", "--memory: 'much' is not a size of memory"},
      {"--checkpoint-every often", "--checkpoint-every: 'often' is no interval"},
      {"--precision fp8", "one of auto, fp32, bf16"},
      {"--frozen-precision int4", "one of auto, fp32, bf16, int8"},
      {"--pooling average", "'average' where auto, pooler, cls"},
      {"--head linear", "one of auto, native"},
      {"--sweep widht", "one of depth, size"},
      {"--search lrs", "one of learning_rate, epochs"},
      {"--stratify=perhaps", "true or false"},
      {"--class-weights heavy", "none, balanced, or a number above 0 for each label"},
      {"--set max_length=0", "a whole number from 1"},
      {"--threads -2", "a whole number from 0"},
      {"--full.epochs x", "--full.epochs: 'epochs' is 'x'"},
      {"--full.epochs", "--full.epochs: 'epochs' is empty"},
      {"--full.epoch 1", "did you mean 'epochs'?"},
      {"--fulll.epochs 1", "did you mean 'full'?"},
      {"--full.metric loss", "'metric' belongs to all strategies"},
      {"--set nonsense", "--set: 'nonsense' is not KEY=VALUE"},
      {"--set epochs=none", "'epochs' is 'none'"},
      {"--set full.init_from=last-9", "does not come before it"},
      {"--set probe.name=a/b", "cannot be the name of a folder"},
      {"--set probe.solver=lbfgs", "one of adamw, exact"},
      {"--train 'train[:101%]'", "is more than there is"},
  };
  for (const Mistake& mistake : mistakes) expect(compare(mistake.arguments), 2, mistake.says);
}

TEST_F(CommandLine, FlagsThatContradictEachOtherEndWithTwo) {
  const std::vector<Mistake> mistakes{
      {"--head native --pooling mean", "the native head has a pooling of its own"},
      {"--test " + rows_ + " --test-size 0.2", "give the file or the size, not both"},
      {"--revision main", "only a name of the hub has revisions"},
      {"--sizes 10", "does nothing without a sweep over sizes; add --sweep size"},
      {"--learning-rates 1e-5", "does nothing without a search; add --search lr"},
      {"--epochs 1 --epochs 2", "--epochs: is given more than once"},
  };
  for (const Mistake& mistake : mistakes) expect(compare(mistake.arguments), 2, mistake.says);
}

TEST_F(CommandLine, WhatIsMissingOrTooMuchEndsWithTwo) {
  const std::vector<Mistake> mistakes{
      {"compare --data " + rows_, "--out: there is no place for results"},
      {"compare --out " + path("out"), "--data: there is no labelled text to train on"},
      {"train --data " + rows_, "--out: there is no place for the model"},
      {"compare --resume", "--resume: there is no folder to go on in"},
      {"compare " + rows_ + " --out " + path("out"), "name it with --data"},
      {"compare --epochs", "--epochs: its value is missing"},
      {"data", "no data is given; name a file or a folder"},
      {"predict " + rows_ + " model", "is a data file where a model's folder is needed"},
      {"compare " + folder_.path().string(), "is a folder, where a recipe's file may stand"},
      {"eval", "thaw: eval: MODEL is missing; thaw eval --help shows"},
      {"predict", "thaw: predict: MODEL is missing"},
      {"tokenize", "thaw: tokenize: MODEL is missing"},
      {"inspect", "thaw: inspect: MODEL is missing"},
      {"report", "thaw: report: OUT is missing"},
      {"fetch", "thaw: fetch: NAME is missing"},
      {"report a b", "--out: there is no place for the report of several runs"},
      {"report a --metric f2", "--metric: 'f2' is not a metric"},
      {"report a --budget soon", "--budget: 'soon' is not a span of time"},
      {"fetch minilm --revision x", "minilm has no revisions"},
      {"predict " + kModel + " a.txt b.txt", "there is an argument too many: 'b.txt'"},
      {"predict " + kModel + " - --max-length 0", "a whole number from 1"},
      {"predict " + kModel + " - --precision fp8", "one of auto, fp32, bf16, int8"},
      {"predict " + kModel + " - --abstain-below 2", "a share from 0 to 1"},
      {"predict " + kModel + " - --abstain --raw-probabilities", "leave one of them out"},
      {"predict " + kModel + " - --text-pair b", "standard input holds one text a line"},
      {"tokenize " + kModel + " - --max-length abc", "a whole number from 0"},
      {"inspect " + kModel + " --strategy lora", "'lora' is not a strategy"},
      {"inspect " + kModel + " --labels 0", "a whole number from 1"},
      {"inspect " + kModel + " --pooling average", "'average' is not a pooling"},
      {"data " + rows_ + " --test-size 20x", "a share below 1"},
      {"data " + rows_ + " --fraction 2", "a share above 0, up to 1"},
      {"data " + rows_ + " --seed x", "a whole number from 0 to 4294967295"},
      {"data " + rows_ + " --label-cuts 2,1", "a list of numbers that ascend"},
      {"data " + rows_ + " --label-names a,a", "is given twice"},
  };
  for (const Mistake& mistake : mistakes) expect(mistake.arguments, 2, mistake.says);
}

TEST_F(CommandLine, ACommandOrFlagThatThereIsNotSuggestsTheNearest) {
  const std::vector<Mistake> mistakes{
      {"predct model", "there is no command 'predct'; did you mean 'thaw predict'?"},
      {"comapre", "did you mean 'thaw compare'?"},
      {"evaluate m d", "did you mean 'thaw eval'?"},
      {"tokenise", "did you mean 'thaw tokenize'?"},
      {"reviews.csv", "there is no command 'reviews.csv'; thaw help lists the commands"},
      {"--data x compare", "'--data' stands where a command is needed"},
      {"help predct", "did you mean 'thaw predict'?"},
      {"compare --epoch 3", "there is no flag --epoch; did you mean --epochs?"},
      {"compare -out x", "there is no flag -out; did you mean --out?"},
      {"compare --lr 3", "did you mean --learning-rate?"},
      {"compare --batch_size 3", "did you mean --batch-size?"},
      {"compare --output_dir x", "did you mean --out?"},
      {"compare --abstain", "--abstain; it is a flag of thaw eval, thaw predict"},
      {"train --strategies probe", "did you mean --strategy?"},
      {"predict m --label-column x", "there is no flag --label-column"},
      {"predict m --logit", "did you mean --logits?"},
      {"predict m --full.epochs 2", "there is no flag --full.epochs"},
      {"compare --frobnicate 3", "thaw compare --help lists its flags"},
      {"eval m d --text-colum x", "did you mean --text-column?"},
      {"inspect m --parameter", "did you mean --parameters?"},
      {"fetch x --dta", "did you mean --data?"},
  };
  for (const Mistake& mistake : mistakes) expect(mistake.arguments, 2, mistake.says);
}

TEST_F(CommandLine, WhatDoesNotFitTheDataEndsWithOne) {
  const std::vector<Mistake> mistakes{
      {"--label-column nowhere", "nowhere"}, {"--max-length 5000", "positions"},
      {"--strategies last-99", "layers"},    {"--probe.freeze nothing.*", "matches no parameter"},
      {"--test-size 600", "of 40 rows"},
  };
  for (const Mistake& mistake : mistakes) {
    std::string arguments = compare(mistake.arguments);
    if (mistake.arguments.starts_with("--max-length")) {
      arguments.erase(arguments.find("--max-length 16 "), 16);
    }
    expect(arguments, 1, mistake.says);
  }
  expect("compare --data " + path("none.csv") + " --out " + path("out"), 1, "none.csv");
  expect("predict " + path("no-model") + " -", 1, "no-model");
}

TEST_F(CommandLine, TheSameMistakeInARecipeEndsWithOneAndNamesItsLine) {
  const std::vector<Mistake> mistakes{
      {"epochs = -1", "a whole number from 1 is needed"},
      {"strategies = ['lora']", "'lora' is not a strategy"},
      {"metric = 'macrof1'", "did you mean 'macro_f1'?"},
      {"test_size = 1.5", "a share below 1"},
      {"test_size = '20x'", "a share below 1"},
      {"label_cuts = [2, 1]", "numbers that ascend"},
      {"budget = 'soon'", "is not a span of time"},
      {"train = 'train[:101%]'", "is more than there is"},
      {"revision = 'main'", "only a name of the hub has revisions"},
      {"max_length = 5000", "positions"},
      {"test_size = 600", "of 40 rows"},
  };
  for (const Mistake& mistake : mistakes) {
    const std::string recipe = folder_.write("x.toml", "\n" + mistake.arguments + "\n").string();
    const Outcome outcome = thaw("compare " + recipe + " --model " + kModel + " --data " + rows_ +
                                 " --out " + path("out"));
    EXPECT_EQ(outcome.code, 1) << mistake.arguments << "\n" << outcome.text;
    EXPECT_EQ(outcome.text.find("thaw: " + recipe + ":2: "), 0u) << outcome.text;
    EXPECT_NE(outcome.text.find(mistake.says), std::string::npos) << outcome.text;
    EXPECT_FALSE(fs::exists(path("out"))) << mistake.arguments;
  }
}

TEST_F(CommandLine, HelpIsThereByAnyName) {
  const std::string all = thaw("--help").text;
  EXPECT_NE(all.find("compare"), std::string::npos);
  EXPECT_EQ(thaw("help").text, all);
  EXPECT_EQ(thaw("help").code, 0);
  EXPECT_EQ(thaw("-h").text, all);
  // Nothing was done, which a script must notice.
  EXPECT_EQ(thaw("").text, all);
  EXPECT_EQ(thaw("").code, 2);
  const std::string one = thaw("compare --help").text;
  EXPECT_NE(one.find("--learning-rate"), std::string::npos);
  EXPECT_EQ(one.find("--of-one-strategy"), std::string::npos);
  for (const char* other : {"help compare", "compare -h"}) {
    EXPECT_EQ(thaw(other).text, one);
    EXPECT_EQ(thaw(other).code, 0);
  }
}

TEST_F(CommandLine, ListsAreTrimmedAndSharesMayBePercents) {
  const std::string rows = folder_
                               .write("numbers.csv",
                                      "text,label\na,0\nb,1\nc,0\nd,1\ne,0\nf,1\ng,0\nh,1\ni,0\nj,"
                                      "1\n")
                               .string();
  const Outcome trimmed = thaw("data " + rows + " --label-names 'neg,  pos '");
  EXPECT_EQ(trimmed.code, 0) << trimmed.text;
  EXPECT_EQ(trimmed.text.find(" pos '"), std::string::npos) << trimmed.text;
  EXPECT_EQ(trimmed.text, thaw("data " + rows + " --label-names neg,pos").text);
  EXPECT_EQ(thaw("data " + rows + " --test-size 40%").text,
            thaw("data " + rows + " --test-size 0.4").text);
  EXPECT_EQ(thaw("data " + rows + " --test-size 4").text,
            thaw("data " + rows + " --test-size 0.4").text);
  for (const char* list : {"'probe, full'", "probe full", "probe, full", "probe,full"}) {
    const std::string out = path("lists");
    fs::remove_all(out);
    const Outcome outcome =
        thaw("compare --model " + kModel + " --data " + rows +
             " --max-length 16 --test-size 40% --validation-size 0 --epochs 1 --quiet --out " +
             out + " --strategies " + list);
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    EXPECT_TRUE(fs::exists(out + "/probe/config.json")) << list;
    EXPECT_TRUE(fs::exists(out + "/full/config.json")) << list;
  }
}

}  // namespace
}  // namespace thaw
