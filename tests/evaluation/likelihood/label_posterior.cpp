// SPDX-License-Identifier: MIT
#include <boltz/evaluation/likelihood/label_posterior.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace test_label_posterior {

using namespace boltz;

namespace {

/// p(columns `first` on of layer L | the rest of layers 0 and L), from the table of all states: for each row of
/// `cases`, whose columns are those of layer 0 before the labels.
template <std::size_t L, class M>
Matrix<double> enumerated(M const& model, Matrix<double> const& cases, std::size_t first, std::size_t classes) {
    auto all = test::all_states(model);
    auto const log_weights = test::naive_negative_energy(model, all);
    Matrix<double> p = xt::zeros<double>({cases.shape(0), classes});
    for (std::size_t i = 0; i < all.rows(); ++i)
        for (std::size_t c = 0; c < cases.shape(0); ++c) {
            bool same = true;
            for (std::size_t j = 0; j < cases.shape(1); ++j) same = same && all[0](i, j) == cases(c, j);
            for (std::size_t k = 0; same && k < classes; ++k)
                if (all[L](i, first + k) == 1) p(c, k) += std::exp(log_weights[i]);
        }
    for (std::size_t c = 0; c < cases.shape(0); ++c) {
        double sum = 0;
        for (std::size_t k = 0; k < classes; ++k) sum += p(c, k);
        for (std::size_t k = 0; k < classes; ++k) p(c, k) /= sum;
    }
    return p;
}

double difference(Matrix<double> const& a, Matrix<double> const& b) {
    REQUIRE(a.shape() == b.shape());
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a.data()[i] - b.data()[i]));
    return worst;
}

Matrix<double> bit_patterns(std::size_t bits) {
    Matrix<double> result = xt::zeros<double>({std::size_t{1} << bits, bits});
    for (std::size_t i = 0; i < result.shape(0); ++i)
        for (std::size_t j = 0; j < bits; ++j) result(i, j) = static_cast<double>(i >> j & 1);
    return result;
}

} // namespace

TEST_CASE("an RBM that sees labels beside pixels gives p(label | pixels) exactly") {
    auto const rbm = test::randomised(
        RBM{JointLayer{test::layer<Bernoulli>(3), test::layer<Multinomial>(4)}, test::layer<Spin>(3)}, 1.5, 0.7, 1);
    auto const cases = bit_patterns(3);
    auto const found = label_posterior(rbm, cases, {.threads = 2, .block_rows = 3});
    CHECK(difference(found.probabilities, enumerated<0>(rbm, cases, 3, 4)) < 1e-12);
    // Whatever else the visible layer has, the labels are its last part.
    auto const three = test::randomised(
        RBM{JointLayer{test::layer<Bernoulli>(2), test::layer<Bernoulli>(1), test::layer<Multinomial>(3)},
            test::layer<Bernoulli>(2)},
        1.5, 0.7, 2);
    CHECK(difference(label_posterior(three, MatrixSource{cases}).probabilities, enumerated<0>(three, cases, 3, 3)) <
          1e-12);
}

TEST_CASE("a machine with labels on top gives p(label | pixels) exactly if one hidden layer lies between") {
    auto const dbm = test::randomised(
        DBM{test::layer<Bernoulli>(3), test::layer<Bernoulli>(3), test::layer<Multinomial>(3)}, 1.5, 0.7, 3);
    auto const cases = bit_patterns(3);
    auto const found = label_posterior(dbm, cases, MeanField{}, {.threads = 2, .block_rows = 3});
    CHECK(difference(found.probabilities, enumerated<2>(dbm, cases, 0, 3)) < 1e-12);
    auto const direct = test::randomised(RBM{test::layer<Bernoulli>(3), test::layer<Multinomial>(3)}, 1.5, 0.7, 4);
    CHECK(difference(label_posterior(direct, cases, ExactPosterior{}).probabilities,
                     enumerated<1>(direct, cases, 0, 3)) < 1e-12);
}

