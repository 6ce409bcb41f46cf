// SPDX-License-Identifier: MIT
#include <boltz/model/mlp.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"

#include <boltz/model/finite.hpp>

#include <cmath>
#include <concepts>
#include <limits>
#include <numeric>
#include <string_view>
#include <type_traits>

namespace test_mlp {

using namespace boltz;

namespace {

template <class Hidden = Bernoulli>
MLP<double> small() {
    return test::random_network(test::softmax_network<Hidden, double>({3, {2, 1, 0}}, {4, 2}, 3), 0.7, 1);
}

} // namespace

TEST_CASE("a network computes its formula, with what enters beside its layers", "[mlp]") {
    for (MLP<double> const& network : {small<Bernoulli>(), small<Rectified>(), small<Gaussian>()}) {
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

TEST_CASE("layers of any units are put together when the program runs", "[mlp]") {
    MLP const network =
        test::random_network(MLP{4, HiddenLayer<Bernoulli, double>{5}, HiddenLayer<test::Softsign, double>{3},
                                 OutputLayer<Gaussian, double>{2, Gaussian::with_precision({4, 0.5})}},
                             0.7, 1);
    STATIC_REQUIRE(std::same_as<decltype(network), MLP<double> const>);
    STATIC_REQUIRE(std::same_as<decltype(MLP{4, HiddenLayer<Rectified>{5}, OutputLayer<Bernoulli>{4}}), MLP<float>>);
    CHECK(network.layers() == 4);
    CHECK(network.sizes() == std::vector<std::size_t>{4, 5, 3, 2});
    CHECK(network.hidden(2).name() == "softsign");
    Matrix<double> const input = test::random_matrix<double>(2, 4, 2);
    Matrix<double> out = xt::zeros<double>({2, 2});
    network.means(Block{input}, Block{out});
    for (std::size_t i = 0; i < 2; ++i) {
        std::vector<double> below{Block{input}.row(i).begin(), Block{input}.row(i).end()};
        for (std::size_t l = 0; l < 3; ++l) {
            std::vector<double> x(network.bias(l + 1).begin(), network.bias(l + 1).end());
            for (std::size_t j = 0; j < x.size(); ++j) {
                for (std::size_t k = 0; k < below.size(); ++k) x[j] += below[k] * network.weights(l)(k, j);
                if (l == 0) x[j] = 1 / (1 + std::exp(-x[j]));
                if (l == 1) x[j] /= 1 + std::abs(x[j]);
                if (l == 2) x[j] /= j == 0 ? 4 : 0.5;
            }
            below = x;
        }
        for (std::size_t j = 0; j < 2; ++j) CHECK(out(i, j) == Approx(below[j]).epsilon(1e-12));
    }
    CHECK_THROWS_WITH(network.classes(), contains_text("gaussian outputs"));
    CHECK_THROWS_WITH(network.probabilities(Block{input}, Block{out}), contains_text("gaussian outputs"));
}

TEST_CASE("slopes of hidden units are the derivatives of their means, through dropout", "[mlp]") {
    auto const check = [](auto unit) {
        std::size_t const columns = 3;
        detail::prepare(unit, columns);
        Matrix<double> const x = test::random_matrix<double>(4, columns, 5);
        double const step = 1e-6;
        Matrix<double> mean = x;
        Matrix<double> up = x + step;
        Matrix<double> down = x - step;
        for (auto* const block : {&mean, &up, &down}) unit.mean(Block{*block});
        for (double const keep : {1.0, 0.6}) {
            Matrix<double> given_on = mean / keep;
            if (keep < 1) given_on(1, 2) = 0; // dropped
            Matrix<double> gradient = test::random_matrix<double>(4, columns, 6);
            Matrix<double> const before = gradient;
            unit.times_slope(Block<double const>{given_on}, Block{gradient}, keep);
            for (std::size_t i = 0; i < 4; ++i)
                for (std::size_t j = 0; j < columns; ++j) {
                    double const slope = given_on(i, j) == 0 && keep < 1 ? 0 : (up(i, j) - down(i, j)) / (2 * step);
                    CHECK(gradient(i, j) == Approx(before(i, j) * slope / keep).margin(1e-8));
                }
        }
    };
    check(Bernoulli{});
    check(Rectified{});
    check(Gaussian{});
    check(Gaussian::with_precision({4, 0.5, 2}));
    check(test::Softsign{});
}

TEST_CASE("a copy of a network is one of its own", "[mlp]") {
    MLP<double> const network = small();
    MLP<double> copy = network;
    copy.weights(0)(0, 0) += 1;
    CHECK(copy.weights(0)(0, 0) != network.weights(0)(0, 0));
    copy = network;
    CHECK(test::parameters_of(copy) == test::parameters_of(network));
    CHECK(&copy.output() != &network.output());
}

TEST_CASE("a new network gives every class the same probability", "[mlp]") {
    MLP const network{2, HiddenLayer<Bernoulli>{3}, OutputLayer<Multinomial>{4}};
    Matrix<float> const input = test::random_matrix<float>(2, 2, 3);
    Matrix<float> out = xt::zeros<float>({2, 4});
    network.probabilities(Block{input}, Block{out});
    for (float const p : out) CHECK(p == 0.25f);
}

TEST_CASE("the walkers of a network visit each parameter once, and say whose it is", "[mlp]") {
    MLP<double> network = small();
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
    OutputLayer<Multinomial> const top{4};
    CHECK_THROWS_WITH((MLP{2, HiddenLayer<Bernoulli>{0}, top}), contains_text("layer 1 has 0 units"));
    CHECK_THROWS_WITH((MLP{{2, {1, 1}}, top}), contains_text("beside 2 layers, but only 1"));
    CHECK_THROWS_WITH((HiddenLayer<Gaussian>{3, Gaussian::learned()}), contains_text("learn 3 parameters"));
    CHECK_THROWS_AS((HiddenLayer<Gaussian>{3, Gaussian::with_precision({1, 2})}), ShapeError);
    CHECK_THROWS_AS((OutputLayer<Gaussian>{3, Gaussian::with_precision({1, 2})}), ShapeError);
    MLP<double> const network = small();
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
    OutputLayer<Multinomial, double> const top{8};
    CHECK_THROWS_AS((MLP{std::size_t{1} << 61, top}), ValueError);
    CHECK_THROWS_AS((MLP{{1, {(std::size_t{1} << 61) - 1}}, top}), ValueError);
    CHECK_THROWS_AS((MLP{{2, {std::numeric_limits<std::size_t>::max()}}, top}), ValueError);
}

} // namespace test_mlp
