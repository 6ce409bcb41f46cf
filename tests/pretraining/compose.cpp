// SPDX-License-Identifier: MIT
#include <boltz/pretraining/compose.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace test_compose {

using namespace boltz;

namespace {

/// x s - e(s) of each row, the log-probability of a layer given its neighbours up to a constant, with x times
/// `factor`.
std::vector<double> log_weights(AnyUnit<double> const& unit, Block<double const> x, Block<double const> states,
                                double factor) {
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
double composition_error(BoltzmannMachine<double> const& model, Stack<double> const& stack, States<double>& states) {
    std::size_t const count = stack.size();
    std::vector<Opinion> opinions(model.layers());
    for (std::size_t i = 0; i < count; ++i) {
        auto const& rbm = stack.rbm(i);
        double const up = count > 1 && i == 0 ? 2 : 1;
        double const down = count > 1 && i + 1 == count ? 2 : 1;
        bool const labelled = stack.has_labels() && i + 1 == count;
        auto const below = states[i].columns;
        Matrix<double> visible = xt::zeros<double>({states.rows(), rbm.graph().size(0)});
        copy(states[i], Block{visible}.column_range(0, below));
        if (labelled) copy(states[i + 2], Block{visible}.column_range(below, states[i + 2].columns));
        StateBlocks<double, 2> const both{Block{visible}, states[i + 1]};

        Matrix<double> x = xt::zeros<double>({states.rows(), rbm.graph().size(1)});
        rbm.input(1, both, Block{x});
        opinions[i + 1].add(log_weights(rbm.unit(1), Block{x}, states[i + 1], up));

        Matrix<double> y = xt::zeros<double>({states.rows(), rbm.graph().size(0)});
        rbm.input(0, both, Block{y});
        auto const lower = labelled ? rbm.unit(0).part(0) : rbm.unit(0).clone();
        opinions[i].add(log_weights(*lower, Block{y}.column_range(0, below), states[i], down));
        if (labelled)
            opinions[i + 2].add(log_weights(*rbm.unit(0).part(1), Block{y}.column_range(below, states[i + 2].columns),
                                            states[i + 2], 1));
    }
    double worst = 0;
    for (std::size_t l = 0; l < model.layers(); ++l) {
        Matrix<double> x = xt::zeros<double>({states.rows(), states[l].columns});
        model.input(l, states.blocks(), Block{x});
        auto const found = log_weights(model.unit(l), Block{x}, states[l], 1);
        for (std::size_t i = 0; i < found.size(); ++i)
            worst = std::max(worst, std::abs(found[i] - opinions[l].sum[i] / opinions[l].count));
    }
    return worst;
}

/// A stack of a machine's layers whose RBMs have nothing to do with each other.
Stack<double> random_stack(BoltzmannMachine<double> const& model, bool labels) {
    Stack<double> stack = Stack<double>::of_chain(model, labels);
    for (std::size_t i = 0; i < stack.size(); ++i) {
        auto& rbm = stack.rbm(i);
        rbm = test::randomised(rbm, 0.9, 0.7, 10 + i);
        rbm.for_each_parameter([&](Parameter parameter, auto values) {
            if (parameter.kind == ParameterKind::of_unit)
                for (std::size_t k = 0; k < values.size(); ++k)
                    values[k] = 0.3 * static_cast<double>(k) - 0.5 + 0.4 * static_cast<double>(i);
        });
    }
    return stack;
}

template <bool Labels, class M>
void check_composition(M model, States<double> states) {
    auto const stack = random_stack(model, Labels);
    compose_into(stack, model);
    CHECK(composition_error(model, stack, states) < 1e-12);

    // The same from a model that was not zero before, and from none.
    auto const composed = test::parameters(model);
    model = test::randomised(model, 1, 1, 99);
    compose_into(stack, model);
    CHECK(test::same(test::parameters(model), composed));
    CHECK(test::same(to_arrays(compose_dbm(stack)), composed));
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

    auto stack = random_stack(model, false);
    auto composed = model;
    compose_into(stack, composed);
    for (std::size_t j = 0; j < 3; ++j) {
        double const below = stack.rbm(0).unit(1).precision(j);
        double const above = stack.rbm(1).unit(0).precision(j);
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
        auto stack = random_stack(model, false);
        compose_into(stack, model);
        scale(model.weights(0), 0.5);
        scale(model.weights(1), 0.5);
        CHECK(composition_error(model, stack, states) > 0.5);
    }
    SECTION("biases of the shared layer averaged instead of added") {
        auto model = test::bernoulli_dbm();
        auto states = test::all_states(model);
        auto stack = random_stack(model, false);
        compose_into(stack, model);
        scale(model.layer<1>().bias(), 0.5);
        CHECK(composition_error(model, stack, states) > 0.1);
    }
    SECTION("intermediate weights unscaled") {
        auto model = test::four_layers();
        auto states = test::all_states(model);
        auto stack = random_stack(model, false);
        compose_into(stack, model);
        scale(model.weights(1), 2);
        CHECK(composition_error(model, stack, states) > 0.5);
    }
    SECTION("labels doubled") {
        DBM model{bernoulli(3), bernoulli(2), bernoulli(2), labels(3)};
        auto states = test::all_states(model);
        auto stack = random_stack(model, true);
        compose_into(stack, model);
        scale(model.weights(2), 2);
        CHECK(composition_error(model, stack, states) > 0.5);
    }
}

TEST_CASE("outer RBMs are doubled towards the inside, inner ones and labels are plain") {
    using Factors = LayerFactors;
    auto const factors = [](BoltzmannMachine<double> const& model, bool labels) {
        auto const stack = Stack<double>::of_chain(model, labels);
        std::vector<Factors> result;
        for (std::size_t i = 0; i < stack.size(); ++i) result.push_back(boltz::detail::doubled_factors(stack, i));
        return result;
    };
    CHECK(factors(test::bernoulli_dbm(), false) == std::vector<Factors>{{{1}, {2}}, {{2}, {1}}});
    CHECK(factors(test::four_layers(), false) == std::vector<Factors>{{{1}, {2}}, {{1}, {1}}, {{2}, {1}}});
    CHECK(factors(DBM{bernoulli(3), bernoulli(2), bernoulli(2), labels(3)}, true) ==
          std::vector<Factors>{{{1}, {2}}, {{2, 1}, {1}}});
    CHECK(factors(test::bernoulli_rbm(), false) == std::vector<Factors>{{{1}, {1}}});
    CHECK(factors(DBM{bernoulli(3), bernoulli(2), labels(3)}, true) == std::vector<Factors>{{{1, 1}, {1}}});
}

TEST_CASE("every part of a joint layer between two RBMs is doubled") {
    DBM const shape{bernoulli(2), JointLayer{bernoulli(2), labels(3)}, bernoulli(2)};
    auto const stack = Stack<double>::of_chain(test::randomised(shape, 1, 1, 3));
    auto const& rbm = stack.rbm(0);
    States<double> states{1, rbm.sizes()};
    states[0](0, 1) = 1;
    States<double> plain{1, rbm.sizes()};
    States<double> doubled{1, rbm.sizes()};
    rbm.input(1, states.blocks(), plain[1]);
    Scaled{rbm, boltz::detail::doubled_factors(stack, 0)}.input(1, states.blocks(), doubled[1]);
    for (std::size_t j = 0; j < 5; ++j) CHECK(doubled[1](0, j) == Approx(2 * plain[1](0, j)));
}

TEST_CASE("a stack is not composed into a machine of other layers, which stays as it was") {
    auto const stack = random_stack(test::bernoulli_dbm(), false); // 3, 3, 2
    auto const refusal = [&]<class M>(M model) {
        model = test::randomised(model, 1, 1, 7);
        auto const before = test::parameters(model);
        std::string message;
        try {
            compose_into<double>(stack, model);
        } catch (Error const& error) {
            message = error.what();
        }
        CHECK(test::same(test::parameters(model), before));
        return message;
    };
    CHECK_THAT(refusal(test::four_layers()), contains_text("has 4 layers, but the stack has 3"));
    CHECK_THAT(refusal(DBM{bernoulli(3), bernoulli(3), bernoulli(4)}),
               contains_text("layer 2 of the machine has 4 units, but that of the stack has 2"));
    CHECK_THAT(refusal(DBM{bernoulli(3), bernoulli(3), test::layer<Gaussian>(2)}),
               contains_text("gaussian units cannot take over bernoulli units"));
    CHECK_THAT(refusal(BoltzmannMachine<double>{{{0, 1}, {0, 2}}, bernoulli(3), bernoulli(3), bernoulli(2)}),
               contains_text("no chain"));
}

} // namespace test_compose
