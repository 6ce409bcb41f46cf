// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/samples/nearest_neighbours.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace test_nearest_neighbours {

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

// Sorts all pairs of a sample; of equally close rows the first comes first.
template <class T>
Neighbours by_looking(Matrix<T> const& samples, Matrix<T> const& data, bool excluded, std::size_t count = 1) {
    Neighbours result{{}, {}, count};
    for (std::size_t i = 0; i < samples.shape(0); ++i) {
        std::vector<std::pair<double, std::size_t>> pairs;
        for (std::size_t j = 0; j < data.shape(0); ++j) {
            double sum = 0;
            T const* const a = samples.data() + i * samples.shape(1);
            T const* const b = data.data() + j * data.shape(1);
            for (std::size_t k = 0; k < data.shape(1); ++k) {
                double const gap = static_cast<double>(a[k]) - static_cast<double>(b[k]);
                sum += gap * gap;
            }
            if (!excluded || i != j) pairs.emplace_back(std::sqrt(sum), j);
        }
        std::sort(pairs.begin(), pairs.end());
        for (std::size_t n = 0; n < count; ++n) {
            result.indices.push_back(pairs[n].second);
            result.distances.push_back(pairs[n].first);
        }
    }
    return result;
}

// Of each sample the first `count`.
Neighbours nearest(Neighbours const& found, std::size_t count) {
    Neighbours result{{}, {}, count};
    for (std::size_t i = 0; i < found.indices.size(); ++i)
        if (i % found.count < count) {
            result.indices.push_back(found.indices[i]);
            result.distances.push_back(found.distances[i]);
        }
    return result;
}

// Rows that are drawn when they are loaded.
struct Drawn {
    [[nodiscard]] std::size_t rows() const { return 4200; }
    [[nodiscard]] std::size_t columns() const { return 5; }
    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        for (std::size_t i = 0; i < indices.size(); ++i) draws.uniform(i, 0, out.row(i));
    }
};

void check_equal(Neighbours const& found, Neighbours const& expected) {
    CHECK(found.count == expected.count);
    CHECK(found.indices == expected.indices);
    CHECK(found.distances == expected.distances);
}

} // namespace

TEMPLATE_TEST_CASE("the nearest neighbours are those that looking at every pair finds", "[evaluation]", float,
                   double) {
    for (bool const binary : {false, true}) { // with few columns binary rows are full of duplicates and ties
        auto const rows = [&](std::size_t count, std::uint64_t seed) {
            return binary ? binary_rows<TestType>(count, 9, seed) : normal_rows<TestType>(count, 9, seed);
        };
        auto const samples = rows(300, 1); // more than a block of products
        auto const data = rows(1100, 2);   // more than two tiles
        auto const all = by_looking(samples, data, false, 700);
        for (std::size_t const count : {1U, 2U, 7U, 700U})
            check_equal(nearest_neighbours(samples, data, {}, SelfMatch::allowed, count), nearest(all, count));
        auto const others = by_looking(data, data, true, 3);
        for (std::size_t const count : {1U, 3U})
            check_equal(nearest_neighbours(data, data, {}, SelfMatch::excluded, count), nearest(others, count));
    }
}

TEST_CASE("all cases can be neighbours", "[evaluation]") {
    auto const data = normal_rows<float>(6, 3, 1);
    auto const samples = normal_rows<float>(2, 3, 2);
    check_equal(nearest_neighbours(samples, data, {}, SelfMatch::allowed, 6), by_looking(samples, data, false, 6));
    check_equal(nearest_neighbours(data, data, {}, SelfMatch::excluded, 5), by_looking(data, data, true, 5));
}

TEST_CASE("there may be more samples than are held at a time", "[evaluation]") {
    auto const samples = normal_rows<float>(4200, 2, 1);
    auto const data = normal_rows<float>(20, 2, 2);
    check_equal(nearest_neighbours(samples, data, {}, SelfMatch::allowed, 2), by_looking(samples, data, false, 2));
    auto const found = nearest_neighbours(samples, samples, {}, SelfMatch::excluded);
    for (std::size_t i = 0; i < 4200; ++i) REQUIRE(found.indices[i] != i);
}

