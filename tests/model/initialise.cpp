// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/evaluation/exact/exact_expectations.hpp>
#include <boltz/model/initialise.hpp>

namespace test_initialise {

using namespace boltz;

namespace {

// A matrix as a data source, so that this test needs no other header.
struct Rows {
    Matrix<double> values;

    std::size_t rows() const { return values.shape(0); }
    std::size_t columns() const { return values.shape(1); }
    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const {
        for (std::size_t i = 0; i < indices.size(); ++i)
            for (std::size_t j = 0; j < columns(); ++j) out(i, j) = static_cast<T>(values(indices[i], j));
    }
};

} // namespace

TEST_CASE("initial weights are normal with the deviation asked for, biases stay", "[model][statistical]") {
    auto rbm = test::bernoulli_rbm<float>(200, 150);
    rbm.visible().bias()(3) = 0.25f;
    Random random{1};
    initialise_weights(rbm, 0.01, random);
    std::vector<double> scores;
    std::vector<double> squares;
    for (float const w : rbm.weights()) {
        scores.push_back(w / 0.01);
        squares.push_back(scores.back() * scores.back());
    }
    auto const location = test::estimate(scores);
    auto const spread = test::estimate(squares);
    CHECK(std::abs(location.mean) < 4 * location.error); // 6e-5 each
    CHECK(std::abs(spread.mean - 1) < 4 * spread.error);
    CHECK(rbm.visible().bias()(3) == 0.25f);
    CHECK(rbm.visible().bias()(4) == 0);

    auto again = test::bernoulli_rbm<float>(200, 150);
    Random same{1};
    initialise_weights(again, 0.01, same);
    CHECK(std::equal(again.weights().begin(), again.weights().end(), rbm.weights().begin()));
    initialise_weights(again, 0.0, same);
    CHECK(again.weights()(0, 0) == 0);
}

TEST_CASE("layers of a deep machine get different weights", "[model]") {
    auto dbm = test::bernoulli_dbm<float>(4, 4, 4);
    Random random{1};
    initialise_weights(dbm, 1.0, random);
    CHECK_FALSE(std::equal(dbm.weights(0).begin(), dbm.weights(0).end(), dbm.weights(1).begin()));
}

TEST_CASE("a deviation that is negative or not a number is refused", "[model]") {
    auto rbm = test::bernoulli_rbm();
    Random random{1};
    CHECK_THROWS_AS(initialise_weights(rbm, -0.1, random), ValueError);
    CHECK_THROWS_AS(initialise_weights(rbm, std::numeric_limits<double>::quiet_NaN(), random), ValueError);
    CHECK_THROWS_AS(initialise_weights(rbm, std::numeric_limits<double>::infinity(), random), ValueError);
    auto narrow = test::bernoulli_rbm<float>();
    CHECK_THROWS_AS(initialise_weights(narrow, 1e300, random), ValueError);
}

TEST_CASE("initial biases give the base-rate model the data's means", "[model]") {
    Rows data{xt::zeros<double>({600, 6})}; // more rows than are read at once
    RBM rbm{
        JointLayer{test::layer<Bernoulli>(2), test::layer<Multinomial>(3, Multinomial{2}), test::layer<Gaussian>(1)},
        test::layer<Bernoulli>(2)};
    for (std::size_t i = 0; i < 600; ++i) {
        data.values(i, 0) = i % 4 == 0;
        data.values(i, 1) = i % 5 != 0;
        data.values(i, 2) = i % 2 == 0 ? 2 : 1;
        data.values(i, 3 + i % 2) += i % 2 == 0 ? 0 : 1;
        data.values(i, 5) = static_cast<double>(i % 3) - 2;
    }
    data.values(1, 3) += 1; // a category that is seen once
    data.values(1, 4) -= 1;
    Random random{1};
    initialise_biases(rbm, data, random, 0.0);
    auto const means = exact_expectations(rbm).biases[0];
    for (std::size_t j = 0; j < 6; ++j) {
        double mean = 0;
        for (std::size_t i = 0; i < 600; ++i) mean += data.values(i, j) / 600;
        CHECK(means(j) == Approx(mean).margin(1e-12));
    }
    Rows narrow{xt::zeros<double>({3, 5})};
    CHECK_THROWS_AS(initialise_biases(rbm, narrow, random), ShapeError);
    Rows none{xt::zeros<double>({0, 6})};
    CHECK_THROWS_AS(initialise_biases(rbm, none, random), ValueError);
}

} // namespace test_initialise
