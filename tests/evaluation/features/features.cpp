// SPDX-License-Identifier: MIT
#include <boltz/evaluation/features/features.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/data/one_hot.hpp>
#include <boltz/evaluation/features/activation.hpp>
#include <boltz/evaluation/features/reconstruction.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace test_features {

using namespace boltz;

namespace {

/// More cases than fit into two portions.
template <class T>
Matrix<T> many_cases(std::size_t columns) {
    Matrix<T> data = xt::zeros<T>({std::size_t{2100}, columns});
    for (std::size_t i = 0; i < data.shape(0); ++i)
        for (std::size_t j = 0; j < columns; ++j) data(i, j) = static_cast<T>((i * 7 + i / 5) >> j & 1);
    return data;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

} // namespace

TEMPLATE_TEST_CASE("features of an RBM are its hidden means, case by case", "", float, double) {
    using T = TestType;
    auto const rbm = test::randomised(test::bernoulli_rbm<T>(4, 3), 1, 1, 1);
    auto const data = many_cases<T>(4);
    auto const found = features<1>(rbm, data, ExactPosterior{});
    REQUIRE(found.shape(0) == 2100);
    REQUIRE(found.shape(1) == 3);
    double worst = 0;
    for (std::size_t i = 0; i < 2100; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
            double x = rbm.hidden().bias()(j);
            for (std::size_t k = 0; k < 4; ++k)
                x += static_cast<double>(data(i, k)) * static_cast<double>(rbm.weights()(k, j));
            worst = std::max(worst, std::abs(sigmoid(x) - static_cast<double>(found(i, j))));
        }
    CHECK(worst < (std::is_same_v<T, float> ? 1e-6 : 1e-13));
}

TEST_CASE("features of several layers stand side by side and solve the mean-field equations") {
    auto const dbm = test::randomised(test::bernoulli_dbm<double>(4, 3, 2), 1, 1, 1);
    auto const data = many_cases<double>(4);
    MeanField const inference{.max_sweeps = 300, .tolerance = 1e-14};
    auto const found = features<1, 2>(dbm, data, inference);
    REQUIRE(found.shape(1) == 5);
    double worst = 0;
    for (std::size_t i = 0; i < 2100; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            double x = dbm.layer<1>().bias()(j);
            for (std::size_t k = 0; k < 4; ++k) x += data(i, k) * dbm.weights(0)(k, j);
            for (std::size_t k = 0; k < 2; ++k) x += found(i, 3 + k) * dbm.weights(1)(j, k);
            worst = std::max(worst, std::abs(sigmoid(x) - found(i, j)));
        }
    }
    CHECK(worst < 1e-12);
    auto const swapped = features<2, 1>(dbm, data, inference, {.threads = 3, .block_rows = 128});
    for (std::size_t i = 0; i < 2100; i += 100)
        for (std::size_t j = 0; j < 2; ++j) CHECK(swapped(i, j) == found(i, 3 + j));
}

TEST_CASE("labels that are observed take part in the inference") {
    DBM const shape{test::layer<Bernoulli, double>(3), test::layer<Bernoulli, double>(2),
                    test::layer<Multinomial, double>(2)};
    auto const dbm = test::randomised(shape, 1, 1, 1);
    Matrix<double> const data = xt::zeros<double>({2, 3});
    std::vector<std::uint8_t> const labels{0, 1};
    auto const found = features<1>(dbm, on_layers<0, 2>(data, OneHot{labels, 2}), MeanField{});
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j)
            CHECK(found(i, j) == Approx(sigmoid(dbm.layer<1>().bias()(j) + dbm.weights(1)(j, labels[i]))));
}

TEST_CASE(
    "features of layers that are known only at run time are the same, and layers that do not exist are refused") {
    auto const dbm = test::randomised(test::bernoulli_dbm<double>(4, 3, 2), 1, 1, 1);
    auto const data = many_cases<double>(4);
    BoltzmannMachine<double> const machine = dbm;
    auto const expected = features<2, 1>(dbm, data, MeanField{});
    CHECK((features(machine, {2, 1}, data, MeanField{}) == expected));
    CHECK((features<2, 1>(machine, data, MeanField{}) == expected));
    CHECK_THROWS_WITH(features(machine, {1, 3}, data, MeanField{}),
                      contains_text("features: layer is 3, but the model has 3 layers"));
    CHECK_THROWS_AS((features<3>(machine, data, MeanField{})), ValueError);
    CHECK_THROWS_AS(features(machine, {}, data, MeanField{}), ValueError);
    CHECK_THROWS_AS(features(machine, {1}, on_layers<0, 3>(data, data), MeanField{}), ValueError);
}

