// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"

#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/sampling/sample_given.hpp>
#include <boltz/unit/categorical.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace test_any_graph {

using namespace boltz;

namespace {

constexpr std::size_t chains = 20000;

/// Two visible layers that a chain of hidden ones joins: 0 - 2 - 3 - 1, so that layer 1 has colour 1.
BoltzmannMachine<double> visible_ends() {
    return test::randomised(BoltzmannMachine{{{0, 2}, {2, 3}, {1, 3}},
                                             test::layer<Categorical>(6, Categorical{3}),
                                             test::layer<Bernoulli>(2),
                                             test::layer<Bernoulli>(2),
                                             test::layer<Bernoulli>(3)},
                            0.9, 0.5, 13);
}

/// `f(model)` for trees with two visible layers, 0 and 1, and for a triangle.
template <class F>
void for_each_graph(F&& f) {
    test::for_each_discrete_graph(f);
    f(visible_ends());
}

/// Chains that begin at exact draws.
States<double> start_exactly(test::MarkovChain<double> const& chain, BoltzmannMachine<double> const& model,
                             std::vector<double> const& probabilities, std::uint64_t seed) {
    States<double> states{chains, model.sizes()};
    test::copy_rows<double>(chain.joint.blocks(), test::drawn_rows(probabilities, chains, seed), LayerSet::all(),
                            states.blocks());
    return states;
}

double p_value(test::MarkovChain<double> const& chain, States<double> const& states,
               std::vector<double> const& probabilities) {
    test::StateIndex<double> const index{chain.joint.blocks(), LayerSet::all()};
    return test::chi_square_p(index.counts(states), probabilities);
}

/// The distribution given that the layers `known` have their states of joint state `given`.
std::vector<double> conditional(test::MarkovChain<double> const& chain, LayerSet known, std::size_t given) {
    std::vector<double> result = chain.stationary();
    double sum = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        for (std::size_t l = 0; l < chain.joint.layers(); ++l)
            for (std::size_t j = 0; known[l] && j < chain.joint[l].columns; ++j)
                if (chain.joint[l](i, j) != chain.joint[l](given, j)) result[i] = 0;
        sum += result[i];
    }
    for (double& p : result) p /= sum;
    return result;
}

/// Statistics of chains that have run for 40 sweeps on frozen parameters, 40 independent sets of 200.
test::Repetitions persistent(BoltzmannMachine<double> const& model, Statistics statistics) {
    States<double> const unused{1, model.sizes()};
    Executor executor{Compute{}};
    test::Repetitions found;
    for (std::size_t repetition = 0; repetition < 40; ++repetition) {
        auto session = PersistentCD{.chains = 200,
                                    .sweeps = Schedule::per_epoch({39, 1}),
                                    .start = PersistentCD::Start::random,
                                    .statistics = statistics}
                           .bind(model);
        Draws const draws = Draws::from_seed(5).stream(repetition);
        session.sample(model, unused.blocks(), {}, draws.stream(0), Clock{}, executor);
        auto const& phase = session.sample(model, unused.blocks(), {}, draws.stream(1), Clock{.epoch = 1}, executor);
        auto gradient = model.make_gradient();
        model.accumulate(phase, {.factor = 1.0 / 200}, gradient, executor);
        found.add(test::numbers(gradient));
    }
    return found;
}

} // namespace

TEST_CASE("each layer's means given all others are those of enumeration, in any graph", "[sampling]") {
    for_each_graph([](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        auto const p = chain.stationary();
        for (std::size_t given = 0; given < p.size(); given += 37) {
            States<double> const state = [&] {
                States<double> one{1, model.sizes()};
                test::copy_rows<double>(chain.joint.blocks(), {given}, LayerSet::all(), one.blocks());
                return one;
            }();
            auto means = state;
            for (std::size_t colour = 0; colour < model.graph().colours(); ++colour)
                mean_update(model, state.blocks(), means.blocks(), colour);
            for (std::size_t l = 0; l < model.layers(); ++l) {
                auto const of_layer = conditional(chain, ~LayerSet::of(l), given);
                for (std::size_t j = 0; j < means[l].columns; ++j) {
                    double expected = 0;
                    for (std::size_t i = 0; i < p.size(); ++i) expected += of_layer[i] * chain.joint[l](i, j);
                    CHECK(means[l](0, j) == Approx(expected).margin(1e-12));
                }
            }
        }
    });
}

