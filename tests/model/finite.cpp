// SPDX-License-Identifier: MIT
#include <boltz/model/finite.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/model/bounded_energy.hpp>

#include <limits>

namespace test_finite {

using namespace boltz;

TEST_CASE("one number that is not finite is found wherever it stands") {
    auto const good = test::randomised(test::bernoulli_dbm<float>(5, 7, 3), 1, 1, 1);
    CHECK(parameters_are_finite(good));
    for (float const bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()}) {
        for (std::size_t l = 0; l < 2; ++l)
            for (std::size_t k = 0; k < good.weights(l).size(); ++k) {
                auto model = good;
                model.weights(l).data()[k] = bad;
                CHECK_FALSE(parameters_are_finite(model));
            }
        auto model = good;
        model.layer<0>().bias()(4) = bad;
        CHECK_FALSE(parameters_are_finite(model));
        model = good;
        model.layer<2>().bias()(0) = bad;
        CHECK_FALSE(parameters_are_finite(model));
    }
    auto both = good;
    both.weights(1)(0, 0) = std::numeric_limits<float>::quiet_NaN();
    both.layer<0>().bias()(4) = std::numeric_limits<float>::infinity();
    CHECK(where_not_finite(both) == "the weights between layers 1 and 2 and the biases of layer 0");
    CHECK_THROWS_WITH(check_bounded_energy(both, "sample"),
                      contains_text("sample: ") && contains_text("layer 0 of the model are not all finite"));

    auto gaussian = test::gaussian_rbm();
    CHECK(parameters_are_finite(gaussian));
    for (double const bad : {std::numeric_limits<double>::quiet_NaN(), 1e4, -1e4}) { // the log of the precision
        gaussian.visible().unit().parameters()[1] = bad;
        CHECK(where_not_finite(gaussian) == "the precisions of layer 0");
    }
}

TEST_CASE("a ring of real-valued layers has an energy as long as all its weights together allow it") {
    // Precisions 1 and three weights w: the smallest eigenvalue of Q is 1 - 2 w for w > 0 and 1 + w for w < 0.
    auto const ring = [](double w) {
        BoltzmannMachine<double> machine{
            {{0, 1}, {2, 0}, {1, 2}}, test::layer<Gaussian>(1), test::layer<Gaussian>(1), test::layer<Gaussian>(1)};
        for (std::size_t c = 0; c < 3; ++c) machine.weights(c)(0, 0) = w;
        return machine;
    };
    CHECK_NOTHROW(check_bounded_energy(ring(0.49), "sample"));
    CHECK_NOTHROW(check_bounded_energy(ring(-0.99), "sample"));
    for (double const w : {0.51, -1.01})
        CHECK_THROWS_WITH(check_bounded_energy(ring(w), "sample"),
                          contains_text("outweigh the precisions of their 3 units"));
    // Without common weights each is bounded by itself, whatever the weights to units with a few states.
    auto tree = test::gaussian_tree();
    for (std::size_t c = 0; c < 2; ++c)
        for (double& w : tree.weights(c)) w = 100;
    CHECK_NOTHROW(check_bounded_energy(tree, "sample"));
    tree.weights(2)(0, 1) = std::numeric_limits<double>::infinity();
    CHECK(where_not_finite(tree) == "the weights between layers 2 and 3");
}

} // namespace test_finite
