// SPDX-License-Identifier: MIT
#include "support/unit_conformance.hpp"

#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/multinomial.hpp>

using namespace boltz;

TEST_CASE("Bernoulli units fulfil what a unit must", "[unit][statistical]") {
    test::check_unit(Bernoulli{}, 1);
    test::check_unit(Bernoulli{}, 6);
}

TEST_CASE("Bernoulli units refuse what is not in [0, 1]", "[unit]") {
    test::check_refusal(Bernoulli{}, 3, {0, 1, 1.01f});
    test::check_refusal(Bernoulli{}, 3, {-0.01f, 1, 1});
    Matrix<float> grey = xt::zeros<float>({2, 2});
    grey(1, 1) = 0.5f;
    CHECK_NOTHROW(Bernoulli{}.validate(test::reading(grey), "data"));
}

TEST_CASE("Bernoulli natural parameters are log-odds, smoothed on demand", "[unit]") {
    test::check_natural_parameter(Bernoulli{}, {0.1, 0.5, 0.999});
    CHECK(Bernoulli{}.natural_parameter(0.0, 0.01, 0) == Approx(std::log(0.01 / 0.99)));
    CHECK(Bernoulli{}.natural_parameter(1.0, 0.01, 0) == Approx(std::log(0.99 / 0.01)));
}

TEST_CASE("the entropy of certain Bernoulli units is 0", "[unit]") {
    Matrix<double> means = xt::zeros<double>({1, 4});
    means(0, 1) = means(0, 3) = 1;
    std::vector<double> out(1, 0.0);
    Bernoulli{}.add_conjugate(test::reading(means), std::span{out});
    CHECK(out[0] == 0.0);
}

TEST_CASE("two categories with one trial are a Bernoulli unit", "[unit]") {
    Matrix<double> const x = test::natural_parameters<double>(9, 1, 2.0);
    Matrix<double> categories = xt::zeros<double>({9, 2});
    for (std::size_t i = 0; i < 9; ++i) categories(i, 1) = x(i, 0);
    auto const binary = test::log_partition(Bernoulli{}, x);
    auto const pair = test::log_partition(Multinomial{1}, categories);
    Matrix<double> mean = x;
    Bernoulli{}.mean(Block{mean});
    Multinomial{1}.mean(Block{categories});
    for (std::size_t i = 0; i < 9; ++i) {
        CHECK(binary[i] == Approx(pair[i]).margin(1e-14));
        CHECK(mean(i, 0) == Approx(categories(i, 1)).margin(1e-14));
    }
}
