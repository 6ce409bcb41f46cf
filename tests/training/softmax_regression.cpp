// SPDX-License-Identifier: MIT
#include <boltz/training/backpropagation.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/evaluation/features/classification.hpp>
#include <boltz/optimizer/sgd.hpp>

#include <cmath>
#include <vector>

namespace test_softmax_regression {

using namespace boltz;

namespace {

/// Three clusters at the corners of a triangle, 20 cases each, with deviations of 0.3 at distances of 3 and more.
template <class T>
Matrix<T> clusters() {
    Matrix<T> data = xt::zeros<T>({60, 2});
    double const corners[3][2] = {{0, 0}, {3, 0}, {0, 3}};
    for (std::size_t i = 0; i < 60; ++i) {
        auto const row = Block{data}.row(i);
        Draws::from_seed(1).normal(i, 0, row);
        for (std::size_t j = 0; j < 2; ++j) row[j] = static_cast<T>(0.3 * row[j] + corners[i % 3][j]);
    }
    return data;
}

std::vector<std::uint8_t> cluster_labels() {
    std::vector<std::uint8_t> labels(60);
    for (std::size_t i = 0; i < 60; ++i) labels[i] = static_cast<std::uint8_t>(i % 3);
    return labels;
}

/// Softmax regression: a network without hidden layers.
template <class T>
MLP<T> regression(std::size_t features, std::size_t classes) {
    return MLP{features, OutputLayer<Multinomial, T>{classes}};
}

} // namespace

TEMPLATE_TEST_CASE("a separable problem is learned without an error", "", float, double) {
    using T = TestType;
    auto const data = clusters<T>();
    auto const labels = cluster_labels();
    MLP<T> model = regression<T>(2, 3);
    Random random{1};
    auto const report = Backpropagation{Sgd{.learning_rate = 0.5}}.fit(
        model, on_layers<0, 1>(data, OneHot{labels, 3}), {.epochs = 100, .batch_size = 16}, random);
    CHECK(report.remarks.empty()); // that all weights are 0 at first is no fault
    CHECK(error_rate(model, MatrixSource{data}, labels) == 0);
    auto const classes = classify(model, MatrixSource{data}, {.threads = 2, .block_rows = 7});
    for (std::size_t i = 0; i < 60; ++i) CHECK(classes[i] == labels[i]);
}

TEMPLATE_TEST_CASE("probabilities add up to one and are those of the definition", "", float, double) {
    using T = TestType;
    MLP<T> model = regression<T>(2, 4);
    Matrix<T> features = clusters<T>();
    Matrix<T> out = xt::zeros<T>({60, 4});
    model.probabilities(Block{features}, Block{out});
    for (T const p : out) CHECK(p == Approx(0.25)); // all parameters 0

    model = test::random_network(model, 3, 1);
    model.probabilities(Block{features}, Block{out});
    for (std::size_t i = 0; i < 60; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < 4; ++k) sum += static_cast<double>(out(i, k));
        CHECK(sum == Approx(1).epsilon(1e-6));
        std::vector<double> x(4);
        for (std::size_t k = 0; k < 4; ++k) {
            x[k] = static_cast<double>(model.bias(1)(k));
            for (std::size_t j = 0; j < 2; ++j)
                x[k] += static_cast<double>(features(i, j)) * static_cast<double>(model.weights(0)(j, k));
        }
        for (std::size_t k = 0; k < 4; ++k)
            CHECK(static_cast<double>(out(i, k)) ==
                  Approx(std::exp(x[k] - test::log_sum_exp(x))).epsilon(1e-4).margin(1e-6));
    }
}

TEST_CASE("the error rate is the share of wrong classes, the lowest class winning a tie") {
    MLP<float> const model = regression<float>(2, 3);
    Matrix<float> const features = xt::zeros<float>({4, 2});
    std::vector<std::uint8_t> const labels{0, 1, 0, 2};
    CHECK(classify(model, MatrixSource{features}) == std::vector<std::size_t>{0, 0, 0, 0});
    CHECK(error_rate(model, MatrixSource{features}, labels) == 0.5);
}

TEST_CASE("features and labels that do not fit are refused") {
    MLP<float> const model = regression<float>(2, 3);
    Matrix<float> const wide = xt::zeros<float>({4, 5});
    Matrix<float> const good = xt::zeros<float>({4, 2});
    std::vector<std::uint8_t> const labels{0, 1, 0};
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] { static_cast<void>(classify(model, MatrixSource{wide})); }),
               contains_text("5 columns") && contains_text("takes 2"));
    CHECK_THAT(
        boltz_test::message_of<ShapeError>([&] { static_cast<void>(error_rate(model, MatrixSource{good}, labels)); }),
        contains_text("3 labels") && contains_text("4 rows"));
    CHECK_THROWS_AS(regression<float>(0, 3), ValueError);
    CHECK_THROWS_AS(regression<float>(2, 0), ValueError);
}

} // namespace test_softmax_regression
