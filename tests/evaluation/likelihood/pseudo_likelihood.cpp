// SPDX-License-Identifier: MIT
#include <boltz/evaluation/likelihood/pseudo_likelihood.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/scores.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/data/binarised.hpp>
#include <boltz/data/matrix_source.hpp>

#include <cmath>
#include <vector>

namespace test_pseudo_likelihood {

using namespace boltz;

namespace {

/// A group of units as the variables it is made of: so many of them, each with so many values.
struct Variables {
    std::size_t count;
    std::size_t values; ///< 2 and one column each, or as many as there are columns
    bool binary;
};

/// The pseudo-likelihood of every ordered configuration of the visible variables, out of the table of their joint
/// probabilities alone, and the states they are.
template <class M>
std::vector<double> enumerated(M const& model, std::vector<Variables> const& layout, Matrix<double>& states) {
    std::vector<std::size_t> sizes;
    for (Variables const& v : layout) sizes.insert(sizes.end(), v.count, v.values);
    std::size_t total = 1;
    for (std::size_t const size : sizes) total *= size;
    states = xt::zeros<double>({total, model.visible().size()});
    for (std::size_t c = 0; c < total; ++c) {
        std::size_t rest = c, variable = 0, column = 0;
        for (Variables const& v : layout) {
            for (std::size_t n = 0; n < v.count; ++n) {
                std::size_t const value = rest % sizes[variable];
                rest /= sizes[variable++];
                if (v.binary)
                    states(c, column++) = static_cast<double>(value);
                else
                    states(c, column + value) += 1;
            }
            if (!v.binary) column += v.values;
        }
    }

    auto joint = test::all_states(model);
    auto const p = test::normalised(test::naive_negative_energy(model, joint));
    auto counted = test::all_states(model, {true, false});
    test::StateIndex const index{counted.blocks(), {true, false}};
    std::vector<double> of_counts(counted.rows(), 0.0);
    for (std::size_t i = 0; i < joint.rows(); ++i) {
        auto const hit = index.counts(joint.blocks().row_range(i, 1));
        for (std::size_t k = 0; k < hit.size(); ++k) of_counts[k] += hit[k] * p[i];
    }
    // All orders of the trials of a state are equally probable.
    auto const orders = index.counts(StateBlocks<double, 2>{Block{states}, {}});
    std::vector<double> p_ordered(total, 0.0);
    for (std::size_t c = 0; c < total; ++c) {
        auto const hit = index.counts(StateBlocks<double, 2>{Block{states}.row_range(c, 1), {}});
        for (std::size_t k = 0; k < hit.size(); ++k)
            if (hit[k] > 0) p_ordered[c] = of_counts[k] / orders[k];
    }

    std::vector<double> result(total, 0.0);
    for (std::size_t c = 0; c < total; ++c) {
        std::size_t stride = 1;
        for (std::size_t const size : sizes) {
            std::size_t const own = c / stride % size;
            double sum = 0;
            for (std::size_t value = 0; value < size; ++value) sum += p_ordered[c - own * stride + value * stride];
            result[c] += std::log(p_ordered[c] / sum);
            stride *= size;
        }
    }
    return result;
}

/// `f(rbm, layout)` for visible layers of every mix of binary units and groups, and hidden layers of every kind.
template <class F>
void for_each_rbm(F&& f) {
    f(test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1), std::vector<Variables>{{4, 2, true}});
    f(test::randomised(RBM{test::layer<Multinomial>(4), test::layer<Bernoulli>(3)}, 1.2, 0.7, 2),
      std::vector<Variables>{{1, 4, false}});
    f(test::randomised(RBM{test::layer<Multinomial>(3, Multinomial{4}), test::layer<Spin>(2)}, 0.8, 0.5, 3),
      std::vector<Variables>{{4, 3, false}});
    f(test::randomised(RBM{JointLayer{test::layer<Bernoulli>(2), test::layer<Multinomial>(3),
                                      test::layer<Multinomial>(2, Multinomial{3})},
                           JointLayer{test::layer<Bernoulli>(2), test::layer<Multinomial>(2)}},
                       1.0, 0.6, 4),
      std::vector<Variables>{{2, 2, true}, {1, 3, false}, {3, 2, false}});
}

} // namespace

