// SPDX-License-Identifier: MIT
#include "support/unit_conformance.hpp"

#include <boltz/archive.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/multinomial.hpp>

#include <limits>

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

TEST_CASE("more trials than float can count are refused", "[unit]") {
    CHECK(Multinomial{Multinomial::most_trials}.trials() == 16'777'216);
    CHECK_THROWS_AS(Multinomial{Multinomial::most_trials + 1}, ValueError);
    CHECK_THROWS_AS(Multinomial{std::numeric_limits<std::size_t>::max()}, ValueError);
}

TEST_CASE("a number of trials that cannot be is refused before anything is loaded", "[unit]") {
    RBM rbm{StochasticLayer<Bernoulli>{2}, StochasticLayer<Multinomial>{3}};
    rbm.weights()(0, 0) = 7;
    Arrays arrays = to_arrays(rbm);
    for (std::byte& byte : arrays.at("weights_0").bytes) byte = std::byte{0};
    for (unsigned const digit : {0x00U, 0xFFU}) {
        for (std::byte& byte : arrays.at("unit_1/trials").bytes) byte = static_cast<std::byte>(digit);
        CHECK_THROWS_AS(from_arrays(arrays, rbm), FormatError);
        CHECK(rbm.weights()(0, 0) == 7);
    }
}

TEST_CASE("free categories share the trials that clamped ones leave, by the softmax over the free",
          "[unit][statistical]") {
    // Five trials over four categories, the second of which has two: the counts of the others are multinomial with
    // three trials. One chi-square test at 1e-4, four means at 5 standard errors.
    std::size_t const rows = 20000;
    std::vector<double> const x{0.3, 5.0, -0.4, 0.9};
    Matrix<double> inputs = xt::zeros<double>({rows, x.size()});
    Matrix<double> mask = inputs;
    Matrix<double> states = inputs;
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t k = 0; k < 4; ++k) inputs(i, k) = x[k];
        mask(i, 1) = 1;
        states(i, 1) = 2;
        states(i, 3) = 17; // what is free is not read
    }
    Multinomial const unit{5};
    auto means = inputs;
    unit.mean_given(Block{means}, Block<double const>{mask}, Block<double const>{states});
    unit.sample_given(Block{inputs}, Block<double const>{mask}, Block{states}, Draws::from_seed(1));

    Matrix<double> const ways = test::unit_states<double>(Multinomial{3}, 3);
    double const sum = std::exp(x[0]) + std::exp(x[2]) + std::exp(x[3]);
    std::vector<double> const share{std::exp(x[0]) / sum, std::exp(x[2]) / sum, std::exp(x[3]) / sum};
    std::vector<double> counts(ways.shape(0));
    std::vector<double> probabilities(ways.shape(0));
    for (std::size_t w = 0; w < counts.size(); ++w) {
        double log_p = std::lgamma(4.0);
        for (std::size_t k = 0; k < 3; ++k) log_p += ways(w, k) * std::log(share[k]) - std::lgamma(ways(w, k) + 1);
        probabilities[w] = std::exp(log_p);
        for (std::size_t i = 0; i < rows; ++i)
            counts[w] +=
                states(i, 0) == ways(w, 0) && states(i, 2) == ways(w, 1) && states(i, 3) == ways(w, 2) ? 1 : 0;
    }
    CHECK(test::chi_square_p(counts, probabilities) > 1e-4);
    std::size_t total = 0;
    for (double const count : counts) total += static_cast<std::size_t>(count);
    CHECK(total == rows); // nothing but states that are possible
    CHECK(means(7, 0) == Approx(3 * share[0]).epsilon(1e-14));
    CHECK(means(7, 1) == 2);
    CHECK(means(7, 3) == Approx(3 * share[2]).epsilon(1e-14));
}

TEST_CASE("clamped categories that take all trials leave none", "[unit]") {
    Matrix<float> x = xt::zeros<float>({1, 3});
    Matrix<float> mask = x;
    Matrix<float> state = x;
    mask(0, 2) = 1;
    state(0, 2) = 1;
    auto means = x;
    Multinomial const unit{1};
    unit.mean_given(Block{means}, Block<float const>{mask}, Block<float const>{state});
    unit.sample_given(Block{x}, Block<float const>{mask}, Block{state}, Draws::from_seed(1));
    CHECK(means(0, 0) == 0);
    CHECK(means(0, 2) == 1);
    CHECK(state(0, 0) == 0);
    CHECK(state(0, 1) == 0);
    CHECK(state(0, 2) == 1);
    mask = xt::ones<float>({1, 3});
    unit.sample_given(Block{x}, Block<float const>{mask}, Block{state}, Draws::from_seed(1));
    CHECK(state(0, 2) == 1);
}

TEST_CASE("a word too many or too few is no rounding, however many there are", "[unit]") {
    auto const check = [](double trials, Matrix<float> const& states) {
        Multinomial{static_cast<std::size_t>(trials)}.validate(test::reading(states), "data", 7);
    };
    for (float const off : {-1.0f, 1.0f}) {
        Matrix<float> const words{{900.0f, 100.0f + off}};
        CHECK_THROWS_WITH(check(1000, words),
                          contains_text(off < 0 ? "adds up to 999 in row 7, but" : "up to 1001 "));
        CHECK_THROWS_AS(check(1e6, Matrix<float>{{999'000.0f, 1000.0f + off}}), ValueError);
    }
    // Means add up but for rounding.
    CHECK_NOTHROW(check(1000, Matrix<float>{{900.01f, 100.0f}}));
    CHECK_NOTHROW(check(1, Matrix<float>{{0.3333f, 0.6666f}}));
    CHECK_THROWS_AS(check(1, Matrix<float>{{0.33f, 0.66f}}), ValueError);
}