TEST_CASE("labels may have any layer of a machine that is no chain") {
    // Pixels, labels and a second set of pixels, all visible, under one hidden layer.
    auto const machine = test::randomised(BoltzmannMachine{{{0, 3}, {1, 3}, {2, 3}, {0, 1}},
                                                           test::layer<Bernoulli>(3),
                                                           test::layer<Multinomial>(3),
                                                           test::layer<Bernoulli>(1),
                                                           test::layer<Spin>(2)},
                                          1.2, 0.7, 6);
    auto const cases = bit_patterns(3);
    Matrix<double> second = xt::zeros<double>({8, 1});
    for (std::size_t i = 0; i < 8; ++i) second(i, 0) = i % 3 == 0 ? 1 : 0;
    auto const found = label_posterior(machine, 1, on_layers<0, 2>(cases, second), MeanField{});
    auto all = test::all_states(machine);
    auto const log_weights = test::naive_negative_energy(machine, all);
    Matrix<double> expected = xt::zeros<double>({8, 3});
    for (std::size_t i = 0; i < all.rows(); ++i)
        for (std::size_t c = 0; c < 8; ++c) {
            bool same = all[2](i, 0) == second(c, 0);
            for (std::size_t j = 0; j < 3; ++j) same = same && all[0](i, j) == cases(c, j);
            for (std::size_t k = 0; same && k < 3; ++k)
                if (all[1](i, k) == 1) expected(c, k) += std::exp(log_weights[i]);
        }
    for (std::size_t c = 0; c < 8; ++c) {
        double const sum = expected(c, 0) + expected(c, 1) + expected(c, 2);
        for (std::size_t k = 0; k < 3; ++k) expected(c, k) /= sum;
    }
    CHECK(difference(found.probabilities, expected) < 1e-12);
    CHECK_THROWS_WITH(label_posterior(machine, 2, cases, MeanField{}),
                      contains_text("the labels are bernoulli units, but must be one softmax group"));
    CHECK_THROWS_WITH(label_posterior(machine, 0, cases, MeanField{}), contains_text("there is data on layer 0"));
    CHECK_THROWS_WITH(label_posterior(machine, 4, cases, MeanField{}), contains_text("the model has 4 layers"));
}

TEST_CASE("a machine whose layers are known only at run time has the same labels, or none") {
    auto const rbm = test::randomised(
        RBM{JointLayer{test::layer<Bernoulli>(3), test::layer<Multinomial>(4)}, test::layer<Spin>(3)}, 1.5, 0.7, 1);
    auto const cases = bit_patterns(3);
    BoltzmannMachine<double> const machine = rbm;
    CHECK((label_posterior(machine, cases).probabilities == label_posterior(rbm, cases).probabilities));
    BoltzmannMachine<double> const deep =
        DBM{test::layer<Bernoulli>(3), test::layer<Bernoulli>(2), test::layer<Bernoulli>(2)};
    CHECK_THROWS_WITH(label_posterior(deep, cases), contains_text("the model has 3 layers"));
    CHECK_THROWS_WITH(label_posterior(deep, cases, MeanField{}), contains_text("must be one softmax group"));
    BoltzmannMachine<double> const plain = test::bernoulli_rbm(3);
    CHECK_THROWS_WITH(label_posterior(plain, cases), contains_text("the visible layer is not joint"));
}

