// SPDX-License-Identifier: MIT
#include <boltz/data/compact_matrix.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/concepts.hpp>

#include <xtensor/xbuilder.hpp>

#include <cmath>
#include <vector>

namespace test_compact_matrix {

using namespace boltz;

namespace {

template <class T>
Matrix<T> means(std::size_t rows, std::size_t columns) {
    Matrix<T> result = xt::zeros<T>({rows, columns});
    for (std::size_t i = 0; i < rows; ++i) Draws::from_seed(3).uniform(i, 0, Block{result}.row(i));
    return result;
}

template <class T>
Matrix<T> loaded(CompactMatrix const& source, std::vector<std::size_t> const& indices) {
    Matrix<T> result = xt::zeros<T>({indices.size(), source.columns()});
    source.load(std::span<std::size_t const>{indices}, Block{result}, Draws::from_seed(1));
    return result;
}

} // namespace

TEMPLATE_TEST_CASE("rows come back where they were stored, in either type of number", "", float, double) {
    STATIC_REQUIRE(concepts::DataSource<CompactMatrix>);
    auto const numbers = means<TestType>(9, 21);
    for (auto const& [compactness, step] :
         {std::pair{Compactness::sixteen_bits, 1.0 / 65535}, {Compactness::eight_bits, 1.0 / 255}}) {
        CompactMatrix matrix{9, 21, compactness};
        CHECK(matrix.rows() == 9);
        CHECK(matrix.columns() == 21);
        matrix.store(0, Block{numbers}.row_range(0, 4));
        auto const copy = matrix; // shares the numbers
        matrix.store(4, Block<TestType const>{numbers}.row_range(4, 5));
        double worst = 0;
        std::vector<std::size_t> const order{8, 0, 3, 4, 8};
        auto const back = loaded<float>(copy, order);
        auto const wide = loaded<double>(copy, order);
        for (std::size_t i = 0; i < order.size(); ++i)
            for (std::size_t j = 0; j < 21; ++j) {
                auto const number = static_cast<double>(numbers(order[i], j));
                worst = std::max(worst, std::abs(wide(i, j) - number));
                CHECK(std::abs(wide(i, j) - static_cast<double>(back(i, j))) < 2e-7);
            }
        CHECK(worst < step + 1e-7);
        CHECK(worst > step / 4);
    }
}

TEST_CASE("rows are scaled one by one") {
    // A row of large numbers costs its neighbours nothing.
    Matrix<double> numbers = means<double>(3, 50);
    for (std::size_t j = 0; j < 50; ++j) numbers(1, j) *= 1e6;
    CompactMatrix matrix{3, 50};
    matrix.store(0, Block{numbers});
    auto const back = loaded<double>(matrix, {0, 1, 2});
    for (std::size_t j = 0; j < 50; ++j) {
        CHECK(std::abs(back(0, j) - numbers(0, j)) < 1.7e-5);
        CHECK(std::abs(back(1, j) - numbers(1, j)) < 17);
        CHECK(std::abs(back(2, j) - numbers(2, j)) < 1.7e-5);
    }
}

TEST_CASE("a new matrix is zero, and what does not fit is refused before anything is stored") {
    CompactMatrix matrix{3, 2};
    Matrix<float> const ones = xt::ones<float>({2, 2});
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] { matrix.store(2, Block{ones}); }),
               contains_text("first is 2") && contains_text("2 rows") && contains_text("only 3"));
    CHECK_THROWS_AS(matrix.store(4, Block{ones}), ShapeError);
    CHECK_THROWS_AS(matrix.store(static_cast<std::size_t>(-1), Block{ones}), ShapeError);
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] { matrix.store(0, Block{ones}.column_range(0, 1)); }),
               contains_text("1 columns") && contains_text("2"));
    Matrix<float> const zeros = xt::zeros<float>({3, 2});
    CHECK((loaded<float>(matrix, {0, 1, 2}) == zeros));
}

TEST_CASE("a compact matrix of more numbers than memory can hold is refused") {
    CHECK_THROWS_AS((CompactMatrix{2, std::size_t{1} << 63}), ValueError);
}

} // namespace test_compact_matrix
