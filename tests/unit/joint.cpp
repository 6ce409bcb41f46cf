// SPDX-License-Identifier: MIT
#include "support/unit_conformance.hpp"

#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/joint.hpp>
#include <boltz/unit/multinomial.hpp>

#include <array>

using namespace boltz;

TEST_CASE("joint units fulfil what a unit must", "[unit][statistical]") {
    test::check_unit(JointUnit{std::array<std::size_t, 2>{3, 4}, Bernoulli{}, Multinomial{1}}, 7);
    test::check_unit(JointUnit{std::array<std::size_t, 3>{3, 1, 2}, Multinomial{2}, Bernoulli{}, Bernoulli{}}, 6);
}

TEST_CASE("joint units with a Gaussian part are units, but cannot be enumerated", "[unit]") {
    JointUnit unit{std::array<std::size_t, 2>{2, 3}, Gaussian::learned(), Multinomial{2}};
    using Mixed = decltype(unit);
    STATIC_REQUIRE(concepts::Unit<Mixed, float>);
    STATIC_REQUIRE(!concepts::EnumerableUnit<Mixed, float>);
    unit.prepare(5);
    unit.part<0>().parameters()[1] = 0.7;
    test::check_mean_and_conjugate(unit, 5);
    test::check_stability(unit, 5);
    test::check_position<float>(unit, 5);
}

TEST_CASE("two identical parts draw different numbers", "[unit]") {
    JointUnit const unit{std::array<std::size_t, 2>{20, 20}, Bernoulli{}, Bernoulli{}};
    Matrix<float> x = xt::zeros<float>({10, 40});
    unit.sample(Block{x}, Draws::from_seed(1));
    bool equal = true;
    for (std::size_t i = 0; i < 10; ++i)
        for (std::size_t j = 0; j < 20; ++j) equal = equal && x(i, j) == x(i, j + 20);
    CHECK_FALSE(equal);
}

TEST_CASE("joint units pass refusals on and name the part", "[unit]") {
    JointUnit unit{std::array<std::size_t, 2>{2, 3}, Bernoulli{}, Multinomial{1}};
    test::check_refusal(unit, 5, {0, 2, 1, 0, 0});
    test::check_refusal(unit, 5, {0, 1, 1, 1, 0});
    Matrix<float> states = xt::zeros<float>({1, 5});
    CHECK_THROWS_WITH(unit.validate(test::reading(states), "data", 64),
                      contains_text("data, part 1, adds up to 0 in row 64,"));
    CHECK_THROWS_AS(unit.prepare(6), ShapeError);
}

TEST_CASE("joint natural parameters come from the part of the column", "[unit]") {
    JointUnit unit{std::array<std::size_t, 3>{2, 3, 1}, Bernoulli{}, Multinomial{4}, Gaussian{}};
    unit.prepare(6);
    test::check_natural_parameter(unit, {0.25, 0.5, 0.8, 2.0, 1.2, -3.0});
}
