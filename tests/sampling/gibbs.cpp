// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"

#include <boltz/sampling/gibbs.hpp>

namespace test_gibbs {

using namespace boltz;

namespace {

constexpr std::size_t chains = 20000;

// Chains that begin at exact draws from the model.
template <class T>
States<T> start_exactly(test::MarkovChain<T> const& chain, BoltzmannMachine<T> const& model, std::uint64_t seed) {
    States<T> states{chains, model.sizes()};
    test::copy_rows<T>(chain.joint.blocks(), test::drawn_rows(chain.stationary(), chains, seed), LayerSet::all(),
                       states.blocks());
    return states;
}

template <class T>
double p_value(test::MarkovChain<T> const& chain, States<T> const& states, std::vector<double> const& probabilities) {
    test::StateIndex<T> const index{chain.joint.blocks(), LayerSet::all()};
    return test::chi_square_p(index.counts(states.blocks()), probabilities);
}

// All layers at once, each from what its neighbours were before: not a Gibbs sampler.
void stale_sweep(BoltzmannMachine<double> const& model, States<double>& states, Draws const& draws) {
    auto old = states;
    for (std::size_t l = 0; l < model.layers(); ++l) {
        model.input(l, old.blocks(), states[l]);
        model.unit(l).sample(states[l], draws.stream(l));
    }
}

} // namespace

// Each chi-square test of this file rejects a right sampler with probability 1e-4; there are about 40.
TEMPLATE_TEST_CASE("chains that begin at the model's distribution stay there", "[sampling][statistical]", float,
                   double) {
    test::for_each_discrete_model<TestType>([](BoltzmannMachine<TestType> const& model) {
        test::MarkovChain chain{model};
        Executor executor{Compute{}};
        for (std::size_t const sweeps : {1u, 4u, 16u}) {
            auto states = start_exactly(chain, model, 100 + sweeps);
            gibbs_sweeps(model, states.blocks(), sweeps, Draws::from_seed(sweeps), executor);
            CHECK(p_value(chain, states, chain.stationary()) > 1e-4);
        }
    });
}

TEST_CASE("a sampler that updates all layers at once is caught", "[sampling][statistical]") {
    test::for_each_discrete_model([](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        auto states = start_exactly(chain, model, 1);
        CHECK(p_value(chain, states, chain.stationary()) > 1e-4);
        for (std::size_t k = 0; k < 4; ++k) stale_sweep(model, states, Draws::from_seed(k));
        CHECK(p_value(chain, states, chain.stationary()) < 1e-8);
    });
}

TEST_CASE("a sampler that repeats its random numbers is caught", "[sampling][statistical]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    test::MarkovChain chain{model};
    auto states = start_exactly(chain, model, 1);
    for (std::size_t i = 0; i < chains; ++i) {
        auto const row = states.blocks().row_range(i, 1);
        gibbs_update(model, row, 1, Draws::from_seed(1));
        gibbs_update(model, row, 0, Draws::from_seed(2));
    }
    CHECK(p_value(chain, states, chain.stationary()) < 1e-8);
}

TEST_CASE("real-valued chains stay at the model's distribution", "[sampling][statistical]") {
    test::for_each_gaussian_model([](BoltzmannMachine<double> const& model) {
        auto const odd = test::layers_of_parity(1);
        auto table = test::all_states(model, odd);
        auto const p_odd = test::normalised(log_marginal(model, table.blocks(), ~odd));
        // The exact means of the even layers: averages of their conditional means.
        States<double> means{table.rows(), model.sizes()};
        mean_update(model, table.blocks(), means.blocks(), 0);
        test::StateIndex<double> const index{table.blocks(), odd};
        Executor executor{Compute{}};
        for (std::size_t const sweeps : {1u, 4u, 16u}) {
            States<double> states{chains, model.sizes()};
            test::copy_rows<double>(table.blocks(), test::drawn_rows(p_odd, chains, sweeps), odd, states.blocks());
            gibbs_update(model, states.blocks(), 0, Draws::from_seed(50 + sweeps));
            gibbs_sweeps(model, states.blocks(), sweeps, Draws::from_seed(sweeps), executor);
            CHECK(test::chi_square_p(index.counts(states.blocks()), p_odd) > 1e-4);
            for (std::size_t l = 0; l < model.layers(); l += 2)
                for (std::size_t j = 0; j < states[l].columns; ++j)
                    for (std::size_t k = 0; k < states[1].columns; ++k) {
                        std::vector<double> products(chains); // 5 standard errors: 6e-7 each
                        for (std::size_t i = 0; i < chains; ++i) products[i] = states[l](i, j) * states[1](i, k);
                        double expected = 0;
                        for (std::size_t i = 0; i < table.rows(); ++i)
                            expected += p_odd[i] * means[l](i, j) * table[1](i, k);
                        auto const found = test::estimate(products);
                        CHECK(std::abs(found.mean - expected) < 5 * found.error);
                    }
        }
    });
}

TEST_CASE("draws given fixed neighbours have the conditional means", "[sampling][statistical]") {
    test::for_each_model([](BoltzmannMachine<double> const& model) {
        States<double> states{1, model.sizes()};
        for (std::size_t l = 0; l < model.layers(); ++l) {
            model.input(l, states.blocks(), states[l], {.below = 0, .above = 0});
            model.unit(l).sample(states[l], Draws::from_seed(l));
        }
        States<double> many{chains, model.sizes()};
        test::copy_rows<double>(states.blocks(), std::vector<std::size_t>(chains, 0), LayerSet::all(), many.blocks());
        for (std::size_t const colour : {0u, 1u}) {
            auto drawn = many;
            States<double> means{1, model.sizes()};
            gibbs_update(model, drawn.blocks(), colour, Draws::from_seed(9));
            mean_update(model, states.blocks(), means.blocks(), colour);
            for (std::size_t l = 0; l < model.layers(); ++l)
                for (std::size_t j = 0; j < states[l].columns; ++j) {
                    std::vector<double> values(chains); // 5 standard errors: 6e-7 each
                    for (std::size_t i = 0; i < chains; ++i) values[i] = drawn[l](i, j);
                    auto const found = test::estimate(values);
                    bool const updated = l % 2 == colour;
                    double const expected = updated ? means[l](0, j) : states[l](0, j);
                    CHECK(std::abs(found.mean - expected) <= 5 * found.error + 1e-12);
                }
        }
    });
}

TEST_CASE("clamped layers keep their states and the free ones their conditional distribution",
          "[sampling][statistical]") {
    test::for_each_discrete_model([](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        std::size_t const given = 1; // the joint state whose clamped layers are given
        for (std::size_t const clamped_layer : {std::size_t{0}, model.layers() - 1}) {
            auto const clamped = LayerSet::of(clamped_layer);
            std::vector<double> conditional = chain.stationary();
            double sum = 0;
            for (std::size_t i = 0; i < conditional.size(); ++i) {
                auto const a = chain.joint[clamped_layer].row(i);
                auto const b = chain.joint[clamped_layer].row(given);
                if (!std::equal(a.begin(), a.end(), b.begin())) conditional[i] = 0;
                sum += conditional[i];
            }
            for (double& p : conditional) p /= sum;
            States<double> states{chains, model.sizes()};
            test::copy_rows<double>(chain.joint.blocks(), test::drawn_rows(conditional, chains, 5), LayerSet::all(),
                                    states.blocks());
            Executor executor{Compute{}};
            gibbs_sweeps(model, states.blocks(), 6, Draws::from_seed(6), executor, clamped);
            CHECK(p_value(chain, states, conditional) > 1e-4); // a clamped unit that moved would give 0
        }
    });
}

TEST_CASE("an update that keeps its means draws from them", "[sampling][statistical]") {
    test::for_each_discrete_model([](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        auto states = start_exactly(chain, model, 7);
        auto means = states;
        auto expected = states;
        mean_update(model, states.blocks(), expected.blocks(), 0);
        gibbs_update_with_means(model, states.blocks(), means.blocks(), 0, Draws::from_seed(8));
        CHECK(p_value(chain, states, chain.stationary()) > 1e-4);
        for (std::size_t l = 0; l < model.layers(); l += 2)
            for (std::size_t j = 0; j < means[l].columns; ++j)
                CHECK(means[l](17, j) == Approx(expected[l](17, j)).margin(1e-14));
    });
}

TEST_CASE("an update of means leaves the layers alone that are clamped", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_dbm(), 1.2, 0.7, 2);
    States<double> states{2, model.sizes()};
    mean_update(model, states.blocks(), states.blocks(), 0, LayerSet::of(0));
    CHECK(states[0](1, 0) == 0);
    CHECK(states[2](1, 0) == Approx(1 / (1 + std::exp(-model.layer<2>().bias()(0)))));
}

