// SPDX-License-Identifier: MIT
#include <boltz/data/binarised.hpp>

#include "support/catch.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/data/subset.hpp>

#include <xtensor/xbuilder.hpp>

#include <cmath>
#include <numeric>
#include <vector>

namespace test_binarised {

using namespace boltz;

namespace {

using Indices = std::vector<std::size_t>;

/// 20 cases of 33 grey values, among them 0, 1 and 1/2.
template <class T>
Matrix<T> grey() {
    Matrix<T> result = xt::zeros<T>({20, 33});
    for (std::size_t i = 0; i < 20; ++i)
        for (std::size_t j = 0; j < 33; ++j) result(i, j) = static_cast<T>(j) / T{32};
    return result;
}

template <class T, class S>
Matrix<T> loaded(S const& source, Indices const& indices, Draws const& draws) {
    Matrix<T> result = xt::zeros<T>({indices.size(), source.columns()});
    source.load(std::span<std::size_t const>{indices}, Block{result}, draws);
    return result;
}

template <class T>
bool binary(Matrix<T> const& values) {
    for (T const x : values)
        if (x != 0 && x != 1) return false;
    return true;
}

template <class T>
bool same_rows(Matrix<T> const& a, std::size_t i, Matrix<T> const& b, std::size_t j) {
    return std::equal(Block{a}.row(i).begin(), Block{a}.row(i).end(), Block{b}.row(j).begin());
}

} // namespace

TEMPLATE_TEST_CASE("without binarisation grey values come as they are", "", float, double) {
    auto const values = grey<TestType>();
    Binarised const source{MatrixSource{values}, Binarisation::none};
    CHECK(source.rows() == 20);
    CHECK(source.columns() == 33);
    auto const out = loaded<TestType>(source, {3}, Draws::from_seed(1));
    for (std::size_t j = 0; j < 33; ++j) CHECK(out(0, j) == values(3, j));
}

TEMPLATE_TEST_CASE("a threshold turns what is above one half into ones", "", float, double) {
    auto const values = grey<TestType>();
    auto const out =
        loaded<TestType>(Binarised{MatrixSource{values}, Binarisation::threshold}, {0, 7}, Draws::from_seed(1));
    for (std::size_t j = 0; j < 33; ++j) CHECK(out(1, j) == (j > 16 ? 1 : 0));
}

TEMPLATE_TEST_CASE("stochastic binarisation draws ones as often as the grey values say", "[statistical]", float,
                   double) {
    // 31 frequencies out of 20,000 draws, each allowed 5 standard errors: false alarm 31 * 6e-7 = 2e-5.
    using T = TestType;
    auto const values = grey<T>();
    Binarised const source{MatrixSource{values}, Binarisation::stochastic};
    Indices all(20);
    std::iota(all.begin(), all.end(), std::size_t{0});
    std::vector<double> ones(33, 0.0);
    for (std::uint64_t k = 0; k < 1000; ++k) {
        auto const out = loaded<T>(source, all, Draws::from_seed(5).stream(k));
        CHECK(binary(out));
        for (std::size_t i = 0; i < 20; ++i)
            for (std::size_t j = 0; j < 33; ++j) ones[j] += static_cast<double>(out(i, j));
    }
    CHECK(ones[0] == 0);
    CHECK(ones[32] == 20000);
    for (std::size_t j = 1; j < 32; ++j) {
        double const p = static_cast<double>(j) / 32;
        CHECK(std::abs(ones[j] - 20000 * p) < 5 * std::sqrt(20000 * p * (1 - p)));
    }
}

TEMPLATE_TEST_CASE("stochastic binarisation depends on the place in the batch, however the batch is cut", "", float,
                   double) {
    auto const values = grey<TestType>();
    Binarised const source{MatrixSource{values}, Binarisation::stochastic};
    Draws const draws = Draws::from_seed(5);
    auto const whole = loaded<TestType>(source, {4, 4, 7, 9}, draws);
    auto const part = loaded<TestType>(source, {7, 9}, draws.from_row(2));
    CHECK(same_rows(whole, 2, part, 0));
    CHECK(same_rows(whole, 3, part, 1));
    CHECK_FALSE(same_rows(whole, 0, whole, 1));
    CHECK_FALSE(same_rows(whole, 0, loaded<TestType>(source, {4}, draws.stream(1)), 0));
}

TEMPLATE_TEST_CASE("fixed binarisation gives each case one picture, at every presentation and place", "", float,
                   double) {
    auto const values = grey<TestType>();
    Binarised const source{MatrixSource{values}, Binarisation::fixed, 3};
    auto const first = loaded<TestType>(source, {0, 1, 2, 3}, Draws::from_seed(1));
    auto const second = loaded<TestType>(source, {3, 1}, Draws::from_seed(2).from_row(17));
    CHECK(binary(first));
    CHECK(same_rows(first, 3, second, 0));
    CHECK(same_rows(first, 1, second, 1));
    CHECK_FALSE(same_rows(first, 0, first, 1)); // cases of equal grey values are drawn independently

    Binarised const other{MatrixSource{values}, Binarisation::fixed, 4};
    CHECK_FALSE(same_rows(first, 0, loaded<TestType>(other, {0}, Draws::from_seed(1)), 0));

    Subset const some{source, Indices{5, 3}};
    CHECK(same_rows(first, 3, loaded<TestType>(some, {1}, Draws::from_seed(9)), 0));
    CHECK(some.binarisation() == Binarisation::fixed);
}

TEST_CASE("protocols have names and sources say theirs") {
    CHECK(to_string(Binarisation::none) == "none");
    CHECK(to_string(Binarisation::stochastic) == "stochastic");
    CHECK(to_string(Binarisation::fixed) == "fixed");
    CHECK(to_string(Binarisation::threshold) == "threshold");
    auto const values = grey<float>();
    CHECK(binarisation_of(MatrixSource{values}) == Binarisation::none);
    CHECK(binarisation_of(Binarised{MatrixSource{values}, Binarisation::threshold}) == Binarisation::threshold);
}

} // namespace test_binarised
