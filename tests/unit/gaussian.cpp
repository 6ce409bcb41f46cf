// SPDX-License-Identifier: MIT
#include "support/unit_conformance.hpp"

#include <boltz/archive.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>

#include <array>

namespace test_gaussian {

using namespace boltz;

namespace {

Gaussian fixed_precisions() {
    Vector<double> precision = xt::zeros<double>({4});
    precision(0) = 0.25;
    precision(1) = 1;
    precision(2) = 3;
    precision(3) = 40;
    return Gaussian::with_precision(precision);
}

Gaussian prepared(Gaussian unit, std::size_t size) {
    unit.prepare(size);
    return unit;
}

// The integral of f over the real line, for smooth f that vanishes beyond -60 and 60: the trapezium rule then
// converges faster than any power of its step.
template <class F>
double integral(F f) {
    double sum = 0;
    double const step = 1.0 / 128;
    for (int i = -60 * 128; i <= 60 * 128; ++i) sum += f(i * step);
    return sum * step;
}

} // namespace

TEST_CASE("Gaussian means are the derivative of A and A* is its conjugate", "[unit]") {
    test::check_mean_and_conjugate(prepared({}, 4), 4);
    test::check_mean_and_conjugate(fixed_precisions(), 4);
    test::check_mean_and_conjugate(prepared(Gaussian::learned(), 100), 100);
}

TEST_CASE("Gaussian functions stay finite for enormous natural parameters", "[unit]") {
    test::check_stability(fixed_precisions(), 4);
}

TEST_CASE("the integral of exp(x s - e(s)) is exp(A(x)), by quadrature", "[unit]") {
    Gaussian const all = fixed_precisions();
    for (std::size_t j = 0; j < 4; ++j) {
        Vector<double> precision = xt::zeros<double>({1});
        precision(0) = std::exp(all.log_precision()(j));
        Gaussian const unit = Gaussian::with_precision(precision);
        for (double const x : {-2.0, 0.0, 0.7}) {
            Matrix<double> natural = xt::zeros<double>({1, 1});
            natural(0, 0) = x;
            double const whole = integral([&](double s) {
                Matrix<double> state = xt::zeros<double>({1, 1});
                state(0, 0) = s;
                std::vector<double> own(1, 0.0);
                unit.add_self_energy(test::reading(state), std::span{own});
                return std::exp(x * s - own[0]);
            });
            CHECK(std::log(whole) == Approx(test::log_partition(unit, natural)[0]).margin(1e-10));
        }
    }
}

TEMPLATE_TEST_CASE("Gaussian draws have mean x / p, variance 1 / p and the normal's shape", "[unit][statistical]",
                   float, double) {
    // 4 units, each with two z-tests at 4 standard errors (6e-5) and one chi-square test at 1e-4.
    std::size_t const rows = 40000;
    Gaussian const unit = fixed_precisions();
    Matrix<TestType> x = xt::zeros<TestType>({rows, std::size_t{4}});
    std::array<double, 4> const natural{-1.0, 0.5, 2.0, 0.0};
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < 4; ++j) x(i, j) = static_cast<TestType>(natural[j]);
    Matrix<TestType> mean = x;
    Matrix<TestType> state = x;
    unit.mean_and_sample(Block{mean}, Block{state}, Draws::from_seed(8));
    unit.sample(Block{x}, Draws::from_seed(8));
    CHECK(std::equal(x.begin(), x.end(), state.begin()));
    for (std::size_t j = 0; j < 4; ++j) {
        double const precision = std::exp(unit.log_precision()(j));
        CHECK(mean(3, j) == Approx(natural[j] / precision));
        std::vector<double> scores(rows);
        std::vector<double> squares(rows);
        std::vector<double> counts(20, 0.0);
        for (std::size_t i = 0; i < rows; ++i) {
            scores[i] = (state(i, j) - natural[j] / precision) * std::sqrt(precision);
            squares[i] = scores[i] * scores[i];
            double const quantile = std::erfc(-scores[i] / std::sqrt(2.0)) / 2;
            counts[std::min<std::size_t>(19, static_cast<std::size_t>(quantile * 20))] += 1;
        }
        auto const location = test::estimate(scores);
        auto const spread = test::estimate(squares);
        CHECK(std::abs(location.mean) < 4 * location.error);
        CHECK(std::abs(spread.mean - 1) < 4 * spread.error);
        CHECK(test::chi_square_p(counts, std::vector<double>(20, 0.05)) > 1e-4);
    }
}

