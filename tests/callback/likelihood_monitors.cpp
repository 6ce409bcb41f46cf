// SPDX-License-Identifier: MIT
#include <boltz/callback/best_checkpoint.hpp>
#include <boltz/callback/likelihood_monitor.hpp>
#include <boltz/callback/pseudo_likelihood_monitor.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/early_stop.hpp>
#include <boltz/callback/on_epoch_end.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/io/checkpoint_file.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/training/trainer.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

namespace test_likelihood_monitors {

using namespace boltz;
using boltz_test::TemporaryFolder;

namespace {

template <class Monitor, class M>
std::vector<Metric> measured(Monitor monitor, M const& model, std::uint64_t epoch = 1) {
    std::vector<Metric> metrics;
    TrainingInfo info;
    info.clock.epoch = epoch;
    info.metrics = &metrics;
    monitor.on_epoch_end(model, info);
    return metrics;
}

double value_of(std::vector<Metric> const& metrics, std::string const& name) {
    for (Metric const& metric : metrics)
        if (metric.name == name) return metric.value;
    FAIL("nobody measures " << name);
    return 0;
}

/// A monitor that reads its numbers from a list.
auto script(std::vector<double> values) {
    return OnEpochEnd{[values](auto const&, TrainingInfo const& info) {
        info.metrics->push_back({"score", values.at(static_cast<std::size_t>(info.clock.epoch) - 1)});
    }};
}

Ais const short_run{.chains = 200, .ladder = Ladder::linear(200)};

} // namespace

TEST_CASE("the likelihood monitor measures log p of an RBM and the bound of a deeper machine within its error") {
    auto const data = test::bars<double>(2);
    auto const rbm = test::randomised(test::bernoulli_rbm<double>(4, 3), 1, 0.5, 1);
    auto const of_rbm = measured(LikelihoodMonitor{MatrixSource{data}, short_run}, rbm);
    double truth = 0;
    for (double const value : exact_log_likelihood(rbm, data)) truth += value / static_cast<double>(data.shape(0));
    double const log_z = exact_log_partition(rbm);
    CHECK(std::abs(value_of(of_rbm, "log_z") - log_z) < 0.1);
    CHECK(value_of(of_rbm, "log_likelihood") - truth == Approx(log_z - value_of(of_rbm, "log_z")).margin(1e-10));
    CHECK(value_of(of_rbm, "log_likelihood_error") > 0.01);
    CHECK(value_of(of_rbm, "log_z_effective_runs") > 100);

    auto const dbm = test::randomised(test::bernoulli_dbm<double>(4, 3, 2), 1, 0.5, 1);
    MeanField const inference{.max_sweeps = 30};
    auto const of_dbm = measured(
        LikelihoodMonitor{MatrixSource{data}, short_run, Monitoring<MeanField>{.inference = inference}}, dbm);
    double const expected = elbo(dbm, data, inference, value_of(of_dbm, "log_z")).mean;
    CHECK(std::abs(value_of(of_dbm, "log_z") - exact_log_partition(dbm)) < 0.1);
    CHECK(value_of(of_dbm, "elbo") == Approx(expected).epsilon(1e-12));
}

TEST_CASE("a likelihood whose log Z cannot be believed is not a number") {
    auto const data = test::bars<double>(2);
    auto const rbm = test::randomised(test::bernoulli_rbm<double>(4, 3), 1, 0.5, 1);
    auto const metrics =
        measured(LikelihoodMonitor{MatrixSource{data}, {.chains = 5, .ladder = Ladder::linear(50)}}, rbm);
    CHECK(std::isnan(value_of(metrics, "log_likelihood")));
    CHECK(std::isnan(value_of(metrics, "log_likelihood_error")));
    CHECK(std::isnan(value_of(metrics, "log_z")));

    auto trained = test::randomised(test::bernoulli_rbm<double>(4, 3), 1, 0.5, 1);
    Random random{1};
    auto const report = Trainer{PersistentCD{.chains = 5}, Sgd{.learning_rate = 1e-3}}.fit(
        trained, data, {.epochs = 1}, random,
        LikelihoodMonitor{MatrixSource{data}, {.chains = 5, .ladder = Ladder::linear(50)}});
    REQUIRE(report.remarks.size() == 1);
    CHECK_THAT(report.remarks[0], contains_text("log_likelihood: log Z: "));
}

TEST_CASE("the likelihood monitor draws the same numbers each time, every few epochs") {
    auto const data = test::bars<double>(2);
    auto const rbm = test::randomised(test::bernoulli_rbm<double>(4, 3), 1, 0.5, 1);
    LikelihoodMonitor const monitor{MatrixSource{data}, short_run, Monitoring<>{.every = 2}};
    CHECK(measured(monitor, rbm, 1).empty());
    CHECK(measured(monitor, rbm, 3).empty());
    double const first = value_of(measured(monitor, rbm, 2), "log_z");
    CHECK(value_of(measured(monitor, rbm, 4), "log_z") == first);
}

TEST_CASE("the pseudo-likelihood monitor draws the same variables each time, every few epochs") {
    auto const data = test::bars<double>(2);
    auto const rbm = test::randomised(test::bernoulli_rbm<double>(4, 3), 1, 0.5, 1);
    Monitoring<> const how{.every = 2, .seed = 3};
    PseudoLikelihoodMonitor const monitor{MatrixSource{data}, how};
    CHECK(measured(monitor, rbm, 1).empty());
    double const expected = stochastic_pseudo_likelihood(rbm, data, {}, how.draws()).mean;
    CHECK(value_of(measured(monitor, rbm, 2), "pseudo_likelihood") == expected);
    CHECK(value_of(measured(monitor, rbm, 4), "pseudo_likelihood") == expected);
}

TEST_CASE("a training whose likelihood is watched is the one that is not, to the bit") {
    auto const data = test::bars<float>(3);
    Matrix<float> const grey = 0.8f * data + 0.1f;
    Binarised const source{MatrixSource{grey}, Binarisation::stochastic};
    TemporaryFolder const folder;
    FitOptions const options{.epochs = 3, .batch_size = 5};
    auto const check = [&](auto const& start, auto const& recipe, auto... callbacks) {
        auto plain = start;
        auto bare = recipe.bind(plain);
        Random random{0}; // the seed that monitors have too
        bare.fit(source, options, random);
        auto watched = start;
        auto session = recipe.bind(watched);
        Random same_random{0};
        auto const report = session.fit(source, options, same_random, callbacks...);
        CHECK(test::same(to_arrays(session), to_arrays(bare)));
        CHECK(random.split().key() == same_random.split().key());
        return report.metrics;
    };
    auto const rbm = test::randomised(test::bernoulli_rbm<float>(9, 5), 0.1, 0.1, 1);
    Trainer const shallow{PersistentCD{.chains = 7}, Sgd{.learning_rate = 0.05}};
    std::vector<Metric> first;
    for (std::size_t const threads : {1u, 2u}) {
        Monitoring<> const how{.compute = {.threads = threads, .block_rows = 4}};
        Ais const ais{.chains = 50, .ladder = Ladder::linear(20), .compute = how.compute};
        auto const metrics =
            check(rbm, shallow, LikelihoodMonitor{source, ais, how}, PseudoLikelihoodMonitor{source, how},
                  EarlyStop{"log_likelihood", 9, Better::higher},
                  BestCheckpoint{folder / "best.npz", "log_likelihood", Better::higher});
        REQUIRE(metrics.size() == 5);
        if (threads == 1) first = metrics;
        for (std::size_t i = 0; i < first.size(); ++i) CHECK(metrics[i].value == first[i].value);
    }
    CHECK(std::filesystem::exists(folder / "best.npz"));
    auto const dbm = test::randomised(test::bernoulli_dbm<float>(9, 5, 4), 0.1, 0.1, 1);
    check(dbm, Trainer{PersistentCD{.chains = 7}, Sgd{.learning_rate = 0.05}, MeanField{}},
          LikelihoodMonitor{source, {.chains = 50, .ladder = Ladder::linear(20)}, Monitoring<MeanField>{}});
}

TEST_CASE("the best checkpoint is that of the best epoch, whole, and resumes from it") {
    TemporaryFolder const folder;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    auto const data = test::bars<float>(2);
    auto const start = test::randomised(test::bernoulli_rbm<float>(4, 3), 0.1, 0.1, 1);
    Trainer const recipe{PersistentCD{.chains = 5}, Sgd{.learning_rate = 0.1}};
    for (auto const& [better, best_epoch, best] :
         {std::tuple{Better::higher, std::size_t{4}, 3.0}, std::tuple{Better::lower, std::size_t{2}, 1.0}}) {
        auto const path = folder / (better == Better::higher ? "high.npz" : "low.npz");
        auto model = start;
        auto session = recipe.bind(model);
        std::vector<Arrays> epochs;
        OnEpochEnd remember{[&](auto const&, TrainingInfo const&) { epochs.push_back(to_arrays(session)); }};
        BestCheckpoint keep{path, "score", better};
        Random random{1};
        session.fit(data, {.epochs = 6, .batch_size = 3}, random, script({nan, 1, 2, 3, nan, 2.5}), remember, keep);
        CHECK(keep.best() == best);
        CHECK(keep.best_epoch() == best_epoch);
        Arrays written = read_checkpoint(path);
        CHECK(written.contains("callbacks/2/best/value")); // what the third callback remembers
        std::erase_if(written, [](auto const& entry) { return entry.first.starts_with("callbacks/"); });
        CHECK(test::same(written, epochs.at(best_epoch - 1)));

        auto other = start;
        auto resumed = recipe.bind(other);
        resume(path, resumed);
        CHECK(test::same(to_arrays(resumed), epochs.at(best_epoch - 1)));
    }
    CHECK(folder.count() == 2);
}

TEST_CASE("a model that is not finite is never the best, and a metric that nobody measures is missed") {
    TemporaryFolder const folder;
    auto const path = folder / "best.npz";
    auto model = test::randomised(test::bernoulli_rbm<float>(4, 3), 0.1, 0.1, 1);
    std::vector<std::string> remarks;
    auto const run = [&](float weight, std::vector<double> score, bool finished) {
        remarks.clear();
        model.weights()(0, 0) = weight;
        std::vector<Metric> metrics;
        for (double const value : score) metrics.push_back({"score", value});
        TrainingInfo info;
        info.clock.epoch = 1;
        info.finished = finished;
        info.metrics = &metrics;
        info.remarks = &remarks;
        info.state = [&](Archive& archive) { model.archive(archive); };
        BestCheckpoint keep{path, "score"};
        keep.on_train_begin(model, info);
        keep.on_epoch_end(model, info);
        return keep.best_epoch();
    };
    CHECK(run(std::numeric_limits<float>::infinity(), {1.0}, true) == 0);
    CHECK_FALSE(std::filesystem::exists(path));
    REQUIRE(remarks.size() == 1);
    CHECK_THAT(remarks[0], contains_text("BestCheckpoint: no epoch") && contains_text(path.string()));
    CHECK(run(1, {std::numeric_limits<double>::quiet_NaN()}, true) == 0);
    CHECK(remarks.size() == 1);
    CHECK(run(1, {1.0}, true) == 1);
    CHECK(remarks.empty());
    CHECK(std::filesystem::exists(path));
    CHECK(run(1, {}, false) == 0);
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { run(1, {}, true); }),
               contains_text("BestCheckpoint") && contains_text("'score'"));
}

} // namespace test_likelihood_monitors
