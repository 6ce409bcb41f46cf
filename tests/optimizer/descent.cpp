// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/points.hpp"
#include "support/trainings.hpp"

#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/averaged.hpp>
#include <boltz/optimizer/clipped.hpp>
#include <boltz/optimizer/conjugate_gradient.hpp>
#include <boltz/optimizer/descent.hpp>
#include <boltz/optimizer/lbfgs.hpp>
#include <boltz/optimizer/max_norm.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

namespace test_descent {

using namespace boltz;

// What holds for both optimizers, whatever the directions they take.

namespace {

// One chunk, by one thread.
template <class Session, class M, class F>
double step(Session& session, M& point, F const& f, Clock const& clock = {}) {
    Executor executor{Compute{}};
    return session.minimise(point, test::loss_of(point, f), clock, executor);
}

// f(policy) for both.
template <class F>
void for_both(F const& f) {
    SECTION("conjugate gradients") { f(ConjugateGradient{}); }
    SECTION("limited-memory BFGS") { f(Lbfgs{}); }
}

test::Quadratic random_quadratic(std::size_t n, std::uint64_t seed) {
    test::Quadratic result{std::vector<double>(n), std::vector<double>(n), 0.5};
    Draws::from_seed(seed).uniform(0, 0, std::span<double>{result.a});
    Draws::from_seed(seed).uniform(1, 0, std::span<double>{result.least});
    for (double& a : result.a) a = 0.1 + 3 * a;
    return result;
}

} // namespace

// A trainer, which has gradients but no loss, does not take them.
using Machine = RBM<StochasticLayer<Bernoulli>, StochasticLayer<Bernoulli>>;
static_assert(concepts::Optimizer<Sgd, Machine>);
static_assert(!concepts::Optimizer<ConjugateGradient, Machine>);
static_assert(!concepts::Optimizer<Lbfgs, Machine>);
static_assert(!concepts::Optimizer<Lbfgs, BoltzmannMachine<float>>);
static_assert(!concepts::Optimizer<Averaged<Lbfgs>, Machine>);

TEST_CASE("both find the end of Rosenbrock's valley", "[optimizer]") {
    for_both([](auto policy) {
        policy.line_searches = 200;
        test::Point<double> point{1, {-1.2, 1.0}};
        auto session = policy.bind(point);
        double const loss = step(session, point, test::rosenbrock);
        CHECK(point.numbers()[0] == Approx(1).margin(1e-6));
        CHECK(point.numbers()[1] == Approx(1).margin(1e-6));
        CHECK(loss < 1e-12);
        CHECK(session.evaluations() < 300);
    });
}

TEST_CASE("the loss falls from search to search, and the strong Wolfe conditions hold where each ends",
          "[optimizer]") {
    for_both([](auto policy) {
        std::vector<double> last{-1.2, 1.0};
        std::vector<double> last_slope(2);
        double last_loss = test::rosenbrock(last, last_slope);
        for (std::size_t searches = 1; searches <= 12; ++searches) {
            policy.line_searches = searches;
            test::Point<double> point{1, {-1.2, 1.0}};
            auto session = policy.bind(point);
            double const returned = step(session, point, test::rosenbrock);
            auto const now = point.numbers();
            std::vector<double> slope(2);
            double const loss = test::rosenbrock(now, slope);
            CAPTURE(searches);
            CHECK(returned == loss);
            std::vector<double> const moved{now[0] - last[0], now[1] - last[1]};
            double const before = test::dot(last_slope, moved);
            CHECK(before < 0);
            CHECK(loss <= last_loss + policy.line_search.sufficient_decrease * before);
            CHECK(std::abs(test::dot(slope, moved)) <= policy.line_search.curvature * std::abs(before) * (1 + 1e-9));
            last = now;
            last_slope = slope;
            last_loss = loss;
        }
    });
}

TEST_CASE("a frozen layer keeps its bits, whatever its gradient, and the other one finds its minimum",
          "[optimizer]") {
    for_both([](auto policy) {
        policy.line_searches = 20;
        policy.layer_rates = {1.0, 0.0};
        test::Point<double> point{2, {0.1, 0.2, 0.3, -0.0}};
        auto session = policy.bind(point);
        CHECK_FALSE(session.frozen(0, Clock{}));
        CHECK(session.frozen(1, Clock{}));
        test::Quadratic const quadratic{{1, 2, 3, 4}, {1, 1, 1, 1}};
        step(session, point, [&](auto const& x, auto& slope) {
            double const value = quadratic(x, slope);
            slope[3] = std::numeric_limits<double>::quiet_NaN();
            return value;
        });
        CHECK(point.numbers()[0] == Approx(1));
        CHECK(point.numbers()[1] == Approx(1));
        CHECK(point.numbers()[2] == 0.3);
        CHECK(point.numbers()[3] == 0.0);
        CHECK(std::signbit(point.numbers()[3]));
    });
}

TEST_CASE("a layer with rate r moves as if r times its parameters were learned", "[optimizer]") {
    for_both([](auto policy) {
        auto const quadratic = random_quadratic(6, 1);
        std::vector<double> const begin{0.1, -0.2, 0.3, 0.5, -0.25, 0.75};
        // Powers of 2, so that scaling does not round.
        std::vector<double> const rates{0.5, 0.5, 0.5, 4, 4, 4};
        std::vector<double> scaled_begin(6);
        for (std::size_t i = 0; i < 6; ++i) scaled_begin[i] = begin[i] / rates[i];
        test::Point<double> scaled{3, scaled_begin};
        auto plain = policy.bind(scaled);
        step(plain, scaled, [&](std::vector<double> x, auto& slope) {
            for (std::size_t i = 0; i < 6; ++i) x[i] *= rates[i];
            double const value = quadratic(x, slope);
            for (std::size_t i = 0; i < 6; ++i) slope[i] *= rates[i];
            return value;
        });
        // The second epoch's rates count.
        policy.layer_rates = {Schedule::per_epoch({1, 0.5}), Schedule::per_epoch({0, 4})};
        test::Point<double> point{3, begin};
        auto session = policy.bind(point);
        step(session, point, quadratic, Clock{.epoch = 1});
        for (std::size_t i = 0; i < 6; ++i) CHECK(point.numbers()[i] == rates[i] * scaled.numbers()[i]);
        CHECK(point.numbers() != begin);
    });
}

TEST_CASE("parameters that do not reach where the loss is finite stay inside, and find the minimum", "[optimizer]") {
    for_both([](auto policy) {
        policy.line_searches = 15;
        test::Point<double> point{2, 1};
        auto session = policy.bind(point);
        // The first step, of length near 1, ends at a thousand times the edge.
        double const loss = step(session, point, test::Barrier{1000});
        for (double const x : point.numbers()) CHECK(x == Approx(0.0008));
        CHECK(loss == Approx(3 * (std::log(5.0) - 4)));
    });
}

TEST_CASE("where the loss is not finite to begin with nothing moves", "[optimizer]") {
    for_both([](auto const& policy) {
        std::vector<double> const begin{0.1, 2.0, 0.3};
        test::Point<double> point{2, begin};
        auto session = policy.bind(point);
        CHECK(std::isnan(step(session, point, test::Barrier{})));
        CHECK(point.numbers() == begin);
        CHECK(session.evaluations() == 1);
        CHECK(step(session, point, [](auto const&, auto& slope) {
                  std::fill(slope.begin(), slope.end(), std::numeric_limits<double>::infinity());
                  return 1.0;
              }) == 1.0);
        CHECK(point.numbers() == begin);
        CHECK(session.evaluations() == 2);
    });
}

TEST_CASE("parameters keep their bits when nothing better is found, and at a minimum", "[optimizer]") {
    for_both([](auto policy) {
        policy.line_search.max_evaluations = 7;
        std::vector<double> const begin{0.1, 0.7, 0.3};
        test::Point<float> point{2, begin};
        auto const before = test::parameters(point);
        auto session = policy.bind(point);
        auto const uphill = [](std::vector<double> const& x, std::vector<double>& slope) {
            std::fill(slope.begin(), slope.end(), -1.0); // the wrong sign
            return x[0] + x[1] + x[2];
        };
        std::vector<double> slope(3);
        CHECK(step(session, point, uphill) == uphill(point.numbers(), slope));
        CHECK(test::same(test::parameters(point), before));
        CHECK(session.evaluations() == 8);
        step(session, point, test::Quadratic{{1, 1, 1}, point.numbers()});
        CHECK(test::same(test::parameters(point), before));
        CHECK(session.evaluations() == 9);
    });
}

TEST_CASE("a first step that was right in a steep chunk does not end the descent in flat ones", "[optimizer]") {
    for_both([](auto policy) {
        test::Point<float> point{3, {0.1, 0.7, 0.3}}; // in which a step of 1e-12 cannot be seen
        auto session = policy.bind(point);
        step(session, point, test::Quadratic{{1e12, 1e12, 1e12}, {0.2, 0.6, 0.4}});
        test::Quadratic const flat{{1, 1, 1}, {0.9, -0.5, 0.1}};
        step(session, point, flat);
        CHECK(step(session, point, flat) < 1e-6);
    });
}

TEST_CASE("when the evaluations run out the model is left at the best trial, which need not be the last",
          "[optimizer]") {
    for_both([](auto policy) {
        policy.line_searches = 1;
        policy.line_search.max_evaluations = 2;
        test::Point<double> point{1, 0};
        auto session = policy.bind(point);
        // So little is gained, measured by the slope at first, that no decrease is sufficient.
        std::vector<double> const losses{0, -2e-9, -1e-9};
        std::vector<double> trials;
        double const loss = step(session, point, [&](auto const& x, auto& slope) {
            slope[0] = trials.empty() ? -1 : 0;
            trials.push_back(x[0]);
            return losses[trials.size() - 1];
        });
        REQUIRE(trials.size() == 3);
        CHECK(trials[1] != trials[2]);
        CHECK(point.numbers()[0] == trials[1]);
        CHECK(loss == -2e-9);
    });
}

TEST_CASE("when the loss throws, parameters and session are as before", "[optimizer]") {
    for_both([](auto policy) {
        policy.line_searches = 4;
        auto const quadratic = random_quadratic(5, 3);
        std::vector<double> const begin{0.1, -0.2, 0.3, 0.5, -0.25};
        test::Point<double> reference{3, begin};
        auto untouched = policy.bind(reference);
        step(untouched, reference, quadratic);
        for (int limit = 0; limit < static_cast<int>(untouched.evaluations()); ++limit) {
            CAPTURE(limit);
            test::Point<double> point{3, begin};
            auto session = policy.bind(point);
            int calls = 0;
            CHECK_THROWS_AS(step(session, point,
                                 [&](auto const& x, auto& slope) {
                                     if (calls++ == limit) throw std::runtime_error{"no loss"};
                                     return quadratic(x, slope);
                                 }),
                            std::runtime_error);
            CHECK(point.numbers() == begin);
            step(session, point, quadratic);
            CHECK(point.numbers() == reference.numbers());
        }
    });
}

TEST_CASE("optimizers that were saved and loaded go on to the bit", "[optimizer]") {
    for_both([](auto const& policy) {
        test::Point<float> point{3, {0.1, -0.2, 0.3, 0.5, -0.25}};
        auto session = policy.bind(point);
        step(session, point, random_quadratic(5, 1));
        auto resumed_point = point;
        auto resumed = policy.bind(resumed_point);
        from_arrays(to_arrays(session), resumed);
        CHECK(resumed.evaluations() == session.evaluations());
        auto fresh_point = point;
        auto fresh = policy.bind(fresh_point);
        for (std::uint64_t chunk = 2; chunk < 4; ++chunk) {
            auto const quadratic = random_quadratic(5, chunk);
            step(session, point, quadratic);
            step(resumed, resumed_point, quadratic);
            step(fresh, fresh_point, quadratic);
        }
        CHECK(test::same(test::parameters(resumed_point), test::parameters(point)));
        CHECK(test::same(to_arrays(resumed), to_arrays(session)));
        CHECK_FALSE(test::same(test::parameters(fresh_point), test::parameters(point)));
    });
}

TEST_CASE("the bits are the same for any number of threads", "[optimizer]") {
    for_both([](auto const& policy) {
        auto const quadratic = random_quadratic(300'000, 1);
        Arrays expected;
        for (std::size_t const threads : {1u, 2u, 3u}) {
            test::Point<float> point{200'000, 100'000};
            auto session = policy.bind(point);
            Executor executor{{.threads = threads}};
            session.minimise(point, test::loss_of(point, quadratic), Clock{}, executor);
            if (threads == 1) expected = test::parameters(point);
            CHECK(test::same(test::parameters(point), expected));
        }
    });
}

TEST_CASE("in single precision a minimum is found to what the loss can tell, without wasted evaluations",
          "[optimizer]") {
    for_both([](auto policy) {
        policy.line_searches = 40;
        auto quadratic = random_quadratic(20, 5);
        test::Point<float> point{20, 0};
        auto session = policy.bind(point);
        double const loss = step(session, point, [&](auto const& x, auto& slope) {
            return static_cast<double>(static_cast<float>(1000 + quadratic(x, slope)));
        });
        CHECK(loss == Approx(1000).epsilon(2e-7));
        CHECK(session.evaluations() < 80);
    });
}

TEST_CASE("a direction that does not lead down is replaced by the steepest one", "[optimizer]") {
    auto const quadratic = random_quadratic(4, 2);
    std::vector<double> const begin{0.1, -0.2, 0.3, 0.5};
    auto const descend = [&](double factor) {
        test::Point<double> point{2, begin};
        Descent<double> descent{{.line_searches = 5}, point};
        Executor executor{Compute{}};
        auto loss = test::loss_of(point, quadratic);
        descent.step(point, loss, Clock{}, executor, [&](auto& space, LastMove<double> const& last) {
            space.combine(0, last.direction, factor, last.now);
            return factor < 0 ? 0.0 : 1e-3; // which is for that direction only
        });
        return point.numbers();
    };
    auto const steepest = descend(-1);
    CHECK(steepest != begin);
    CHECK(descend(1) == steepest);
    CHECK(descend(0) == steepest);
    CHECK(descend(std::numeric_limits<double>::quiet_NaN()) == steepest);
}

TEST_CASE("after a search in vain the next one takes the steepest direction", "[optimizer]") {
    auto const quadratic = random_quadratic(4, 2);
    test::Point<double> point{2, {0.1, -0.2, 0.3, 0.5}};
    Descent<double> descent{{.line_searches = 3, .line_search = {.max_evaluations = 5}}, point};
    Executor executor{Compute{}};
    int turns = 0;
    int failing = 0;
    double after_first = 0;
    auto loss = test::loss_of(point, [&](auto const& x, auto& slope) {
        double const value = quadratic(x, slope);
        if (failing-- > 0) return std::numeric_limits<double>::quiet_NaN();
        if (turns == 0) after_first = value;
        return value;
    });
    double const found = descent.step(point, loss, Clock{}, executor, [&](auto& space, LastMove<double> const& last) {
        ++turns;
        failing = 5;
        space.combine(0, last.direction, -1, last.now);
        return 0.0;
    });
    CHECK(turns == 1);
    CHECK(found < after_first);
    std::vector<double> slope(4);
    CHECK(quadratic(point.numbers(), slope) == found);
}

TEST_CASE("steps along a gradient are refused, by wrappers before the training begins", "[optimizer]") {
    for_both([](auto policy) {
        test::Point<double> point{2, {0.1, 0.2, 0.3}};
        auto session = policy.bind(point);
        CHECK(session.searches());
        CHECK_FALSE(session.has_rate());
        auto gradient = point.make_gradient();
        Executor executor{Compute{}};
        CHECK_THROWS_WITH(session.step(point, gradient, Clock{}, executor), contains_text("wants the loss"));
        CHECK_THROWS_WITH((Averaged{policy}.bind(point)),
                          contains_text("Averaged: the optimizer within searches along lines"));
        CHECK_THROWS_AS((Clipped{policy}.bind(point)), ValueError);
        CHECK_THROWS_AS((MaxNorm{policy}.bind(point)), ValueError);
    });
}

TEST_CASE("descents that cannot be are refused", "[optimizer]") {
    for_both([](auto policy) {
        test::Point<float> const point{2, 1};
        auto const with = [&](auto change) {
            auto changed = policy;
            change(changed);
            return changed;
        };
        CHECK_THROWS_AS(with([](auto& p) { p.line_searches = 0; }).bind(point), ValueError);
        CHECK_THROWS_AS(with([](auto& p) { p.line_search.max_evaluations = 0; }).bind(point), ValueError);
        CHECK_THROWS_WITH(with([](auto& p) {
                              p.layer_rates = {1, -1};
                          }).bind(point),
                          contains_text("layer_rates of layer 1 starts at -1"));
        CHECK_THROWS_WITH(with([](auto& p) {
                              p.layer_rates = {1, 1, 1};
                          }).bind(point),
                          contains_text("layer_rates has 3 entries, but the model has 2 layers"));
        CHECK_THROWS_AS(with([](auto& p) { p.layer_rates = {std::numeric_limits<double>::infinity()}; }).bind(point),
                        ValueError);
    });
}

} // namespace test_descent
