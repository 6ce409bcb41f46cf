// SPDX-License-Identifier: MIT
#include <boltz/training/trainer.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <boltz/data/one_hot.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>

#include <numeric>

namespace test_learning {

using namespace boltz;

// The seeds are fixed and the margins wide, so none of these tests can fail by chance.

namespace {

double mean(std::vector<double> const& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The mean exact log-likelihood of bars and stripes of 3 x 3 pixels after training; data binary, so in nats.
template <class M, class Recipe>
double trained_on_bars(M const& shape, Recipe const& recipe, std::size_t epochs) {
    auto const data = test::bars<float>(3);
    auto model = test::randomised(shape, 0.1, 0, 1);
    double const before = mean(exact_log_likelihood(model, Block{data}));
    CHECK(before < -5.5); // 9 log 2 = 6.24 for pixels at random
    Random random{2};
    recipe.fit(model, data, {.epochs = epochs, .batch_size = 16}, random);
    double const after = mean(exact_log_likelihood(model, Block{data}));
    CHECK(after <= bars_and_stripes(3).negative_entropy());
    return after;
}

} // namespace

TEST_CASE("training raises the exact log-likelihood of bars and stripes") {
    // No model exceeds -2.60 nats.
    SECTION("an RBM by contrastive divergence") {
        CHECK(trained_on_bars(test::bernoulli_rbm<float>(9, 8),
                              Trainer{ContrastiveDivergence{}, Sgd{.learning_rate = 0.1, .momentum = 0.5}},
                              3000) > -4.3);
    }
    SECTION("an RBM by persistent chains") {
        CHECK(trained_on_bars(test::bernoulli_rbm<float>(9, 8),
                              Trainer{PersistentCD{.chains = 100}, Sgd{.learning_rate = 0.1}}, 3000) > -3.5);
    }
    SECTION("a DBM by persistent chains and mean-field inference") {
        CHECK(trained_on_bars(
                  test::bernoulli_dbm<float>(9, 8, 4),
                  Trainer{PersistentCD{.chains = 100}, Sgd{.learning_rate = 0.1}, MeanField{.max_sweeps = 10}},
                  3000) > -4.0);
    }
}

TEST_CASE("training a Gaussian RBM raises the exact log-density of two clusters") {
    // Two clusters at (2, -2) and (-2, 2) with deviations of 0.5.
    Matrix<double> data = xt::zeros<double>({200, 2});
    for (std::size_t i = 0; i < 200; ++i) {
        auto const row = Block{data}.row(i);
        Draws::from_seed(3).normal(i, 0, row);
        double const side = i % 2 == 0 ? 2 : -2;
        row[0] = 0.5 * row[0] + side;
        row[1] = 0.5 * row[1] - side;
    }
    RBM rbm{test::layer<Gaussian, double>(2, Gaussian::learned()), test::layer<Bernoulli, double>(3)};
    rbm = test::randomised(rbm, 0.1, 0, 1);
    double const before = mean(exact_log_likelihood(rbm, Block{std::as_const(data)}));
    Random random{2};
    Trainer{PersistentCD{.chains = 100}, Sgd{.learning_rate = 0.02, .unit_rate = 0.5}}.fit(
        rbm, data, {.epochs = 400, .batch_size = 50}, random);
    double const after = mean(exact_log_likelihood(rbm, Block{std::as_const(data)}));
    // The mixture itself has -log 2 - 1 - log(2 pi) - 2 log 0.5 = -2.14.
    CHECK(before < -4);
    CHECK(after > -2.9);
    CHECK(after < -2);
    for (std::size_t j = 0; j < 2; ++j) CHECK(rbm.visible().unit().log_precision()(j) > 0.5);
}

TEST_CASE("training a DBM with labels on top raises the exact log-likelihood of pictures and labels together") {
    auto const all = test::bars<float>(3);
    auto const all_labels = test::bar_labels(3);
    // The empty and the full picture have no direction.
    std::vector<std::size_t> chosen{1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13};
    Matrix<float> data = xt::zeros<float>({chosen.size(), std::size_t{9}});
    std::vector<std::uint8_t> labels;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        copy(Block{all}.row_range(chosen[i], 1), Block{data}.row_range(i, 1));
        labels.push_back(all_labels[chosen[i]]);
    }
    DBM const shape{test::layer<Bernoulli, float>(9), test::layer<Bernoulli, float>(6),
                    test::layer<Bernoulli, float>(4), test::layer<Multinomial, float>(2)};
    auto dbm = test::randomised(shape, 0.1, 0, 1);
    auto const joint = [&] {
        States<float> states{data.shape(0), dbm.sizes()};
        copy(Block{std::as_const(data)}, states[0]);
        for (std::size_t i = 0; i < labels.size(); ++i) states[3](i, labels[i]) = 1;
        return mean(exact_log_sum(dbm, states.blocks(), {true, false, false, true})) - exact_log_partition(dbm);
    };
    double const before = joint();
    Random random{2};
    Trainer{PersistentCD{.chains = 100}, Sgd{.learning_rate = 0.1}, MeanField{}}.fit(
        dbm, on_layers<0, 3>(data, OneHot{labels, 2}), {.epochs = 3000, .batch_size = 12}, random);
    double const after = joint();
    CHECK(before < -6);
    CHECK(after > -4.3);
    CHECK(after <= -std::log(12.0));
}

TEST_CASE("training a machine of any graph raises the exact log-likelihood of pictures and labels together") {
    // Pictures on layer 0, labels on layer 1. No model exceeds -log 12.
    auto const all = test::bars<float>(3);
    auto const all_labels = test::bar_labels(3);
    std::vector<std::size_t> const chosen{1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13}; // those with a direction
    Matrix<float> data = xt::zeros<float>({chosen.size(), std::size_t{9}});
    std::vector<std::uint8_t> labels;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        copy(Block{all}.row_range(chosen[i], 1), Block{data}.row_range(i, 1));
        labels.push_back(all_labels[chosen[i]]);
    }
    auto const check = [&](std::vector<Connection> const& connections, auto const& recipe, double least) {
        auto machine =
            test::randomised(BoltzmannMachine{connections, test::layer<Bernoulli, float>(9),
                                              test::layer<Multinomial, float>(2), test::layer<Bernoulli, float>(8)},
                             0.1, 0, 1);
        auto const joint = [&] {
            States<float> states{data.shape(0), machine.sizes()};
            copy(Block{std::as_const(data)}, states[0]);
            for (std::size_t i = 0; i < labels.size(); ++i) states[1](i, labels[i]) = 1;
            return mean(exact_log_sum(machine, states.blocks(), LayerSet::of(0, 1))) - exact_log_partition(machine);
        };
        double const before = joint();
        Random random{2};
        recipe.fit(machine, on_layers<0, 1>(data, OneHot{labels, 2}), {.epochs = 3000, .batch_size = 12}, random);
        double const after = joint();
        CHECK(before < -6);
        CHECK(after > least);
        CHECK(after <= -std::log(12.0));
    };
    Sgd const sgd{.learning_rate = 0.1};
    SECTION("two visible layers under one hidden layer") {
        check({{0, 2}, {1, 2}}, Trainer{PersistentCD{.chains = 100}, sgd, MeanField{}}, -4.3);
    }
    SECTION("a triangle: weights between the visible layers, too") {
        check({{0, 2}, {1, 2}, {0, 1}}, Trainer{PersistentCD{.chains = 100}, sgd, MeanField{}}, -4.3);
    }
    SECTION("two visible layers by contrastive divergence") {
        check({{0, 2}, {1, 2}}, Trainer{ContrastiveDivergence{}, sgd, MeanField{}}, -5.0);
    }
}

} // namespace test_learning
