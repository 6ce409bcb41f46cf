// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/model/tempered.hpp>

namespace test_tempered {

using namespace boltz;

namespace {

template <class M>
BaseBiases<double> random_base(M const& model) {
    auto base = uniform_base(model);
    for (std::size_t l = 0; l < M::depth; ++l)
        Draws::from_seed(70 + l).normal(0, 0, std::span{base.biases[l].data(), base.biases[l].size()});
    return base;
}

// The model that p_beta is: weights and biases mixed by hand.
template <class M>
M mixed(M model, BaseBiases<double> const& base, double beta) {
    for (std::size_t l = 0; l + 1 < M::depth; ++l)
        for (double& w : model.weights(l)) w *= beta;
    boltz::detail::for_each_index<M::depth>([&](auto l) {
        auto& bias = model.template layer<l>().bias();
        for (std::size_t j = 0; j < bias.size(); ++j) bias(j) = (1 - beta) * base.biases[l](j) + beta * bias(j);
    });
    return model;
}

double difference(std::size_t layer, AnyField<double> const& a, AnyField<double> const& b, Factors factors) {
    auto const& sizes = a.sizes();
    States<double> states{5, sizes};
    for (std::size_t l = 0; l < sizes.size(); ++l)
        for (std::size_t i = 0; i < 5; ++i) Draws::from_seed(l).normal(i, 0, states[l].row(i));
    Matrix<double> x = xt::ones<double>({std::size_t{5}, sizes[layer]});
    Matrix<double> y = x;
    a.input(layer, states.blocks(), Block{x}, factors);
    b.input(layer, states.blocks(), Block{y}, factors);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(x.data()[i] - y.data()[i]));
    return worst;
}

Factors const factor_sets[] = {{}, {.below = 2, .above = 0, .bias = 0.5}, {.below = 0.5, .bias = 0, .keep = 2}};

} // namespace

TEST_CASE("a tempered field is the model with tempered weights and mixed biases", "[model]") {
    test::for_each_model([](auto const& model) {
        using M = std::remove_cvref_t<decltype(model)>;
        STATIC_REQUIRE(concepts::Field<Tempered<double>>);
        auto const base = random_base(model);
        for (double const beta : {0.0, 1e-4, 0.3, 1.0}) {
            Tempered const tempered{model, base, beta};
            M const expected = mixed(model, base, beta);
            CHECK(tempered.beta() == beta);
            boltz::detail::for_each_index<M::depth>([&](auto l) {
                for (Factors const& factors : factor_sets) CHECK(difference(l, tempered, expected, factors) < 1e-13);
            });
        }
    });
}

TEST_CASE("energies and marginals of a tempered field are those of the tempered model", "[model]") {
    test::for_each_discrete_model([](auto const& model) {
        auto const base = random_base(model);
        Tempered const tempered{model, base, 0.3};
        auto const expected = mixed(model, base, 0.3);
        auto all = test::all_states(model);
        CHECK(test::distance(energy(tempered, all.blocks()), energy(expected, all.blocks())) < 1e-12);
        CHECK(test::distance(log_marginal(tempered, all.blocks(), model.graph().of_colour(0)),
                             log_marginal(expected, all.blocks(), model.graph().of_colour(0))) < 1e-12);
        CHECK(test::distance(log_marginal(tempered, all.blocks(), model.graph().of_colour(1)),
                             log_marginal(expected, all.blocks(), model.graph().of_colour(1))) < 1e-12);
    });
}

TEST_CASE("two models of one shape are mixed, weights included", "[model]") {
    auto const first = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    auto const second = test::randomised(test::mixed_dbm(), 0.8, 0.5, 5);
    auto between = second;
    for (std::size_t l = 0; l < 2; ++l) between.weights(l) = 0.75 * first.weights(l) + 0.25 * second.weights(l);
    boltz::detail::for_each_index<3>([&](auto l) {
        between.layer<l>().bias() = 0.75 * first.layer<l>().bias() + 0.25 * second.layer<l>().bias();
    });
    Tempered const tempered{second, first, 0.25};
    boltz::detail::for_each_index<3>([&](auto l) {
        for (Factors const& factors : factor_sets) CHECK(difference(l, tempered, between, factors) < 1e-13);
    });
}