// Each chi-square test of this file rejects a right sampler with probability 1e-4; there are about 20.
TEST_CASE("chains in trees and triangles that begin at the model's distribution stay there",
          "[sampling][statistical]") {
    for_each_graph([](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        auto const stationary = chain.stationary();
        Executor executor{Compute{}};
        for (std::size_t const sweeps : {1u, 5u}) {
            auto states = start_exactly(chain, model, stationary, 100 + sweeps);
            gibbs_sweeps(model, states.blocks(), sweeps, Draws::from_seed(sweeps), executor);
            CHECK(p_value(chain, states, stationary) > 1e-4);
        }
        // With one visible layer clamped: a clamped unit that moved would give 0.
        auto const given = conditional(chain, LayerSet::of(0), 5);
        auto states = start_exactly(chain, model, given, 7);
        gibbs_sweeps(model, states.blocks(), 3, Draws::from_seed(8), executor, LayerSet::of(0));
        CHECK(p_value(chain, states, given) > 1e-4);
    });
}

TEST_CASE("a sampler that takes the layers of a triangle for those of a chain is caught", "[sampling][statistical]") {
    // Odd layers at once, then even ones: layers 0 and 2 have weights in common.
    auto const model = test::randomised(test::triangle(), 0.9, 0.5, 12);
    test::MarkovChain chain{model};
    auto const stationary = chain.stationary();
    auto states = start_exactly(chain, model, stationary, 1);
    CHECK(p_value(chain, states, stationary) > 1e-4);
    for (std::size_t k = 0; k < 8; ++k) {
        auto const old = states;
        for (std::size_t const l : {1u, 3u, 0u, 2u}) {
            Factors const stale{.among = ~LayerSet::of(0, 2)};
            model.input(l, states.blocks(), states[l], l % 2 == 0 ? stale : Factors{});
            if (l % 2 == 0)
                model.input(l, old.blocks(), states[l], {.bias = 0, .keep = 1, .among = LayerSet::of(0, 2)});
            model.unit(l).sample(states[l], Draws::from_seed(k).stream(l));
        }
    }
    CHECK(p_value(chain, states, stationary) < 1e-8);
}

TEST_CASE("samples of any graph have the model's probabilities", "[sampling][statistical]") {
    for_each_graph([](BoltzmannMachine<double> const& strong) {
        auto const model = test::weakened(strong, 0.5);
        test::MarkovChain chain{model};
        Random random{7};
        auto const states = sample(model, {.chains = chains, .sweeps = 30}, random);
        CHECK(p_value(chain, states, chain.stationary()) > 1e-4);
    });
}

TEST_CASE("samples of one visible layer given the other have the exact conditional probabilities",
          "[sampling][statistical]") {
    for_each_graph([](BoltzmannMachine<double> const& strong) {
        auto const model = test::weakened(strong, 0.5);
        test::MarkovChain chain{model};
        for (std::size_t const known : {0u, 1u}) {
            std::size_t const given = 11;
            Given what{model, 2};
            Matrix<double> values = xt::zeros<double>({std::size_t{2}, model.sizes()[known]});
            for (std::size_t i = 0; i < 2; ++i)
                copy<double>(chain.joint[known].row_range(given, 1), Block{values}.row_range(i, 1));
            what.clamp(known, values);
            Random random{known};
            auto const states = sample_given(model, what, {.chains = chains / 2, .sweeps = 30}, random).states;
            auto const expected = conditional(chain, LayerSet::of(known), given);
            CHECK(p_value(chain, states, expected) > 1e-4);
            CHECK(p_value(chain, states, chain.stationary()) < 1e-8); // the test can tell
        }
    });
}

