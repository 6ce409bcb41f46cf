// SPDX-License-Identifier: MIT
#include "support/unit_conformance.hpp"

#include <boltz/archive.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/sampling/sample_given.hpp>
#include <boltz/training/trainer.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/categorical.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/joint.hpp>
#include <boltz/unit/multinomial.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace test_categorical {

using namespace boltz;

TEST_CASE("categorical units fulfil what a unit must", "[unit][statistical]") {
    test::check_unit(Categorical{2}, 2);
    test::check_unit(Categorical{3}, 6);
    test::check_unit(Categorical{2}, 6);
    test::check_unit(Categorical{5}, 5);
}

TEST_CASE("categorical units are as many softmax units side by side", "[unit]") {
    // That their draws have the probabilities of these states is what the test above shows.
    Categorical const unit{3};
    JointUnit const joint{std::array<std::size_t, 3>{3, 3, 3}, Multinomial{1}, Multinomial{1}, Multinomial{1}};
    CHECK(unit.state_count(9) == 27);
    CHECK(joint.state_count(9) == 27);
    auto const states = test::unit_states<double>(unit, 9);
    CHECK_NOTHROW(joint.validate(test::reading(states), "states"));

    auto const x = test::natural_parameters<double>(20, 9, 2.0);
    auto const of_unit = test::log_partition(unit, x);
    auto const of_joint = test::log_partition(joint, x);
    auto means = x;
    auto joint_means = x;
    unit.mean(Block{means});
    joint.mean(Block{joint_means});
    std::vector<double> conjugate(20, 0.0);
    std::vector<double> joint_conjugate(20, 0.0);
    unit.add_conjugate(test::reading(means), std::span{conjugate});
    joint.add_conjugate(test::reading(joint_means), std::span{joint_conjugate});
    for (std::size_t i = 0; i < 20; ++i) {
        CHECK(of_unit[i] == Approx(of_joint[i]).epsilon(1e-13));
        CHECK(conjugate[i] == Approx(joint_conjugate[i]).epsilon(1e-12));
        for (std::size_t j = 0; j < 9; ++j) CHECK(means(i, j) == Approx(joint_means(i, j)).epsilon(1e-12));
    }
    std::vector<double> own(27, 0.0);
    unit.add_self_energy(test::reading(states), std::span{own});
    CHECK(own == std::vector<double>(27, 0.0));
}

TEST_CASE("categorical states are numbers to the base of the states, the first variable the lowest", "[unit]") {
    auto const states = test::unit_states<double>(Categorical{3}, 6);
    REQUIRE(states.shape(0) == 9);
    for (std::size_t i = 0; i < 9; ++i)
        for (std::size_t k = 0; k < 3; ++k) {
            CHECK(states(i, k) == (i % 3 == k ? 1 : 0));
            CHECK(states(i, 3 + k) == (i / 3 == k ? 1 : 0));
        }
    std::vector<VariableGroup> groups;
    Categorical{3}.add_variables(10, 6, groups);
    REQUIRE(groups.size() == 2);
    for (std::size_t g = 0; g < 2; ++g) {
        CHECK(groups[g].first == 10 + 3 * g);
        CHECK(groups[g].columns == 3);
        CHECK(groups[g].trials == 1);
    }
}

TEST_CASE("categorical units refuse negative values, wrong totals, and layers that are no whole variables",
          "[unit]") {
    test::check_refusal(Categorical{3}, 6, {1, 0, 0, 2, -1, 0});
    test::check_refusal(Categorical{3}, 6, {1, 0, 0, 1, 1, 0});
    test::check_refusal(Categorical{3}, 6, {1, 1, 0, 0, 0, 0}); // right as a whole, wrong in each variable
    Matrix<float> const none{{1, 0, 0, 0, 0, 0}};
    CHECK_THROWS_WITH(Categorical{3}.validate(test::reading(none), "data", 7),
                      contains_text("data adds up to 0 in row 7, variable 1"));
    Matrix<float> const means{{0.2f, 0.5f, 0.3f, 0.1f, 0.1f, 0.8f}};
    CHECK_NOTHROW(Categorical{3}.validate(test::reading(means), "data"));
    CHECK_THROWS_AS(Categorical{0}, ValueError);
    CHECK_THROWS_AS(Categorical{1}, ValueError);
    CHECK_THROWS_AS((StochasticLayer<Categorical>{7, Categorical{3}}), ShapeError);
    CHECK_NOTHROW(StochasticLayer<Categorical>{6, Categorical{3}});
}

TEST_CASE("categorical natural parameters are log probabilities, and stay finite", "[unit]") {
    test::check_natural_parameter(Categorical{3}, {0.2, 0.5, 0.3, 0.1, 0.1, 0.8});
    CHECK(Categorical{4}.natural_parameter(0.0, 0.01, 0) == Approx(std::log(0.01 / 4)));
}

