// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/unit_conformance.hpp"

#include <boltz/model/scaled.hpp>

namespace test_scaled {

using namespace boltz;

namespace {

// log p(s | x) of every state in `table` for one row of natural parameters.
template <class U>
std::vector<double> log_conditional(U const& unit, Block<double> x, Block<double> table) {
    std::vector<double> result(table.rows, 0.0);
    std::vector<double> own(table.rows, 0.0);
    unit.add_self_energy(Block<double const>{table}, std::span{own});
    for (std::size_t i = 0; i < table.rows; ++i) {
        for (std::size_t j = 0; j < table.columns; ++j) result[i] += x(0, j) * table(i, j);
        result[i] -= own[i];
    }
    double const log_z = test::log_sum_exp(result);
    for (double& value : result) value -= log_z;
    return result;
}

template <std::size_t I>
std::vector<double> conditional(AnyField<double> const& field, States<double>& states, Block<double> table) {
    Matrix<double> x = xt::zeros<double>({std::size_t{1}, field.sizes()[I]});
    field.input(I, states.blocks(), Block{x});
    return log_conditional(field.unit(I), Block{x}, table);
}

// log of sqrt(p q), normalised.
std::vector<double> geometric_mean(std::vector<double> p, std::vector<double> const& q) {
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = (p[i] + q[i]) / 2;
    double const log_z = test::log_sum_exp(p);
    for (double& value : p) value -= log_z;
    return p;
}

template <class U>
StochasticLayer<U, double> with_bias(std::size_t size, U unit, std::uint64_t seed) {
    Vector<double> bias = xt::zeros<double>({size});
    Draws::from_seed(seed).normal(0, 0, std::span{bias.data(), size});
    return {std::move(bias), std::move(unit)};
}

template <class T>
Vector<T> combined(Vector<T> const& a, double factor_a, Vector<T> const& b, double factor_b) {
    Vector<T> result = a;
    for (std::size_t j = 0; j < a.size(); ++j) result(j) = factor_a * a(j) + factor_b * b(j);
    return result;
}

void scale(Matrix<double>& matrix, double factor) {
    for (double& w : matrix) w *= factor;
}

} // namespace

TEST_CASE("a scaled field multiplies natural parameters, bias included, and keeps what it should keep", "[model]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    LayerFactors const factors{{1}, {2, 0.5}, {3}};
    Scaled const scaled{model, factors};
    STATIC_REQUIRE(concepts::Field<std::remove_cvref_t<decltype(scaled)>>);
    CHECK(scaled.sizes() == model.graph().sizes());
    States<double> states{2, model.sizes()};
    boltz::detail::for_each_index<3>([&](auto l) {
        model.input(l, states.blocks(), states[l], {.below = 0, .above = 0});
        model.layer<l>().unit().mean(states[l]);
    });
    for (Factors const f : {Factors{}, Factors{.below = 2, .above = 0.5, .bias = 1, .keep = 0.25}})
        boltz::detail::for_each_index<3>([&](auto l) {
            Matrix<double> plain = xt::zeros<double>({std::size_t{2}, model.layer<l>().size()});
            Matrix<double> found = plain;
            for (double& x : found) x = 8;
            model.input(l, states.blocks(), Block{plain}, {f.below, f.above, f.bias, 0});
            scaled.input(l, states.blocks(), Block{found}, f);
            for (std::size_t j = 0; j < plain.shape(1); ++j) {
                double const factor = l == 0 ? 1 : l == 2 ? 3 : j < 2 ? 2 : 0.5;
                CHECK(found(1, j) == Approx(factor * plain(1, j) + 8 * f.keep).margin(1e-12));
            }
        });
}

// Salakhutdinov & Hinton (2012): the bottom RBM doubles what its hidden layer hears, the top one what its visible
// layer hears, those between are plain; composed, p(h_l | neighbours) is proportional to sqrt(p_below p_above).

TEST_CASE("two doubled RBMs composed are a DBM whose middle layer is their geometric mean", "[model]") {
    RBM bottom{with_bias(3, Bernoulli{}, 1), with_bias(3, Bernoulli{}, 2)};
    RBM top{with_bias(3, Bernoulli{}, 3), with_bias(2, Spin{}, 4)};
    bottom.weights() = test::natural_parameters<double>(3, 3, 1.0, 5);
    top.weights() = test::natural_parameters<double>(3, 2, 1.0, 6);
    LayerFactors const up{{1}, {2}};
    LayerFactors const down{{2}, {1}};
    Scaled const below{bottom, up};
    Scaled const above{top, down};

    DBM dbm{bottom.visible(),
            StochasticLayer<Bernoulli, double>{combined(bottom.hidden().bias(), 1, top.visible().bias(), 1), {}},
            top.hidden()};
    dbm.weights(0) = bottom.weights();
    dbm.weights(1) = top.weights();

    auto const deviation = [&](auto const& composed) {
        auto middle = test::all_states(composed, {false, true, false});
        auto outer = test::all_states(composed, {true, false, true});
        double worst = 0;
        for (std::size_t i = 0; i < outer.rows(); ++i) {
            States<double> states{1, composed.sizes()};
            States<double> lower{1, bottom.sizes()};
            States<double> upper{1, top.sizes()};
            for (std::size_t const l : {0u, 2u}) copy(outer[l].row_range(i, 1), states[l]);
            copy(states[0], lower[0]);
            copy(states[2], upper[1]);
            worst = std::max(worst, test::distance(conditional<1>(composed, states, middle[1]),
                                                   geometric_mean(conditional<1>(below, lower, middle[1]),
                                                                  conditional<0>(above, upper, middle[1]))));
        }
        return worst;
    };
    CHECK(deviation(dbm) < 1e-12);
    auto halved = dbm; // the mistake of a known reproduction
    scale(halved.weights(0), 0.5);
    scale(halved.weights(1), 0.5);
    CHECK(deviation(halved) > 0.1);
    auto averaged = dbm;
    averaged.layer<1>().bias() = combined(bottom.hidden().bias(), 0.5, top.visible().bias(), 0.5);
    CHECK(deviation(averaged) > 0.1);
}

TEST_CASE("three RBMs compose with the plain one in the middle halved, labels not doubled", "[model]") {
    RBM bottom{with_bias(2, Multinomial{2}, 1), with_bias(3, Bernoulli{}, 2)};
    RBM between{with_bias(3, Bernoulli{}, 3), with_bias(2, Spin{}, 4)};
    RBM top{JointLayer{with_bias(2, Spin{}, 5), with_bias(2, Multinomial{1}, 6)}, with_bias(3, Bernoulli{}, 7)};
    bottom.weights() = test::natural_parameters<double>(2, 3, 1.0, 8);
    between.weights() = test::natural_parameters<double>(3, 2, 1.0, 9);
    top.weights() = test::natural_parameters<double>(4, 3, 1.0, 10);
    LayerFactors const up{{1}, {2}};
    LayerFactors const down{{2, 1}, {1}};
    Scaled const lowest{bottom, up};
    Scaled const highest{top, down};

    // The labels stand beside h2 in the top RBM and hear h3 alone.
    auto const spins = top.visible().part<0>();
    auto const labels = top.visible().part<1>();
    DBM dbm{
        bottom.visible(),
        StochasticLayer<Bernoulli, double>{combined(bottom.hidden().bias(), 1, between.visible().bias(), 0.5), {}},
        JointLayer{StochasticLayer<Spin, double>{combined(between.hidden().bias(), 0.5, spins.bias(), 1), {}},
                   labels},
        top.hidden()};
    dbm.weights(0) = bottom.weights();
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 2; ++j) dbm.weights(1)(i, j) = between.weights()(i, j) / 2;
    dbm.weights(2) = top.weights();