TEST_CASE("the pseudo-likelihood is the sum over the variables of log p(one | all others)") {
    for_each_rbm([](auto const& rbm, auto const& layout) {
        Matrix<double> states;
        auto const expected = enumerated(rbm, layout, states);
        auto const found = pseudo_likelihood(rbm, states, {.block_rows = 7});
        CHECK(test::distance(found.values, expected) < 1e-11);
        CHECK(found.mean == Approx(test::estimate(expected).mean).epsilon(1e-12));
        CHECK(found.standard_error == Approx(test::estimate(expected).error).epsilon(1e-10));
        CHECK(found.kind == LikelihoodKind::pseudo_likelihood);
        CHECK(found.log_z.value == 0);
    });
}

TEST_CASE("a real-valued hidden layer is summed out like any other") {
    // sum over real h of exp(x h - h^2 / 2) is exp(x^2 / 2) but for a constant.
    auto const rbm = test::randomised(RBM{test::layer<Bernoulli>(3), test::layer<Gaussian>(2)}, 0.9, 0.5, 5);
    auto states = test::all_states(rbm, {true, false});
    std::vector<double> log_weight(8, 0.0);
    for (std::size_t i = 0; i < 8; ++i) {
        for (std::size_t j = 0; j < 3; ++j) log_weight[i] += states[0](i, j) * rbm.visible().bias()(j);
        for (std::size_t k = 0; k < 2; ++k) {
            double x = rbm.hidden().bias()(k);
            for (std::size_t j = 0; j < 3; ++j) x += states[0](i, j) * rbm.weights()(j, k);
            log_weight[i] += x * x / 2;
        }
    }
    auto const found = pseudo_likelihood(rbm, MatrixSource<double>{Block<double const>{states[0]}});
    for (std::size_t i = 0; i < 8; ++i) {
        double expected = 0;
        for (std::size_t j = 0; j < 3; ++j)
            expected -= std::log1p(std::exp(log_weight[i ^ (std::size_t{1} << j)] - log_weight[i]));
        CHECK(found.values[i] == Approx(expected).epsilon(1e-11));
    }
}

TEST_CASE("large inputs do not overflow") {
    auto rbm = test::bernoulli_rbm<float>(2, 1);
    rbm.visible().bias()(0) = 2000;
    rbm.visible().bias()(1) = -2000;
    Matrix<float> states = xt::zeros<float>({2, 2});
    states(0, 0) = 1;
    auto const found = pseudo_likelihood(rbm, states);
    CHECK(found.values[0] == 0);
    CHECK(found.values[1] == Approx(-2000));
}

// About 20 scores below 5 standard errors: a right estimator fails with probability 1e-5.
TEST_CASE("one variable a case, chosen uniformly, gives the pseudo-likelihood in expectation", "[statistical]") {
    std::uint64_t seed = 1;
    for_each_rbm([&](auto const& rbm, auto const& layout) {
        Matrix<double> states;
        auto const expected = enumerated(rbm, layout, states);
        for (std::size_t c = 0; c < expected.size(); c += expected.size() / 4) {
            std::size_t const repetitions = 5000;
            Matrix<double> same = xt::zeros<double>({repetitions, states.shape(1)});
            for (std::size_t i = 0; i < repetitions; ++i)
                copy(Block<double const>{states}.row_range(c, 1), Block{same}.row_range(i, 1));
            auto const found = stochastic_pseudo_likelihood(rbm, same, {}, Draws::from_seed(seed++));
            CHECK(found.kind == LikelihoodKind::stochastic_pseudo_likelihood);
            CHECK(std::abs(found.mean - expected[c]) < 5 * found.standard_error + 1e-9);
            if (layout[0].binary) CHECK(found.standard_error > 1e-4); // else all trials may be alike
        }
    });
}