TEST_CASE("free states share what clamped ones leave, each variable by itself", "[unit][statistical]") {
    // Four variables: nothing clamped; a state clamped at 0; a state clamped at 1; all clamped. Two chi-square tests
    // at 1e-4.
    std::size_t const rows = 20000;
    std::vector<double> const x{0.3, -0.4, 0.9, 0.3, -0.4, 0.9, 0.3, -0.4, 0.9, 0.3, -0.4, 0.9};
    std::vector<double> const clamped{0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1};
    std::vector<double> const value{7, 7, 7, 7, 7, 0, 7, 1, 7, 0, 0, 1}; // what is free is not read
    auto const repeated = [&](std::vector<double> const& row) {
        Matrix<double> result = xt::zeros<double>({rows, row.size()});
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < row.size(); ++j) result(i, j) = row[j];
        return result;
    };
    auto inputs = repeated(x);
    auto const mask = repeated(clamped);
    auto states = repeated(value);
    auto means = inputs;
    Categorical const unit{3};
    unit.mean_given(Block{means}, test::reading(mask), test::reading(states));
    unit.sample_given(Block{inputs}, test::reading(mask), Block{states}, Draws::from_seed(1));

    double const of_all = std::exp(x[0]) + std::exp(x[1]) + std::exp(x[2]);
    double const of_two = std::exp(x[0]) + std::exp(x[1]);
    std::vector<double> const expected{std::exp(x[0]) / of_all,
                                       std::exp(x[1]) / of_all,
                                       std::exp(x[2]) / of_all,
                                       std::exp(x[0]) / of_two,
                                       std::exp(x[1]) / of_two,
                                       0,
                                       0,
                                       1,
                                       0,
                                       0,
                                       0,
                                       1};
    std::vector<double> counts(12);
    for (std::size_t j = 0; j < 12; ++j) {
        CHECK(means(17, j) == Approx(expected[j]).margin(1e-15));
        for (std::size_t i = 0; i < rows; ++i) counts[j] += states(i, j);
    }
    for (std::size_t j : {0u, 3u}) {
        std::vector<double> const here(counts.begin() + static_cast<std::ptrdiff_t>(j),
                                       counts.begin() + static_cast<std::ptrdiff_t>(j + 3));
        std::vector<double> const there(expected.begin() + static_cast<std::ptrdiff_t>(j),
                                        expected.begin() + static_cast<std::ptrdiff_t>(j + 3));
        CHECK(test::chi_square_p(here, there) > 1e-4);
    }
    for (std::size_t j = 6; j < 12; ++j) CHECK(counts[j] == static_cast<double>(rows) * expected[j]);
    CHECK_NOTHROW(unit.validate(test::reading(states), "states"));
}

TEST_CASE("a state without probability is never drawn", "[unit]") {
    Matrix<float> mean = xt::zeros<float>({500, 6});
    for (std::size_t i = 0; i < 500; ++i) {
        mean(i, 1) = 0.4f;
        mean(i, 2) = 0.6f;
        mean(i, 3) = 1;
    }
    Matrix<float> state = mean;
    Categorical{3}.draw(test::reading(mean), Block{state}, Draws::from_seed(5));
    for (std::size_t i = 0; i < 500; ++i) {
        CHECK(state(i, 0) == 0);
        CHECK(state(i, 1) + state(i, 2) == 1);
        CHECK(state(i, 3) == 1);
    }
}

TEST_CASE("units that were not told enough to be used are refused wherever they would be", "[unit]") {
    // Categorical{} waits for the number of states that a file has, Gaussian::learned() for the size of its layer.
    auto const check = [](auto const& rbm) {
        Random random{1};
        States<float> const states{2, rbm.sizes()};
        CHECK_THROWS_AS(energy(rbm, states), ShapeError);
        CHECK_THROWS_AS(sample(rbm, {.chains = 2}, random), ShapeError);
        CHECK_THROWS_AS(sample(rbm, states, {.chains = 2}, random), ShapeError);
        CHECK_THROWS_AS(sample_given(rbm, Given{rbm, 1}, {}, random), ShapeError);
        CHECK_THROWS_AS(mean_given(rbm, Given{rbm, 1}, {}, random), ShapeError);
        CHECK_THROWS_AS(conditional_means(rbm, states), ShapeError);
        Matrix<float> const data = xt::zeros<float>({std::size_t{2}, std::size_t{6}});
        auto trained = rbm;
        CHECK_THROWS_AS(initialise_biases(trained, MatrixSource{data}, random), ShapeError);
        CHECK_THROWS_AS((Trainer{PersistentCD{.start = PersistentCD::Start::random}, Sgd{}}.fit(
                            trained, data, {.epochs = 1}, random)),
                        ShapeError);
    };
    check(RBM{StochasticLayer<Categorical>{6}, StochasticLayer<Bernoulli>{2}});
    RBM gaussian{StochasticLayer<Gaussian>{6}, StochasticLayer<Bernoulli>{2}};
    gaussian.visible().unit() = Gaussian::learned();
    check(gaussian);
}

TEST_CASE("the number of states survives saving, and one that cannot be is refused before anything is loaded",
          "[unit]") {
    Categorical saved{5};
    Categorical loaded{2};
    from_arrays(to_arrays(saved), loaded);
    CHECK(loaded.states() == 5);

    RBM rbm{StochasticLayer<Categorical>{6, Categorical{3}}, StochasticLayer<Bernoulli>{2}};
    rbm.weights()(0, 0) = 7;
    Arrays const arrays = to_arrays(rbm);
    RBM pairs{StochasticLayer<Categorical>{6, Categorical{2}}, StochasticLayer<Bernoulli>{2}};
    from_arrays(arrays, pairs);
    CHECK(pairs.visible().unit().states() == 3);
    CHECK(pairs.weights()(0, 0) == 7);
    for (unsigned const states : {0U, 1U, 4U, 255U}) {
        Arrays wrong = arrays;
        for (std::byte& byte : wrong.at("weights_0").bytes) byte = std::byte{0};
        wrong.at("unit_0/states").bytes[0] = static_cast<std::byte>(states);
        CHECK_THROWS_AS(from_arrays(wrong, rbm), FormatError);
        CHECK(rbm.visible().unit().states() == 3);
        CHECK(rbm.weights()(0, 0) == 7);
    }
}

} // namespace test_categorical
