// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/points.hpp"

#include <boltz/optimizer/conjugate_gradient.hpp>

#include <cmath>
#include <vector>

using namespace boltz;

TEST_CASE("exact searches on a quadratic take the steps of the linear method and end after n", "[optimizer]") {
    test::Quadratic const quadratic{{1, 2, 5, 10, 20}, {0.3, -0.5, 1, 2, -1}, 0.7};
    auto const linear = test::linear_conjugate_gradients(quadratic);
    LineSearch const exact{.sufficient_decrease = 1e-12, .curvature = 1e-9, .max_evaluations = 50};
    for (std::size_t searches = 1; searches <= 5; ++searches) {
        test::Point<double> point{3, 2};
        auto session = ConjugateGradient{.line_searches = searches, .line_search = exact}.bind(point);
        Executor executor{Compute{}};
        session.minimise(point, test::loss_of(point, quadratic), Clock{}, executor);
        CAPTURE(searches);
        for (std::size_t i = 0; i < 5; ++i) {
            CHECK(point.numbers()[i] == Approx(linear[searches][i]).margin(1e-7));
            if (searches == 5) CHECK(point.numbers()[i] == Approx(quadratic.least[i]).margin(1e-7));
        }
    }
    CHECK(std::abs(linear[4][0] - quadratic.least[0]) > 1e-3); // all n are needed
}

TEST_CASE("where Polak and Ribiere's factor is negative the direction is the steepest one", "[optimizer]") {
    // The second gradient is half of the first: g_1'(g_1 - g_0) < 0.
    test::Point<double> point{1, 1};
    auto session =
        ConjugateGradient{.line_searches = 2, .line_search = {.curvature = 0.9, .max_evaluations = 1}}.bind(point);
    std::vector<std::vector<double>> trials;
    std::vector<std::vector<double>> const slopes{{1, 0}, {0.5, 0.1}, {0.1, 0.1}};
    Executor executor{Compute{}};
    session.minimise(point,
                     test::loss_of(point,
                                   [&](auto const& x, auto& slope) {
                                       slope = slopes[trials.size()];
                                       trials.push_back(x);
                                       return -static_cast<double>(trials.size());
                                   }),
                     Clock{}, executor);
    REQUIRE(trials.size() == 3);
    std::vector<double> const moved{trials[2][0] - trials[1][0], trials[2][1] - trials[1][1]};
    CHECK(moved[0] < 0);
    CHECK(moved[1] == Approx(0.2 * moved[0])); // along (0.5, 0.1)
}

TEST_CASE("the first step at a chunk is as long as was right at the chunk before", "[optimizer]") {
    test::Quadratic const quadratic{{1, 2, 5}, {1, 1, 1}};
    test::Point<double> point{2, 1};
    auto session = ConjugateGradient{.line_searches = 1}.bind(point);
    Executor executor{Compute{}};
    std::vector<double> slope(3);
    quadratic(point.numbers(), slope);
    session.minimise(point, test::loss_of(point, quadratic), Clock{}, executor);
    double const right = -point.numbers()[0] / slope[0];
    auto const start = point.numbers();
    std::vector<std::vector<double>> trials;
    session.minimise(point,
                     test::loss_of(point,
                                   [&](auto const& x, auto& out) {
                                       trials.push_back(x);
                                       return quadratic(x, out);
                                   }),
                     Clock{}, executor);
    quadratic(start, slope);
    REQUIRE(trials.size() >= 2);
    CHECK(trials[0] == start);
    for (std::size_t i = 0; i < 3; ++i) CHECK(trials[1][i] == Approx(start[i] - right * slope[i]));
}
