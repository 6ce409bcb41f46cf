// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/layer/joint_layer.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>

using namespace boltz;

TEST_CASE("a joint layer is its parts one after another", "[layer]") {
    StochasticLayer<Bernoulli> features{3};
    StochasticLayer<Gaussian> numbers{2, Gaussian::learned()};
    StochasticLayer<Multinomial> label{4};
    features.bias()(2) = 1;
    numbers.bias()(0) = 2;
    label.bias()(3) = 3;
    numbers.unit().parameters()[1] = 0.5;
    JointLayer const joint{features, numbers, label};
    STATIC_REQUIRE(concepts::Layer<std::remove_cvref_t<decltype(joint)>>);
    CHECK(joint.size() == 9);
    CHECK(joint.bias()(2) == 1);
    CHECK(joint.bias()(3) == 2);
    CHECK(joint.bias()(8) == 3);
    CHECK(joint.unit().offset(0) == 0);
    CHECK(joint.unit().offset(1) == 3);
    CHECK(joint.unit().offset(2) == 5);
    CHECK(joint.unit().part<1>().log_precision()(1) == 0.5);

    auto const back = joint.part<1>();
    CHECK(back.size() == 2);
    CHECK(back.bias()(0) == 2);
    CHECK(back.unit().log_precision()(1) == 0.5);
    CHECK(joint.part<2>().bias()(3) == 3);
}

TEST_CASE("joint layers nest", "[layer]") {
    JointLayer const inner{StochasticLayer<Multinomial>{2}, StochasticLayer<Multinomial>{3}};
    JointLayer const outer{inner, StochasticLayer<Bernoulli>{1}};
    CHECK(outer.size() == 6);
    CHECK(outer.unit().state_count(6) == 12);
    Matrix<float> states = xt::zeros<float>({12, 6});
    for (std::size_t i = 0; i < 12; ++i) outer.unit().write_state(i, Block{states}.row(i));
    CHECK_NOTHROW(outer.unit().validate(Block<float const>{states}, "states"));
    CHECK(outer.part<0>().part<1>().size() == 3);
}