TEST_CASE("chains of two real-valued layers have the normal's means and covariances", "[sampling][statistical]") {
    // The precision matrix of (v, h) is (2, -w; -w, 1.5); 5 moments at 5 standard errors, 6e-7 each.
    Vector<double> p = xt::zeros<double>({1});
    p(0) = 2;
    Vector<double> q = xt::zeros<double>({1});
    q(0) = 1.5;
    RBM rbm{test::layer<Gaussian>(1, Gaussian::with_precision(p)),
            test::layer<Gaussian>(1, Gaussian::with_precision(q))};
    double const w = 0.9;
    rbm.weights()(0, 0) = w;
    rbm.visible().bias()(0) = 0.4;
    rbm.hidden().bias()(0) = -0.7;
    double const determinant = 2 * 1.5 - w * w;
    double const mean_v = (1.5 * 0.4 - w * 0.7) / determinant;
    double const mean_h = (w * 0.4 - 2 * 0.7) / determinant;

    States<double> states{chains, rbm.sizes()};
    Executor executor{Compute{}};
    gibbs_sweeps(rbm, states.blocks(), 30, Draws::from_seed(4), executor); // forgets its start by 0.27^30
    auto const check = [&](auto moment, double expected) {
        std::vector<double> values(chains);
        for (std::size_t i = 0; i < chains; ++i)
            values[i] = moment(states[0](i, 0) - mean_v, states[1](i, 0) - mean_h);
        auto const found = test::estimate(values);
        CHECK(std::abs(found.mean - expected) < 5 * found.error);
    };
    check([](double v, double) { return v; }, 0.0);
    check([](double, double h) { return h; }, 0.0);
    check([](double v, double) { return v * v; }, 1.5 / determinant);
    check([](double, double h) { return h * h; }, 2 / determinant);
    check([](double v, double h) { return v * h; }, w / determinant);
}

} // namespace test_gibbs
