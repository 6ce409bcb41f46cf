// SPDX-License-Identifier: MIT
#include <boltz/callback/early_stop.hpp>
#include <boltz/callback/on_epoch_end.hpp>
#include <boltz/callback/reduce_rate_on_plateau.hpp>
#include <boltz/callback/stop_on_nan.hpp>
#include <boltz/callback/stop_when.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/model/finite.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/pretraining/doubled_input.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>

#include <cstring>
#include <limits>

namespace test_stopping {

using namespace boltz;

namespace {

template <class... Callbacks>
FitReport fit(Sgd const& sgd, FitOptions const& options, Callbacks&&... callbacks) {
    RBM rbm{test::layer<Gaussian, float>(4), test::layer<Gaussian, float>(3)};
    rbm = test::randomised(rbm, 0.1, 0.1, 1);
    auto const data = test::bars<float>(2);
    Random random{1};
    return Trainer{ContrastiveDivergence{}, sgd}.fit(rbm, data, options, random, callbacks...);
}

/// A monitor that reads its numbers from a list.
auto script(std::vector<double> values, std::string name = "score") {
    return OnEpochEnd{[values, name](auto const&, TrainingInfo const& info) {
        info.metrics->push_back({name, values.at(static_cast<std::size_t>(info.clock.epoch) - 1)});
    }};
}

} // namespace

TEST_CASE("early stop ends a training once the metric has not improved for a number of epochs") {
    EarlyStop lower{"score", 2};
    auto report = fit({}, {.epochs = 8}, script({5, 3, 4, 2, 2, 2.5, 1, 1}), lower);
    CHECK(report.stopped);
    CHECK(report.clock.epoch == 6);
    CHECK(lower.best() == 2);
    CHECK(lower.best_epoch() == 4);

    EarlyStop higher{"score", 2, EarlyStop::Better::higher};
    report = fit({}, {.epochs = 8}, script({1, 2, 1.5, 3, 2, 2, 9, 9}), higher);
    CHECK(report.clock.epoch == 6);
    CHECK(higher.best() == 3);
    CHECK(higher.best_epoch() == 4);

    EarlyStop patient{"score", 5};
    report = fit({}, {.epochs = 4}, script({4, 3, 2, 1}), patient);
    CHECK_FALSE(report.stopped);
    CHECK(report.clock.epoch == 4);
    CHECK(patient.best_epoch() == 4);
}

TEST_CASE("early stop says so when nobody measures its metric") {
    EarlyStop stop{"validation_error"};
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   fit({}, {.epochs = 2}, script({1, 1}), stop);
               }),
               contains_text("EarlyStop") && contains_text("'validation_error'"));

    // And before that, after the first epoch, when the name can still be mended.
    std::vector<std::string> remarks;
    OnEpochEnd hear{[&](auto const&, TrainingInfo const& info) { remarks = *info.remarks; }};
    CHECK_THROWS_AS(fit({}, {.epochs = 2}, script({1, 1}), stop, hear), ValueError);
    REQUIRE(remarks.size() == 1);
    CHECK(remarks[0] == "EarlyStop: no callback before it has measured 'validation_error' yet; there are score");
}

TEST_CASE("a value that is not a number is neither the best nor an epoch without improvement") {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EarlyStop stop{"score", 3};
    auto report = fit({}, {.epochs = 6}, script({nan, 2, 1, 1, 1, 1}), stop);
    CHECK(stop.best() == 1);
    CHECK(stop.best_epoch() == 3);
    CHECK(report.clock.epoch == 6);
    CHECK(report.stop == Stop::phase);
    CHECK_THAT(report.reason, contains_text("EarlyStop: score has not improved for 3 epochs; the best was 1 after "
                                            "epoch 3 (lower is better)"));

    // Epochs 3, 4, 6 and 7 are not measured: 2, 5 and 8 are without improvement.
    EarlyStop through{"score", 3};
    report = fit({}, {.epochs = 9}, script({1, 1, nan, nan, 1, nan, nan, 1, 0}), through);
    CHECK(report.clock.epoch == 8);
    CHECK(through.best_epoch() == 1);

    EarlyStop improved{"score", 2};
    report = fit({}, {.epochs = 7}, script({3, nan, 4, nan, 2, nan, 1}), improved);
    CHECK(report.stop == Stop::no);
    CHECK(report.reason == "all 7 epochs are done");
    CHECK(improved.best_epoch() == 7);
}

