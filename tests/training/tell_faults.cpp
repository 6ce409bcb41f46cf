// SPDX-License-Identifier: MIT
#include <boltz/training/detail/tell_faults.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/on_epoch_end.hpp>
#include <boltz/callback/stop_on_nan.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/sampling/sample_given.hpp>
#include <boltz/training/backpropagation.hpp>
#include <boltz/training/trainer.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace test_tell_faults {

using namespace boltz;

namespace {

using Machine = RBM<StochasticLayer<Bernoulli, float>, StochasticLayer<Bernoulli, float>>;

Machine machine() { return test::randomised(test::bernoulli_rbm<float>(4, 3), 0.1, 0.1, 1); }

template <class M, class... Callbacks>
FitReport fit(M& model, double rate, std::size_t epochs, Callbacks... callbacks) {
    Random random{1};
    return Trainer{ContrastiveDivergence{}, Sgd{.learning_rate = rate}}.fit(
        model, test::bars<float>(2), {.epochs = epochs, .batch_size = 10}, random, callbacks...);
}

} // namespace

TEST_CASE("a training from a model that was never initialised says so from its first epoch on") {
    std::vector<std::vector<std::string>> seen;
    OnEpochEnd watch{[&](auto const&, TrainingInfo const& info) { seen.push_back(*info.remarks); }};
    Machine bare = test::bernoulli_rbm<float>(4, 3);
    auto report = fit(bare, 0.1, 2, watch);
    REQUIRE(seen.size() == 2);
    REQUIRE(seen[0].size() == 1);
    CHECK_THAT(seen[0][0], contains_text("initialise_weights"));
    CHECK(seen[1].empty());
    REQUIRE(report.remarks.size() == 1); // its hidden units are copies still
    CHECK_THAT(report.remarks[0], contains_text("initialise_weights"));

    Machine one_epoch = test::bernoulli_rbm<float>(4, 3);
    CHECK(fit(one_epoch, 0.1, 1).remarks.size() == 1); // once
    Machine good = machine();
    report = fit(good, 0.1, 2);
    CHECK(report.remarks.empty());
    CHECK(report.reason == "all 2 epochs are done");
}

TEST_CASE("equal weights are no fault where the loss is convex") {
    Matrix<float> const inputs = test::bars<float>(2);
    std::vector<std::uint8_t> labels(inputs.shape(0));
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::uint8_t>(i % 2);
    std::size_t first = 0; // remarks that callbacks see
    OnEpochEnd watch{[&](auto const&, TrainingInfo const& info) { first += info.remarks->size(); }};
    Random random{1};
    MLP softmax{4, OutputLayer<Multinomial>{2}};
    CHECK(Backpropagation{Sgd{.learning_rate = 0.1}}
              .fit(softmax, on_layers<0, 1>(inputs, OneHot{labels, 2}), {.epochs = 1}, random, watch)
              .remarks.empty());
    CHECK(first == 0);
    MLP network{4, HiddenLayer<Bernoulli>{3}, OutputLayer<Multinomial>{2}};
    auto const report = Backpropagation{Sgd{.learning_rate = 0.1}}.fit(
        network, on_layers<0, 1>(inputs, OneHot{labels, 2}), {.epochs = 1}, random);
    REQUIRE(report.remarks.size() == 1); // but the hidden units of a network are
    CHECK_THAT(report.remarks[0], contains_text("all units of layer 1"));
}

TEST_CASE("a training that diverged says so in words") {
    Machine binary = machine();
    auto report = fit(binary, 1e7, 5);
    REQUIRE(report.remarks.size() == 1);
    CHECK_THAT(report.remarks[0], contains_text("the training has diverged") && contains_text("as large as"));
    CHECK(report.stop == Stop::no);

    RBM real{test::layer<Gaussian, float>(4), test::layer<Gaussian, float>(3)};
    real = test::randomised(real, 0.1, 0.1, 1);
    report = fit(real, 100, 200, StopOnNaN{});
    CHECK_THAT(report.reason, contains_text("StopOnNaN: the weights between layers 0 and 1"));
    CHECK_THAT(report.remarks.back(), contains_text("not all finite numbers: the training has diverged"));
}

TEST_CASE("a hidden layer that is the same for all cases is named") {
    Machine dead = machine();
    for (float& b : dead.layer<1>().bias()) b = -60;
    auto const report = fit(dead, 1e-9, 1);
    REQUIRE(report.remarks.size() == 1);
    CHECK_THAT(report.remarks[0], contains_text("all units of layer 1 have the same mean"));

    // Equal cases say nothing of a layer.
    Machine good = machine();
    Matrix<float> const equal = xt::ones<float>({6, 4});
    Random random{1};
    CHECK(Trainer{ContrastiveDivergence{}, Sgd{}}.fit(good, equal, {.epochs = 1}, random).remarks.empty());
}

TEST_CASE("a model that is not finite is neither trained nor sampled") {
    Machine broken = machine();
    broken.weights()(1, 1) = std::numeric_limits<float>::quiet_NaN();
    auto const before = to_arrays(broken);
    Random random{1};
    auto const refusal = contains_text("the weights between layers 0 and 1 of the model are not all finite");
    CHECK_THROWS_WITH(fit(broken, 0.1, 1), contains_text("Trainer::fit") && refusal);
    CHECK_THROWS_WITH(sample(broken, {.chains = 1}, random), contains_text("sample") && refusal);
    CHECK_THROWS_WITH(sample_given(broken, Given{broken, 1}, {}, random), contains_text("sample_given") && refusal);
    CHECK_THROWS_WITH(mean_given(broken, Given{broken, 1}, {}, random), contains_text("mean_given") && refusal);
    MLP network{4, HiddenLayer<Bernoulli>{3}, OutputLayer<Multinomial>{2}};
    network.weights(1)(0, 0) = std::numeric_limits<float>::infinity();
    Matrix<float> const inputs = test::bars<float>(2);
    std::vector<std::uint8_t> const labels(inputs.shape(0), 1);
    CHECK_THROWS_WITH(
        (Backpropagation{Sgd{}}.fit(network, on_layers<0, 1>(inputs, OneHot{labels, 2}), {.epochs = 1}, random)),
        contains_text("Backpropagation::fit: the weights between layers 1 and 2"));
}

} // namespace test_tell_faults
