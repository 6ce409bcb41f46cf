// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/statistics.hpp"

#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>

namespace test_acceptance_ratio {

using namespace boltz;

namespace {

// Log-weights of the two directions as Gaussian work has them: means log Z -+ s^2 / 2 and variance s^2.
LogPartition direction(std::size_t runs, double log_z, double s, ChainStart start, std::uint64_t seed) {
    std::vector<double> weights(runs);
    Draws::from_seed(seed).normal(0, 0, std::span{weights});
    double const shift = start == ChainStart::base ? -s * s / 2 : s * s / 2;
    for (double& w : weights) w = log_z + shift + s * w;
    return boltz::detail::summarised(std::move(weights), start);
}

} // namespace

// 300 seeds: the mean of 300 squares has deviation 0.08, the mean score 0.06; false alarm below 1e-5 each.
TEST_CASE("Gaussian work gives log Z with an honest error, for equal and unequal numbers of runs",
          "[evaluation][statistical]") {
    for (auto const& [up, down, s] :
         {std::tuple{100, 100, 0.5}, std::tuple{100, 100, 2.0}, std::tuple{400, 60, 1.0}}) {
        std::vector<double> scores, squares;
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            auto const found = bennett_acceptance_ratio(
                direction(static_cast<std::size_t>(up), 1234.5, s, ChainStart::base, 2 * seed),
                direction(static_cast<std::size_t>(down), 1234.5, s, ChainStart::exact_samples, 2 * seed + 1));
            double const z = (found.log_z - 1234.5) / found.standard_error;
            scores.push_back(z);
            squares.push_back(z * z);
            CHECK(found.forward_chains == static_cast<std::size_t>(up));
            CHECK(found.reverse_chains == static_cast<std::size_t>(down));
        }
        CHECK(std::abs(test::estimate(scores).mean) < 0.27);
        CHECK(std::abs(test::estimate(squares).mean - 1) < 0.4);
    }
}

TEST_CASE("equal weights are log Z itself, without error and with full overlap", "[evaluation]") {
    auto const found = bennett_acceptance_ratio(direction(7, -3e4, 0, ChainStart::base, 1),
                                                direction(12, -3e4, 0, ChainStart::exact_samples, 2));
    CHECK(found.log_z == Approx(-3e4).epsilon(1e-15));
    CHECK(found.standard_error < 1e-12);
    CHECK(found.overlap == Approx(1).epsilon(1e-9));
    CHECK(found.forward == -3e4);
    CHECK(found.reverse == -3e4);
}

TEST_CASE("the estimate solves Bennett's equation", "[evaluation]") {
    auto const up = direction(30, 2, 1, ChainStart::base, 1);
    auto const down = direction(50, 2, 1, ChainStart::exact_samples, 2);
    double const r = bennett_acceptance_ratio(up, down).log_z;
    double const m = std::log(50.0 / 30.0);
    double surplus = 0;
    for (double const w : up.log_weights) surplus += 1 / (1 + std::exp(-(w - r + m)));
    for (double const w : down.log_weights) surplus -= 1 / (1 + std::exp(w - r + m));
    CHECK(std::abs(surplus) < 1e-10);
}

