// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/statistics.hpp"

#include <boltz/draws.hpp>
#include <boltz/evaluation/samples/moments.hpp>

#include <cmath>

namespace test_moments {

using namespace boltz;

namespace {

// Binary rows whose first two units are equal and whose others are independent, all on with probability p.
Matrix<double> rows(std::size_t count, double p, std::uint64_t seed) {
    Matrix<double> result = xt::zeros<double>({count, std::size_t{4}});
    for (std::size_t i = 0; i < count; ++i) {
        Draws::from_seed(seed).uniform(i, 0, Block{result}.row(i));
        for (double& x : Block{result}.row(i)) x = x < p ? 1 : 0;
        result(i, 1) = result(i, 0);
    }
    return result;
}

} // namespace

TEST_CASE("differences of moments are those counted by hand", "[evaluation]") {
    Matrix<double> a = xt::zeros<double>({2, 2}); // (0, 0), (2, 4): means 1 and 2, covariance 4
    a(1, 0) = 2;
    a(1, 1) = 4;
    Matrix<double> b = xt::zeros<double>({3, 2}); // (1, 0), (1, 0), (4, 3): means 2 and 1, covariance 3
    b(0, 0) = b(1, 0) = 1;
    b(2, 0) = 4;
    b(2, 1) = 3;
    auto const found = compare_moments(a, b);
    CHECK(found.mean_difference == Approx(1.0));
    CHECK(found.covariance_difference == Approx(1.0));
    // Variances 2 and 8 of two cases, 3 and 3 of three.
    CHECK(found.mean_noise == Approx(std::sqrt((2.0 / 2 + 3.0 / 3 + 8.0 / 2 + 3.0 / 3) / 2)));
    CHECK(compare_moments(a, a).mean_difference == 0);
    CHECK(compare_moments(a, a).covariance_difference == 0);
}

TEST_CASE("the noise is what two sets of one distribution differ by", "[evaluation][statistical]") {
    // Mean squares over 2000 repetitions at 5 standard errors, about 6 per cent: 6e-7 each.
    std::vector<double> means;
    std::vector<double> covariances;
    for (std::uint64_t r = 0; r < 2000; ++r) {
        auto const found = compare_moments(rows(400, 0.3, 2 * r), rows(900, 0.3, 2 * r + 1));
        means.push_back(std::pow(found.mean_difference, 2) - std::pow(found.mean_noise, 2));
        covariances.push_back(std::pow(found.covariance_difference, 2) - std::pow(found.covariance_noise, 2));
    }
    for (auto const* values : {&means, &covariances}) {
        auto const found = test::estimate(*values);
        CHECK(std::abs(found.mean) < 5 * found.error);
    }
}

TEST_CASE("another mean and lost correlations stand out of the noise", "[evaluation]") {
    auto const data = rows(5000, 0.3, 1);
    auto const shifted = compare_moments(rows(5000, 0.4, 2), data);
    CHECK(shifted.mean_difference == Approx(0.1).margin(0.02));
    CHECK(shifted.mean_difference > 5 * shifted.mean_noise);
    auto independent = rows(5000, 0.3, 3);
    auto const other = rows(5000, 0.3, 4);
    for (std::size_t i = 0; i < 5000; ++i) independent(i, 1) = other(i, 1);
    auto const lost = compare_moments(independent, data);
    CHECK(lost.mean_difference < 3 * lost.mean_noise);
    CHECK(lost.covariance_difference == Approx(0.21 / std::sqrt(6.0)).margin(0.01)); // one pair of six
    CHECK(lost.covariance_difference > 5 * lost.covariance_noise);
}

TEST_CASE("moments do not depend on the threads, and need two cases", "[evaluation]") {
    auto const a = rows(50, 0.3, 1);
    auto const b = rows(60, 0.3, 2);
    CHECK(compare_moments(a, b, {.threads = 3, .block_rows = 2}).covariance_difference ==
          compare_moments(a, b, {.threads = 1, .block_rows = 2}).covariance_difference);
    CHECK_THROWS_AS(compare_moments(rows(1, 0.3, 1), b), ShapeError);
    Matrix<double> const narrow = xt::zeros<double>({5, 3});
    CHECK_THROWS_AS(compare_moments(narrow, b), ShapeError);
}

} // namespace test_moments