TEST_CASE("portions come in the order of the data and the threads do not matter to the bit") {
    auto const dbm = test::randomised(test::bernoulli_dbm<float>(4, 3, 2), 1, 1, 1);
    auto const data = many_cases<float>(4);
    std::vector<std::size_t> firsts;
    infer_portions(
        dbm, data, MeanField{}, {}, Draws::from_seed(1),
        [&](std::size_t first, auto const& states) {
            firsts.push_back(first);
            CHECK(states[0].rows == (first == 2000 ? 100 : 1000));
            CHECK(states[0](0, 1) == data(first, 1));
        },
        1000);
    CHECK(firsts == std::vector<std::size_t>{0, 1000, 2000});
    auto const one = features<1, 2>(dbm, data, MeanField{}, {.threads = 1, .block_rows = 64});
    for (std::size_t const threads : {2u, 3u})
        CHECK((features<1, 2>(dbm, data, MeanField{}, {.threads = threads, .block_rows = 64}) == one));
}

TEST_CASE("portions of no cases are refused") {
    auto const rbm = test::bernoulli_rbm<float>(4, 3);
    auto const data = many_cases<float>(4);
    CHECK_THROWS_WITH(infer_portions(
                          rbm, data, ExactPosterior{}, {}, Draws::from_seed(1), [](std::size_t, auto const&) {}, 0),
                      contains_text("step is 0"));
}

TEST_CASE("data that does not fit is refused") {
    auto const rbm = test::bernoulli_rbm<float>(4, 3);
    Matrix<float> const wide = xt::zeros<float>({2, 5});
    CHECK_THAT(
        boltz_test::message_of<ShapeError>([&] { static_cast<void>(features<1>(rbm, wide, ExactPosterior{})); }),
        contains_text("5 columns") && contains_text("4 units"));
    Matrix<float> bad = xt::zeros<float>({2, 4});
    bad(1, 1) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS(features<1>(rbm, bad, ExactPosterior{}), ValueError);
    Matrix<float> const nothing = xt::zeros<float>({0, 4});
    CHECK_THROWS_AS(features<1>(rbm, nothing, ExactPosterior{}), ValueError);
    CHECK_THROWS_AS(reconstruction_error(rbm, nothing, ExactPosterior{}, {}, Draws::from_seed(1)), ValueError);
}

TEST_CASE("the reconstruction error of a model that gives back what it sees is nothing") {
    // Strong weights: each hidden unit copies one pixel.
    auto rbm = test::bernoulli_rbm<double>(3, 3);
    for (std::size_t j = 0; j < 3; ++j) {
        rbm.weights()(j, j) = 200;
        rbm.hidden().bias()(j) = -100;
        rbm.visible().bias()(j) = -100;
    }
    auto const data = many_cases<double>(3);
    CHECK(reconstruction_error(rbm, data, ExactPosterior{}, {}, Draws::from_seed(1)) == Approx(0).margin(1e-12));
    // And that of a model that knows nothing is that of grey.
    CHECK(reconstruction_error(test::bernoulli_rbm<double>(3, 3), data, ExactPosterior{}, {}, Draws::from_seed(1)) ==
          Approx(0.25));
}

TEST_CASE("activity counts every layer over all portions") {
    auto dbm = test::bernoulli_dbm<double>(2, 2, 2);
    dbm.layer<1>().bias()(0) = -10;
    dbm.layer<2>().bias()(1) = 10;
    Matrix<double> data = xt::zeros<double>({2100, 2});
    for (std::size_t i = 0; i < 2100; i += 4) data(i, 0) = 1;
    auto const activity = layer_activity(dbm, data, MeanField{}, {}, Draws::from_seed(1));
    CHECK(activity[0].mean == Approx(0.125));
    CHECK(activity[0].dead == Approx(0.5));
    CHECK(activity[0].saturated == 0);
    CHECK(activity[1].mean == Approx((sigmoid(-10) + 0.5) / 2));
    CHECK(activity[1].dead == Approx(0.5));
    CHECK(activity[2].saturated == Approx(0.5));
}

} // namespace test_features
