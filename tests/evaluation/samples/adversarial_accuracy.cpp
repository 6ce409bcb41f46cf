// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/statistics.hpp"

#include <boltz/draws.hpp>
#include <boltz/evaluation/samples/adversarial_accuracy.hpp>

#include <cmath>

namespace test_adversarial_accuracy {

using namespace boltz;

namespace {

Matrix<double> normal_rows(std::size_t rows, std::size_t columns, std::uint64_t seed, double shift = 0) {
    Matrix<double> result = xt::zeros<double>({rows, columns});
    for (std::size_t i = 0; i < rows; ++i) Draws::from_seed(seed).normal(i, 0, Block{result}.row(i));
    for (double& x : result) x += shift;
    return result;
}

Matrix<double> column(std::vector<double> const& numbers) {
    Matrix<double> result = xt::zeros<double>({numbers.size(), std::size_t{1}});
    for (std::size_t i = 0; i < numbers.size(); ++i) result(i, 0) = numbers[i];
    return result;
}

} // namespace

TEST_CASE("the accuracies of a case counted by hand", "[evaluation]") {
    auto const accuracy = adversarial_accuracy(column({0.4, 5, 6}), column({0, 1, 10}));
    CHECK(accuracy.of_data == 0);
    CHECK(accuracy.of_samples == Approx(2.0 / 3));
    CHECK(accuracy.mean() == Approx(1.0 / 3));
    // 2 is as far from 1 as from 3: a half.
    auto const tied = adversarial_accuracy(column({3, 9}), column({1, 2}));
    CHECK(tied.of_data == Approx((1 + 0.5) / 2));
    CHECK(tied.of_samples == 0.5);
}

TEST_CASE("two sets of one distribution give a half, short of what counts themselves out",
          "[evaluation][statistical]") {
    // 5 standard errors of 60 repetitions: 6e-7 each, 4 looked at.
    std::size_t const n = 40;
    double const expected = static_cast<double>(n - 1) / static_cast<double>(2 * n - 1);
    for (bool const binary : {false, true}) {
        std::vector<double> of_data;
        std::vector<double> of_samples;
        for (std::uint64_t r = 0; r < 60; ++r) {
            auto samples = normal_rows(n, 4, 2 * r);
            auto data = normal_rows(n, 4, 2 * r + 1);
            if (binary)
                for (auto* set : {&samples, &data})
                    for (double& x : *set) x = x > 0.5 ? 1 : 0;
            auto const accuracy = adversarial_accuracy(samples, data);
            of_data.push_back(accuracy.of_data);
            of_samples.push_back(accuracy.of_samples);
        }
        for (auto const* values : {&of_data, &of_samples}) {
            auto const found = test::estimate(*values);
            CHECK(std::abs(found.mean - expected) < 5 * found.error);
        }
    }
}

TEST_CASE("copies give 0, sets that lie apart 1, and a lost mode lies between", "[evaluation]") {
    auto const data = normal_rows(50, 3, 1);
    CHECK(adversarial_accuracy(data, data).mean() == 0);
    CHECK(adversarial_accuracy(normal_rows(50, 3, 2, 100.0), data).mean() == 1);

    auto halves = normal_rows(100, 3, 3);
    for (std::size_t i = 50; i < 100; ++i)
        for (std::size_t j = 0; j < 3; ++j) halves(i, j) += 50;
    auto const lost = adversarial_accuracy(normal_rows(100, 3, 4), halves);
    CHECK(lost.of_data == Approx(2.0 / 3).margin(0.1));     // one half certainly, the other with probability 1/3
    CHECK(lost.of_samples == Approx(2.0 / 3).margin(0.17)); // twice as many samples near
}

TEST_CASE("samples that spread too wide and samples that are bunched are told apart by the halves", "[evaluation]") {
    auto const data = normal_rows(200, 20, 1);
    auto const scaled = [&](double factor) {
        auto samples = normal_rows(200, 20, 2);
        for (double& x : samples) x *= factor;
        return adversarial_accuracy(samples, data);
    };
    CHECK(scaled(1.4).of_data > 0.8);
    CHECK(scaled(1.4).of_samples < 0.2);
    CHECK(scaled(0.7).of_data < 0.2);
    CHECK(scaled(0.7).of_samples > 0.8);
}

TEST_CASE("sets of different sizes are refused", "[evaluation]") {
    auto const data = normal_rows(5, 3, 1);
    CHECK_THROWS_AS(adversarial_accuracy(normal_rows(4, 3, 1), data), ShapeError);
    CHECK_THROWS_AS(adversarial_accuracy(normal_rows(5, 2, 1), data), ShapeError);
    CHECK_THROWS_AS(adversarial_accuracy(normal_rows(1, 3, 1), normal_rows(1, 3, 2)), ShapeError);
}

} // namespace test_adversarial_accuracy
