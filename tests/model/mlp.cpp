// SPDX-License-Identifier: MIT
#include <boltz/model/mlp.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"

#include <boltz/model/finite.hpp>

#include <limits>
#include <numeric>

namespace test_mlp {

using namespace boltz;

namespace {

using Small = MLP<4, double>;

Small network_with(Activation activation) {
    return test::random_network(Small{{3, 4, 2, 3}, {2, 1, 0}, activation}, 0.7, 1);
}

} // namespace

TEST_CASE("a network computes its formula, with what enters beside its layers", "[mlp]") {
    for (Activation const activation : {Activation::logistic, Activation::rectified}) {
        Small const network = network_with(activation);
        CHECK(network.inputs() == 6);
        CHECK(network.classes() == 3);
        Matrix<double> const input = test::random_matrix<double>(5, 6, 2);
        Matrix<double> out = xt::zeros<double>({5, 3});
        network.probabilities(Block{input}, Block{out});
        for (std::size_t i = 0; i < 5; ++i) {
            auto const row = Block{input}.row(i);
            auto const top = test::layers_of(network, {row.begin(), row.end()}).back();
            double const log_sum = test::log_sum_exp(top);
            for (std::size_t k = 0; k < 3; ++k) CHECK(out(i, k) == Approx(std::exp(top[k] - log_sum)).epsilon(1e-12));
        }
    }
}

TEST_CASE("a new network gives every class the same probability", "[mlp]") {
    MLP<3> const network{{2, 3, 4}};
    Matrix<float> const input = test::random_matrix<float>(2, 2, 3);
    Matrix<float> out = xt::zeros<float>({2, 4});
    network.probabilities(Block{input}, Block{out});
    for (float const p : out) CHECK(p == 0.25f);
}

TEST_CASE("the walkers of a network visit each parameter once, and say whose it is", "[mlp]") {
    Small network = network_with(Activation::logistic);
    auto gradient = network.make_gradient();
    std::vector<std::size_t> counts(4);
    network.for_each_parameter(
        [&](Parameter parameter, auto values, auto slopes) {
            CHECK(values.size() == slopes.size());
            CHECK(parameter.kind ==
                  (values.size() == network.sizes()[parameter.layer] ? ParameterKind::bias : ParameterKind::weight));
            counts[parameter.layer] += values.size();
        },
        gradient);
    CHECK(counts == std::vector<std::size_t>{0, (3 + 2 + 1) * 4, (4 + 1 + 1) * 2, (2 + 1) * 3});
    CHECK(parameters_are_finite(network));
    network.bias(2)(1) = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(parameters_are_finite(network));
}

TEST_CASE("a network says what it cannot take", "[mlp]") {
    CHECK_THROWS_WITH((MLP<3>{{2, 0, 4}}), contains_text("layer 1 has 0 units"));
    Small const network = network_with(Activation::logistic);
    Matrix<double> const narrow = xt::zeros<double>({2, 3});
    Matrix<double> const right = xt::zeros<double>({2, 6});
    Matrix<double> out = xt::zeros<double>({2, 3});
    Matrix<double> wide = xt::zeros<double>({2, 4});
    CHECK_THROWS_WITH(network.probabilities(Block{narrow}, Block{out}),
                      contains_text("3 columns") && contains_text("takes 6"));
    CHECK_THROWS_WITH(network.probabilities(Block{right}, Block{wide}),
                      contains_text("2 x 4") && contains_text("2 x 3"));
}

TEST_CASE("a network of more weights than memory can hold is refused", "[mlp]") {
    CHECK_THROWS_AS((MLP<2, double>{{std::size_t{1} << 61, 8}}), ValueError);
    CHECK_THROWS_AS((MLP<2, double>{{1, 8}, {(std::size_t{1} << 61) - 1}}), ValueError);
}

} // namespace test_mlp
