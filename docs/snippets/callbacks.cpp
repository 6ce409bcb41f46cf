// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/callbacks.md: monitors, stopping, and a callback of one's own.

#include "require.hpp"

#include <boltz/boltz.hpp>

#include <cmath>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

// [own]
/// Keeps the parameters of the epoch with the lowest value of a metric.
template <class M>
class KeepBest {
  public:
    explicit KeepBest(std::string metric) : metric_{std::move(metric)} {}

    void on_epoch_end(M const& model, boltz::TrainingInfo const& info) {
        for (boltz::Metric const& metric : *info.metrics)
            if (metric.name == metric_ && (!best_ || metric.value < value_)) {
                value_ = metric.value;
                best_ = model;
            }
    }
    std::optional<M> const& best() const { return best_; }

  private:
    std::string metric_;
    double value_ = 0;
    std::optional<M> best_;
};
// [own]

// [measure]
/// Adds the mean of the hidden biases to the metrics of the epoch.
struct HiddenBias {
    template <class M>
    void on_epoch_end(M const& model, boltz::TrainingInfo const& info) const {
        double sum = 0;
        for (double const b : model.template layer<1>().bias()) sum += b;
        info.metrics->push_back({"hidden_bias", sum / static_cast<double>(model.template layer<1>().size())});
    }
};
// [measure]

// [signal]
volatile std::sig_atomic_t interrupted = 0;
extern "C" void interrupt(int) { interrupted = 1; }
// [signal]

int main() {
    using namespace boltz;
    auto const digits = synthetic_digits(400, 1);
    Random random{11};

    // [watch]
    ByteSource const images{digits};
    Split const parts = split(images.rows(), 100, random);
    Subset const training{images, parts.training};
    Subset const validation{images, parts.validation};

    using Machine = RBM<StochasticLayer<Bernoulli>, StochasticLayer<Bernoulli>>;
    Machine rbm{StochasticLayer<Bernoulli>{784}, StochasticLayer<Bernoulli>{32}};
    initialise_weights(rbm, 0.01, random);

    std::signal(SIGINT, interrupt);
    KeepBest<Machine> keep{"reconstruction_error"};
    EarlyStop early{"reconstruction_error", 3};
    FitReport const report = Trainer{ContrastiveDivergence{}, Sgd{.learning_rate = 0.1}}.fit(
        rbm, training, {.epochs = 12, .batch_size = 20}, random,    //
        StopOnNaN{},                                                // first what may end a training,
        StopWhen{[] { return interrupted != 0; }},                  //
        ReconstructionMonitor{validation},                          // then what measures,
        GapMonitor{training, validation, Monitoring<>{.every = 4}}, //
        ActivityMonitor{validation}, WeightMonitor{}, HiddenBias{}, //
        keep, early,                                                // then what reads the measurements
        MetricLog{"metrics.csv"}, Progress{std::clog}, Checkpoint{"rbm.npz", 5});
    // [watch]
    require(keep.best().has_value() && std::isfinite(early.best()), "the best model is kept");
    require(std::filesystem::file_size("metrics.csv") > 0 && std::filesystem::exists("rbm.npz"), "files are written");

    // [report]
    for (Metric const& metric : report.metrics) std::cout << metric.name << " = " << metric.value << '\n';
    for (std::string const& remark : report.remarks) std::cout << remark << '\n';
    std::cout << report.clock.epoch << " epochs, " << report.clock.update << " updates, " << report.seconds
              << " s, pixels: " << to_string(report.binarisation) << "; " << report.reason << '\n';
    // [report]

    // [lambda]
    Trainer{ContrastiveDivergence{}, Sgd{}}.fit(
        rbm, training, {.epochs = 3}, random, OnEpochEnd{[](auto const& model, TrainingInfo const& info) {
            std::cout << "epoch " << info.clock.epoch << ": first weight " << model.weights()(0, 0) << '\n';
            return !parameters_are_finite(model); // true ends the training
        }});
    // [lambda]

    // [same]
    // Monitors change nothing: a training that is watched gives the same bits as one that is not.
    auto const train = [&](auto... callbacks) {
        Machine model = rbm;
        Random seed{2};
        Binarised const binary{images, Binarisation::stochastic};
        Trainer{ContrastiveDivergence{}, Sgd{}}.fit(model, binary, {.epochs = 2}, seed, callbacks...);
        return model.weights();
    };
    bool const same = train() == train(ReconstructionMonitor{Binarised{images, Binarisation::stochastic}});
    // [same]
    require(same, "monitors change nothing");
}
