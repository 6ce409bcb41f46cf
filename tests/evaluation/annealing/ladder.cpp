// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ladder.hpp>

#include <limits>

using namespace boltz;

TEST_CASE("ladders run from 0 to 1 in equal or published steps", "[evaluation]") {
    Ladder const linear = Ladder::linear(10);
    REQUIRE(linear.steps() == 10);
    CHECK(linear[0] == 0);
    CHECK(linear[3] == Approx(0.3).epsilon(1e-15));
    CHECK(linear[10] == 1);
    CHECK(Ladder::linear(1).steps() == 1);

    Ladder const published = Ladder::salakhutdinov_murray();
    CHECK(published.steps() == 14500);
    CHECK(published[1] == Approx(0.001).epsilon(1e-14));
    CHECK(published[500] == 0.5);
    CHECK(published[501] == Approx(0.5001).epsilon(1e-14));
    CHECK(published[4500] == 0.9);
    CHECK(published[14499] == Approx(0.99999).epsilon(1e-14));
    CHECK(published[14500] == 1);
    for (std::size_t k = 0; k < published.steps(); ++k) REQUIRE(published[k] < published[k + 1]);
}

TEST_CASE("a ladder of one's own must increase from 0 to 1", "[evaluation]") {
    CHECK(Ladder::of({0, 0.25, 1}, "mine").name() == "mine");
    CHECK(Ladder::of({0, 1}).betas().size() == 2);
    CHECK_THROWS_AS(Ladder::of({}), ValueError);
    CHECK_THROWS_AS(Ladder::of({0}), ValueError);
    CHECK_THROWS_AS(Ladder::of({0, 0.5}), ValueError);
    CHECK_THROWS_AS(Ladder::of({0.1, 1}), ValueError);
    CHECK_THROWS_WITH(Ladder::of({0, 0.5, 0.4, 1}), contains_text("betas[2] is 0.4"));
    CHECK_THROWS_AS(Ladder::of({0, 0.5, 0.5, 1}), ValueError);
    CHECK_THROWS_AS(Ladder::of({0, std::numeric_limits<double>::quiet_NaN(), 1}), ValueError);
    CHECK_THROWS_AS(Ladder::linear(0), ValueError);
}