TEST_CASE("Gaussian draws depend on their place only", "[unit]") {
    test::check_position<float>(fixed_precisions(), 4);
    test::check_position<double>(prepared({}, 131), 131);
}

TEST_CASE("Gaussian units refuse what is not finite", "[unit]") {
    test::check_refusal(prepared({}, 3), 3, {0, std::numeric_limits<float>::infinity(), 1});
}

TEST_CASE("Gaussian precisions must be positive, finite and as many as the units", "[unit]") {
    Vector<double> precision = xt::zeros<double>({2});
    CHECK_THROWS_AS(Gaussian::with_precision(precision), ValueError);
    precision(0) = precision(1) = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(Gaussian::with_precision(precision), ValueError);
    precision(0) = precision(1) = 2;
    Gaussian unit = Gaussian::with_precision(precision);
    CHECK_THROWS_AS(unit.prepare(3), ShapeError);
    CHECK_NOTHROW(unit.prepare(2));
}

TEST_CASE("Gaussian natural parameters are mean times precision", "[unit]") {
    test::check_natural_parameter(fixed_precisions(), {-3.0, 0.0, 2.5, 100.0});
}

TEST_CASE("the gradient of log precisions is the derivative of the summed -e", "[unit]") {
    Gaussian unit = prepared(Gaussian::learned(), 3);
    CHECK(unit.learned_count() == 3);
    CHECK(prepared({}, 3).learned_count() == 0);
    unit.parameters()[0] = 0.3;
    unit.parameters()[1] = -0.8;
    Matrix<double> const states = test::natural_parameters<double>(7, 3, 2.0);
    auto const minus_own = [&](Gaussian const& at) {
        std::vector<double> own(7, 0.0);
        at.add_self_energy(test::reading(states), std::span{own});
        double sum = 0;
        for (double const value : own) sum -= value;
        return sum;
    };
    std::vector<double> gradient(3, 10.0);
    unit.add_parameter_gradient(test::reading(states), Moment::state, 0.5, std::span{gradient});
    for (std::size_t j = 0; j < 3; ++j) {
        Gaussian higher = unit;
        Gaussian lower = unit;
        higher.parameters()[j] += 1e-5;
        lower.parameters()[j] -= 1e-5;
        CHECK(gradient[j] - 10 == Approx((minus_own(higher) - minus_own(lower)) / 2e-5 * 0.5).margin(1e-7));
    }
}

TEST_CASE("a Gaussian mean stands for its second moment in the gradient of the precision", "[unit]") {
    // Given x, E[-p s^2 / 2] = -(x^2 / p + 1) / 2.
    Gaussian unit = prepared(Gaussian::learned(), 1);
    unit.parameters()[0] = std::log(2.5);
    Matrix<double> mean = xt::zeros<double>({1, 1});
    mean(0, 0) = 1.7 / 2.5;
    std::vector<double> gradient(1, 0.0);
    unit.add_parameter_gradient(test::reading(mean), Moment::mean, 1.0, std::span{gradient});
    CHECK(gradient[0] == Approx(-(1.7 * 1.7 / 2.5 + 1) / 2));
}

TEST_CASE("log precisions survive saving", "[unit]") {
    Gaussian saved = fixed_precisions();
    Gaussian loaded = prepared({}, 4);
    from_arrays(to_arrays(saved), loaded);
    CHECK(loaded.log_precision()(3) == saved.log_precision()(3));
    Gaussian other = prepared({}, 5);
    CHECK_THROWS_AS(from_arrays(to_arrays(saved), other), FormatError);
}

TEST_CASE("a Gaussian unit that was never told its size is refused before it is used", "[unit]") {
    RBM rbm{StochasticLayer<Gaussian>{3}, StochasticLayer<Bernoulli>{2}};
    rbm.visible().unit() = Gaussian::learned();
    States<float> states{1, rbm.sizes()};
    CHECK_THROWS_AS(energy(rbm, states.blocks()), ShapeError);
}

} // namespace test_gaussian
