// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/statistics.hpp"

#include <boltz/archive.hpp>
#include <boltz/random.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace test_draws {

using namespace boltz;

namespace {

template <class T>
std::vector<T> uniforms(Draws const& draws, std::size_t row, std::size_t first, std::size_t count) {
    std::vector<T> result(count);
    draws.uniform(row, first, std::span{result});
    return result;
}

template <class T>
std::vector<T> normals(Draws const& draws, std::size_t row, std::size_t first, std::size_t count) {
    std::vector<T> result(count);
    draws.normal(row, first, std::span{result});
    return result;
}

} // namespace

TEMPLATE_TEST_CASE("the number at a place does not depend on how it is asked for", "[core]", float, double) {
    Draws const draws = Draws::from_seed(5);
    auto const whole = uniforms<TestType>(draws, 7, 0, 100);
    auto const whole_normal = normals<TestType>(draws, 7, 0, 100);
    for (std::size_t first = 0; first < 60; ++first)
        for (std::size_t const count : {1u, 2u, 3u, 16u, 40u}) {
            auto const part = uniforms<TestType>(draws, 7, first, count);
            REQUIRE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(first)));
            auto const moved = normals<TestType>(draws.from_row(4), 3, first, count);
            REQUIRE(
                std::equal(moved.begin(), moved.end(), whole_normal.begin() + static_cast<std::ptrdiff_t>(first)));
        }
    CHECK(uniforms<TestType>(draws.from_row(3).from_row(3), 1, 0, 100) == whole);
    CHECK(uniforms<TestType>(draws.stream(2).from_row(3), 4, 0, 9) ==
          uniforms<TestType>(draws.from_row(3).stream(2), 4, 0, 9));
}

TEMPLATE_TEST_CASE("rows, streams and seeds are different numbers", "[core]", float, double) {
    std::set<std::vector<TestType>> different;
    std::size_t count = 0;
    for (std::uint64_t const seed : {0u, 1u, 2u})
        for (std::uint64_t const name : {0u, 1u, 2u})
            for (std::size_t row = 0; row < 5; ++row) {
                different.insert(uniforms<TestType>(Draws::from_seed(seed).stream(name), row, 0, 8));
                different.insert(uniforms<TestType>(Draws::from_seed(seed).stream(name).stream(1), row, 0, 8));
                count += 2;
            }
    CHECK(different.size() == count);
}

TEMPLATE_TEST_CASE("uniform and normal numbers are uniform and normal, along rows and down columns",
                   "[core][statistical]", float, double) {
    // Chi-square with 64 cells at 1e-4 and two correlations at 4.5 standard errors (7e-6), two types, both
    // directions.
    std::size_t const n = 60000;
    for (bool const down : {false, true}) {
        Draws const draws = Draws::from_seed(31);
        std::vector<TestType> u(n);
        std::vector<TestType> z(n);
        if (down) {
            for (std::size_t i = 0; i < n; ++i) {
                u[i] = uniforms<TestType>(draws, i, 0, 1)[0];
                z[i] = normals<TestType>(draws, i, 0, 1)[0];
            }
        } else {
            u = uniforms<TestType>(draws, 0, 0, n);
            z = normals<TestType>(draws, 0, 0, n);
        }
        std::vector<double> of_uniform(64, 0.0);
        std::vector<double> of_normal(64, 0.0);
        std::vector<double> neighbours;
        std::vector<double> crossed;
        for (std::size_t i = 0; i < n; ++i) {
            REQUIRE(u[i] >= 0);
            REQUIRE(u[i] < 1);
            of_uniform[static_cast<std::size_t>(u[i] * 64)] += 1;
            double const quantile = std::erfc(-static_cast<double>(z[i]) / std::sqrt(2.0)) / 2;
            of_normal[std::min<std::size_t>(63, static_cast<std::size_t>(quantile * 64))] += 1;
            crossed.push_back((u[i] - 0.5) * z[i]);
            if (i > 0) neighbours.push_back((u[i] - 0.5) * (u[i - 1] - 0.5));
        }
        CHECK(test::chi_square_p(of_uniform, std::vector<double>(64, 1.0 / 64)) > 1e-4);
        CHECK(test::chi_square_p(of_normal, std::vector<double>(64, 1.0 / 64)) > 1e-4);
        CHECK(std::abs(test::estimate(neighbours).mean) < 4.5 * test::estimate(neighbours).error);
        CHECK(std::abs(test::estimate(crossed).mean) < 4.5 * test::estimate(crossed).error);
    }
}

TEST_CASE("whole numbers below a bound are uniform", "[core][statistical]") {
    Draws const draws = Draws::from_seed(2);
    std::vector<double> counts(7, 0.0);
    for (std::size_t i = 0; i < 30000; ++i) {
        auto const x = draws.below(7, i / 100, i % 100);
        REQUIRE(x < 7);
        counts[x] += 1;
    }
    CHECK(test::chi_square_p(counts, std::vector<double>(7, 1.0 / 7)) > 1e-4); // false alarm 1e-4
    CHECK(draws.below(1, 5, 5) == 0);
    CHECK(draws.below(7, 5, 5) == draws.from_row(5).below(7, 0, 5));
}

TEST_CASE("each call with a random source gets a stream of its own, repeatably", "[core]") {
    Random first{9};
    Random second{9};
    Draws const a = first.split();
    Draws const b = first.split();
    CHECK(uniforms<double>(a, 0, 0, 4) == uniforms<double>(second.split(), 0, 0, 4));
    CHECK(uniforms<double>(b, 0, 0, 4) == uniforms<double>(second.split(), 0, 0, 4));
    CHECK(uniforms<double>(a, 0, 0, 4) != uniforms<double>(b, 0, 0, 4));
    Random copy = first;
    CHECK(uniforms<double>(copy.split(), 0, 0, 4) == uniforms<double>(first.split(), 0, 0, 4));
}

TEST_CASE("a random source goes on where it was saved", "[core]") {
    Random random{9};
    (void)random.split();
    Arrays const saved = to_arrays(random);
    auto const next = uniforms<double>(random.split(), 0, 0, 4);
    Random resumed{1};
    from_arrays(saved, resumed);
    CHECK(uniforms<double>(resumed.split(), 0, 0, 4) == next);
}

} // namespace test_draws
