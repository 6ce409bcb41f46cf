// SPDX-License-Identifier: MIT
#include "support/unit_conformance.hpp"

#include <boltz/archive.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/multinomial.hpp>

using namespace boltz;

TEST_CASE("multinomial units with one trial fulfil what a unit must", "[unit][statistical]") {
    test::check_unit(Multinomial{1}, 1);
    test::check_unit(Multinomial{1}, 5);
}

TEST_CASE("multinomial units with several trials fulfil what a unit must", "[unit][statistical]") {
    test::check_unit(Multinomial{3}, 4);
    test::check_unit(Multinomial{7}, 2);
}

TEST_CASE("multinomial states are all counts that add up to the number of trials", "[unit]") {
    for (std::size_t const trials : {1u, 2u, 3u, 6u})
        for (std::size_t const size : {1u, 2u, 3u, 5u}) {
            Matrix<double> const states = test::unit_states<double>(Multinomial{trials}, size);
            double ways = 1; // (n + K - 1 choose n)
            for (std::size_t k = 1; k <= trials; ++k)
                ways *= static_cast<double>(size - 1 + k) / static_cast<double>(k);
            CHECK(static_cast<double>(states.shape(0)) == Approx(ways));
            for (std::size_t i = 0; i < states.shape(0); ++i) {
                double sum = 0;
                for (double const s : test::reading(states).row(i)) {
                    CHECK(s >= 0);
                    sum += s;
                }
                CHECK(sum == static_cast<double>(trials));
            }
        }
    Matrix<double> const states = test::unit_states<double>(Multinomial{2}, 2);
    CHECK(states(0, 0) == 2);
    CHECK(states(2, 1) == 2);
}

TEST_CASE("multinomial units refuse negative counts and wrong totals", "[unit]") {
    test::check_refusal(Multinomial{3}, 3, {4, -1, 0});
    test::check_refusal(Multinomial{3}, 3, {1, 1, 0});
    test::check_refusal(Multinomial{1}, 3, {1, 1, 0});
    CHECK_THROWS_AS(Multinomial{0}, ValueError);
}

TEST_CASE("multinomial natural parameters are log shares", "[unit]") {
    test::check_natural_parameter(Multinomial{1}, {0.2, 0.5, 0.3});
    test::check_natural_parameter(Multinomial{4}, {0.8, 2.0, 1.2});
    CHECK(Multinomial{1}.natural_parameter(0.0, 0.01, 0) == Approx(std::log(0.01)));
}

TEST_CASE("a category without probability is never drawn", "[unit]") {
    Matrix<double> mean = xt::zeros<double>({500, 4});
    for (std::size_t i = 0; i < 500; ++i) {
        mean(i, 1) = 1.2;
        mean(i, 2) = 1.8;
    }
    Matrix<double> state = mean;
    Multinomial{3}.draw(test::reading(mean), Block{state}, Draws::from_seed(5));
    for (std::size_t i = 0; i < 500; ++i) {
        CHECK(state(i, 0) == 0);
        CHECK(state(i, 3) == 0);
        CHECK(state(i, 1) + state(i, 2) == 3);
    }
}

TEST_CASE("the number of trials survives saving", "[unit]") {
    Multinomial saved{5};
    Multinomial loaded{1};
    from_arrays(to_arrays(saved), loaded);
    CHECK(loaded.trials() == 5);
    CHECK(saved.trials() == 5);
}

TEST_CASE("base rates of many categories keep their order", "[unit]") {
    Multinomial unit;
    unit.prepare(200);
    double const rare = unit.natural_parameter(0.0019, 0.01, 0);
    CHECK(unit.natural_parameter(0.0081, 0.01, 0) > rare + 1);
    CHECK(rare == Approx(std::log(0.99 * 0.0019 + 0.01 / 200)));
    CHECK(std::isfinite(unit.natural_parameter(0.0, 0.01, 0)));
}

TEST_CASE("a number of trials that cannot be is refused before anything is loaded", "[unit]") {
    RBM rbm{StochasticLayer<Bernoulli>{2}, StochasticLayer<Multinomial>{3}};
    rbm.weights()(0, 0) = 7;
    Arrays arrays = to_arrays(rbm);
    for (std::byte& byte : arrays.at("unit_1/trials").bytes) byte = std::byte{0};
    for (std::byte& byte : arrays.at("weights_0").bytes) byte = std::byte{0};
    CHECK_THROWS_AS(from_arrays(arrays, rbm), FormatError);
    CHECK(rbm.weights()(0, 0) == 7);
}
