// SPDX-License-Identifier: MIT
#include <boltz/evaluation/features/compact_features.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>

#include <cmath>
#include <numeric>
#include <vector>

namespace test_compact_features {

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

template <class T, concepts::DataSource S>
Matrix<T> all_of(S const& source) {
    std::vector<std::size_t> all(source.rows());
    std::iota(all.begin(), all.end(), std::size_t{0});
    Matrix<T> result = xt::zeros<T>({all.size(), static_cast<std::size_t>(source.columns())});
    source.load(std::span<std::size_t const>{all}, Block{result}, Draws::from_seed(1));
    return result;
}

template <class T>
double largest_difference(Matrix<T> const& a, Matrix<T> const& b) {
    REQUIRE(a.shape() == b.shape());
    double worst = 0;
    for (std::size_t i = 0; i < a.shape(0); ++i)
        for (std::size_t j = 0; j < a.shape(1); ++j)
            worst = std::max(worst, std::abs(static_cast<double>(a(i, j)) - static_cast<double>(b(i, j))));
    return worst;
}

} // namespace

TEMPLATE_TEST_CASE("compact features are the features but for a step of their codes", "", float, double) {
    using T = TestType;
    auto const dbm = test::randomised(test::bernoulli_dbm<T>(4, 5, 3), 1, 1, 1);
    auto const data = many_cases<T>(4);
    Compute const compute{.threads = 2, .block_rows = 50};
    auto const exact = features<1, 2>(dbm, data, MeanField{}, compute);
    auto const compact = compact_features<1, 2>(dbm, data, MeanField{}, compute);
    STATIC_REQUIRE(concepts::DataSource<decltype(compact)>);
    REQUIRE(compact.rows() == 2100);
    REQUIRE(compact.columns() == 8);
    CHECK(largest_difference(all_of<T>(compact), exact) < 1.0 / 65535);
    auto const coarse = compact_features<1, 2>(dbm, data, MeanField{}, compute, Compactness::eight_bits);
    CHECK(largest_difference(all_of<T>(coarse), exact) < 1.0 / 255);
    CHECK(largest_difference(all_of<T>(coarse), exact) > 1.0 / 1000);
    // The order of the layers is the caller's; one layer is a matrix by itself.
    auto const turned = all_of<T>(compact_features<2, 1>(dbm, data, MeanField{}, compute));
    auto const expected = all_of<T>(compact);
    for (std::size_t i = 0; i < 2100; i += 7)
        for (std::size_t j = 0; j < 3; ++j) CHECK(turned(i, j) == expected(i, 5 + j));
    CompactMatrix const one = compact_features<2>(dbm, data, MeanField{}, compute);
    CHECK(one.columns() == 3);
}

TEST_CASE("a layer of large means costs the one beside it no precision") {
    // Gaussian hidden units of a mean of thousands beside Bernoulli ones.
    DBM dbm{test::layer<Bernoulli, double>(4), test::layer<Bernoulli, double>(6), test::layer<Gaussian, double>(3)};
    auto model = test::randomised(dbm, 1, 1, 1);
    for (double& b : model.layer<2>().bias()) b = 1e4 * b;
    for (double& w : model.weights(1)) w = 1e-4 * w;
    auto const data = many_cases<double>(4);
    auto const exact = features<1>(model, data, MeanField{});
    auto const both = all_of<double>(compact_features<1, 2>(model, data, MeanField{}));
    double worst = 0;
    for (std::size_t i = 0; i < 2100; ++i)
        for (std::size_t j = 0; j < 6; ++j) worst = std::max(worst, std::abs(both(i, j) - exact(i, j)));
    CHECK(worst < 1.0 / 65535);
    CHECK(std::abs(both(0, 6)) > 100);
}

TEST_CASE("compact features of data that does not fit are refused") {
    auto const rbm = test::bernoulli_rbm<float>(4, 3);
    Matrix<float> const wide = xt::zeros<float>({2, 5});
    CHECK_THROWS_AS(compact_features<1>(rbm, wide, ExactPosterior{}), ShapeError);
    Matrix<float> const nothing = xt::zeros<float>({0, 4});
    CHECK_THROWS_AS(compact_features<1>(rbm, nothing, ExactPosterior{}), ValueError);
}

} // namespace test_compact_features
