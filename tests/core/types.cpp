// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <xtensor/xbuilder.hpp>

#include <type_traits>

using namespace boltz;

TEST_CASE("a block is a view of a matrix, of some of its rows and of some of its columns", "[core]") {
    Matrix<float> matrix = xt::zeros<float>({4, 5});
    for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t j = 0; j < 5; ++j) matrix(i, j) = static_cast<float>(10 * i + j);
    Block const whole{matrix};
    STATIC_REQUIRE(std::same_as<decltype(whole), Block<float> const>);
    CHECK(whole.rows == 4);
    CHECK(whole.columns == 5);
    CHECK(whole(2, 3) == 23);
    Block const part = whole.row_range(1, 2).column_range(2, 3);
    CHECK(part.rows == 2);
    CHECK(part.columns == 3);
    CHECK(part.stride == 5);
    CHECK(part(1, 2) == 24);
    CHECK(part.row(1).size() == 3);
    CHECK(part.row(1)[0] == 22);
    part(0, 0) = -1;
    CHECK(matrix(1, 2) == -1);
}

TEST_CASE("a block for reading is made from one for writing, not the other way round", "[core]") {
    STATIC_REQUIRE(std::is_convertible_v<Block<float>, Block<float const>>);
    STATIC_REQUIRE(!std::is_convertible_v<Block<float const>, Block<float>>);
    STATIC_REQUIRE(!std::is_constructible_v<Block<float>, Matrix<float> const&>);
    STATIC_REQUIRE(!std::is_convertible_v<Block<float>, Block<double const>>);
    Matrix<double> const matrix = xt::ones<double>({2, 2});
    Block const reading{matrix};
    STATIC_REQUIRE(std::same_as<decltype(reading), Block<double const> const>);
    CHECK(reading(1, 1) == 1);
}

TEST_CASE("copying a block heeds both strides", "[core]") {
    Matrix<float> from = xt::ones<float>({2, 4});
    Matrix<float> to = xt::zeros<float>({2, 3});
    copy(Block{from}.column_range(1, 2), Block{to}.column_range(1, 2));
    CHECK(to(0, 0) == 0);
    CHECK(to(1, 0) == 0);
    CHECK(to(0, 1) == 1);
    CHECK(to(1, 2) == 1);
}

TEST_CASE("states grow on demand and keep their memory when they shrink", "[core]") {
    std::vector<std::size_t> const sizes{2, 4};
    States<float> states{3, sizes};
    CHECK(states.rows() == 3);
    CHECK(states[1].columns == 4);
    CHECK(states[1](2, 3) == 0);
    float const* const memory = states[0].data;
    states.require(2, sizes);
    CHECK(states.rows() == 2);
    CHECK(states[0].rows == 2);
    CHECK(states[0].data == memory);
    states.require(3, sizes);
    CHECK(states[0].data == memory);
    states.require(10, sizes);
    CHECK(states[1].rows == 10);
    states.require(1, std::vector<std::size_t>{5, 4});
    CHECK(states[0].columns == 5);
    auto const part = states.blocks().row_range(0, 1);
    CHECK(part[1].rows == 1);
    CHECK(part[1].data == states[1].data);
}