TEST_CASE("in a deeper machine the labels weigh as much as their bounds, near the truth where couplings are weak") {
    auto const deep = [](double weights) {
        return test::randomised(DBM{test::layer<Bernoulli>(3), test::layer<Bernoulli>(3), test::layer<Bernoulli>(2),
                                    test::layer<Multinomial>(3)},
                                weights, 0.7, 5);
    };
    auto const cases = bit_patterns(3);
    MeanField const inference{.max_sweeps = 40, .tolerance = 1e-12};
    auto const strong = deep(1.5);
    auto const found = label_posterior(strong, cases, inference);
    States<double> states{8, strong.sizes()};
    Executor executor{Compute{}};
    Matrix<double> expected = xt::zeros<double>({8, 3});
    for (std::size_t k = 0; k < 3; ++k) {
        Observed<4> const observed{true, false, false, true};
        copy(Block<double const>{cases}, states[0]);
        for (std::size_t i = 0; i < 8; ++i)
            for (std::size_t j = 0; j < 3; ++j) states[3](i, j) = j == k ? 1 : 0;
        inference.bind(strong).infer(strong, states.blocks(), observed, executor);
        auto const bound = unnormalised_elbo(strong, states.blocks(), observed);
        for (std::size_t i = 0; i < 8; ++i) expected(i, k) = std::exp(bound[i]);
    }
    for (std::size_t i = 0; i < 8; ++i) {
        double const sum = expected(i, 0) + expected(i, 1) + expected(i, 2);
        for (std::size_t k = 0; k < 3; ++k) expected(i, k) /= sum;
    }
    CHECK(difference(found.probabilities, expected) < 1e-12);

    auto const weak = deep(0.2);
    double const error =
        difference(label_posterior(weak, cases, inference).probabilities, enumerated<3>(weak, cases, 0, 3));
    CHECK(error < 1e-3);
    CHECK(error > 1e-12);
}

TEST_CASE("the predicted class is the most likely one, and the error rate counts those that are not the label") {
    LabelPosterior posterior{xt::zeros<double>({4, 3})};
    double const rows[4][3] = {{0.2, 0.5, 0.3}, {0.4, 0.4, 0.2}, {0, 0, 1}, {0.9, 0.1, 0}};
    for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t k = 0; k < 3; ++k) posterior.probabilities(i, k) = rows[i][k];
    CHECK(posterior.classes() == std::vector<std::size_t>{1, 0, 2, 0});
    std::vector<std::uint8_t> const labels{1, 1, 2, 0};
    CHECK(posterior.error_rate(labels) == 0.25);
    std::vector<std::uint8_t> const fewer{1, 1};
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] { static_cast<void>(posterior.error_rate(fewer)); }),
               contains_text("2 labels") && contains_text("4 cases"));
}

TEST_CASE("free energies far apart leave a certain label and no infinity") {
    auto rbm = test::randomised(
        RBM{JointLayer{test::layer<Bernoulli>(2), test::layer<Multinomial>(2)}, test::layer<Bernoulli>(2)}, 0, 0, 1);
    rbm.visible().bias()(3) = 5000;
    auto const found = label_posterior(rbm, bit_patterns(2));
    CHECK(found.probabilities(0, 0) == 0);
    CHECK(found.probabilities(0, 1) == 1);
}

TEST_CASE("a model that gives no finite score predicts no label") {
    auto rbm = test::randomised(
        RBM{JointLayer{test::layer<Bernoulli>(2), test::layer<Multinomial>(2)}, test::layer<Bernoulli>(2)}, 0, 0, 1);
    for (auto& w : rbm.weights()) w = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(label_posterior(rbm, bit_patterns(2)), ValueError);
}

TEST_CASE("what is no label, and pixels of another size, are refused") {
    RBM const counts{JointLayer{test::layer<Bernoulli>(2), test::layer<Multinomial>(3, Multinomial{2})},
                     test::layer<Bernoulli>(2)};
    auto const cases = bit_patterns(2);
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(label_posterior(counts, cases)); }),
               contains_text("2 trials, but a label has 1"));
    RBM const wide{JointLayer{test::layer<Bernoulli>(3), test::layer<Multinomial>(3)}, test::layer<Bernoulli>(2)};
    CHECK_THROWS_AS(label_posterior(wide, cases), ShapeError);
    RBM const many{test::layer<Bernoulli>(2), test::layer<Multinomial>(257)};
    CHECK_THROWS_AS(label_posterior(many, cases, ExactPosterior{}), ValueError);
}

} // namespace test_label_posterior
