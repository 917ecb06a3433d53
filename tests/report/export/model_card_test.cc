#include "report/export/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "files/files.h"
#include "hub/yaml.h"
#include "report/export/markdown.h"
#include "report/report.h"
#include "results/model_names.h"
#include "tests/base/temporary_folder.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::ordered_json;

std::string card_of(const ComparisonResults& results, size_t strategy = 0,
                    CardLibrary library = CardLibrary::kTransformers) {
  return model_card(results, findings(results), strategy, library);
}

// The YAML between the two lines of "---".
Json metadata_of(const std::string& card) {
  EXPECT_THAT(card, StartsWith("---\n"));
  const size_t end = card.find("\n---\n", 3);
  EXPECT_NE(end, std::string::npos);
  return parse_yaml(card.substr(4, end - 3), "card");
}

std::string body_of(const std::string& card) { return card.substr(card.find("\n---\n", 3) + 5); }

ComparisonResults of_the_hub() {
  ComparisonResults results = tweets_in_full();
  results.model = "distilbert/distilbert-base-uncased@v1";
  results.data = "cardiffnlp/tweet_eval:sentiment";
  return results;
}

TEST(ModelCard, HasTheHubsMetadata) {
  const ComparisonResults results = of_the_hub();
  const Json yaml = metadata_of(card_of(results));
  EXPECT_EQ(yaml["library_name"], "transformers");
  EXPECT_EQ(yaml["pipeline_tag"], "text-classification");
  EXPECT_EQ(yaml["base_model"], "distilbert/distilbert-base-uncased");
  EXPECT_EQ(yaml["datasets"], Json({"cardiffnlp/tweet_eval"}));
  EXPECT_EQ(yaml["metrics"], Json({"accuracy", "f1", "precision", "recall"}));
  EXPECT_FALSE(yaml.contains("language"));
  EXPECT_FALSE(yaml.contains("license"));
  const Json& model = yaml["model-index"].at(0);
  EXPECT_EQ(model["name"], "TweetEval sentiment: probe");
  const Json& result = model["results"].at(0);
  EXPECT_EQ(result["task"]["type"], "text-classification");
  EXPECT_EQ(result["dataset"]["type"], "cardiffnlp/tweet_eval");
  EXPECT_EQ(result["dataset"]["config"], "sentiment");
  EXPECT_EQ(result["dataset"]["split"], "test");
  EXPECT_EQ(result["metrics"][0]["type"], "accuracy");
  EXPECT_EQ(std::stod(result["metrics"][0]["value"].get<std::string>()),
            results.strategies[0].test.accuracy);
  EXPECT_EQ(result["metrics"][1]["type"], "f1");
  EXPECT_EQ(result["metrics"][1]["args"]["average"], "macro");
  EXPECT_EQ(std::stod(result["metrics"][1]["value"].get<std::string>()),
            results.strategies[0].test.macro_f1);
  EXPECT_EQ(metadata_of(card_of(results, 0, CardLibrary::kSentenceTransformers))["library_name"],
            "sentence-transformers");
}

TEST(ModelCard, NamesTheF1OfTwoLabelsAndLeavesOutWhatIsNotFinite) {
  ComparisonResults results = twelve_sentences();
  results.strategies[0].test.loss = std::nan("");
  const Json yaml = metadata_of(card_of(results));
  const Json& metrics = yaml["model-index"][0]["results"][0]["metrics"];
  EXPECT_EQ(metrics[1]["name"], "F1 of 'positive'");
  EXPECT_EQ(metrics[1]["args"]["average"], "binary");
  EXPECT_EQ(metrics[1]["value"], "0.8");
  for (const Json& metric : metrics) EXPECT_NE(metric["type"], "loss");
}