TEST_CASE("the number of workers changes no bit of a pseudo-likelihood") {
    auto const rbm = test::randomised(test::bernoulli_rbm<float>(9, 5), 1, 0.5, 1);
    Matrix<float> grey = xt::zeros<float>({40, 9});
    for (std::size_t i = 0; i < 40; ++i) Draws::from_seed(1).uniform(i, 0, Block{grey}.row(i));
    Binarised const data{MatrixSource{grey}, Binarisation::stochastic};
    auto const one = pseudo_likelihood(rbm, data, {.threads = 1, .block_rows = 8});
    auto const two = pseudo_likelihood(rbm, data, {.threads = 2, .block_rows = 8});
    CHECK(one.values == two.values);
    CHECK(one.binarisation == Binarisation::stochastic);
    Draws const draws = Draws::from_seed(3);
    auto const drawn = stochastic_pseudo_likelihood(rbm, data, {.threads = 1, .block_rows = 8}, draws);
    CHECK(drawn.values == stochastic_pseudo_likelihood(rbm, data, {.threads = 2, .block_rows = 8}, draws).values);
    CHECK(drawn.values != stochastic_pseudo_likelihood(rbm, data, {}, Draws::from_seed(4)).values);
}

TEST_CASE("cases that are no states have no pseudo-likelihood") {
    auto const rbm = test::bernoulli_rbm<float>(4, 3);
    Matrix<float> data = xt::zeros<float>({3, 4});
    data(2, 1) = 0.25f;
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(pseudo_likelihood(rbm, data)); }),
               contains_text("pseudo_likelihood") && contains_text("case 2") && contains_text("0.25") &&
                   contains_text("binarise"));
    CHECK_THROWS_AS(stochastic_pseudo_likelihood(rbm, data, {}, Draws::from_seed(1)), ValueError);
    Matrix<float> const narrow = xt::zeros<float>({3, 3});
    CHECK_THROWS_AS(pseudo_likelihood(rbm, narrow), ShapeError);
}

TEST_CASE("a machine whose layers are known only at run time has the same pseudo-likelihood, or none") {
    for_each_rbm([](auto const& rbm, auto const&) {
        BoltzmannMachine<double> const machine = rbm;
        auto states = test::all_states<double>(machine, LayerSet::of(0));
        MatrixSource<double> const data{Block<double const>{states[0]}};
        CHECK(pseudo_likelihood(machine, data).values == pseudo_likelihood(rbm, data).values);
        Draws const draws = Draws::from_seed(1);
        CHECK(stochastic_pseudo_likelihood(machine, data, {}, draws).values ==
              stochastic_pseudo_likelihood(rbm, data, {}, draws).values);
    });
    // The hidden layer may have the lower number of the connection.
    auto const rbm = test::randomised(test::bernoulli_rbm(3, 2), 1.2, 0.7, 1);
    BoltzmannMachine turned{{{1, 0}}, rbm.visible(), rbm.hidden()};
    for (std::size_t j = 0; j < 3; ++j)
        for (std::size_t k = 0; k < 2; ++k) turned.weights()(k, j) = rbm.weights()(j, k);
    auto states = test::all_states(rbm, LayerSet::of(0));
    MatrixSource<double> const data{Block<double const>{states[0]}};
    CHECK(test::distance(pseudo_likelihood(turned, data).values, pseudo_likelihood(rbm, data).values) < 1e-13);

    BoltzmannMachine<double> const real = test::gaussian_rbm();
    Matrix<double> const two = xt::zeros<double>({1, 2});
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(pseudo_likelihood(real, two)); }),
               contains_text("pseudo_likelihood: the visible layer has gaussian units"));
    BoltzmannMachine<double> const deep = test::bernoulli_dbm(2);
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(pseudo_likelihood(deep, two)); }),
               contains_text("the model has 3 layers"));
}

} // namespace test_pseudo_likelihood
