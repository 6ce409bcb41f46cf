// SPDX-License-Identifier: MIT
#include <boltz/pretraining/stack.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace test_stack {

using namespace boltz;

namespace {

/// x s - e(s) of each row, the log-probability of a layer given its neighbours up to a constant, with x times
/// `factor`.
template <class U>
std::vector<double> log_weights(U const& unit, Block<double const> x, Block<double const> states, double factor) {
    std::vector<double> own(states.rows, 0.0);
    unit.add_self_energy(states, std::span{own});
    std::vector<double> result(states.rows, 0.0);
    for (std::size_t i = 0; i < states.rows; ++i) {
        for (std::size_t j = 0; j < states.columns; ++j) result[i] += factor * x(i, j) * states(i, j);
        result[i] -= own[i];
    }
    return result;
}

/// What the RBMs say of a layer: the sum of their log weights and their number.
struct Opinion {
    std::vector<double> sum;
    double count = 0;

    void add(std::vector<double> const& weights) {
        sum.resize(weights.size(), 0.0);
        for (std::size_t i = 0; i < weights.size(); ++i) sum[i] += weights[i];
        ++count;
    }
};

/// The largest difference, over all given joint states and all layers, between log p_DBM(s_l | neighbours) and
/// log sqrt(p_below p_above) (or the one RBM that has the layer), from the papers' factors and the RBMs' parameters.
template <bool Labels, class M>
double composition_error(M const& model, Stack<M, Labels>& stack, States<double>& states) {
    constexpr std::size_t depth = M::depth;
    constexpr std::size_t count = Stack<M, Labels>::count;
    std::array<Opinion, depth> opinions;
    boltz::detail::for_each_index<count>([&](auto i) {
        auto const& rbm = stack.template rbm<i>();
        double const up = count > 1 && i == 0 ? 2 : 1;
        double const down = count > 1 && i + 1 == count ? 2 : 1;
        auto const below = states[i].columns;
        Matrix<double> visible = xt::zeros<double>({states.rows(), rbm.visible().size()});
        copy(states[i], Block{visible}.column_range(0, below));
        if constexpr (Labels && i + 1 == count)
            copy(states[depth - 1], Block{visible}.column_range(below, states[depth - 1].columns));
        StateBlocks<double, 2> const both{Block{visible}, states[i + 1]};

        Matrix<double> x = xt::zeros<double>({states.rows(), rbm.hidden().size()});
        rbm.input(1, both, Block{x});
        opinions[i + 1].add(log_weights(rbm.hidden().unit(), Block{x}, states[i + 1], up));

        Matrix<double> y = xt::zeros<double>({states.rows(), rbm.visible().size()});
        rbm.input(0, both, Block{y});
        if constexpr (Labels && i + 1 == count) {
            auto const& unit = rbm.visible().unit();
            opinions[i].add(log_weights(unit.template part<0>(), Block{y}.column_range(0, below), states[i], down));
            opinions[depth - 1].add(log_weights(unit.template part<1>(),
                                                Block{y}.column_range(below, states[depth - 1].columns),
                                                states[depth - 1], 1));
        } else {
            opinions[i].add(log_weights(rbm.visible().unit(), Block{y}, states[i], down));
        }
    });
    double worst = 0;
    boltz::detail::for_each_index<depth>([&](auto l) {
        Matrix<double> x = xt::zeros<double>({states.rows(), states[l].columns});
        model.input(l, states.blocks(), Block{x});
        auto const found = log_weights(model.template layer<l>().unit(), Block{x}, states[l], 1);
        for (std::size_t i = 0; i < found.size(); ++i)
            worst = std::max(worst, std::abs(found[i] - opinions[l].sum[i] / opinions[l].count));
    });
    return worst;
}

/// A stack whose RBMs have nothing to do with each other.
template <bool Labels, class M>
Stack<M, Labels> random_stack(M const& model) {
    Stack<M, Labels> stack{model};
    boltz::detail::for_each_index<Stack<M, Labels>::count>([&](auto i) {
        auto& rbm = stack.template rbm<i>();
        rbm = test::randomised(rbm, 0.9, 0.7, 10 + i);
        rbm.for_each_parameter([&](Parameter parameter, auto values) {
            if (parameter.kind == ParameterKind::of_unit)
                for (std::size_t k = 0; k < values.size(); ++k)
                    values[k] = 0.3 * static_cast<double>(k) - 0.5 + 0.4 * static_cast<double>(std::size_t{i});
        });
    });
    return stack;
}

template <bool Labels, class M>
void check_composition(M model, States<double> states) {
    auto stack = random_stack<Labels>(model);
    stack.compose(model);
    CHECK(composition_error<Labels>(model, stack, states) < 1e-12);

    // The same from a model that was not zero before.
    model = test::randomised(model, 1, 1, 99);
    stack.compose(model);
    CHECK(composition_error<Labels>(model, stack, states) < 1e-12);
}

auto bernoulli(std::size_t size) { return test::layer<Bernoulli>(size); }
auto labels(std::size_t size) { return test::layer<Multinomial>(size); }

} // namespace

