#include "experiment/recipe/settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

class Recipe : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("thaw_recipe_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& text, const std::string& name = "x.toml") {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  ExperimentSettings read(const std::string& text, const std::vector<Assignment>& flags = {}) {
    return make_settings(read_recipe(write(text)), flags);
  }
  std::string error_of(const std::string& text, const std::vector<Assignment>& flags = {}) {
    try {
      read(text, flags);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  fs::path folder_;
};

fs::path recipe_of_the_project(const std::string& name) {
  return fs::path(THAW_SOURCE_DIR) / "recipes" / name;
}

TEST(Settings, WithoutARecipeProbeLastLayerAndFullAreCompared) {
  const ExperimentSettings settings = make_settings({}, {});
  ASSERT_EQ(settings.strategies.size(), 3u);
  EXPECT_EQ(settings.strategies[0].strategy, "probe");
  EXPECT_EQ(settings.strategies[1].strategy, "last-1");
  EXPECT_EQ(settings.strategies[2].strategy, "full");
  for (const auto& strategy : settings.strategies) EXPECT_TRUE(strategy.given.empty());
}

TEST_F(Recipe, ATableIsForItsStrategyAndTheTopForAll) {
  const auto settings = read(
      "epochs = 4\nweight-decay = 0.25\nstrategies = ['probe', 'full']\n"
      "[full]\nepochs = 2\ninit_from = 'probe'\n");
  EXPECT_EQ(settings.strategies[0].training.epochs, 4);
  EXPECT_EQ(settings.strategies[1].training.epochs, 2);
  EXPECT_EQ(settings.strategies[1].init_from, "probe");
  EXPECT_DOUBLE_EQ(settings.strategies[0].training.weight_decay, 0.25);
}

TEST_F(Recipe, TheCommandLineOverridesTheRecipe) {
  const std::string recipe =
      "strategies = ['probe', 'full']\n[full]\nepochs = 2\n[probe]\nepochs = 7\n";
  auto settings = read(recipe, {parse_assignment("epochs=1", "--set")});
  EXPECT_EQ(settings.strategies[0].training.epochs, 1);
  EXPECT_EQ(settings.strategies[1].training.epochs, 1);
  settings = read(recipe, {parse_assignment("full.epochs=9", "--set")});
  EXPECT_EQ(settings.strategies[0].training.epochs, 7);
  EXPECT_EQ(settings.strategies[1].training.epochs, 9);
  settings = read(recipe, {parse_assignment("strategies=full", "--set")});
  ASSERT_EQ(settings.strategies.size(), 1u);
  EXPECT_EQ(settings.strategies[0].training.epochs, 2);
}

TEST_F(Recipe, PathsBesideTheRecipeAreFoundFromAnywhere) {
  write("text,label\na,b\n", "rows.csv");
  const auto settings = read("data = 'rows.csv'\n");
  EXPECT_EQ(fs::path(settings.data.paths.at(0)), folder_ / "rows.csv");
}

TEST_F(Recipe, AnUnknownKeyNamesItsLineAndTheNearestKnownOne) {
  EXPECT_EQ(error_of("seed = 1\nlearnign_rate = 2e-5\n"),
            (folder_ / "x.toml").string() +
                ":2: there is no key 'learnign_rate'; did you mean 'learning_rate'?");
  EXPECT_EQ(error_of("[full]\nepoch = 1\n"),
            (folder_ / "x.toml").string() + ":2: there is no key 'epoch'; did you mean 'epochs'?");
  EXPECT_NE(error_of("zzzzzzzzzz = 1\n").find("docs/recipes.md lists the keys"), std::string::npos);
  // Compared letter by letter with every known key, this one would take a minute.
  EXPECT_NE(
      error_of(std::string(20'000'000, 'z') + " = 1\n").find("docs/recipes.md lists the keys"),
      std::string::npos);
}

TEST_F(Recipe, AnUnknownStrategyOrTableIsAnError) {
  EXPECT_NE(error_of("strategies = ['prob']\n").find("'prob' is not a strategy"),
            std::string::npos);
  EXPECT_NE(error_of("[probee]\nepochs = 1\n").find("did you mean 'probe'?"), std::string::npos);
}

TEST_F(Recipe, ValuesOfTheWrongKindNameTheirPlace) {
  const std::string place = (folder_ / "x.toml").string() + ":1: ";
  EXPECT_EQ(error_of("epochs = 0\n"),
            place + "'epochs' is '0' where a whole number from 1 is needed; correct the value");
  EXPECT_EQ(error_of("epochs = 1.5\n").find(place), 0u);
  EXPECT_EQ(error_of("fraction = 1.5\n").find(place), 0u);
  EXPECT_EQ(error_of("seed = -1\n").find(place), 0u);
  EXPECT_EQ(
      error_of("precision = 'fp16'\n"),
      place + "'precision' is 'fp16' where one of auto, fp32, bf16 is needed; correct the value");
  EXPECT_EQ(error_of("learning_rate = nan\n").find(place), 0u);
  EXPECT_EQ(error_of("title = [\n").find((folder_ / "x.toml").string() + ":"), 0u);
}

TEST_F(Recipe, ANumberOutOfRangeIsToldTheRangeInWords) {
  const auto needs = [&](const std::string& line, const std::string& words) {
    EXPECT_NE(error_of(line + "\n").find(" where " + words + " is needed"), std::string::npos)
        << error_of(line + "\n");
  };
  needs("label_smoothing = 1", "a share from 0 to below 1 (such as 0.2 or 20%)");
  needs("fraction = 0", "a share above 0, up to 1 (such as 0.2 or 20%)");
  needs("warmup_ratio = -0.1", "a share from 0 to 1 (such as 0.2 or 20%)");
  needs("learning_rate = 2000", "a number from 0 to 1000");
  needs("learning_rate = -1", "a number from 0 to 1000");
  needs("epochs = 1e10", "a whole number from 1 to 2000000000");
  needs("test_size = 1.5", "a share below 1 (0.2 or 20%) or a whole number of rows (500)");
  needs("learning_rates = [0]", "a number above 0, up to 1000");
}

TEST_F(Recipe, SharesMayBePercentsAndAreTheSameNumbers) {
  const auto settings = read(
      "test_size = '20%'\nvalidation_size = '12.5 %'\nfraction = '3%'\nwarmup_ratio = '10%'\n"
      "sizes = ['100%', '7%', 500, 0.3]\n",
      {parse_assignment("label_smoothing=0.1%", "--set")});
  EXPECT_EQ(settings.data.test_size, 0.2);
  EXPECT_EQ(settings.data.validation_size, 0.125);
  EXPECT_EQ(settings.data.fraction, 0.03);
  EXPECT_EQ(settings.strategies[0].training.warmup_ratio, 0.1);
  EXPECT_EQ(settings.strategies[0].training.loss.label_smoothing, 0.001);
  EXPECT_EQ(settings.sizes, (std::vector<double>{1, 0.07, 500, 0.3}));
  for (const char* wrong : {"'100%'", "'20 percent'", "'%'", "'1e1%'", "-1", "'-5%'", "1e13"}) {
    EXPECT_NE(error_of("test_size = " + std::string(wrong) + "\n"), "no error") << wrong;
  }
}

TEST_F(Recipe, ListsOfAFlagAreTrimmed) {
  const auto settings = make_settings({}, {parse_assignment("label_names= neg,  pos ,", "--set"),
                                           parse_assignment("title=one, two", "--set"),
                                           parse_assignment("strategies=probe, full", "--set")});
  EXPECT_EQ(settings.data.label_names, (std::vector<std::string>{"neg", "pos"}));
  EXPECT_EQ(settings.title, "one, two");
  ASSERT_EQ(settings.strategies.size(), 2u);
  EXPECT_EQ(settings.strategies[1].strategy, "full");
}

TEST_F(Recipe, WhoGaveAValueAnswersForIt) {
  const auto error = [&](const std::string& recipe, const std::vector<Assignment>& flags) {
    try {
      read(recipe, flags);
    } catch (const Error& thrown) {
      return thrown;
    }
    return Error("no error");
  };
  const std::string line = (folder_ / "x.toml").string() + ":1";
  EXPECT_EQ(error("epochs = -1\n", {}).kind(), ErrorKind::kData);
  EXPECT_EQ(error("strategies = ['lora']\n", {}).where(), line);
  EXPECT_EQ(error("strategies = ['lora']\n", {}).kind(), ErrorKind::kData);
  const Assignment flag{"", "strategies", {"lora"}, "--strategies"};
  EXPECT_EQ(error("strategies = ['probe']\n", {flag}).where(), "--strategies");
  EXPECT_EQ(error("strategies = ['probe']\n", {flag}).kind(), ErrorKind::kUsage);
  EXPECT_EQ(error("epochs = 'few'\n", {}).kind(), ErrorKind::kData);
  EXPECT_EQ(error("", {{"", "epochs", {"few"}, "--epochs"}}).kind(), ErrorKind::kUsage);
  // A flag overrides the recipe's value, not its mistake.
  EXPECT_EQ(error("epochs = -1\n", {{"", "epochs", {"2"}, "--epochs"}}).kind(), ErrorKind::kData);
  EXPECT_EQ(error("head = 'native'\n", {{"", "pooling", {"mean"}, "--pooling"}}).where(),
            "--pooling");

  const auto settings = read("test_size = 0.5\n", {{"", "seed", {"1"}, "--seed"}});
  const Error library("would take all rows", Setting{"test_size"}, "lower it", ErrorKind::kUsage);
  EXPECT_EQ(as_given(library, settings).where(), line);
  EXPECT_EQ(as_given(library, settings).kind(), ErrorKind::kData);
  const Error other("is wrong", Setting{"seed"}, "", ErrorKind::kUsage);
  EXPECT_EQ(as_given(other, settings).where(), "seed");
  EXPECT_EQ(as_given(other, settings).kind(), ErrorKind::kUsage);
}

TEST_F(Recipe, TheSolverBelongsToAStrategy) {
  const auto settings =
      read("strategies = ['probe', 'full']\n[probe]\nsolver = 'exact'\nc = 0.3\n");
  EXPECT_EQ(settings.strategies[0].solver, Solver::kLbfgs);
  EXPECT_DOUBLE_EQ(settings.strategies[0].inverse_regularization, 0.3);
  EXPECT_EQ(settings.strategies[1].solver, Solver::kAdamW);
  EXPECT_NE(error_of("solver = 'lbfgs'\n").find("one of adamw, exact is needed"),
            std::string::npos);
  EXPECT_NE(error_of("c = -1\n").find("a number from 0 is needed"), std::string::npos);
}

TEST_F(Recipe, AStrategyMayStartOnlyFromAnEarlierOne) {
  EXPECT_NE(error_of("strategies = ['probe', 'full']\n[probe]\ninit_from = 'full'\n")
                .find("does not come before it"),
            std::string::npos);
  const auto settings =
      read("strategies = ['probe', 'full']\n[probe]\nname = 'head'\n[full]\ninit_from = 'probe'\n");
  EXPECT_EQ(settings.strategies[1].init_from, "head");
}

TEST_F(Recipe, TwoStrategiesOfOneKindHaveNamesOfTheirOwn) {
  const auto settings =
      read("strategies = ['full', 'warm']\n[warm]\nstrategy = 'full'\nepochs = 1\n");
  EXPECT_EQ(settings.strategies[1].strategy, "full");
  EXPECT_EQ(settings.strategies[1].name, "warm");
  EXPECT_NE(error_of("strategies = ['full', 'warm']\n[warm]\nstrategy = 'full'\nname = 'full'\n")
                .find("two strategies are called 'full'"),
            std::string::npos);
}

TEST(ProjectRecipes, TweetEvalHoldsTheSeedsValues) {
  const auto settings =
      make_settings(read_recipe(recipe_of_the_project("tweeteval-sentiment.toml")), {});
  EXPECT_EQ(settings.model, "distilbert-base-uncased");
  EXPECT_EQ(settings.max_length, 128);
  EXPECT_DOUBLE_EQ(settings.data.fraction, 0.3);
  EXPECT_EQ(settings.seed, 42u);
  ASSERT_EQ(settings.strategies.size(), 2u);
  const auto& probe = settings.strategies[0];
  const auto& full = settings.strategies[1];
  EXPECT_EQ(probe.strategy, "probe");
  EXPECT_EQ(probe.training.epochs, 2);
  EXPECT_DOUBLE_EQ(probe.training.learning_rate, 5e-4);
  EXPECT_EQ(full.strategy, "full");
  EXPECT_EQ(full.init_from, "probe");
  EXPECT_EQ(full.training.epochs, 3);
  EXPECT_DOUBLE_EQ(full.training.learning_rate, 2e-5);
  for (const auto* strategy : {&probe, &full}) {
    EXPECT_EQ(strategy->training.batch_size, 16);
    EXPECT_EQ(strategy->training.eval_batch_size, 32);
    EXPECT_DOUBLE_EQ(strategy->training.weight_decay, 0.01);
    EXPECT_DOUBLE_EQ(strategy->training.warmup_ratio, 0.06);
    EXPECT_DOUBLE_EQ(strategy->training.max_grad_norm, 1.0);
  }
}

TEST(ProjectRecipes, TwelveSentencesHoldsTheSeedsValues) {
  const auto settings =
      make_settings(read_recipe(recipe_of_the_project("twelve-sentences.toml")), {});
  ASSERT_EQ(settings.strategies.size(), 2u);
  EXPECT_EQ(settings.max_length, 64);
  EXPECT_DOUBLE_EQ(settings.data.test_size, 0.25);
  EXPECT_DOUBLE_EQ(settings.data.validation_size, 0);
  const auto& probe = settings.strategies[0];
  const auto& last = settings.strategies[1];
  EXPECT_EQ(probe.name, "feature_extraction_freeze_all");
  EXPECT_DOUBLE_EQ(probe.training.learning_rate, 2e-3);
  EXPECT_DOUBLE_EQ(probe.training.weight_decay, 0);
  EXPECT_EQ(last.name, "fine_tune_last_layer");
  EXPECT_EQ(last.strategy, "last-1");
  EXPECT_EQ(last.init_from, "");
  EXPECT_DOUBLE_EQ(last.training.learning_rate, 2e-5);
  EXPECT_DOUBLE_EQ(last.training.weight_decay, 0.01);
  for (const auto* strategy : {&probe, &last}) {
    EXPECT_EQ(strategy->training.epochs, 1);
    EXPECT_EQ(strategy->training.batch_size, 8);
    EXPECT_DOUBLE_EQ(strategy->training.warmup_ratio, 0);
  }
}

TEST(ProjectRecipes, EveryRecipeReads) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(THAW_SOURCE_DIR) / "recipes")) {
    if (entry.path().extension() != ".toml") continue;
    EXPECT_NO_THROW(make_settings(read_recipe(entry.path()), {})) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 3);
}

}  // namespace
}  // namespace thaw
