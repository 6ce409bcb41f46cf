// SPDX-License-Identifier: MIT
#include <boltz/model/softmax_regression.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/evaluation/classification.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/conditional_likelihood.hpp>
#include <boltz/training/trainer.hpp>

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

/// The mean of log p(label | case), from the definition.
double conditional_log_likelihood(SoftmaxRegression<double> const& model, Matrix<double> const& data,
                                  std::vector<std::uint8_t> const& labels) {
    double sum = 0;
    for (std::size_t i = 0; i < data.shape(0); ++i) {
        std::vector<double> x(model.hidden().size());
        for (std::size_t k = 0; k < x.size(); ++k) {
            x[k] = model.hidden().bias()(k);
            for (std::size_t j = 0; j < data.shape(1); ++j) x[k] += data(i, j) * model.weights()(j, k);
        }
        sum += x[labels[i]] - test::log_sum_exp(x);
    }
    return sum / static_cast<double>(data.shape(0));
}

/// Keeps the gradient in place of a step.
struct Keeper {
    ParameterSet<double, 2>* kept;
    struct Session {
        ParameterSet<double, 2>* kept;
        template <class M>
        void step(M&, typename M::Gradient& gradient, Clock const&, Executor&) {
            *kept = gradient;
        }
        template <class Archive>
        void archive(Archive&) {}
    };
    template <class M>
    Session bind(M const&) const {
        return {kept};
    }
};

} // namespace

TEST_CASE("an update follows the gradient of the mean conditional log-likelihood") {
    auto const data = clusters<double>();
    auto const labels = cluster_labels();
    SoftmaxRegression<double> model{2, 3};
    model = test::randomised(model, 1, 1, 1);
    ParameterSet<double, 2> gradient;
    Random random{1};
    Trainer{ConditionalLikelihood{}, Keeper{&gradient}}.fit(model, on_layers<0, 1>(data, OneHot{labels, 3}),
                                                            {.epochs = 1, .batch_size = 60}, random);
    double const step = 1e-5;
    auto const slope = [&](double& parameter) {
        double const here = parameter;
        parameter = here + step;
        double const up = conditional_log_likelihood(model, data, labels);
        parameter = here - step;
        double const down = conditional_log_likelihood(model, data, labels);
        parameter = here;
        return (up - down) / (2 * step);
    };
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(gradient.biases[1](k) == Approx(slope(model.hidden().bias()(k))).margin(1e-8));
        for (std::size_t j = 0; j < 2; ++j)
            CHECK(gradient.weights[0](j, k) == Approx(slope(model.weights()(j, k))).margin(1e-8));
    }
    // The features are given: nothing about them is learned.
    for (double const b : gradient.biases[0]) CHECK(b == Approx(0).margin(1e-12));
}

TEMPLATE_TEST_CASE("a separable problem is learned without an error", "", float, double) {
    using T = TestType;
    auto const data = clusters<T>();
    auto const labels = cluster_labels();
    SoftmaxRegression<T> model{2, 3};
    Random random{1};
    Trainer{ConditionalLikelihood{}, Sgd{.learning_rate = 0.5}}.fit(model, on_layers<0, 1>(data, OneHot{labels, 3}),
                                                                    {.epochs = 100, .batch_size = 16}, random);
    CHECK(error_rate(model, MatrixSource{data}, labels) == 0);
    auto const classes = classify(model, MatrixSource{data}, {.threads = 2, .block_rows = 7});
    for (std::size_t i = 0; i < 60; ++i) CHECK(classes[i] == labels[i]);
}

TEMPLATE_TEST_CASE("probabilities add up to one and are those of the definition", "", float, double) {
    using T = TestType;
    SoftmaxRegression<T> model{2, 4};
    Matrix<T> features = clusters<T>();
    Matrix<T> out = xt::zeros<T>({60, 4});
    model.probabilities(Block{features}, Block{out});
    for (T const p : out) CHECK(p == Approx(0.25)); // all parameters 0

    model.weights() = test::randomised(model, 3, 1, 1).weights();
    model.hidden().bias()(2) = 1;
    model.probabilities(Block{features}, Block{out});
    for (std::size_t i = 0; i < 60; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < 4; ++k) sum += static_cast<double>(out(i, k));
        CHECK(sum == Approx(1).epsilon(1e-6));
        std::vector<double> x(4);
        for (std::size_t k = 0; k < 4; ++k) {
            x[k] = static_cast<double>(model.hidden().bias()(k));
            for (std::size_t j = 0; j < 2; ++j)
                x[k] += static_cast<double>(features(i, j)) * static_cast<double>(model.weights()(j, k));
        }
        for (std::size_t k = 0; k < 4; ++k)
            CHECK(static_cast<double>(out(i, k)) ==
                  Approx(std::exp(x[k] - test::log_sum_exp(x))).epsilon(1e-4).margin(1e-6));
    }
}

TEST_CASE("the error rate is the share of wrong classes, the lowest class winning a tie") {
    SoftmaxRegression<float> model{2, 3};
    Matrix<float> const features = xt::zeros<float>({4, 2});
    std::vector<std::uint8_t> const labels{0, 1, 0, 2};
    CHECK(classify(model, MatrixSource{features}) == std::vector<std::size_t>{0, 0, 0, 0});
    CHECK(error_rate(model, MatrixSource{features}, labels) == 0.5);
}

TEST_CASE("features and labels that do not fit are refused") {
    SoftmaxRegression<float> model{2, 3};
    Matrix<float> const wide = xt::zeros<float>({4, 5});
    Matrix<float> const good = xt::zeros<float>({4, 2});
    std::vector<std::uint8_t> const labels{0, 1, 0};
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] { static_cast<void>(classify(model, MatrixSource{wide})); }),
               contains_text("5 columns") && contains_text("takes 2"));
    CHECK_THAT(
        boltz_test::message_of<ShapeError>([&] { static_cast<void>(error_rate(model, MatrixSource{good}, labels)); }),
        contains_text("3 labels") && contains_text("4 rows"));
    CHECK_THROWS_AS((SoftmaxRegression<float>{0, 3}), ValueError);
    CHECK_THROWS_AS((SoftmaxRegression<float>{2, 0}), ValueError);
    Random random{1};
    std::vector<std::uint8_t> const four{0, 1, 0, 2};
    CHECK_THROWS_AS(
        (Trainer{ConditionalLikelihood{}, Sgd{}}.fit(model, on_layers<0, 1>(good, OneHot{four, 4}), {}, random)),
        ShapeError);
}

} // namespace test_softmax_regression
