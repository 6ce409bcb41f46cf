// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/evaluation/samples/class_histogram.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/unit/multinomial.hpp>

#include <cmath>

using namespace boltz;

TEST_CASE("classes are counted, and their entropy says how evenly they come", "[evaluation]") {
    std::vector<std::size_t> const cases{2, 0, 2, 2};
    auto const histogram = class_histogram(cases, 4);
    CHECK(histogram.counts == std::vector<std::size_t>{1, 0, 3, 0});
    CHECK(histogram.total() == 4);
    CHECK(histogram.share(2) == 0.75);
    CHECK(histogram.entropy() == Approx(-0.75 * std::log(0.75) - 0.25 * std::log(0.25)));
    CHECK(class_histogram(std::vector<std::size_t>{0, 1, 2}, 3).entropy() == Approx(std::log(3.0)));
    CHECK_THROWS_AS(class_histogram(cases, 2), ValueError);
}

TEST_CASE("a classifier says which classes features belong to, and a label layer by itself", "[evaluation]") {
    MLP classifier{2, OutputLayer<Multinomial>{3}};
    classifier.weights(0)(0, 1) = 5;
    classifier.weights(0)(1, 2) = 5;
    Matrix<float> features = xt::zeros<float>({4, 2});
    features(0, 0) = features(1, 1) = features(2, 1) = 1;
    CHECK(class_histogram(classifier, MatrixSource{features}).counts == std::vector<std::size_t>{1, 1, 2});

    Matrix<float> labels = xt::zeros<float>({3, 2});
    labels(0, 1) = 1;
    labels(1, 0) = 0.6f;
    labels(1, 1) = 0.4f;
    CHECK(class_histogram(labels).counts == std::vector<std::size_t>{2, 1});
    Matrix<float> const none = xt::zeros<float>({3, 0});
    CHECK_THROWS_AS(class_histogram(none), ShapeError);
}
