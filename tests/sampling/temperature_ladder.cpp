// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/temperature_ladder.hpp>

#include <cmath>

using namespace boltz;

TEST_CASE("a ladder begins in equal steps between its ends", "[sampling]") {
    TemperatureLadder const ladder{5, 0.2};
    for (std::size_t k = 0; k < 5; ++k) CHECK(ladder.betas()[k] == Approx(1 - 0.2 * static_cast<double>(k)));
    CHECK(ladder.betas()[0] == 1);
    CHECK(ladder.betas()[4] == 0.2);
}

TEST_CASE("a ladder finds the places where all neighbours swap equally often", "[sampling]") {
    // Acceptance exp(-c (f(a) - f(b))) with f(beta) = beta^3 is equal where beta_k^3 are in equal steps.
    TemperatureLadder ladder{4};
    for (std::size_t t = 0; t < 20000; ++t) {
        for (std::size_t k = 0; k < 3; ++k)
            ladder.record(k, std::exp(-2 * (std::pow(ladder.betas()[k], 3) - std::pow(ladder.betas()[k + 1], 3))));
        ladder.adapt(0.5);
    }
    for (std::size_t k = 0; k < 4; ++k) CHECK(ladder.betas()[k] == Approx(std::cbrt(1 - static_cast<double>(k) / 3)));
    for (std::size_t k = 0; k < 3; ++k) CHECK(ladder.acceptance()[k] == Approx(std::exp(-2.0 / 3)));
}

TEST_CASE("a ladder does not move before all its pairs have been tried, nor at a rate of 0", "[sampling]") {
    TemperatureLadder ladder{4};
    ladder.record(0, 0.1);
    ladder.record(2, 0.9);
    ladder.adapt(1);
    CHECK(ladder.betas()[1] == TemperatureLadder{4}.betas()[1]);
    ladder.record(1, 0.5);
    ladder.adapt(0);
    CHECK(ladder.betas()[1] == TemperatureLadder{4}.betas()[1]);
    ladder.adapt(1);
    CHECK(ladder.betas()[1] > TemperatureLadder{4}.betas()[1]); // swapped too seldom: the gap shrinks
    CHECK(ladder.betas()[2] > TemperatureLadder{4}.betas()[2]);
}

TEST_CASE("acceptances are averaged over the rounds that a ladder remembers", "[sampling]") {
    TemperatureLadder ladder{2, 0, 4};
    for (double const a : {0.2, 0.4, 0.9}) ladder.record(0, a);
    CHECK(ladder.acceptance()[0] == Approx(0.5));
    ladder.record(0, 0.5);
    ladder.record(0, 1.0);
    CHECK(ladder.acceptance()[0] == Approx(0.5 + 0.5 / 4));
    ladder.forget();
    CHECK(ladder.acceptance()[0] == 0);
    ladder.record(0, 0.3);
    CHECK(ladder.acceptance()[0] == Approx(0.3));
}

TEST_CASE("a saved ladder goes on to the bit", "[sampling]") {
    auto const move = [](TemperatureLadder& ladder, std::size_t from, std::size_t to) {
        for (std::size_t t = from; t < to; ++t) {
            ladder.record(t % 2, 0.3 + 0.1 * static_cast<double>(t % 5));
            ladder.adapt(0.7);
        }
        return std::vector<double>{ladder.betas().begin(), ladder.betas().end()};
    };
    TemperatureLadder whole{3};
    TemperatureLadder half{3};
    TemperatureLadder rest{3};
    move(half, 0, 5);
    from_arrays(to_arrays(half), rest);
    CHECK(move(rest, 5, 11) == move(whole, 0, 11));
    TemperatureLadder other{4};
    CHECK_THROWS_AS(from_arrays(to_arrays(half), other), FormatError);
}

TEST_CASE("ladders without a gap are refused", "[sampling]") {
    CHECK_THROWS_AS(TemperatureLadder(1), ValueError);
    CHECK_THROWS_AS(TemperatureLadder(3, 1.0), ValueError);
    CHECK_THROWS_AS(TemperatureLadder(3, -0.1), ValueError);
    CHECK_THROWS_AS(TemperatureLadder(3, std::nan("")), ValueError);
    CHECK_THROWS_AS(TemperatureLadder(3, 0.0, 0), ValueError);
}
