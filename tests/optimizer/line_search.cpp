// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/error.hpp>
#include <boltz/optimizer/line_search.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace test_line_search {

using namespace boltz;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

using Line = std::function<LinePoint(double)>;

struct Outcome {
    LinePoint found;
    LinePoint kept;
    std::vector<double> trials;
};

Outcome minimise(LineSearch const& search, double first, Line const& line, double resolution = 0) {
    Outcome outcome;
    LinePoint last;
    auto const origin = line(0);
    outcome.kept = origin;
    outcome.found = search.minimise(
        origin, first, resolution,
        [&](double step) {
            outcome.trials.push_back(step);
            return last = line(step);
        },
        [&] { outcome.kept = last; });
    return outcome;
}

LinePoint parabola(double x) { return {x, (x - 3) * (x - 3), 2 * (x - 3)}; }

} // namespace

TEST_CASE("the second trial along a parabola is its minimum, from either side", "[optimizer]") {
    LineSearch const exact{.sufficient_decrease = 1e-10, .curvature = 1e-9};
    for (double const first : {0.5, 2.0, 5.0, 20.0}) {
        auto const outcome = minimise(exact, first, parabola);
        CHECK(outcome.trials.size() == 2);
        CHECK(outcome.found.step == Approx(3).epsilon(1e-12));
        CHECK(outcome.kept.step == outcome.found.step);
    }
}

TEST_CASE("the second trial along a cubic is its minimum", "[optimizer]") {
    LineSearch const exact{.sufficient_decrease = 1e-10, .curvature = 1e-9};
    Line const cubic = [](double x) { return LinePoint{x, x * x * x - 3 * x, 3 * x * x - 3}; };
    for (double const first : {0.4, 1.5, 4.0}) {
        auto const outcome = minimise(exact, first, cubic);
        CHECK(outcome.trials.size() == 2);
        CHECK(outcome.found.step == Approx(1).epsilon(1e-12));
    }
}

TEST_CASE("where a slope is not finite the values and one slope lead to the minimum of a parabola", "[optimizer]") {
    LineSearch const exact{.sufficient_decrease = 1e-10, .curvature = 1e-9};
    auto const outcome = minimise(exact, 8, [](double x) {
        auto point = parabola(x);
        if (x > 4) point.slope = not_a_number;
        return point;
    });
    CHECK(outcome.trials == std::vector<double>{8, 3});
}

TEST_CASE("the strong Wolfe conditions hold at the chosen point whatever the first step", "[optimizer]") {
    // The first two are of More and Thuente (1994), eq. 5.1 and, begun where it is less flat, 5.2.
    std::vector<Line> const lines{
        [](double x) {
            double const rest = x * x + 2;
            return LinePoint{x, -x / rest, (x * x - 2) / (rest * rest)};
        },
        [](double x) {
            double const y = x + 0.04;
            return LinePoint{x, std::pow(y, 5) - 2 * std::pow(y, 4), 5 * std::pow(y, 4) - 8 * std::pow(y, 3)};
        },
        [](double x) {
            return LinePoint{x, std::pow(x - 1, 4), 4 * std::pow(x - 1, 3)};
        },
        [](double x) {
            return LinePoint{x, std::exp(x) - 20 * x, std::exp(x) - 20};
        },
        [](double x) {
            return LinePoint{x, std::cos(x) - x / 4 + x * x / 50, -std::sin(x) - 0.25 + x / 25};
        },
        [](double x) {
            return LinePoint{x, -std::log(1 - x) - 5 * x, x < 1 ? 1 / (1 - x) - 5 : not_a_number};
        },
    };
    for (double const curvature : {0.9, 0.1, 0.01})
        for (std::size_t i = 0; i < lines.size(); ++i)
            for (double const first : {1e-3, 1e-1, 1.0, 10.0, 1e3}) {
                CAPTURE(curvature, i, first);
                LineSearch const search{.sufficient_decrease = 1e-3, .curvature = curvature, .max_evaluations = 30};
                auto const outcome = minimise(search, first, lines[i]);
                auto const origin = lines[i](0);
                auto const& found = outcome.found;
                CHECK(found.step > 0);
                CHECK(found.value <= origin.value + 1e-3 * found.step * origin.slope);
                CHECK(std::abs(found.slope) <= curvature * std::abs(origin.slope));
                CHECK(outcome.kept.step == found.step);
                CHECK(outcome.trials.back() == found.step);
            }
}

TEST_CASE("a value that is not finite shortens the step", "[optimizer]") {
    for (double const bad :
         {not_a_number, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
        auto const outcome = minimise({}, 1000, [&](double x) { return x < 5 ? parabola(x) : LinePoint{x, bad, 0}; });
        CHECK(outcome.found.step == Approx(3).margin(0.3));
        CHECK(outcome.trials[1] == 100);
        CHECK(outcome.trials[2] == 10);
        CHECK(outcome.trials[3] == 1);
    }
}

TEST_CASE("along a line that falls for ever each trial goes ten times as far from the last but one", "[optimizer]") {
    auto const outcome = minimise({.max_evaluations = 4}, 1, [](double x) { return LinePoint{x, -x, -1}; });
    CHECK(outcome.trials == std::vector<double>{1, 10, 91, 820});
    CHECK(outcome.found.step == 820);
    CHECK(outcome.kept.step == 820);
}

TEST_CASE("the lowest point is chosen when no trial satisfies the conditions", "[optimizer]") {
    // The claimed slope promises far more than there is to gain: no decrease is sufficient.
    Line const line = [](double x) { return LinePoint{x, -1e-9 * x * (2 - x), x == 0 ? -1e3 : 0.0}; };
    auto const outcome = minimise({.max_evaluations = 2}, 1.5, line);
    REQUIRE(outcome.trials.size() == 2);
    double const better =
        line(outcome.trials[0]).value < line(outcome.trials[1]).value ? outcome.trials[0] : outcome.trials[1];
    CHECK(outcome.found.step == better);
    CHECK(outcome.kept.step == better);
}

TEST_CASE("the origin is chosen when every trial is worse", "[optimizer]") {
    auto const outcome = minimise({.max_evaluations = 7}, 1, [](double x) {
        return LinePoint{x, x, x > 0 ? 1.0 : -1.0};
    });
    CHECK(outcome.trials.size() == 7);
    CHECK(outcome.found.step == 0);
    CHECK(outcome.kept.step == 0);
}

TEST_CASE("a search ends when what is left to gain cannot be seen in the values", "[optimizer]") {
    Line const flat = [](double x) { return LinePoint{x, 1.0, -1e-6}; };
    CHECK(minimise({.max_evaluations = 100}, 1, flat, 1e-8).trials.size() < 8);
    CHECK(minimise({.max_evaluations = 100}, 1, flat, 0).trials.size() == 100);
}

TEST_CASE("line searches that cannot be are refused", "[optimizer]") {
    CHECK_NOTHROW(LineSearch{}.validate("here"));
    CHECK_THROWS_WITH((LineSearch{.max_evaluations = 0}.validate("here")),
                      contains_text("here: max_evaluations is 0"));
    CHECK_THROWS_AS((LineSearch{.curvature = 1}.validate("here")), ValueError);
    CHECK_THROWS_AS((LineSearch{.curvature = not_a_number}.validate("here")), ValueError);
    CHECK_THROWS_AS((LineSearch{.sufficient_decrease = 0}.validate("here")), ValueError);
    CHECK_THROWS_AS((LineSearch{.sufficient_decrease = 0.2, .curvature = 0.1}.validate("here")), ValueError);
}

} // namespace test_line_search