TEST(ModelCard, SaysHowItIsUsed) {
  const ComparisonResults results = of_the_hub();
  EXPECT_THAT(card_of(results), HasSubstr("pipeline(\"text-classification\", model=\"FOLDER\")"));
  EXPECT_THAT(card_of(results), HasSubstr("its name on the hub. With Transformers:"));
  const std::string sentences = card_of(results, 0, CardLibrary::kSentenceTransformers);
  EXPECT_THAT(sentences, HasSubstr("folder = \"FOLDER\""));
  EXPECT_THAT(sentences, HasSubstr("SentenceTransformer(folder)"));
  EXPECT_THAT(sentences, HasSubstr("Path(folder, \"thaw.json\")"));
  EXPECT_THAT(sentences, Not(HasSubstr("pipeline(\"text")));
}

TEST(ModelCard, TakesFromTheFrontEndHowItReadsTexts) {
  struct : SettingWords {
    std::string usage(bool of_pairs) const override {
      return of_pairs ? "Read two.\n\n" : "Read one.\n\n";
    }
  } words;
  set_setting_words(&words);
  ComparisonResults results = of_the_hub();
  const std::string one = card_of(results);
  results.settings["text_pair"] = "hypothesis";
  const std::string two = card_of(results);
  set_setting_words(nullptr);
  EXPECT_THAT(one, HasSubstr("its name on the hub. Read one.\n\nWith Transformers:"));
  EXPECT_THAT(two, HasSubstr("It reads pairs of texts. Read two.\n\nWith Transformers:"));
}

TEST(ModelCard, ShowsPairsAsPairs) {
  ComparisonResults results = of_the_hub();
  results.settings["text_pair"] = "hypothesis";
  const std::string card = card_of(results);
  EXPECT_THAT(card,
              HasSubstr("classifier({\"text\": \"some text\", \"text_pair\": \"another text\"}"));
  EXPECT_THAT(card_of(results, 0, CardLibrary::kSentenceTransformers),
              HasSubstr("encode([(\"some text\", \"another text\")]"));
}

// A temperature is in the saved weights: what the card's metadata says is what everyone measures.
TEST(ModelCard, SaysWhichLossIsCalibrated) {
  ComparisonResults results = of_the_hub();
  const auto loss_of = [&] {
    const Json yaml = metadata_of(card_of(results));
    for (const Json& metric : yaml["model-index"][0]["results"][0]["metrics"]) {
      if (metric["type"] == "loss") return metric;
    }
    return Json();
  };
  ASSERT_NE(results.strategies[0].calibration->temperature, 1);
  EXPECT_EQ(loss_of()["name"], "Cross-entropy, calibrated");
  EXPECT_EQ(std::stod(loss_of()["value"].get<std::string>()),
            results.strategies[0].calibration->after.nll);
  EXPECT_THAT(card_of(results), HasSubstr("| loss, as trained |"));
  EXPECT_THAT(card_of(results), HasSubstr("| loss, as saved (calibrated) |"));
  results.strategies[0].calibration.reset();
  EXPECT_EQ(loss_of()["name"], "Cross-entropy");
  EXPECT_EQ(std::stod(loss_of()["value"].get<std::string>()), results.strategies[0].test.loss);
  EXPECT_THAT(card_of(results), Not(HasSubstr("loss, as trained")));
}

TEST(ModelCard, HoldsResultsWithIntervalsSeedsAndCalibration) {
  const std::string card = card_of(of_the_hub());
  EXPECT_THAT(card, HasSubstr("| 1 | neutral | 6,261 |"));
  EXPECT_THAT(card, HasSubstr("| metric | this model | 95 % interval | mean ± sd of 2 seeds |"));
  EXPECT_THAT(card, HasSubstr("| accuracy | 0.6471 | 0.6388 to 0.6552 | 0.6471 ± 0.0037 |"));
  EXPECT_THAT(card, HasSubstr("label would have accuracy 0.4833"));
  EXPECT_THAT(card, HasSubstr("temperature of the lowest negative log likelihood on the "
                              "validation rows is 1.0731"));
  EXPECT_THAT(card, HasSubstr("accuracy of the other strategies, means over their seeds: last-1"));
  EXPECT_THAT(card, HasSubstr("| learning\\_rate | 0.0005 |"));
  EXPECT_THAT(card, HasSubstr("reads the first 128 tokens"));
  EXPECT_THAT(card, HasSubstr("- 4 rows of later splits also stand"));
  // Nothing is claimed where nothing is known.
  const std::string plain = card_of(tweets());
  EXPECT_THAT(plain, HasSubstr("| metric | this model |\n"));
  EXPECT_THAT(plain, Not(HasSubstr("interval")));
  EXPECT_THAT(plain, Not(HasSubstr("temperature")));
  EXPECT_THAT(plain, Not(HasSubstr("seeds")));
}