TEST_CASE("directions that do not meet or do not bound are not trusted", "[evaluation]") {
    auto const up = direction(100, 10, 1, ChainStart::base, 1);
    CHECK(bennett_acceptance_ratio(up, direction(100, 10, 1, ChainStart::exact_samples, 2)).trustworthy());
    auto const apart = bennett_acceptance_ratio(direction(100, 10, 9, ChainStart::base, 1),
                                                direction(100, 10, 9, ChainStart::exact_samples, 2));
    CHECK_THAT(apart.warning(), contains_text("overlap"));
    CHECK(apart.overlap < 0.1);
    CHECK_THAT(bennett_acceptance_ratio(up, direction(100, 10, 1, ChainStart::long_chains, 2)).warning(),
               contains_text("have mixed"));
    CHECK_THAT(bennett_acceptance_ratio(up, direction(100, 10, 1, ChainStart::given_states, 2)).warning(),
               contains_text("means nothing"));
    auto broken = up;
    broken.log_weights[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(bennett_acceptance_ratio(broken, direction(100, 10, 1, ChainStart::exact_samples, 2)).trustworthy());
}

TEST_CASE("directions that contradict each other are not combined", "[evaluation]") {
    // A trained RBM with log Z 245.591: chains down from the ends of plain ones came out below those up.
    auto const up = direction(100, 245.4, 0.5, ChainStart::base, 1);
    auto const down = direction(100, 243.0, 0.5, ChainStart::long_chains, 2);
    auto const found = bennett_acceptance_ratio(up, down);
    CHECK_FALSE(found.combined);
    CHECK(found.contradiction > 3);
    CHECK(found.log_z == up.log_z);
    CHECK(found.standard_error == up.standard_error);
    CHECK_THAT(found.warning(), contains_text("contradiction"));
    // The other way round they bound log Z, however far apart.
    auto const bounds = bennett_acceptance_ratio(up, direction(100, 246.0, 0.5, ChainStart::exact_samples, 2));
    CHECK(bounds.contradiction == 0);
    CHECK(bounds.combined);
}

TEST_CASE("what visited states prove and what is rounded off hold for both directions too", "[evaluation]") {
    auto up = direction(100, 10, 0.5, ChainStart::base, 1);
    up.at_least = 11;
    up.rounding = 0.01;
    auto const found = bennett_acceptance_ratio(up, direction(100, 10, 0.5, ChainStart::exact_samples, 2));
    CHECK(found.at_least == 11);
    CHECK(found.refuted());
    CHECK_THAT(found.warning(), contains_text("log Z is at least 11"));
    auto equal = direction(10, 1, 0, ChainStart::base, 1);
    equal.rounding = 1e-6;
    CHECK(bennett_acceptance_ratio(equal, direction(10, 1, 0, ChainStart::exact_samples, 2)).standard_error == 1e-6);
}

TEST_CASE("where chains down began is said beside everything else", "[evaluation]") {
    auto const poor = direction(100, 12, 4, ChainStart::tempered_chains, 2);
    REQUIRE(poor.effective_chains < 10);
    CHECK_THAT(poor.warning(), contains_text("effective chains") && contains_text("an upper bound only if those"));
}

TEST_CASE("chains down from states that are no exact samples do not count with few effective chains",
          "[evaluation]") {
    auto const up = direction(100, 10, 0.5, ChainStart::base, 1);
    auto const down = direction(100, 12, 4, ChainStart::tempered_chains, 2);
    REQUIRE(down.effective_chains < 10);
    auto const found = bennett_acceptance_ratio(up, down);
    CHECK_FALSE(found.combined);
    CHECK(found.log_z == up.log_z);
    CHECK_FALSE(found.trustworthy());
}

TEST_CASE("estimates of different paths are not combined", "[evaluation]") {
    auto const up = direction(10, 1, 1, ChainStart::base, 1);
    auto const down = direction(10, 1, 1, ChainStart::exact_samples, 2);
    CHECK_THROWS_AS(bennett_acceptance_ratio(up, up), ValueError);
    CHECK_THROWS_AS(bennett_acceptance_ratio(down, down), ValueError);
    CHECK_THROWS_AS(bennett_acceptance_ratio(direction(1, 1, 1, ChainStart::base, 1), down), ValueError);
    auto longer = down;
    longer.temperatures = 7;
    CHECK_THROWS_WITH(bennett_acceptance_ratio(up, longer), contains_text("7 temperatures"));
    auto other = down;
    other.base = "uniform";
    CHECK_THROWS_AS(bennett_acceptance_ratio(up, other), ValueError);
}

} // namespace test_acceptance_ratio
