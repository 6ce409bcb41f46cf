// SPDX-License-Identifier: MIT
#include <boltz/callback/activity_monitor.hpp>
#include <boltz/callback/gap_monitor.hpp>
#include <boltz/callback/reconstruction_monitor.hpp>
#include <boltz/callback/weight_monitor.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <boltz/data/binarised.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/training/trainer.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace test_monitors {

using namespace boltz;

namespace {

/// What a callback measures at the end of an epoch of a model.
template <class Monitor, class M>
std::vector<Metric> measured(Monitor monitor, M const& model, std::uint64_t epoch = 1, bool finished = false) {
    std::vector<Metric> metrics;
    TrainingInfo info;
    info.clock.epoch = epoch;
    info.finished = finished;
    info.metrics = &metrics;
    monitor.on_epoch_end(model, info);
    return metrics;
}

double value_of(std::vector<Metric> const& metrics, std::string const& name) {
    for (Metric const& metric : metrics)
        if (metric.name == name) return metric.value;
    return std::nan("");
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double mean(std::vector<double> const& values) {
    double sum = 0;
    for (double const value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

} // namespace

TEST_CASE("the reconstruction monitor measures the mean squared difference per visible unit") {
    auto const rbm = test::randomised(test::bernoulli_rbm<double>(4, 3), 1, 1, 1);
    auto const data = test::bars<double>(2);
    double expected = 0;
    for (std::size_t i = 0; i < data.shape(0); ++i) {
        double hidden[3];
        for (std::size_t j = 0; j < 3; ++j) {
            double x = rbm.hidden().bias()(j);
            for (std::size_t k = 0; k < 4; ++k) x += data(i, k) * rbm.weights()(k, j);
            hidden[j] = sigmoid(x);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            double x = rbm.visible().bias()(k);
            for (std::size_t j = 0; j < 3; ++j) x += hidden[j] * rbm.weights()(k, j);
            expected += std::pow(sigmoid(x) - data(i, k), 2);
        }
    }
    expected /= static_cast<double>(data.size());
    auto const metrics = measured(ReconstructionMonitor{MatrixSource{data}}, rbm);
    REQUIRE(metrics.size() == 1);
    CHECK(value_of(metrics, "reconstruction_error") == Approx(expected).epsilon(1e-10));
}

TEST_CASE("the gap of an RBM is the difference of mean free energies") {
    auto const rbm = test::randomised(test::bernoulli_rbm<double>(9, 4), 1, 1, 1);
    auto all = test::bars<double>(3);
    Block<double> const training = Block{all}.row_range(0, 10);
    Block<double> const validation = Block{all}.row_range(10, 6);
    double const expected = mean(free_energy(rbm, validation)) - mean(free_energy(rbm, training));
    auto const metrics = measured(GapMonitor{MatrixSource<double>{Block<double const>{training}},
                                             MatrixSource<double>{Block<double const>{validation}}},
                                  rbm);
    REQUIRE(metrics.size() == 1);
    CHECK(std::abs(expected) > 0.1);
    CHECK(value_of(metrics, "gap") == Approx(expected).epsilon(1e-10));
}

TEST_CASE("the gap between cases and themselves is nothing, for a DBM too") {
    auto const dbm = test::randomised(test::bernoulli_dbm<double>(4, 3, 2), 1, 1, 1);
    auto const data = test::bars<double>(2);
    Monitoring<MeanField> const how{.inference = {.max_sweeps = 20}};
    CHECK(value_of(measured(GapMonitor{MatrixSource{data}, MatrixSource{data}, how}, dbm), "gap") == 0);
}

TEST_CASE("the activity monitor tells busy, dead and saturated units apart") {
    // Hidden units without weights: their means are those of their biases.
    auto dbm = test::bernoulli_dbm<double>(4, 4, 2);
    double const h1[] = {-20, 0, 20, 20};
    for (std::size_t j = 0; j < 4; ++j) dbm.layer<1>().bias()(j) = h1[j];
    dbm.layer<2>().bias()(0) = std::log(1.0 / 3);
    dbm.layer<2>().bias()(1) = -20;
    auto const data = test::bars<double>(2);
    auto const metrics = measured(ActivityMonitor{MatrixSource{data}, Monitoring<MeanField>{}}, dbm);
    REQUIRE(metrics.size() == 6);
    CHECK(value_of(metrics, "activation_1") == Approx(2.5 / 4));
    CHECK(value_of(metrics, "dead_1") == Approx(0.25));
    CHECK(value_of(metrics, "saturated_1") == Approx(0.5));
    CHECK(value_of(metrics, "activation_2") == Approx(0.125));
    CHECK(value_of(metrics, "dead_2") == Approx(0.5));
    CHECK(value_of(metrics, "saturated_2") == 0);
}

TEST_CASE("the weight monitor measures root mean squares") {
    auto dbm = test::bernoulli_dbm<float>(2, 2, 1);
    dbm.weights(0)(0, 0) = 3;
    dbm.weights(0)(1, 1) = -4;
    dbm.weights(1)(0, 0) = 1;
    auto const metrics = measured(WeightMonitor{}, dbm);
    REQUIRE(metrics.size() == 2);
    CHECK(value_of(metrics, "weight_norm_0") == Approx(2.5));
    CHECK(value_of(metrics, "weight_norm_1") == Approx(std::sqrt(0.5)));
}

TEST_CASE("a monitor measures every few epochs and after the last one") {
    auto const rbm = test::bernoulli_rbm<float>(4, 3);
    auto const data = test::bars<float>(2);
    ReconstructionMonitor const monitor{MatrixSource{data}, Monitoring<>{.every = 3}};
    CHECK(measured(monitor, rbm, 1).empty());
    CHECK(measured(monitor, rbm, 2).empty());
    CHECK(measured(monitor, rbm, 3).size() == 1);
    CHECK(measured(monitor, rbm, 4).empty());
    CHECK(measured(monitor, rbm, 4, true).size() == 1);
}

TEST_CASE("a training with monitors is the one without to the bit, and monitors repeat their numbers") {
    auto const data = test::bars<float>(3);
    Matrix<float> const grey = 0.8f * data + 0.1f;
    Binarised const source{MatrixSource{grey}, Binarisation::stochastic};
    auto const start = test::randomised(test::bernoulli_dbm<float>(9, 5, 4), 0.1, 0.1, 1);
    Trainer const recipe{PersistentCD{.chains = 7}, Sgd{.learning_rate = 0.05, .momentum = 0.9}, MeanField{}};
    FitOptions const options{.epochs = 3, .batch_size = 5};
    auto plain = start;
    auto bare = recipe.bind(plain);
    Random random{7};
    bare.fit(source, options, random);

    std::vector<Metric> metrics;
    for (std::size_t const threads : {1u, 2u}) {
        auto watched = start;
        auto session = recipe.bind(watched);
        Random same_random{7};
        Monitoring<MeanField> const how{.compute = {.threads = threads, .block_rows = 4}};
        auto const report =
            session.fit(source, options, same_random, ReconstructionMonitor{source, how},
                        ActivityMonitor{source, how}, GapMonitor{source, source, how}, WeightMonitor{});
        CHECK(test::same(to_arrays(session), to_arrays(bare)));
        REQUIRE(report.metrics.size() == 1 + 6 + 1 + 2);
        if (threads == 1) metrics = report.metrics;
        for (std::size_t i = 0; i < metrics.size(); ++i) {
            CHECK(report.metrics[i].name == metrics[i].name);
            CHECK(report.metrics[i].value == metrics[i].value);
        }
    }
}

} // namespace test_monitors