// Deviations beyond 5 standard errors, estimated from 40 sets, have probability 1e-5; about 200 are looked at.
TEST_CASE("persistent chains of any graph give the enumerated expectations", "[sampling][statistical]") {
    for_each_graph([](BoltzmannMachine<double> const& strong) {
        auto const model = test::weakened(strong, 0.6);
        test::MarkovChain chain{model};
        auto const truth = chain.statistics(model, chain.stationary());
        CHECK(persistent(model, Statistics::mixed).worst_score(truth) < 5);
        CHECK(persistent(model, Statistics::samples).worst_score(truth) < 5);
    });
    // Means of all layers drop covariances, in a triangle too.
    auto const triangle = test::randomised(test::triangle(), 0.9, 0.5, 12);
    test::MarkovChain chain{triangle};
    CHECK(persistent(triangle, Statistics::means).worst_score(chain.statistics(triangle, chain.stationary())) > 8);
}

TEST_CASE("persistent chains of three colours say which of their numbers are means", "[sampling]") {
    auto const model = test::randomised(test::triangle(), 0.9, 0.5, 12); // colours 0, 1, 2, 0
    States<double> const posterior{2, model.sizes()};
    Executor executor{Compute{}};
    auto const moments = [&](Statistics statistics) {
        auto session =
            PersistentCD{.chains = 5, .start = PersistentCD::Start::random, .statistics = statistics}.bind(model);
        return session.sample(model, posterior.blocks(), {}, Draws::from_seed(1), Clock{}, executor).moments;
    };
    constexpr Moment state = Moment::state;
    constexpr Moment mean = Moment::mean;
    CHECK((moments(Statistics::samples) == std::vector{state, state, state, state}));
    CHECK((moments(Statistics::mixed) == std::vector{mean, state, state, mean}));
    CHECK((moments(Statistics::means) == std::vector{mean, mean, mean, mean}));
}

TEST_CASE("persistent chains in a triangle begin at the cases of the batch", "[sampling][statistical]") {
    // All layers but those of the highest colour begin at the cases, and a sweep draws that colour first.
    auto const model = test::randomised(test::triangle(), 0.9, 0.5, 12);
    test::MarkovChain chain{model};
    std::size_t const given = 100;
    States<double> posterior{3, model.sizes()};
    test::copy_rows<double>(chain.joint.blocks(), {given, given, given}, LayerSet::all(), posterior.blocks());
    // One sweep from there, exactly: layer 2 given the rest, then layer 1, then layers 0 and 3.
    std::vector<double> p(chain.joint.rows(), 0.0);
    p[given] = 1;
    for (LayerSet const drawn : {LayerSet::of(2), LayerSet::of(1), LayerSet::of(0, 3)}) {
        std::vector<double> next(p.size(), 0.0);
        for (std::size_t i = 0; i < p.size(); ++i) {
            if (p[i] == 0) continue;
            auto const kernel = conditional(chain, ~drawn, i);
            for (std::size_t k = 0; k < p.size(); ++k) next[k] += p[i] * kernel[k];
        }
        p = next;
    }
    Executor executor{Compute{}};
    auto session = PersistentCD{.chains = chains, .statistics = Statistics::samples}.bind(model);
    session.sample(model, posterior.blocks(), LayerSet::of(0), Draws::from_seed(3), Clock{}, executor);
    CHECK(p_value(chain, session.chains(), p) > 1e-4);
    CHECK(p_value(chain, session.chains(), chain.stationary()) < 1e-8);
}

TEST_CASE("contrastive divergence takes machines of two colours", "[sampling]") {
    CHECK_THROWS_WITH(ContrastiveDivergence{}.bind(test::triangle()),
                      contains_text("ContrastiveDivergence") && contains_text("3 colours"));
    CHECK_THROWS_AS(ContrastiveDivergence{}.bind(BoltzmannMachine{{}, test::layer<Bernoulli>(2)}), ValueError);
    CHECK_NOTHROW(ContrastiveDivergence{}.bind(test::two_visible_tree()));
    CHECK_NOTHROW(ContrastiveDivergence{}.bind(visible_ends()));
}

} // namespace test_any_graph
