// SPDX-License-Identifier: MIT
#include <boltz/model/faults.hpp>
#include <boltz/model/mlp.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <limits>

namespace test_faults {

using namespace boltz;

TEST_CASE("a model that is in order has no faults") {
    test::for_each_model([](auto const& model) { CHECK(parameter_faults(model).empty()); });
}

TEST_CASE("faults of parameters are named in words") {
    auto const only = [](auto const& model, std::string const& text) {
        auto const faults = parameter_faults(model);
        REQUIRE(faults.size() == 1);
        CHECK_THAT(faults[0], contains_text(text));
    };
    auto const good = test::randomised(test::bernoulli_dbm<float>(5, 7, 3), 1, 1, 1);
    auto bad = good;
    bad.weights(1)(2, 1) = std::numeric_limits<float>::quiet_NaN();
    only(bad, "the weights between layers 1 and 2 of the model are not all finite numbers");
    bad = good;
    bad.weights(0)(2, 1) = -1.5e4f;
    only(bad, "between layers 0 and 1 are as large as 15000");
    bad.weights(0)(2, 1) = 1e4f;
    CHECK(parameter_faults(bad).empty());

    only(RBM{test::layer<Bernoulli>(4), test::layer<Bernoulli>(3)}, "initialise_weights");
    CHECK(parameter_faults(RBM{test::layer<Bernoulli>(4), test::layer<Bernoulli>(1)}).empty()); // no copies of one
    bad = good;
    for (float& w : bad.weights(1)) w = 0;
    CHECK(parameter_faults(bad).empty()); // biases tell the units of layer 2 apart
    for (float& b : bad.layer<2>().bias()) b = 0.5f;
    only(bad, "all units of layer 2 have the same weights to layer 1");

    // Scales of data are their own: weights to real-valued units may be large.
    auto real = test::gaussian_rbm();
    for (double& w : real.weights()) w = 1e6;
    only(real, "initialise_weights");
    real.weights()(0, 0) = 2e6;
    CHECK(parameter_faults(real).empty());

    // Weights to one of two layers below tell units apart.
    auto tree = test::randomised(test::two_visible_tree(), 1, 0, 1);
    CHECK(parameter_faults(tree).empty());
    for (double& w : tree.weights(0)) w = 0;
    CHECK(parameter_faults(tree).empty());
    for (double& w : tree.weights(1)) w = 0;
    only(tree, "all units of layer 2 have the same weights to layers 0 and 1");

    MLP network{4, HiddenLayer<Bernoulli>{3}, OutputLayer<Multinomial>{2}};
    for (std::size_t l = 0; l < 2; ++l)
        for (std::size_t i = 0; i < network.weights(l).size(); ++i)
            network.weights(l).data()[i] = 0.1F * static_cast<float>(i + 1);
    CHECK(parameter_faults(network).empty());
    network.weights(0)(1, 1) = 1e37F;
    only(network, "are as large as 1e+37: the training has diverged");
}

} // namespace test_faults