    auto const deviation = [&](auto const& composed) {
        auto all = test::all_states(composed);
        auto h1 = test::all_states(composed, {false, true, false, false});
        auto h2_labels = test::all_states(composed, {false, false, true, false});
        auto const h2_table = h2_labels[2].column_range(0, 2);
        double worst = 0;
        for (std::size_t i = 0; i < all.rows(); i += 3) {
            States<double> states{1, composed.sizes()};
            for (std::size_t l = 0; l < 4; ++l) copy(all[l].row_range(i, 1), states[l]);
            States<double> lower{1, bottom.sizes()};
            States<double> middle{1, between.sizes()};
            States<double> upper{1, top.sizes()};
            copy(states[0], lower[0]);
            copy(states[1], middle[0]);
            copy(states[2].column_range(0, 2), middle[1]);
            copy(states[3], upper[1]);
            worst = std::max(worst, test::distance(conditional<1>(composed, states, h1[1]),
                                                   geometric_mean(conditional<1>(lowest, lower, h1[1]),
                                                                  conditional<0>(between, middle, h1[1]))));
            // For the joint layer by its parts: spins are the geometric mean, labels are the top RBM's own.
            Matrix<double> x = xt::zeros<double>({1, 4});
            Matrix<double> x_top = x;
            composed.input(2, states.blocks(), Block{x});
            highest.input(0, upper.blocks(), Block{x_top});
            auto const part = [](Matrix<double>& m, std::size_t first) { return Block{m}.column_range(first, 2); };
            worst = std::max(worst,
                             test::distance(log_conditional(spins.unit(), part(x, 0), h2_table),
                                            geometric_mean(conditional<1>(between, middle, h2_table),
                                                           log_conditional(spins.unit(), part(x_top, 0), h2_table))));
            worst = std::max(worst, std::abs(x(0, 2) - x_top(0, 2)) + std::abs(x(0, 3) - x_top(0, 3)));
        }
        return worst;
    };
    CHECK(deviation(dbm) < 1e-12);
    auto halved = dbm;
    scale(halved.weights(0), 0.5);
    scale(halved.weights(2), 0.5);
    CHECK(deviation(halved) > 0.1);
    auto whole = dbm; // the plain RBM entering unhalved is the other mistake
    scale(whole.weights(1), 2);
    CHECK(deviation(whole) > 0.1);
}

