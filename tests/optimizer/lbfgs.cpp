// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/points.hpp"

#include <boltz/optimizer/lbfgs.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace test_lbfgs {

using namespace boltz;

namespace {

using Numbers = std::vector<double>;
using Square = std::array<std::array<double, 2>, 2>;

Numbers minus(Numbers const& a, Numbers const& b) { return {a[0] - b[0], a[1] - b[1]}; }

// V' H V + s s' / s'y with V = 1 - y s' / s'y (Nocedal & Wright, eq. 7.16).
Square updated(Square const& h, Numbers const& s, Numbers const& y) {
    double const product = test::dot(s, y);
    Square v{}, result{};
    for (std::size_t r : {0u, 1u})
        for (std::size_t c : {0u, 1u}) v[r][c] = (r == c ? 1.0 : 0.0) - y[r] * s[c] / product;
    for (std::size_t r : {0u, 1u})
        for (std::size_t c : {0u, 1u}) {
            result[r][c] = s[r] * s[c] / product;
            for (std::size_t p : {0u, 1u})
                for (std::size_t q : {0u, 1u}) result[r][c] += v[p][r] * h[p][q] * v[q][c];
        }
    return result;
}

} // namespace

TEST_CASE("exact searches on a quadratic take the steps of conjugate gradients, whatever the history",
          "[optimizer]") {
    // Nocedal & Wright, section 7.2: with exact searches each memory keeps the directions conjugate.
    test::Quadratic const quadratic{{1, 2, 5, 10, 20}, {0.3, -0.5, 1, 2, -1}, 0.7};
    auto const linear = test::linear_conjugate_gradients(quadratic);
    LineSearch const exact{.sufficient_decrease = 1e-12, .curvature = 1e-9, .max_evaluations = 50};
    for (std::size_t const history : {1u, 2u, 3u, 10u})
        for (std::size_t searches = 1; searches <= 5; ++searches) {
            test::Point<double> point{3, 2};
            auto session = Lbfgs{.line_searches = searches, .history = history, .line_search = exact}.bind(point);
            Executor executor{Compute{}};
            session.minimise(point, test::loss_of(point, quadratic), Clock{}, executor);
            CAPTURE(history, searches);
            for (std::size_t i = 0; i < 5; ++i) CHECK(point.numbers()[i] == Approx(linear[searches][i]).margin(1e-7));
        }
}

TEST_CASE("directions are those of the inverse matrix made from the moves by the formula of BFGS", "[optimizer]") {
    // Loose searches, so that nothing is conjugate.
    for (std::size_t const history : {1u, 2u, 4u}) {
        std::vector<Numbers> points;
        std::vector<Numbers> slopes;
        for (std::size_t searches = 0; searches <= 6; ++searches) {
            test::Point<double> point{1, {-1.2, 1.0}};
            Executor executor{Compute{}};
            if (searches > 0)
                Lbfgs{.line_searches = searches, .history = history}.bind(point).minimise(
                    point, test::loss_of(point, test::rosenbrock), Clock{}, executor);
            points.push_back(point.numbers());
            slopes.emplace_back(2);
            test::rosenbrock(points.back(), slopes.back());
        }
        for (std::size_t k = 1; k < 6; ++k) {
            CAPTURE(history, k);
            Numbers const last = minus(slopes[k], slopes[k - 1]);
            double const scale = test::dot(minus(points[k], points[k - 1]), last) / test::dot(last, last);
            Square inverse{{{scale, 0}, {0, scale}}};
            for (std::size_t i = k > history ? k - history : 0; i < k; ++i)
                inverse = updated(inverse, minus(points[i + 1], points[i]), minus(slopes[i + 1], slopes[i]));
            Numbers const moved = minus(points[k + 1], points[k]);
            Numbers direction(2);
            for (std::size_t r : {0u, 1u})
                direction[r] = -inverse[r][0] * slopes[k][0] - inverse[r][1] * slopes[k][1];
            double const lengths = std::sqrt(test::dot(moved, moved) * test::dot(direction, direction));
            CHECK(test::dot(moved, direction) / lengths == Approx(1).epsilon(1e-12));
        }
    }
}

TEST_CASE("a history of no moves is refused", "[optimizer]") {
    test::Point<float> const point{2, 1};
    CHECK_THROWS_WITH((Lbfgs{.history = 0}.bind(point)), contains_text("Lbfgs: history is 0"));
}

} // namespace test_lbfgs
