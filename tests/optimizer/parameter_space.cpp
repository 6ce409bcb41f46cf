// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/points.hpp"

#include <boltz/draws.hpp>
#include <boltz/optimizer/parameter_space.hpp>

#include <limits>
#include <span>
#include <vector>

namespace test_parameter_space {

using namespace boltz;

namespace {

template <class T>
auto random_set(test::Point<T> const& point, std::uint64_t seed) {
    auto set = point.make_gradient();
    std::vector<double> numbers(point.numbers().size());
    Draws::from_seed(seed).uniform(0, 0, std::span<double>{numbers});
    for (double& x : numbers) x -= 0.5;
    test::Point<T>::fill(set, numbers);
    return set;
}

} // namespace

TEST_CASE("a product of sets is the sum over all their numbers, with the same bits for any number of threads",
          "[optimizer]") {
    // More than 64 shares of 65536 numbers, a few shares, and fewer numbers than one.
    for (std::size_t const lower : {5'000'000u, 200'000u, 7u, 0u}) {
        test::Point<float> point{lower, 70'000};
        auto x = random_set(point, 1);
        auto y = random_set(point, 2);
        long double expected = 0;
        auto const a = test::Point<float>::list(x);
        auto const b = test::Point<float>::list(y);
        for (std::size_t i = 0; i < a.size(); ++i) expected += static_cast<long double>(a[i]) * b[i];
        double first = 0;
        for (std::size_t const threads : {1u, 2u, 3u}) {
            Executor executor{{.threads = threads}};
            ParameterSpace<float> space{point, {}, executor};
            double const product = space.dot(x, y);
            if (threads == 1) first = product;
            CHECK(product == first);
            CHECK(product == Approx(static_cast<double>(expected)).epsilon(1e-11).margin(1e-10));
        }
    }
}

TEST_CASE("sets are combined number by number, and parameters moved by the rates of their layers", "[optimizer]") {
    test::Point<double> point{2, {1, 2, 3}};
    Executor executor{Compute{}};
    std::vector<double> const rates{0.5};
    ParameterSpace<double> space{point, rates, executor};
    auto x = point.make_gradient();
    auto y = point.make_gradient();
    auto const list = [](auto const& set) { return test::Point<double>::list(set); };
    space.read(x);
    CHECK(list(x) == std::vector<double>{1, 2, 3});
    y.biases[0](0) = std::numeric_limits<double>::quiet_NaN();
    space.combine(0, y, -2, x);
    CHECK(list(y) == std::vector<double>{-2, -4, -6});
    space.combine(3, y, 10, x);
    CHECK(list(y) == std::vector<double>{4, 8, 12});
    space.combine(1, y, -1, x);
    CHECK(list(y) == std::vector<double>{3, 6, 9});
    space.move(x, 2, y);
    CHECK(point.numbers() == std::vector<double>{4, 8, 21});
    space.scale_by_rates(y);
    CHECK(list(y) == std::vector<double>{1.5, 3, 9});
    space.write(x);
    CHECK(point.numbers() == std::vector<double>{1, 2, 3});
}

TEST_CASE("a layer with rate 0 does not move, and its gradient is 0 whatever it was", "[optimizer]") {
    test::Point<float> point{1, {1, 2}};
    Executor executor{Compute{}};
    std::vector<double> const rates{1, 0};
    ParameterSpace<float> space{point, rates, executor};
    auto direction = point.make_gradient();
    direction.biases[0](0) = 1;
    direction.of_units[1](0) = std::numeric_limits<double>::infinity();
    auto start = point.make_gradient();
    space.move(start, 2, direction);
    CHECK(point.numbers() == std::vector<double>{2, 2});
    space.scale_by_rates(direction);
    CHECK(direction.biases[0](0) == 1);
    CHECK(direction.of_units[1](0) == 0);
}

TEST_CASE("the resolution is that of the coarsest parameters", "[optimizer]") {
    Executor executor{Compute{}};
    test::Point<float> single{1, 1};
    test::Point<double> wide{1, 1};
    CHECK(ParameterSpace<float>{single, {}, executor}.resolution() == std::numeric_limits<float>::epsilon());
    CHECK(ParameterSpace<double>{wide, {}, executor}.resolution() == std::numeric_limits<double>::epsilon());
}

} // namespace test_parameter_space