TEST_CASE("an early stop gives up after as many values in a row that are not numbers, and says so") {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EarlyStop stop{"score", 3};
    auto const report = fit({}, {.epochs = 9}, script({2, nan, nan, 1, nan, nan, nan, nan, nan}), stop);
    CHECK(report.clock.epoch == 7);
    CHECK(report.stop == Stop::phase);
    CHECK(stop.best_epoch() == 4);
    CHECK_THAT(report.reason, contains_text("EarlyStop: score was not a number 3 times in a row"));
    CHECK_THAT(report.reason, contains_text("; the best was 1 after epoch 4 (lower is better)"));
    REQUIRE(report.remarks.size() == 1);
    CHECK(report.remarks[0] == report.reason);
}

TEST_CASE("what a monitor says in words comes to the callbacks behind it and into the report") {
    OnEpochEnd monitor{[](auto const&, TrainingInfo const& info) {
        info.metrics->push_back({"score", std::numeric_limits<double>::quiet_NaN()});
        info.remark("score: a warning of epoch " + std::to_string(info.clock.epoch));
    }};
    std::vector<std::string> seen;
    OnEpochEnd reader{[&](auto const&, TrainingInfo const& info) {
        seen.insert(seen.end(), info.remarks->begin(), info.remarks->end());
    }};
    auto report = fit({.learning_rate = 1e-3}, {.epochs = 2}, monitor, reader);
    CHECK(seen == std::vector<std::string>{"score: a warning of epoch 1", "score: a warning of epoch 2"});
    CHECK(report.remarks == std::vector<std::string>{"score: a warning of epoch 2"});

    // A callback that ends a training without a word is not given another's for its reason.
    OnEpochEnd silent{[](auto const&, TrainingInfo const&) { return true; }};
    report = fit({.learning_rate = 1e-3}, {.epochs = 2}, monitor, silent);
    CHECK(report.reason == "a callback ended it");
    CHECK_THAT(fit({.learning_rate = 1e-3}, {.epochs = 2}, StopWhen{[] { return true; }}).reason,
               contains_text("StopWhen"));
}

TEST_CASE("each RBM of a pretraining says its words under its name") {
    auto dbm = test::randomised(test::bernoulli_dbm<float>(), 0.1, 0.1, 3);
    Matrix<float> const data = xt::ones<float>({std::size_t{6}, dbm.sizes()[0]});
    OnEpochEnd monitor{[](auto const&, TrainingInfo const& info) { info.remark("word"); }};
    Random random{1};
    auto const report = DoubledInput{ContrastiveDivergence{}, Sgd{.learning_rate = 0.1}}.bind(dbm, data).fit(
        data, {.epochs = 1, .batch_size = 2}, random, monitor);
    REQUIRE(report.remarks.size() == dbm.sizes().size() - 1);
    CHECK(report.remarks[0] == "pretraining 1: word");
    CHECK(report.remarks[1] == "pretraining 2: word");
}

TEST_CASE("a training that diverges is stopped at the end of the first epoch after which it is not finite") {
    // Two Gaussian layers with a rate this large double their weights again and again.
    StopOnNaN stop;
    bool finite = true;
    OnEpochEnd watch{[&](auto const& model, TrainingInfo const&) { finite = parameters_are_finite(model); }};
    auto const report = fit({.learning_rate = 100}, {.epochs = 200, .batch_size = 2}, watch, stop);
    CHECK(report.stopped);
    CHECK(report.clock.epoch < 200);
    CHECK_FALSE(finite);
    CHECK(stop.triggered());

    StopOnNaN calm;
    CHECK_FALSE(fit({.learning_rate = 1e-3}, {.epochs = 5}, calm).stopped);
    CHECK_FALSE(calm.triggered());
}

TEST_CASE("a condition from outside ends a training after the batch") {
    bool interrupted = false;
    std::size_t batches = 0;
    struct CountBatches {
        std::size_t* count;
        bool* flag;
        bool operator()() const {
            *flag = ++*count == 3;
            return *flag;
        }
    };
    auto const report = fit({}, {.epochs = 5, .batch_size = 2}, StopWhen{CountBatches{&batches, &interrupted}});
    CHECK(report.stopped);
    CHECK(report.clock == Clock{0, 3, 3});
    CHECK(interrupted);
}