TEST_CASE("a composed DBM gives each layer the geometric mean of its two RBMs in every state") {
    SECTION("two hidden layers") {
        auto const model = test::bernoulli_dbm();
        check_composition<false>(model, test::all_states(model));
    }
    SECTION("three hidden layers") {
        auto const model = test::four_layers();
        check_composition<false>(model, test::all_states(model));
    }
    SECTION("four hidden layers") {
        DBM const model{bernoulli(2), bernoulli(2), bernoulli(3), bernoulli(2), bernoulli(2)};
        check_composition<false>(model, test::all_states(model));
    }
    SECTION("one hidden layer, which is its own RBM") {
        DBM const model{bernoulli(3), bernoulli(2)};
        check_composition<false>(model, test::all_states(model));
    }
    SECTION("labels above one hidden layer") {
        DBM const model{bernoulli(3), bernoulli(2), labels(3)};
        check_composition<true>(model, test::all_states(model));
    }
    SECTION("labels above two hidden layers") {
        DBM const model{bernoulli(3), bernoulli(2), bernoulli(3), labels(3)};
        check_composition<true>(model, test::all_states(model));
    }
    SECTION("labels above three hidden layers") {
        DBM const model{bernoulli(2), bernoulli(2), bernoulli(2), bernoulli(2), labels(3)};
        check_composition<true>(model, test::all_states(model));
    }
    SECTION("counts, spins and softmax units") {
        DBM const model{test::layer<Multinomial>(3, Multinomial{2}), test::layer<Multinomial>(3, Multinomial{2}),
                        test::layer<Spin>(2), labels(2)};
        check_composition<false>(model, test::all_states(model));
        check_composition<true>(model, test::all_states(model));
    }
    SECTION("a joint layer between two RBMs") {
        DBM const model{bernoulli(2), JointLayer{bernoulli(2), labels(3)}, bernoulli(2)};
        check_composition<false>(model, test::all_states(model));
        DBM const deeper{bernoulli(2), bernoulli(2), JointLayer{bernoulli(2), labels(2)}, bernoulli(2)};
        check_composition<false>(deeper, test::all_states(deeper));
    }
}

TEST_CASE("the precisions of a shared Gaussian layer are averaged") {
    auto const gaussian = [](std::size_t size) { return test::layer<Gaussian>(size, Gaussian::learned()); };
    auto const any_states = [](auto const& model) {
        States<double> states{200, model.sizes()};
        for (std::size_t l = 0; l < model.sizes().size(); ++l)
            for (std::size_t i = 0; i < states.rows(); ++i)
                Draws::from_seed(3).stream(l).normal(i, 0, states[l].row(i));
        return states;
    };
    DBM const model{bernoulli(2), gaussian(3), bernoulli(2)};
    check_composition<false>(model, any_states(model));
    DBM const alternating{gaussian(2), bernoulli(2), gaussian(2), bernoulli(2)};
    check_composition<false>(alternating, any_states(alternating));
    DBM const with_labels{gaussian(2), bernoulli(2), gaussian(2), labels(2)};
    check_composition<true>(with_labels, any_states(with_labels));
    DBM const shared_with_labels{bernoulli(2), gaussian(2), bernoulli(2), labels(2)};
    check_composition<true>(shared_with_labels, any_states(shared_with_labels));

    auto stack = random_stack<false>(model);
    auto composed = model;
    stack.compose(composed);
    for (std::size_t j = 0; j < 3; ++j) {
        double const below = std::exp(stack.rbm<0>().hidden().unit().log_precision()(j));
        double const above = std::exp(stack.rbm<1>().visible().unit().log_precision()(j));
        CHECK(std::exp(composed.layer<1>().unit().log_precision()(j)) == Approx((below + above) / 2));
    }
}