TEST_CASE("the precisions of a shared real-valued layer are averaged, never doubled", "[model]") {
    auto const with_precision = [](double first, double second) {
        Vector<double> precision = xt::zeros<double>({2});
        precision(0) = first;
        precision(1) = second;
        return Gaussian::with_precision(precision);
    };
    RBM bottom{with_bias(3, Bernoulli{}, 1), with_bias(2, with_precision(2, 0.5), 2)};
    RBM top{with_bias(2, with_precision(1, 3), 3), with_bias(2, Bernoulli{}, 4)};
    bottom.weights() = test::natural_parameters<double>(3, 2, 1.0, 5);
    top.weights() = test::natural_parameters<double>(2, 2, 1.0, 6);
    LayerFactors const up{{1}, {2}};
    LayerFactors const down{{2}, {1}};
    Scaled const below{bottom, up};
    Scaled const above{top, down};

    Gaussian shared = bottom.hidden().unit();
    shared.average_with(top.visible().unit());
    DBM dbm{bottom.visible(),
            StochasticLayer<Gaussian, double>{combined(bottom.hidden().bias(), 1, top.visible().bias(), 1), shared},
            top.hidden()};
    dbm.weights(0) = bottom.weights();
    dbm.weights(1) = top.weights();

    // log densities x s - p s^2 / 2 over a grid; they agree up to a constant.
    Matrix<double> grid = xt::zeros<double>({81, 2});
    for (std::size_t i = 0; i < 81; ++i) {
        grid(i, 0) = static_cast<double>(i % 9) - 4;
        grid(i, 1) = static_cast<double>(i / 9) - 4;
    }
    auto outer = test::all_states(dbm, {true, false, true});
    for (std::size_t i = 0; i < outer.rows(); ++i) {
        States<double> states{1, dbm.sizes()};
        States<double> lower{1, bottom.sizes()};
        States<double> upper{1, top.sizes()};
        for (std::size_t const l : {0u, 2u}) copy(outer[l].row_range(i, 1), states[l]);
        copy(states[0], lower[0]);
        copy(states[2], upper[1]);
        CHECK(test::distance(conditional<1>(dbm, states, Block{grid}),
                             geometric_mean(conditional<1>(below, lower, Block{grid}),
                                            conditional<0>(above, upper, Block{grid}))) < 1e-12);
    }
}

TEST_CASE("a scaled field needs one factor for each part, or one for all", "[model]") {
    RBM const rbm{JointLayer{StochasticLayer<Bernoulli>{2}, StochasticLayer<Multinomial>{3}},
                  StochasticLayer<Bernoulli>{2}};
    LayerFactors const none{{}, {1.0}};
    LayerFactors const many{{1.0, 2.0, 3.0}, {1.0}};
    LayerFactors const plain{{2.0}, {1.0, 1.0}};
    LayerFactors const right{{2.0, 1.0}, {1.0}};
    CHECK_THROWS_AS(Scaled(rbm, none), ShapeError);
    CHECK_THROWS_AS(Scaled(rbm, many), ShapeError);
    CHECK_THROWS_AS(Scaled(rbm, plain), ShapeError);
    CHECK_NOTHROW(Scaled(rbm, right));
}

} // namespace test_scaled
