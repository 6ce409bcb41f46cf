// SPDX-License-Identifier: MIT
#include <boltz/evaluation/features/classification.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/data/matrix_source.hpp>

#include <cmath>
#include <limits>

using namespace boltz;
using boltz_test::message_of;

TEST_CASE("errors and cross-entropy of a network are those of its formula, however the cases are cut") {
    MLP const network = test::random_network(test::softmax_network<Bernoulli, double>(4, {5}, 3), 1.0, 1);
    Matrix<double> const inputs = test::random_matrix<double>(23, 4, 2);
    auto const labels = test::labels_in_turn(23, 3);
    std::size_t wrong = 0;
    std::vector<std::size_t> classes;
    for (std::size_t i = 0; i < 23; ++i) {
        auto const row = Block{inputs}.row(i);
        auto const top = test::layers_of(network, {row.begin(), row.end()}).back();
        classes.push_back(static_cast<std::size_t>(std::max_element(top.begin(), top.end()) - top.begin()));
        wrong += classes.back() != labels[i] ? 1 : 0;
    }
    for (Compute const compute : {Compute{}, Compute{.threads = 3, .block_rows = 4}}) {
        CHECK(classify(network, MatrixSource{inputs}, compute) == classes);
        CHECK(error_rate(network, MatrixSource{inputs}, labels, compute) == static_cast<double>(wrong) / 23);
        CHECK(cross_entropy(network, MatrixSource{inputs}, labels, compute) ==
              Approx(test::mean_loss(network, inputs, labels)));
    }
}

TEST_CASE("a classifier that knows nothing loses log(classes), and chooses the first class") {
    MLP const nothing{2, OutputLayer<Multinomial, double>{4}};
    Matrix<double> const inputs = test::random_matrix<double>(4, 2, 2);
    std::vector<std::uint8_t> const labels{0, 1, 2, 3};
    CHECK(cross_entropy(nothing, MatrixSource{inputs}, labels) == Approx(std::log(4)));
    CHECK(error_rate(nothing, MatrixSource{inputs}, labels) == 0.75);
    CHECK(classify(nothing, MatrixSource{inputs}) == std::vector<std::size_t>(4, 0));
}

TEST_CASE("a classifier whose probabilities are no numbers has no error") {
    MLP broken{2, OutputLayer<Multinomial>{3}};
    for (float& w : broken.weights(0)) w = std::numeric_limits<float>::quiet_NaN();
    Matrix<float> const inputs = test::random_matrix<float>(2, 2, 2);
    std::vector<std::uint8_t> const labels{0, 0};
    auto const refused = contains_text("the classifier gives case 0 a probability of ");
    CHECK_THAT(message_of<ValueError>([&] { (void)classify(broken, MatrixSource{inputs}); }), refused);
    CHECK_THAT(message_of<ValueError>([&] { (void)error_rate(broken, MatrixSource{inputs}, labels); }), refused);
    CHECK_THAT(message_of<ValueError>([&] { (void)cross_entropy(broken, MatrixSource{inputs}, labels); }), refused);
}

TEST_CASE("labels and features that do not fit are refused") {
    MLP const classifier{2, OutputLayer<Multinomial, double>{3}};
    Matrix<double> const inputs = test::random_matrix<double>(2, 2, 2);
    Matrix<double> const wide = test::random_matrix<double>(2, 5, 2);
    std::vector<std::uint8_t> const few{0};
    std::vector<std::uint8_t> const high{0, 7};
    CHECK_THAT(message_of<ShapeError>([&] { static_cast<void>(classify(classifier, MatrixSource{wide})); }),
               contains_text("5 columns, but the classifier takes 2"));
    CHECK_THAT(message_of<ShapeError>([&] { static_cast<void>(error_rate(classifier, MatrixSource{inputs}, few)); }),
               contains_text("1 labels, but features has 2 rows"));
    CHECK_THAT(
        message_of<ValueError>([&] { static_cast<void>(cross_entropy(classifier, MatrixSource{inputs}, high)); }),
        contains_text("label 1 is 7, but there are 3 classes"));
    MLP const numbers{2, OutputLayer<Gaussian, double>{3}};
    CHECK_THAT(message_of<ValueError>([&] { static_cast<void>(classify(numbers, MatrixSource{inputs})); }),
               contains_text("gaussian outputs, which are not probabilities of classes"));
}
