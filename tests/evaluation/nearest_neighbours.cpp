// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/draws.hpp>
#include <boltz/evaluation/nearest_neighbours.hpp>

#include <cmath>
#include <limits>

using namespace boltz;

namespace {

template <class T>
Matrix<T> normal_rows(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Matrix<T> result = xt::zeros<T>({rows, columns});
    for (std::size_t i = 0; i < rows; ++i) Draws::from_seed(seed).normal(i, 0, Block{result}.row(i));
    return result;
}

template <class T>
Matrix<T> binary_rows(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Matrix<T> result = normal_rows<T>(rows, columns, seed);
    for (T& x : result) x = x > 0 ? T{1} : T{0};
    return result;
}

// Looks at every pair; the first of equally close rows.
template <class T>
Neighbours by_looking(Matrix<T> const& samples, Matrix<T> const& data, bool excluded) {
    Neighbours result;
    for (std::size_t i = 0; i < samples.shape(0); ++i) {
        double best = std::numeric_limits<double>::infinity();
        std::size_t index = 0;
        for (std::size_t j = 0; j < data.shape(0); ++j) {
            double sum = 0;
            for (std::size_t k = 0; k < data.shape(1); ++k) {
                double const gap = static_cast<double>(samples(i, k)) - static_cast<double>(data(j, k));
                sum += gap * gap;
            }
            if (sum >= best || (excluded && i == j)) continue;
            best = sum;
            index = j;
        }
        result.indices.push_back(index);
        result.distances.push_back(std::sqrt(best));
    }
    return result;
}

} // namespace

TEMPLATE_TEST_CASE("the nearest neighbours are those that looking at every pair finds", "[evaluation]", float,
                   double) {
    for (bool const binary : {false, true}) {
        auto const rows = [&](std::size_t count, std::uint64_t seed) {
            return binary ? binary_rows<TestType>(count, 9, seed) : normal_rows<TestType>(count, 9, seed);
        };
        auto const samples = rows(70, 1);
        auto const data = rows(1100, 2); // more than two tiles
        auto const expected = by_looking(samples, data, false);
        auto const found = nearest_neighbours(samples, data);
        CHECK(found.indices == expected.indices);
        CHECK(found.distances == expected.distances);
        auto const threaded = nearest_neighbours(samples, data, {.threads = 3, .block_rows = 16});
        CHECK(threaded.indices == expected.indices);
        auto const own = by_looking(data, data, true);
        auto const excluded = nearest_neighbours(data, data, {}, SelfMatch::excluded);
        CHECK(excluded.indices == own.indices);
        CHECK(excluded.distances == own.distances);
    }
}

TEST_CASE("a case among the data is its own neighbour unless that is excluded", "[evaluation]") {
    auto const data = normal_rows<float>(30, 4, 1);
    auto const allowed = nearest_neighbours(data, data);
    for (std::size_t i = 0; i < 30; ++i) CHECK(allowed.indices[i] == i);
    for (double const d : nearest_neighbours(data, data, {}, SelfMatch::excluded).distances) CHECK(d > 0);
}

TEST_CASE("sets that cannot be compared are refused", "[evaluation]") {
    auto const data = normal_rows<float>(5, 4, 1);
    CHECK_THROWS_AS(nearest_neighbours(normal_rows<float>(5, 3, 1), data), ShapeError);
    CHECK_THROWS_AS(nearest_neighbours(data, normal_rows<float>(0, 4, 1)), ShapeError);
    CHECK_THROWS_AS(nearest_neighbours(normal_rows<float>(4, 4, 1), data, {}, SelfMatch::excluded), ShapeError);
    auto const one = normal_rows<float>(1, 4, 1);
    CHECK_THROWS_AS(nearest_neighbours(one, one, {}, SelfMatch::excluded), ShapeError);
}