TEST_CASE("a function becomes a callback, with or without a word on stopping") {
    std::vector<std::uint64_t> epochs;
    fit({}, {.epochs = 3},
        OnEpochEnd{[&](auto const&, TrainingInfo const& info) { epochs.push_back(info.clock.epoch); }});
    CHECK(epochs == std::vector<std::uint64_t>{1, 2, 3});
    auto const report = fit({}, {.epochs = 3},
                            OnEpochEnd{[&](auto const&, TrainingInfo const& info) { return info.clock.epoch == 2; }});
    CHECK(report.stopped);
    CHECK(report.clock.epoch == 2);
}

TEST_CASE("an early stop ends a training in an epoch that measures the metric, and counts the others too") {
    // Every third epoch: 5, 3, 3, 3.
    OnEpochEnd every_third{[](auto const&, TrainingInfo const& info) {
        if (info.clock.epoch % 3 == 0) info.metrics->push_back({"score", info.clock.epoch == 3 ? 5.0 : 3.0});
    }};
    for (auto const& [patience, last] : {std::pair{1, 9}, {3, 9}, {4, 12}, {7, 12}}) {
        EarlyStop early{"score", static_cast<std::size_t>(patience)};
        auto const report = fit({.learning_rate = 1e-3}, {.epochs = 12}, every_third, early);
        CHECK(report.clock.epoch == static_cast<std::uint64_t>(last));
        CHECK(early.best_epoch() == 6);
    }
    CHECK_THROWS_WITH((EarlyStop{"score", 0}), contains_text("patience is 0"));
}

TEST_CASE("an early stop ends a phase, a stop from outside everything") {
    EarlyStop early{"score", 1};
    auto const ended = fit({.learning_rate = 1e-3}, {.epochs = 9}, script({1, 2, 3, 4, 5, 6, 7, 8, 9}), early);
    CHECK(ended.stop == Stop::phase);
    CHECK(ended.clock.epoch == 2);
    CHECK(fit({.learning_rate = 1e-3}, {.epochs = 9}, StopWhen{[] { return true; }}).stop == Stop::everything);
}

namespace {

/// Epochs, stopped and gone on: the number of epochs that a training has had in the end.
template <class MakeCallbacks>
void check_memory(MakeCallbacks&& callbacks, std::size_t total) {
    auto const data = test::bars<float>(2);
    auto const start =
        test::randomised(RBM{test::layer<Bernoulli, float>(4), test::layer<Bernoulli, float>(3)}, 0.1, 0.1, 1);
    Trainer const recipe{ContrastiveDivergence{}, Sgd{.learning_rate = 0.5}};
    for (std::size_t const first : {0u, 1u, 2u, 3u}) {
        auto rbm = start;
        auto session = recipe.bind(rbm);
        Random random{1};
        Arrays state;
        OnEpochEnd stop_early{[&](auto const&, TrainingInfo const& info) {
            if (info.clock.epoch != first) return false;
            state = info.state();
            return true;
        }};
        auto report =
            callbacks([&](auto&... some) { return session.fit(data, {.epochs = 8}, random, some..., stop_early); });
        if (first > 0) {
            auto other = start;
            auto resumed = recipe.bind(other);
            from_arrays(state, resumed);
            report = callbacks([&](auto&... some) { return resumed.fit(data, {.epochs = 8}, random, some...); });
        }
        CHECK(report.clock.epoch == total);
    }
}

} // namespace

TEST_CASE("what an early stop remembers is part of a checkpoint that is written behind it") {
    // Without its memory the training that goes on after epoch 3 would count from there.
    check_memory(
        [](auto&& fit) {
            auto monitor = script({5, 1, 4, 4, 4, 4, 4, 4});
            EarlyStop stop{"score", 3};
            return fit(monitor, stop);
        },
        5);
}