TEST(ModelCard, TellsWhatItIsNotGoodFor) {
  ComparisonResults results = twelve_sentences();
  results.evaluated_on = "validation";
  const std::string card = card_of(results);
  EXPECT_THAT(card, HasSubstr("With 3 rows to test on, the numbers say little."));
  EXPECT_THAT(card, HasSubstr("There was no test split"));
  EXPECT_THAT(card,
              HasSubstr("It recognised no row of 'negative'."));  // it answers positive to all
}

TEST(ModelCard, OfLocalFilesNamesNoFolderOfTheMachine) {
  ComparisonResults results = tweets_in_full();
  results.model = "/home/somebody/secret/models/bert";
  results.data = "/home/somebody/secret/train.csv, /home/somebody/secret/test.csv";
  results.settings["freeze"] = "/home/somebody/secret/list.txt";
  const std::string card = card_of(results);
  EXPECT_THAT(card, Not(HasSubstr("somebody")));
  EXPECT_THAT(card, Not(HasSubstr("secret")));
  const Json yaml = metadata_of(card);
  EXPECT_FALSE(yaml.contains("base_model"));
  EXPECT_FALSE(yaml.contains("datasets"));
  EXPECT_EQ(yaml["model-index"][0]["results"][0]["dataset"]["type"], "local");
  EXPECT_EQ(yaml["model-index"][0]["results"][0]["dataset"]["name"], "train.csv, test.csv");
  EXPECT_THAT(card, HasSubstr("It is bert, trained"));
}

TEST(ModelCard, LetsNoNameBecomeMarkup) {
  const std::string hostile =
      "x\"\n---\n# <script>alert(1)</script> [a](http://b) | *c* `d` \\ \x01 \xFF \xC2\x85 "
      "\xE2\x80\xA8 \xEF\xBB\xBF \xF0\x9F\x98\x80 ${e} -- !!python/object";
  ComparisonResults results = tweets_in_full();
  results.title = results.data = results.precision = hostile;
  results.label_names[0] = hostile;
  results.strategies[0].name = hostile;
  results.strategies[1].name = hostile;
  results.settings[hostile] = results.machine["cpu"] = hostile;
  const std::string card = card_of(results);
  const Json yaml = metadata_of(card);
  EXPECT_THAT(yaml["model-index"][0]["name"].get<std::string>(),
              HasSubstr("x\"\n---\n# <script>alert(1)</script> [a](http://b) | *c* `d` \\ \x01 "
                        "\xEF\xBF\xBD \xC2\x85 \xE2\x80\xA8 \xEF\xBB\xBF \xF0\x9F\x98\x80 ${e}"));
  const std::string body = body_of(card);
  EXPECT_THAT(body, Not(HasSubstr("<script>")));
  EXPECT_THAT(body, Not(HasSubstr("\n---")));
  EXPECT_THAT(body, Not(HasSubstr("\n# <")));
  EXPECT_THAT(body, HasSubstr("\\[a\\](http\\://b) \\| \\*c\\* \\`d\\` \\\\"));
}

TEST(ModelCard, IsRefusedWithoutMetrics) {
  EXPECT_THROW(card_of(tweets_with_failure(), 1), Error);
  EXPECT_THROW(card_of(tweets(), 3), Error);
}

