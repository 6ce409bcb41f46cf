// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/statistics.hpp"

#include <boltz/draws.hpp>
#include <boltz/evaluation/samples/chain_diagnostics.hpp>

#include <cmath>
#include <limits>

namespace test_chain_diagnostics {

using namespace boltz;

namespace {

// x_t = coefficient x_{t-1} + normal noise, from its stationary distribution: autocorrelations coefficient^t, so an
// autocorrelation time of (1 + coefficient) / (1 - coefficient).
Matrix<double> autoregressive(std::size_t chains, std::size_t reads, double coefficient, std::uint64_t seed) {
    Matrix<double> series = xt::zeros<double>({chains, reads});
    for (std::size_t c = 0; c < chains; ++c) {
        auto const row = Block{series}.row(c);
        Draws::from_seed(seed).normal(c, 0, row);
        row[0] /= std::sqrt(1 - coefficient * coefficient);
        for (std::size_t t = 1; t < reads; ++t) row[t] += coefficient * row[t - 1];
    }
    return series;
}

} // namespace

TEST_CASE("autocorrelation times of autoregressive chains are the known ones", "[evaluation][statistical]") {
    // The relative error of an estimate of tau from N reads is about sqrt(4 tau log(N) / N); four of them allowed.
    for (double const coefficient : {0.0, 0.5, 0.9, 0.97, -0.4}) {
        auto const found = chain_diagnostics(autoregressive(50, 4000, coefficient, 3));
        double const expected = (1 + coefficient) / (1 - coefficient);
        double const error = std::sqrt(4 * std::max(expected, 1.0) * std::log(2e5) / 2e5);
        CHECK(found.autocorrelation_time == Approx(expected).epsilon(4 * error));
        CHECK(found.effective_samples == Approx(2e5 / found.autocorrelation_time));
        // The means of the 100 halves of 2000 reads have a variance of tau / 2000, known to 14 per cent: five of
        // them.
        CHECK(found.split_r_hat == Approx(std::sqrt(1 + (expected - 1) / 2000)).margin(0.7 * expected / 4000));
    }
}

TEST_CASE("standard errors are as large as the errors", "[evaluation][statistical]") {
    // Scores of 300 repetitions: a variance of 1 within 5 standard errors of sqrt(2 / 300), 6e-7.
    std::vector<double> squares;
    for (std::uint64_t r = 0; r < 300; ++r) {
        auto const found = chain_diagnostics(autoregressive(8, 1000, 0.8, r));
        squares.push_back(std::pow(found.mean / found.standard_error, 2));
    }
    CHECK(test::estimate(squares).mean == Approx(1).margin(5 * std::sqrt(2.0 / 300)));
}

TEST_CASE("chains that do not mix are seen, each of them mixing or not", "[evaluation]") {
    auto apart = autoregressive(4, 1000, 0.2, 1);
    for (std::size_t c = 0; c < 2; ++c)
        for (double& x : Block{apart}.row(c)) x += 10;
    auto const found = chain_diagnostics(apart);
    CHECK(found.split_r_hat > 2);
    CHECK(found.effective_samples < 20); // of 4000
    auto drift = autoregressive(4, 1000, 0.2, 1);
    for (std::size_t c = 0; c < 4; ++c)
        for (std::size_t t = 0; t < 1000; ++t) drift(c, t) += static_cast<double>(t) / 100;
    CHECK(chain_diagnostics(drift).split_r_hat > 1.5); // halves that differ
}

TEST_CASE("a short series is diagnosed as by hand", "[evaluation]") {
    // Halves (1, 2) and (3, 5), the third read in the middle left out of all but the mean: means 1.5 and 4, variances
    // 0.5 and 2.
    Matrix<double> series = xt::zeros<double>({1, 5});
    series(0, 0) = 1;
    series(0, 1) = 2;
    series(0, 2) = 100;
    series(0, 3) = 3;
    series(0, 4) = 5;
    auto const found = chain_diagnostics(series);
    double const within = 1.25;
    double const variance = within / 2 + 2.5 * 2.5 / 2;
    CHECK(found.mean == Approx(22.2)); // of all reads
    CHECK(found.split_r_hat == Approx(std::sqrt(variance / within)));
    // Lag 1: products -0.25 and -1.
    double const rho = 1 - (within + 0.625) / variance;
    CHECK(found.autocorrelation_time == Approx(2 * (1 + rho) - 1));
}

TEST_CASE("a series that never changes says nothing, and one that is not finite is refused", "[evaluation]") {
    // Numbers and counts of reads whose sums are rounded, too.
    for (double const value : {0.0, 1.0, -0.1, 1.0 / 3, 1e-300, 12345.678})
        for (std::size_t const chains : {1u, 3u, 4u})
            for (std::size_t const reads : {8u, 50u, 99u}) {
                Matrix<double> const constant = value * xt::ones<double>({chains, reads});
                auto const found = chain_diagnostics(constant);
                INFO(value << ", " << chains << " chains of " << reads);
                CHECK(found.mean == value);
                CHECK(std::isnan(found.standard_error));
                CHECK(std::isnan(found.autocorrelation_time));
                CHECK(std::isnan(found.effective_samples));
                CHECK(std::isnan(found.split_r_hat));
            }
    Matrix<double> apart = 0.1 * xt::ones<double>({3, 50});
    for (double& x : Block{apart}.row(1)) x = 0.7;
    CHECK(std::isinf(chain_diagnostics(apart).split_r_hat));
    Matrix<double> series = xt::ones<double>({2, 8});
    for (double& x : Block{series}.row(0)) x = 0; // stuck, each chain elsewhere
    CHECK(std::isinf(chain_diagnostics(series).split_r_hat));
    series(1, 3) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(chain_diagnostics(series), ValueError);
    Matrix<double> const few = xt::ones<double>({2, 3});
    CHECK_THROWS_AS(chain_diagnostics(few), ShapeError);
}

} // namespace test_chain_diagnostics
