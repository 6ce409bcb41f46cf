// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>

using namespace boltz;

TEST_CASE("a layer knows its size, its unit and its bias", "[layer]") {
    STATIC_REQUIRE(concepts::Layer<StochasticLayer<Bernoulli>>);
    STATIC_REQUIRE(concepts::Layer<StochasticLayer<Gaussian, double>>);
    STATIC_REQUIRE(std::same_as<StochasticLayer<Bernoulli>::value_type, float>);
    StochasticLayer<Multinomial, double> layer{4, Multinomial{3}};
    CHECK(layer.size() == 4);
    CHECK(layer.unit().trials() == 3);
    for (double const b : layer.bias()) CHECK(b == 0);
    layer.bias()(2) = 1.5;
    auto const copy = layer;
    layer.bias()(2) = 0;
    CHECK(copy.bias()(2) == 1.5);
}

TEST_CASE("a layer without units is refused", "[layer]") {
    CHECK_THROWS_AS(StochasticLayer<Bernoulli>{0}, ValueError);
    CHECK_THROWS_AS((StochasticLayer<Bernoulli>{Vector<float>(xt::zeros<float>({0})), Bernoulli{}}), ValueError);
}

TEST_CASE("a layer tells its unit how many there are", "[layer]") {
    StochasticLayer<Gaussian> const layer{5, Gaussian::learned()};
    CHECK(layer.unit().log_precision().size() == 5);
    CHECK(layer.unit().learned_count() == 5);
    Vector<double> precision = xt::ones<double>({3});
    CHECK_THROWS_AS((StochasticLayer<Gaussian>{5, Gaussian::with_precision(precision)}), ShapeError);
}