TEST(ModelCard, LiesBesideEveryModelThatIsThere) {
  const TemporaryFolder folder;
  const auto add_model = [](const fs::path& model) {
    fs::create_directories(model);
    write_file(model / "config.json", "{}");
    write_file(model / "model.safetensors", "");
  };
  add_model(folder.path() / "probe");
  add_model(folder.path() / "full" / "0_Transformer");
  write_file(folder.path() / "full/modules.json", "[]");
  write_report(tweets(), folder.path());
  EXPECT_THAT(read_text_file(folder.path() / "probe/README.md"), HasSubstr("pipeline("));
  EXPECT_THAT(read_text_file(folder.path() / "full/README.md"), HasSubstr("SentenceTransformer("));
  EXPECT_FALSE(fs::exists(folder.path() / "last-1"));
  EXPECT_FALSE(fs::exists(folder.path() / "README.md"));
  // What somebody wrote on in a card stays where the report alone is made anew.
  write_file(folder.path() / "probe/README.md", "mine");
  write_report(tweets(), folder.path(), ModelCards::kLeave);
  EXPECT_EQ(read_text_file(folder.path() / "probe/README.md"), "mine");
}

TEST(ModelCard, OfASingleTrainingLiesInTheFolderItself) {
  const TemporaryFolder folder;
  ComparisonResults results = tweets();
  results.strategies.resize(1);
  write_file(folder.path() / "config.json", "{}");
  write_file(folder.path() / "model.safetensors", "");
  write_report(results, folder.path());
  EXPECT_THAT(read_text_file(folder.path() / "README.md"), HasSubstr("# TweetEval sentiment"));
}

TEST(ModelNames, TellNamesOfTheHubFromFiles) {
  const auto model = [](const std::string& name) { return hub_name_of(name, RepoType::kModel); };
  const auto data = [](const std::string& name) { return hub_name_of(name, RepoType::kDataset); };
  EXPECT_EQ(model("minilm")->id, "sentence-transformers/all-MiniLM-L6-v2");
  EXPECT_EQ(model("roberta-base")->id, "roberta-base");
  EXPECT_EQ(data("a/b:c@d")->configuration, "c");
  EXPECT_FALSE(model("./bert"));
  EXPECT_FALSE(model("/a/b"));
  EXPECT_FALSE(model("a/b/c"));
  EXPECT_FALSE(data("reviews.csv"));
  EXPECT_FALSE(data("data/reviews.parquet"));
  EXPECT_FALSE(data("cache:tweets"));
  EXPECT_FALSE(data("a, b"));
  EXPECT_EQ(public_name("/x/y/a.csv, z/b.csv", RepoType::kDataset), "a.csv, b.csv");
  EXPECT_EQ(public_name("cache:x/tweets.tsv", RepoType::kDataset), "tweets.tsv");
  EXPECT_EQ(public_name("../models/bert/", RepoType::kModel), "bert");
  EXPECT_EQ(public_name("org/name@v2", RepoType::kModel), "org/name@v2");
}

TEST(Markdown, EscapesWhatBeginsALine) {
  EXPECT_EQ(escape_markdown("# a"), "\\# a");
  EXPECT_EQ(escape_markdown("- a"), "\\- a");
  EXPECT_EQ(escape_markdown("1. a"), "1\\. a");
  EXPECT_EQ(escape_markdown("12) a"), "12\\) a");
  EXPECT_EQ(escape_markdown("a - b. c\nd"), "a - b. c d");
  EXPECT_EQ(escape_markdown("'a' & \"b\""), "'a' &amp; \"b\"");
  EXPECT_EQ(escape_markdown("auto: http://x"), "auto: http\\://x");
  EXPECT_EQ(escape_markdown("0.65"), "0.65");
  EXPECT_EQ(escape_markdown(""), "");
}

}  // namespace
}  // namespace thaw
