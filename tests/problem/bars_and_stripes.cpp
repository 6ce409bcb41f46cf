// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/error.hpp>
#include <boltz/problem/bars_and_stripes.hpp>

#include <map>
#include <numeric>

using namespace boltz;

TEST_CASE("2 x 2 bars and stripes are six pictures at 1/4, 1/4 and four times 1/8", "[problem]") {
    auto const problem = bars_and_stripes(2);
    std::map<std::vector<float>, double> found;
    for (std::size_t i = 0; i < problem.patterns.shape(0); ++i) {
        auto const row = Block<float const>{problem.patterns}.row(i);
        found[{row.begin(), row.end()}] += problem.probabilities[i];
    }
    std::map<std::vector<float>, double> const expected{{{0, 0, 0, 0}, 0.25},  {{1, 1, 1, 1}, 0.25},
                                                        {{1, 1, 0, 0}, 0.125}, {{0, 0, 1, 1}, 0.125},
                                                        {{1, 0, 1, 0}, 0.125}, {{0, 1, 0, 1}, 0.125}};
    CHECK(found == expected);
}

TEST_CASE("pictures are different, probabilities add up and the cases have their frequencies", "[problem]") {
    for (std::size_t n = 1; n <= 6; ++n) {
        auto const problem = bars_and_stripes(n);
        CHECK(problem.patterns.shape(0) == (std::size_t{2} << n) - 2);
        CHECK(problem.probabilities.size() == problem.patterns.shape(0));
        CHECK(problem.cases.shape(0) == std::size_t{2} << n);
        CHECK(std::accumulate(problem.probabilities.begin(), problem.probabilities.end(), 0.0) == 1.0);
        std::map<std::vector<float>, double> frequency;
        for (std::size_t i = 0; i < problem.cases.shape(0); ++i) {
            auto const row = Block<float const>{problem.cases}.row(i);
            frequency[{row.begin(), row.end()}] += 1.0 / static_cast<double>(problem.cases.shape(0));
        }
        CHECK(frequency.size() == problem.patterns.shape(0));
        double entropy = 0;
        for (std::size_t i = 0; i < problem.patterns.shape(0); ++i) {
            auto const row = Block<float const>{problem.patterns}.row(i);
            CHECK(frequency.at({row.begin(), row.end()}) == problem.probabilities[i]);
            entropy += problem.probabilities[i] * std::log(problem.probabilities[i]);
        }
        CHECK(problem.negative_entropy() == entropy);
    }
}

TEST_CASE("bars and stripes of no or too many lines are refused", "[problem]") {
    CHECK_THROWS_AS(bars_and_stripes(0), ValueError);
    CHECK_THROWS_AS(bars_and_stripes(17), ValueError);
}