TEST_CASE("neighbours are found where the product's rounding hides them", "[evaluation]") {
    Matrix<float> samples = normal_rows<float>(40, 50, 1);
    Matrix<float> data = normal_rows<float>(600, 50, 2);
    for (float& x : samples) x = 1000 + 0.01F * x; // |a|^2 is 5e7, squared distances 0.01
    for (float& x : data) x = 1000 + 0.01F * x;
    check_equal(nearest_neighbours(samples, data, {}, SelfMatch::allowed, 3), by_looking(samples, data, false, 3));
}

TEST_CASE("neighbours are the same for any number of threads and any blocks", "[evaluation]") {
    auto const samples = normal_rows<float>(700, 30, 1);
    auto const data = normal_rows<float>(1500, 30, 2);
    auto const alone = nearest_neighbours(samples, data, {}, SelfMatch::allowed, 4);
    for (Compute const& compute : {Compute{.threads = 2}, Compute{.threads = 5, .block_rows = 7}})
        check_equal(nearest_neighbours(samples, data, compute, SelfMatch::allowed, 4), alone);
}

TEST_CASE("neighbours among sources are those among the rows that they load", "[evaluation]") {
    auto const samples = normal_rows<float>(50, 20, 1);
    auto const data = normal_rows<float>(600, 20, 2);
    CompactMatrix compact{600, 20, Compactness::eight_bits};
    compact.store(0, Block<float const>{data});
    Matrix<float> loaded = xt::zeros<float>({std::size_t{600}, std::size_t{20}});
    std::vector<std::size_t> all(600);
    std::iota(all.begin(), all.end(), std::size_t{0});
    compact.load(all, Block{loaded}, Draws::from_seed(0));
    auto const expected = by_looking(samples, loaded, false, 3);
    check_equal(nearest_neighbours(samples, compact, {.threads = 2}, SelfMatch::allowed, 3), expected);
    check_equal(nearest_neighbours(MatrixSource{samples}, compact, {}, SelfMatch::allowed, 3), expected);
    check_equal(nearest_neighbours(Block{samples}, Block{loaded}, {}, SelfMatch::allowed, 3), expected);
}

TEST_CASE("rows that a source draws are the same wherever they are loaded", "[evaluation]") {
    auto const found = nearest_neighbours(Drawn{}, Drawn{}, {.threads = 2});
    for (std::size_t i = 0; i < 4200; ++i) REQUIRE(found.indices[i] == i);
    for (double const distance : found.distances) REQUIRE(distance == 0);
}

TEST_CASE("numbers of a double matrix are compared as doubles, beside floats too", "[evaluation]") {
    Matrix<double> data = xt::zeros<double>({std::size_t{2}, std::size_t{1}});
    data(0, 0) = 1 + 2e-12; // floats could not tell them apart
    data(1, 0) = 1 + 1e-12;
    Matrix<float> const sample = xt::ones<float>({std::size_t{1}, std::size_t{1}});
    CHECK(nearest_neighbours(sample, data).indices[0] == 1);
    CHECK(nearest_neighbours(sample, MatrixSource{data}).indices[0] == 1);
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
    auto const samples = normal_rows<float>(3, 4, 1);
    CHECK_THROWS_AS(nearest_neighbours(samples, data, {}, SelfMatch::allowed, 0), ValueError);
    CHECK_THROWS_WITH(nearest_neighbours(samples, data, {}, SelfMatch::allowed, 6),
                      contains_text("count is 6") && contains_text("1 .. 5"));
    CHECK_THROWS_WITH(nearest_neighbours(data, data, {}, SelfMatch::excluded, 5), contains_text("1 .. 4"));
}

TEST_CASE("numbers without distances are refused", "[evaluation]") {
    auto const samples = normal_rows<float>(3, 4, 1);
    for (float const bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e19F}) {
        auto data = normal_rows<float>(700, 4, 1);
        data(650, 2) = bad;
        CHECK_THROWS_WITH(nearest_neighbours(samples, data), contains_text("data") && contains_text("row 650"));
        CHECK_THROWS_WITH(nearest_neighbours(data, samples), contains_text("samples") && contains_text("row 650"));
    }
}

} // namespace test_nearest_neighbours