TEST_CASE("bases are uniform, the model's own or the base rates of data", "[model]") {
    auto const model = test::randomised(test::gaussian_dbm(), 0.7, 0.5, 7);
    for (auto const& bias : uniform_base(model).biases)
        for (double const b : bias) CHECK(b == 0);
    auto const own = own_base(model);
    CHECK(own.biases[0] == model.layer<0>().bias());
    CHECK(own.biases[2] == model.layer<2>().bias());
    CHECK(own.sizes() == model.graph().sizes());
    // A view may scale what a layer says.
    LayerFactors const factors{{2}, {1}, {1, 0.5}};
    auto const loud = own_base(Scaled{model, factors});
    CHECK(loud.biases[0](1) == 2 * model.layer<0>().bias()(1));
    CHECK(loud.biases[2](2) == 0.5 * model.layer<2>().bias()(2));

    Random random{1};
    Matrix<double> data = xt::zeros<double>({4, 2});
    data(0, 0) = 3;
    data(2, 1) = -2;
    auto const rates = base_rates(model, MatrixSource{data}, random);
    Matrix<double> mean = xt::zeros<double>({1, 2});
    rates.input(0, Block{mean});
    model.layer<0>().unit().mean(Block{mean});
    CHECK(mean(0, 0) == Approx(0.75));
    CHECK(mean(0, 1) == Approx(-0.5));
    CHECK(rates.biases[1](0) == 0);
    CHECK_THROWS_AS(base_rates<1>(model, MatrixSource{data}, random), ShapeError);
}

TEST_CASE("the base rates of states of all layers give every unit alone its mean in them", "[model]") {
    auto const model = test::randomised(test::mixed_four_layers(), 0.7, 0.5, 7);
    auto states = test::all_states(model);
    // An odd number of states, so that no mean is that of no bias at all, with every unit both on and off.
    std::size_t const some = states.rows() * 5 / 8 + 1;
    auto const part = states.blocks().row_range(1, some);
    auto const base = base_rates(model, part, 0);
    CHECK(base.name == "base rates of states");
    boltz::detail::for_each_index<4>([&](auto l) {
        Matrix<double> mean = xt::zeros<double>({std::size_t{1}, model.sizes()[l]});
        base.input(l, Block{mean});
        model.template layer<l>().unit().mean(Block{mean});
        for (std::size_t j = 0; j < mean.size(); ++j) {
            double expected = 0;
            for (std::size_t i = 0; i < some; ++i) expected += part[l](i, j) / static_cast<double>(some);
            CHECK(mean(0, j) == Approx(expected).epsilon(1e-9));
        }
        CHECK(base.biases[l] != uniform_base(model).biases[l]);
    });

    // A unit that is never on is taken to be on now and then.
    auto const rbm = test::bernoulli_rbm();
    States<double> dark{3, rbm.sizes()};
    CHECK(base_rates(rbm, dark.blocks(), 0.1).biases[1](0) == Approx(std::log(0.1 / 0.9)));
    CHECK_THROWS_AS(base_rates(rbm, dark.blocks().row_range(0, 0)), ValueError);
    CHECK_THROWS_AS(base_rates(rbm, StateBlocks<double, 2>{dark[0], dark[0]}), ShapeError);
    CHECK_THROWS_AS(base_rates(rbm, StateBlocks<double, 2>{dark[0], dark[1].row_range(0, 2)}), ShapeError);
}

TEST_CASE("temperatures and bases that do not fit are refused", "[model]") {
    auto const model = test::bernoulli_rbm();
    auto base = uniform_base(model);
    CHECK_THROWS_AS((Tempered{model, base, 1.5}), ValueError);
    CHECK_THROWS_AS((Tempered{model, base, std::numeric_limits<double>::quiet_NaN()}), ValueError);
    base.biases[1] = xt::zeros<double>({7});
    CHECK_THROWS_AS((Tempered{model, base, 0.5}), ShapeError);
}

} // namespace test_tempered