TEST_CASE("the known mistakes of composition are told from the right one") {
    auto const scale = [](auto& values, double factor) {
        for (auto& value : values) value *= factor;
    };
    SECTION("both outer matrices halved") {
        auto model = test::bernoulli_dbm();
        auto states = test::all_states(model);
        auto stack = random_stack<false>(model);
        stack.compose(model);
        scale(model.weights(0), 0.5);
        scale(model.weights(1), 0.5);
        CHECK(composition_error<false>(model, stack, states) > 0.5);
    }
    SECTION("biases of the shared layer averaged instead of added") {
        auto model = test::bernoulli_dbm();
        auto states = test::all_states(model);
        auto stack = random_stack<false>(model);
        stack.compose(model);
        scale(model.layer<1>().bias(), 0.5);
        CHECK(composition_error<false>(model, stack, states) > 0.1);
    }
    SECTION("intermediate weights unscaled") {
        auto model = test::four_layers();
        auto states = test::all_states(model);
        auto stack = random_stack<false>(model);
        stack.compose(model);
        scale(model.weights(1), 2);
        CHECK(composition_error<false>(model, stack, states) > 0.5);
    }
    SECTION("labels doubled") {
        DBM model{bernoulli(3), bernoulli(2), bernoulli(2), labels(3)};
        auto states = test::all_states(model);
        auto stack = random_stack<true>(model);
        stack.compose(model);
        scale(model.weights(2), 2);
        CHECK(composition_error<true>(model, stack, states) > 0.5);
    }
}

TEST_CASE("outer RBMs are doubled towards the inside, inner ones and labels are plain") {
    using Factors = LayerFactors;
    Stack<decltype(test::bernoulli_dbm()), false> const two{test::bernoulli_dbm()};
    STATIC_REQUIRE(decltype(two)::count == 2);
    CHECK(two.factors(0) == Factors{{1}, {2}});
    CHECK(two.factors(1) == Factors{{2}, {1}});

    Stack<decltype(test::four_layers()), false> const three{test::four_layers()};
    STATIC_REQUIRE(decltype(three)::count == 3);
    CHECK(three.factors(0) == Factors{{1}, {2}});
    CHECK(three.factors(1) == Factors{{1}, {1}});
    CHECK(three.factors(2) == Factors{{2}, {1}});

    DBM const labelled{bernoulli(3), bernoulli(2), bernoulli(2), labels(3)};
    Stack<std::remove_const_t<decltype(labelled)>, true> const with_labels{labelled};
    STATIC_REQUIRE(decltype(with_labels)::count == 2);
    CHECK(with_labels.factors(0) == Factors{{1}, {2}});
    CHECK(with_labels.factors(1) == Factors{{2, 1}, {1}});

    Stack<decltype(test::bernoulli_rbm()), false> const one{test::bernoulli_rbm()};
    STATIC_REQUIRE(decltype(one)::count == 1);
    CHECK(one.factors(0) == Factors{{1}, {1}});

    DBM const shallow{bernoulli(3), bernoulli(2), labels(3)};
    Stack<std::remove_const_t<decltype(shallow)>, true> const shallow_labels{shallow};
    STATIC_REQUIRE(decltype(shallow_labels)::count == 1);
    CHECK(shallow_labels.factors(0) == Factors{{1, 1}, {1}});
}

TEST_CASE("every part of a joint layer between two RBMs is doubled") {
    DBM const shape{bernoulli(2), JointLayer{bernoulli(2), labels(3)}, bernoulli(2)};
    auto const model = test::randomised(shape, 1, 1, 3);
    Stack<std::remove_const_t<decltype(model)>, false> stack{model};
    auto const& rbm = stack.rbm<0>();
    States<double> states{1, rbm.sizes()};
    states[0](0, 1) = 1;
    States<double> plain{1, rbm.sizes()};
    States<double> doubled{1, rbm.sizes()};
    rbm.input(1, states.blocks(), plain[1]);
    Scaled{rbm, stack.factors(0)}.input(1, states.blocks(), doubled[1]);
    for (std::size_t j = 0; j < 5; ++j) CHECK(doubled[1](0, j) == Approx(2 * plain[1](0, j)));
}

TEST_CASE("a stack starts from the parameters of the model") {
    DBM const shape{bernoulli(3), bernoulli(2), bernoulli(4), labels(3)};
    auto const model = test::randomised(shape, 1, 1, 5);
    Stack<std::remove_const_t<decltype(model)>, true> stack{model};
    auto const& top = stack.rbm<1>();
    CHECK((stack.rbm<0>().weights() == model.weights(0)));
    REQUIRE(top.visible().size() == 5);
    REQUIRE(top.hidden().size() == 4);
    for (std::size_t j = 0; j < 4; ++j) {
        for (std::size_t k = 0; k < 2; ++k) CHECK(top.weights()(k, j) == model.weights(1)(k, j));
        for (std::size_t k = 0; k < 3; ++k) CHECK(top.weights()(2 + k, j) == model.weights(2)(j, k));
        CHECK(top.hidden().bias()(j) == model.layer<2>().bias()(j));
    }
    for (std::size_t k = 0; k < 3; ++k) CHECK(top.visible().bias()(2 + k) == model.layer<3>().bias()(k));
}

} // namespace test_stack
