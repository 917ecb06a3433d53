#pragma once

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace thaw {

// Memory that the processor cannot address, as a device's: only copies reach it, and they are
// counted.
class FakeMemory {
 public:
  explicit FakeMemory(size_t size) : words_(size) {}
  size_t size() const { return words_.size(); }
  std::vector<float> download() {
    ++downloads;
    return words_;
  }
  void upload(std::span<const float> values) {
    ++uploads;
    words_.assign(values.begin(), values.end());
  }
  int downloads = 0, uploads = 0;

 private:
  friend class FakeNetwork;  // its kernels
  std::vector<float> words_;
};

// A network of another engine, with its numbers in FakeMemory: the mean of the tokens' embeddings,
// and a linear classifier. In double precision, by the plainest loops. Group 1 is the head, group
// -1 the embeddings; there are no layers.
class FakeNetwork final : public Network {
 public:
  // trains_words: false, the classifier alone, which then reads features.
  FakeNetwork(int64_t words, int64_t hidden, int64_t labels, bool trains_words)
      : words_(words),
        hidden_(hidden),
        labels_(labels),
        trains_words_(trains_words),
        memory(static_cast<size_t>(words * hidden + labels * hidden + labels)),
        gradients_(memory.size()),
        first_(memory.size()),
        second_(memory.size()) {
    for (size_t i = 0; i < memory.size(); ++i) {  // anything but the same everywhere
      memory.words_[i] = static_cast<float>(std::sin(static_cast<double>((i + 1) * (i + 1))) * 0.3);
    }
  }

  class Cache final : public ActivationCache {
   public:
    explicit Cache(std::vector<float> features) : features_(std::move(features)) {}
    std::span<const float> features() const override { return features_; }
    std::vector<float> mean_tokens(const TokenizedTexts&) const override { return features_; }

   private:
    std::vector<float> features_;
  };

  int depth() const override { return trains_words_ ? kEmbeddingsGroup : 1; }
  bool reads_features() const override { return !trains_words_; }
  int64_t labels() const override { return labels_; }
  int64_t feature_size() const override { return hidden_; }

  std::unique_ptr<ActivationCache> cache(const TokenizedTexts& texts, const CacheSpec&,
                                         const std::string&, const Listener&) override {
    std::vector<float> features;
    for (int64_t row = 0; row < texts.rows(); ++row) {
      for (const double x : mean(texts, row)) features.push_back(static_cast<float>(x));
    }
    return std::make_unique<Cache>(std::move(features));
  }
  void logits(const TokenizedTexts& texts, const ActivationCache*, std::span<float> out,
              const std::string&, const Listener&) override {
    for (int64_t row = 0; row < texts.rows(); ++row) {
      const auto scores = scores_of(mean(texts, row));
      for (int64_t label = 0; label < labels_; ++label) {
        out[row * labels_ + label] = static_cast<float>(scores[label]);
      }
    }
  }
  void vectors(const BatchSource& source, Level level, std::span<float> out) override {
    float* to = out.data();
    for (const int64_t row : source.rows) {
      if (level == Level::kPooled) {
        for (const double x : mean(*source.texts, row)) *to++ = static_cast<float>(x);
        continue;
      }
      for (int64_t at = source.texts->offsets[row]; at < source.texts->offsets[row + 1]; ++at) {
        for (int64_t i = 0; i < hidden_; ++i) *to++ = word(source.texts->ids[at])[i];
      }
    }
  }

  void reserve(int64_t) override {}
  void sum_apart(bool) override {}  // each gradient is rounded once a micro-batch as it is
  double accumulate(const BatchSource& source, const Targets& targets, const StepDropout&,
                    double weight, GradientSink* ready) override {
    double loss = 0;
    const double share = weight / static_cast<double>(source.rows.size());
    for (const int64_t row : source.rows) {
      const auto features = mean(*source.texts, row);
      const auto [own, d_scores] = loss_of(scores_of(features), targets.labels[row]);
      loss += own / static_cast<double>(source.rows.size());
      for (int64_t label = 0; label < labels_; ++label) {
        for (int64_t i = 0; i < hidden_; ++i) {
          add(head_at() + label * hidden_ + i, share * d_scores[label] * features[i]);
        }
        add(head_at() + labels_ * hidden_ + label, share * d_scores[label]);
      }
      if (!trains_words_) continue;
      const auto d_mean = by_features(d_scores);
      const double tokens = static_cast<double>(source.texts->length(row));
      for (int64_t at = source.texts->offsets[row]; at < source.texts->offsets[row + 1]; ++at) {
        for (int64_t i = 0; i < hidden_; ++i) {
          add(source.texts->ids[at] * hidden_ + i, share * d_mean[i] / tokens);
        }
      }
    }
    if (ready != nullptr) {
      for (const auto& range : trained_ranges()) ready->ready(range);
    }
    return loss;
  }
  void input_gradients(const BatchSource& source, const Targets& targets,
                       std::span<float> d_embeddings) override {
    float* to = d_embeddings.data();
    for (const int64_t row : source.rows) {
      const auto [loss, d_scores] =
          loss_of(scores_of(mean(*source.texts, row)), targets.labels[row]);
      const auto d_mean = by_features(d_scores);
      const int64_t tokens = source.texts->length(row);
      for (int64_t token = 0; token < tokens; ++token) {
        for (int64_t i = 0; i < hidden_; ++i) *to++ = static_cast<float>(d_mean[i] / tokens);
      }
    }
  }
  StepResult step(const AdamWStep& step, Communicator& communicator) override {
    double squares = 0;
    for (const auto& range : trained_ranges()) {
      if (communicator.size() > 1) communicator.sum(range);
      for (const float gradient : range) squares += double{gradient} * gradient;
    }
    const double norm = std::sqrt(squares);
    const double scale = step.max_norm > 0 ? std::min(1.0, step.max_norm / (norm + 1e-6)) : 1;
    for (size_t i = static_cast<size_t>(trains_words_ ? 0 : head_at()); i < memory.size(); ++i) {
      const double gradient = scale * gradients_[i];
      first_[i] = static_cast<float>(0.9 * first_[i] + 0.1 * gradient);
      second_[i] = static_cast<float>(0.999 * second_[i] + 0.001 * gradient * gradient);
      const double m = first_[i] / (1 - std::pow(0.9, step.number));
      const double v = second_[i] / (1 - std::pow(0.999, step.number));
      float& value = memory.words_[i];
      value = static_cast<float>(value * (1 - step.learning_rate * step.weight_decay) -
                                 step.learning_rate * m / (std::sqrt(v) + 1e-8));
      gradients_[i] = 0;
    }
    return {norm};
  }

  void flush() override {}
  std::vector<float> values() const override {
    const std::vector<float> all = memory.download();
    return {all.begin() + (trains_words_ ? 0 : head_at()), all.end()};
  }
  void set_values(std::span<const float> trained) override {
    std::vector<float> all = memory.download();
    std::copy(trained.begin(), trained.end(), all.end() - static_cast<int64_t>(trained.size()));
    memory.upload(all);
  }
  // Copies on this side, which take_state() carries over.
  std::vector<StateRange> state() override {
    mirror_ = values();
    const int64_t from = static_cast<int64_t>(first_.size() - mirror_.size());
    first_mirror_.assign(first_.begin() + from, first_.end());
    second_mirror_.assign(second_.begin() + from, second_.end());
    return {{mirror_, first_mirror_, second_mirror_}};
  }
  void take_state() override {
    set_values(mirror_);
    const auto from = static_cast<int64_t>(first_.size() - mirror_.size());
    std::copy(first_mirror_.begin(), first_mirror_.end(), first_.begin() + from);
    std::copy(second_mirror_.begin(), second_mirror_.end(), second_.begin() + from);
  }

 private:
  int64_t words_, hidden_, labels_;
  bool trains_words_;

 public:
  mutable FakeMemory memory;

 private:
  int64_t head_at() const { return words_ * hidden_; }
  const float* word(int64_t id) const { return memory.words_.data() + id * hidden_; }
  void add(int64_t at, double gradient) {
    gradients_[static_cast<size_t>(at)] += static_cast<float>(gradient);
  }
  std::vector<std::span<float>> trained_ranges() {
    std::vector<std::span<float>> ranges{std::span(gradients_).subspan(head_at())};
    if (trains_words_) ranges.push_back(std::span(gradients_).first(head_at()));
    return ranges;
  }
  std::vector<double> mean(const TokenizedTexts& texts, int64_t row) const {
    std::vector<double> sum(static_cast<size_t>(hidden_));
    for (int64_t at = texts.offsets[row]; at < texts.offsets[row + 1]; ++at) {
      for (int64_t i = 0; i < hidden_; ++i) sum[i] += word(texts.ids[at])[i];
    }
    for (double& x : sum) x /= static_cast<double>(texts.length(row));
    return sum;
  }
  std::vector<double> scores_of(const std::vector<double>& features) const {
    const float* head = memory.words_.data() + head_at();
    std::vector<double> scores;
    for (int64_t label = 0; label < labels_; ++label) {
      double score = head[labels_ * hidden_ + label];
      for (int64_t i = 0; i < hidden_; ++i) score += head[label * hidden_ + i] * features[i];
      scores.push_back(score);
    }
    return scores;
  }
  std::vector<double> by_features(const std::vector<double>& d_scores) const {
    std::vector<double> d(static_cast<size_t>(hidden_));
    for (int64_t label = 0; label < labels_; ++label) {
      for (int64_t i = 0; i < hidden_; ++i) {
        d[i] += d_scores[label] * memory.words_[head_at() + label * hidden_ + i];
      }
    }
    return d;
  }
  static std::pair<double, std::vector<double>> loss_of(std::vector<double> scores, int32_t label) {
    double sum = 0;
    for (const double score : scores) sum += std::exp(score);
    const double loss = std::log(sum) - scores[static_cast<size_t>(label)];
    for (double& score : scores) score = std::exp(score) / sum;
    scores[static_cast<size_t>(label)] -= 1;
    return {loss, scores};
  }

  std::vector<float> gradients_, first_, second_, mirror_, first_mirror_, second_mirror_;
};

}  // namespace thaw