TEST_CASE("what an early stop remembers of one RBM says nothing of the next, after a resume in the first one too") {
    auto const start = test::randomised(test::bernoulli_dbm<float>(), 0.1, 0.1, 3);
    Matrix<float> const data = xt::ones<float>({std::size_t{6}, start.sizes()[0]});
    // The first RBM has 1 from the beginning on, the last ones get better all the time and never reach it.
    OnEpochEnd monitor{[](auto const&, TrainingInfo const& info) {
        bool const first = info.phase == "pretraining 1";
        info.metrics->push_back({"score", first ? 1.0 : 20.0 - static_cast<double>(info.clock.epoch)});
    }};
    DoubledInput const recipe{ContrastiveDivergence{}, Sgd{.learning_rate = 0.1}};
    Arrays state;
    EarlyStop early{"score", 4};
    {
        auto dbm = start;
        auto session = recipe.bind(dbm, data);
        Random random{1};
        OnEpochEnd interrupt{[&](auto const&, TrainingInfo const& info) {
            state = info.state();
            return info.clock.epoch == 2;
        }};
        session.fit(data, {.epochs = 8, .batch_size = 2}, random, monitor, early, interrupt);
    }
    auto dbm = start;
    auto session = recipe.bind(dbm, data);
    from_arrays(state, session);
    Random random{1};
    CHECK(session.fit(data, {.epochs = 8, .batch_size = 2}, random, monitor, early).clock.epoch == 8);
}

TEST_CASE("a plateau does not count epochs up to a value that is not a number, and says when there are many") {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    RBM rbm{test::layer<Bernoulli, float>(4), test::layer<Bernoulli, float>(3)};
    rbm = test::randomised(rbm, 0.1, 0.1, 1);
    auto session = Trainer{ContrastiveDivergence{}, Sgd{.learning_rate = 0.5}}.bind(rbm);
    std::vector<double> factors;
    std::vector<std::size_t> remarks;
    OnEpochEnd watch{[&](auto const&, TrainingInfo const& info) {
        double factor = 0;
        std::memcpy(&factor, info.state().at("optimizer/rate_factor").bytes.data(), sizeof factor);
        factors.push_back(factor);
        remarks.push_back(info.remarks->size());
    }};
    Random random{1};
    session.fit(test::bars<float>(2), {.epochs = 9}, random, script({1, nan, nan, 1, nan, nan, nan, nan, 1}),
                ReduceRateOnPlateau{"score", 0.5, 2}, watch);
    CHECK(factors == std::vector<double>{1, 1, 1, 1, 1, 1, 1, 1, 0.5});
    CHECK(remarks == std::vector<std::size_t>{0, 0, 1, 0, 0, 1, 0, 1, 0});
}

TEST_CASE("a plateau lowers the rates each time a metric has not improved for some epochs, after a resume too") {
    auto const rates = [](std::size_t interrupted) {
        auto const data = test::bars<float>(2);
        auto const start =
            test::randomised(RBM{test::layer<Bernoulli, float>(4), test::layer<Bernoulli, float>(3)}, 0.1, 0.1, 1);
        Trainer const recipe{ContrastiveDivergence{}, Sgd{.learning_rate = 0.5}};
        std::vector<std::size_t> lowered;
        Arrays state;
        Random random{1};
        auto const fit = [&](auto& session, std::size_t stop) {
            auto monitor = script({5, 4, 4, 4, 3, 3, 3, 3});
            ReduceRateOnPlateau plateau{"score", 0.5, 2};
            OnEpochEnd watch{[&](auto const&, TrainingInfo const& info) {
                lowered.push_back(0);
                state = info.state();
                double factor = 0;
                std::memcpy(&factor, state.at("optimizer/rate_factor").bytes.data(), sizeof factor);
                lowered.back() = static_cast<std::size_t>(1 / factor);
                return info.clock.epoch == stop;
            }};
            session.fit(data, {.epochs = 8}, random, monitor, plateau, watch);
        };
        auto rbm = start;
        auto session = recipe.bind(rbm);
        fit(session, interrupted);
        if (interrupted < 8) {
            auto other = start;
            auto resumed = recipe.bind(other);
            from_arrays(Arrays{state}, resumed);
            fit(resumed, 8);
        }
        return lowered;
    };
    std::vector<std::size_t> const expected{1, 1, 1, 2, 2, 2, 4, 4};
    for (std::size_t const interrupted : {8u, 3u, 4u, 6u}) CHECK(rates(interrupted) == expected);
}

} // namespace test_stopping
