// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/evaluation/exact/exact_expectations.hpp>

using namespace boltz;

TEST_CASE("the expectations of a model are the derivatives of its log Z", "[evaluation]") {
    test::for_each_model([](auto const& model) {
        auto const gradient = exact_expectations(model);
        CHECK(test::gradient_error(model, gradient, [](auto const& m) { return exact_log_partition(m); }) < 1e-7);
    });
}

TEST_CASE("so they are for machines that are no chains", "[evaluation]") {
    auto const check = [](auto const& model) {
        auto const log_z = [](auto const& m) { return exact_log_partition(m); };
        CHECK(test::gradient_error(model, exact_expectations(model), log_z) < 1e-7);
        // Given states of two layers: the derivatives of the log of the sum over the others.
        LayerSet const observed = LayerSet::of(0, 1);
        States<double> states{3, model.graph().sizes()};
        for (std::size_t l : {std::size_t{0}, std::size_t{1}})
            model.unit(l).sample(states[l], Draws::from_seed(3).stream(l));
        auto const mean = [&](auto const& m) {
            auto const values = exact_log_sum(m, states, observed);
            return (values[0] + values[1] + values[2]) / 3;
        };
        CHECK(test::gradient_error(model, exact_expectations(model, states, observed), mean) < 1e-7);
    };
    test::for_each_discrete_graph(check);
    check(test::randomised(test::gaussian_tree(), 0.9, 0.5, 13));
}

TEST_CASE("positive minus negative expectations are the derivatives of the log-likelihood", "[evaluation]") {
    test::for_each_model([](auto const& model) {
        // Three cases that are possible states of any layer 0 in the zoo: draws.
        States<double> states{3, model.graph().sizes()};
        model.unit(0).sample(states[0], Draws::from_seed(3));
        auto gradient = exact_expectations(model, states, LayerSet::of(0));
        auto const model_numbers = test::numbers(exact_expectations(model));
        std::size_t k = 0;
        test::each_number(gradient, [&](double& value) { value -= model_numbers[k++]; });
        auto const mean_log_likelihood = [&](auto const& m) {
            auto const values = exact_log_likelihood(m, states[0]);
            return (values[0] + values[1] + values[2]) / 3;
        };
        CHECK(test::gradient_error(model, gradient, mean_log_likelihood) < 1e-7);
    });
}

TEST_CASE("nothing observed and nothing hidden are the two ends", "[evaluation]") {
    auto const model = test::randomised(test::bernoulli_dbm(), 1.2, 0.7, 2);
    auto all = test::all_states(model);
    auto const probabilities = test::normalised(test::naive_negative_energy(model, all));
    auto const expected = exact_expectations(model);
    double product = 0;
    for (std::size_t i = 0; i < all.rows(); ++i) product += probabilities[i] * all[1](i, 2) * all[2](i, 1);
    CHECK(expected.weights[1](2, 1) == Approx(product).epsilon(1e-12));

    auto const observed = exact_expectations(model, all.blocks().row_range(100, 1), {true, true, true});
    CHECK(observed.weights[1](2, 1) == all[1](100, 2) * all[2](100, 1));
    CHECK_THROWS_AS(exact_expectations(model, all.blocks().row_range(0, 0), {true, true, true}), ValueError);
}
