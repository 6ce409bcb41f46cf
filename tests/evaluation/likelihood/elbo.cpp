// SPDX-License-Identifier: MIT
#include <boltz/evaluation/likelihood/elbo.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/likelihood/mean_elbo.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>

#include <cmath>
#include <vector>

namespace test_elbo {

using namespace boltz;

namespace {

/// sum over the free layers of q [-E - log q] with q given by the natural parameters of each of them, one state at a
/// time; observed layers hold their states.
double enumerated_bound(BoltzmannMachine<double> const& model, States<double>& natural_or_state, LayerSet observed) {
    auto states = test::all_states<double>(model, ~observed);
    for (std::size_t l = 0; l < model.layers(); ++l)
        for (std::size_t i = 0; observed[l] && i < states.rows(); ++i)
            copy(natural_or_state[l], states[l].row_range(i, 1));
    auto const negative_energy = test::naive_negative_energy(model, states);
    std::vector<double> log_q(states.rows(), 0.0);
    for (std::size_t l = 0; l < model.layers(); ++l) {
        if (observed[l]) continue;
        Block<double const> const natural = natural_or_state[l];
        std::vector<double> partition(1, 0.0);
        model.unit(l).add_log_partition(natural, std::span{partition});
        std::vector<double> own(states.rows(), 0.0);
        model.unit(l).add_self_energy(states[l], std::span{own});
        for (std::size_t i = 0; i < states.rows(); ++i) {
            for (std::size_t j = 0; j < natural.columns; ++j) log_q[i] += states[l](i, j) * natural(0, j);
            log_q[i] -= own[i] + partition[0];
        }
    }
    double bound = 0;
    for (std::size_t i = 0; i < states.rows(); ++i) bound += std::exp(log_q[i]) * (negative_energy[i] - log_q[i]);
    return bound;
}

constexpr LayerSet visible_only = LayerSet::of(0);

/// Every visible state of a discrete model, with hidden means from mean-field inference.
template <class M>
States<double> inferred(M const& model, MeanField const& inference) {
    auto states = test::all_states(model, visible_only);
    Executor executor{Compute{}};
    inference.bind(model).infer(model, states.blocks(), visible_only, executor);
    return states;
}

} // namespace

TEST_CASE("the bound is the expectation of -E - log q for any factorised q, in models with countable states") {
    auto const check_model = [](auto const& model) {
        auto const check = [&](States<double> natural, LayerSet observed) {
            double const expected = enumerated_bound(model, natural, observed);
            for (std::size_t l = 0; l < model.layers(); ++l)
                if (!observed[l]) model.unit(l).mean(natural[l]);
            CHECK(unnormalised_elbo(model, natural.blocks(), observed)[0] ==
                  Approx(expected).epsilon(1e-9).margin(1e-9));
        };
        auto const visible = test::all_states(model, visible_only);
        States<double> natural{1, model.sizes()};
        for (std::size_t v = 0; v < visible.rows(); v += 3) {
            for (std::size_t l = 0; l < model.layers(); ++l)
                Draws::from_seed(v).stream(l).normal(0, 0, natural[l].row(0));
            check(natural, {});
            copy(visible[0].row_range(v, 1), natural[0]);
            check(natural, visible_only);
        }
    };
    test::for_each_discrete_model(check_model);
    test::for_each_discrete_graph(check_model);
}

TEST_CASE("with everything observed the bound is -E") {
    auto const check = [](auto const& model) {
        auto states = test::all_states(model);
        auto const bound = unnormalised_elbo(model, states.blocks(), LayerSet::all());
        CHECK(test::distance(bound, test::naive_negative_energy(model, states)) < 1e-12);
    };
    test::for_each_discrete_model(check);
    test::for_each_discrete_graph(check);
}

TEST_CASE("the bound of factorised Gaussian units is their expected -E plus their entropy") {
    auto const rbm = test::randomised(test::gaussian_rbm(), 0.9, 0.5, 6);
    States<double> states{1, rbm.sizes()};
    states[0](0, 0) = 0.7;
    states[0](0, 1) = -1.3;
    states[1](0, 0) = 1;
    states[1](0, 2) = 1;
    double expected = 0;
    for (std::size_t k = 0; k < 3; ++k) expected += rbm.hidden().bias()(k) * states[1](0, k);
    for (std::size_t j = 0; j < 2; ++j) {
        double const m = states[0](0, j);
        double const log_precision = rbm.visible().unit().log_precision()(j);
        double x = rbm.visible().bias()(j);
        for (std::size_t k = 0; k < 3; ++k) x += rbm.weights()(j, k) * states[1](0, k);
        expected += x * m - std::exp(log_precision) / 2 * (m * m + std::exp(-log_precision));
        expected += 0.5 * (1 + std::log(2 * 3.14159265358979323846) - log_precision);
    }
    CHECK(unnormalised_elbo(rbm, states.blocks(), {false, true})[0] == Approx(expected).epsilon(1e-12));
}

TEST_CASE("the bound never exceeds the exact log-probability") {
    test::for_each_discrete_model([](auto const& model) {
        for (std::size_t const sweeps : {0u, 1u, 30u}) {
            auto states = inferred(model, {.max_sweeps = sweeps});
            auto const bound = unnormalised_elbo(model, states.blocks(), visible_only);
            auto const exact = exact_log_sum(model, states.blocks(), visible_only);
            for (std::size_t i = 0; i < bound.size(); ++i) CHECK(bound[i] <= exact[i] + 1e-9);
        }
    });
    // Real-valued units below and above.
    auto const model = test::randomised(test::gaussian_dbm(), 0.7, 0.5, 7);
    States<double> states{50, model.sizes()};
    for (std::size_t i = 0; i < states.rows(); ++i) Draws::from_seed(1).normal(i, 0, states[0].row(i));
    Executor executor{Compute{}};
    MeanField{.max_sweeps = 30}.bind(model).infer(model, states.blocks(), visible_only, executor);
    auto const bound = unnormalised_elbo(model, states.blocks(), visible_only);
    auto const exact = exact_log_sum(model, states.blocks(), visible_only);
    for (std::size_t i = 0; i < bound.size(); ++i) {
        CHECK(bound[i] <= exact[i] + 1e-9);
        CHECK(bound[i] > exact[i] - 2);
    }
}

TEST_CASE("the bound is exact where the posterior factorises") {
    SECTION("one hidden layer: minus the free energy") {
        auto const rbm = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
        auto states = inferred(rbm, {});
        auto const bound = unnormalised_elbo(rbm, states.blocks(), {true, false});
        auto const expected = free_energy(rbm, states[0]);
        for (std::size_t i = 0; i < bound.size(); ++i) CHECK(bound[i] == Approx(-expected[i]).epsilon(1e-12));
    }
    SECTION("layers above the first without weights") {
        auto dbm = test::randomised(test::four_layers(), 1.2, 0.7, 3);
        for (auto& w : dbm.weights(1)) w = 0;
        for (auto& w : dbm.weights(2)) w = 0;
        auto states = inferred(dbm, {.max_sweeps = 3, .tolerance = 0});
        auto const bound = unnormalised_elbo(dbm, states.blocks(), visible_only);
        auto const exact = exact_log_sum(dbm, states.blocks(), visible_only);
        for (std::size_t i = 0; i < bound.size(); ++i) CHECK(bound[i] == Approx(exact[i]).epsilon(1e-12));
    }
}

TEST_CASE("states of another shape are refused") {
    auto const dbm = test::bernoulli_dbm();
    States<double> states{2, std::vector<std::size_t>{3, 4, 2}};
    CHECK_THAT(boltz_test::message_of<ShapeError>(
                   [&] { static_cast<void>(unnormalised_elbo(dbm, states.blocks(), visible_only)); }),
               contains_text("4 columns") && contains_text("3 units"));
}

TEST_CASE("the mean over many cases is the mean of all of them, in whatever portions") {
    auto const rbm = test::randomised(test::bernoulli_rbm(4, 3), 1, 1, 1);
    Matrix<double> data = xt::zeros<double>({2500, 4});
    double expected = 0;
    for (std::size_t i = 0; i < 2500; ++i)
        for (std::size_t j = 0; j < 4; ++j) data(i, j) = static_cast<double>((i * i + 3 * i) >> j & 1);
    for (double const f : free_energy(rbm, Block{data})) expected -= f / 2500;
    Draws const draws = Draws::from_seed(1);
    CHECK(mean_unnormalised_elbo(rbm, data, ExactPosterior{}, {}, draws) == Approx(expected).epsilon(1e-12));
    CHECK(mean_unnormalised_elbo(rbm, data, MeanField{}, {.threads = 2, .block_rows = 64}, draws) ==
          Approx(expected).epsilon(1e-12));
}

} // namespace test_elbo
