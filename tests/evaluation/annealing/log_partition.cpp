// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/statistics.hpp"

#include <boltz/draws.hpp>
#include <boltz/evaluation/annealing/log_partition.hpp>

namespace test_log_partition {

using namespace boltz;

namespace {

std::vector<double> normal_numbers(std::size_t n, double mean, double deviation, std::uint64_t seed = 1) {
    std::vector<double> values(n);
    Draws::from_seed(seed).normal(0, 0, std::span{values});
    for (double& w : values) w = mean + deviation * w;
    return values;
}

} // namespace

TEST_CASE("the mean in log space is that of the exponentials", "[evaluation]") {
    std::vector<double> const values{0.5, -1, 2, 0.25};
    LogMean const found = log_mean_exp(values);
    std::vector<double> weights;
    double sum = 0, squares = 0;
    for (double const w : values) {
        weights.push_back(std::exp(w));
        sum += std::exp(w);
        squares += std::exp(2 * w);
    }
    auto const expected = test::estimate(weights);
    CHECK(found.value == Approx(std::log(expected.mean)).epsilon(1e-14));
    CHECK(found.relative_error == Approx(expected.error / expected.mean).epsilon(1e-14));
    CHECK(found.effective == Approx(sum * sum / squares).epsilon(1e-14));
    CHECK(found.variance == Approx(4 * std::pow(test::estimate(values).error, 2)).epsilon(1e-14));
}

TEST_CASE("large and small numbers neither overflow nor vanish", "[evaluation]") {
    std::vector<double> values{0.5, -1, 2, 0.25};
    LogMean const plain = log_mean_exp(values);
    for (double const shift : {1e5, -1e5}) {
        auto moved = values;
        for (double& w : moved) w += shift;
        LogMean const found = log_mean_exp(moved);
        CHECK(found.value - shift == Approx(plain.value).margin(1e-10));
        CHECK(found.relative_error == Approx(plain.relative_error).epsilon(1e-9));
        CHECK(found.variance == Approx(plain.variance).epsilon(1e-9));
    }
    CHECK(log_mean_exp(std::vector<double>{3.0}).value == 3);
    CHECK(std::isinf(log_mean_exp(std::vector<double>{3.0}).relative_error));
    double const infinity = std::numeric_limits<double>::infinity();
    CHECK(log_mean_exp(std::vector<double>{-infinity, -infinity}).value == -infinity);
}

TEST_CASE("a few weights far below the others widen the error and are no reason for a warning", "[evaluation]") {
    // Of 100 chains each misses the model with probability 0.08: the error of the mean is known.
    double const miss = 0.08, n = 100;
    double const truth = std::log(1 - miss), deviation = std::sqrt(miss / (1 - miss) / n);
    Draws const draws = Draws::from_seed(5);
    int few = 0, far = 0;
    constexpr int trials = 1000;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<double> values(100);
        draws.uniform(static_cast<std::uint64_t>(trial), 0, std::span{values});
        for (double& value : values) value = value < miss ? -7 : 0;
        auto const found = boltz::detail::summarised(values, ChainStart::base);
        few += found.variance_above > 0 || !found.trustworthy();
        far += std::abs(found.log_z - truth) > 4 * found.standard_error && found.standard_error > 0;
        if (found.standard_error > 0) CHECK(found.standard_error > 0.5 * deviation);
    }
    CHECK(few == 0);
    // A single miss of 100 is expected 2.1 times, which leaves 4 errors; two are too, 9 times, by the usual error.
    // More than 8 of 2.1 are seen in one test of 1,700.
    CHECK(far <= 8);
}

TEST_CASE("weights far above the others are a reason for a warning", "[evaluation]") {
    std::vector<double> values(100, 0.0);
    for (std::size_t i = 0; i < 20; ++i) values[i] = 7;
    auto const found = boltz::detail::summarised(values, ChainStart::base);
    CHECK(found.variance_above == Approx(2 * 20 * 49 / 100.0));
    CHECK(found.effective_chains > 19);
    CHECK_FALSE(found.trustworthy());
    auto const normal = normal_numbers(20000, 0, 0.7);
    CHECK(log_mean_exp(normal).variance_above == Approx(0.49).epsilon(0.05));
}

TEST_CASE("the interval is that of the mean weight, open below when it must be", "[evaluation]") {
    auto const even = boltz::detail::summarised(normal_numbers(100, 10, 0.2), ChainStart::base);
    CHECK(even.lower == Approx(even.log_z + std::log(1 - 3 * even.standard_error)).epsilon(1e-14));
    CHECK(even.upper == Approx(even.log_z + std::log(1 + 3 * even.standard_error)).epsilon(1e-14));
    auto const uneven = boltz::detail::summarised(normal_numbers(100, 10, 4), ChainStart::base);
    REQUIRE(uneven.standard_error > 1.0 / 3);
    CHECK(std::isinf(uneven.lower));
    CHECK(uneven.upper < 100);
    // Chains that run down average exp(-w): everything is mirrored.
    auto mirrored = normal_numbers(100, 10, 4);
    for (double& w : mirrored) w = -w;
    auto const down = boltz::detail::summarised(mirrored, ChainStart::exact_samples);
    CHECK(down.log_z == -uneven.log_z);
    CHECK(std::isinf(down.upper));
    CHECK(down.lower == -uneven.upper);
    CHECK(down.standard_error == uneven.standard_error);
    CHECK(down.log_weights == mirrored);
}

TEST_CASE("an estimate that should not be believed says why", "[evaluation]") {
    auto const warning = [](std::vector<double> const& weights, ChainStart start = ChainStart::base) {
        auto const estimate = boltz::detail::summarised(weights, start);
        CHECK(estimate.trustworthy() == estimate.warning().empty());
        return estimate.warning();
    };
    CHECK(warning(normal_numbers(100, 10, 0.5)).empty());
    CHECK_THAT(warning(normal_numbers(100, 10, 6)), contains_text("effective chains of 100"));
    CHECK_THAT(warning(normal_numbers(5, 10, 0.1)), contains_text("5 chains are too few"));
    CHECK_THAT(warning({1, std::numeric_limits<double>::infinity()}), contains_text("not a finite number"));
    CHECK_THAT(warning({1, std::numeric_limits<double>::quiet_NaN()}), contains_text("not a finite number"));
    // Nine tenths of the weights all but vanish and the others are equal: many count, but the spread tells.
    auto few = normal_numbers(100, 10, 0.01);
    for (std::size_t i = 0; i < 80; ++i) few[i] = -30;
    CHECK_THAT(warning(few), contains_text("variance"));
    CHECK(warning(normal_numbers(100, 10, 0.5), ChainStart::exact_samples).empty());
    CHECK_THAT(warning(normal_numbers(100, 10, 0.5), ChainStart::long_chains), contains_text("have mixed"));
    CHECK_THAT(warning(normal_numbers(100, 10, 0.5), ChainStart::given_states), contains_text("neither"));
    CHECK(to_string(ChainStart::exact_samples) == "exact samples");
    CHECK(to_string(ChainStart::long_chains) == "long chains");
    CHECK(to_string(ChainStart::given_states) == "given states");
}

} // namespace test_log_partition
