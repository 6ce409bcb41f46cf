// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"
#include "support/tempered_models.hpp"

#include <boltz/archive.hpp>
#include <boltz/model/tempered.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/tempered_chains.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace test_tempered_chains {

using namespace boltz;

namespace {

constexpr std::size_t ensembles = 6000;
constexpr std::size_t levels = 4;

// The exact distributions of all temperatures of a model.
struct Exact {
    Exact(BoltzmannMachine<double> const& model, std::span<double const> betas) : chain{model} {
        for (double const beta : betas)
            probabilities.push_back(test::MarkovChain{test::at_temperature(model, beta)}.stationary());
    }

    // Draws the states of all temperatures independently.
    void start(StatesView<double> states, std::uint64_t seed) {
        for (std::size_t k = 0; k < levels; ++k)
            test::copy_rows(chain.joint, test::drawn_rows(probabilities[k], ensembles, seed + 1000 * k),
                            LayerSet::all(), states.row_range(k * ensembles, ensembles));
    }

    // The smallest p-value of all temperatures.
    double p_value(StatesView<double const> states) {
        test::StateIndex<double> const index{chain.joint, LayerSet::all()};
        double worst = 1;
        for (std::size_t k = 0; k < levels; ++k)
            worst = std::min(worst, test::chi_square_p(index.counts(states.row_range(k * ensembles, ensembles)),
                                                       probabilities[k]));
        return worst;
    }

    test::MarkovChain<double> chain;
    std::vector<std::vector<double>> probabilities;
};

// L(s) of each row.
std::vector<double> couplings(AnyField<double> const& model, StatesView<double const> states) {
    std::vector<double> result = energy(model, states);
    std::vector<double> own(result.size(), 0.0);
    for (std::size_t l = 0; l < model.layers(); ++l) model.unit(l).add_self_energy(states[l], own);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = own[i] - result[i];
    return result;
}

// Swaps of all pairs (0, 1) and (2, 3), accepted where `accept(gain, uniform)` says so.
template <class Accept>
double p_after_swaps(BoltzmannMachine<double> const& model, Accept accept) {
    TemperatureLadder const ladder{levels, 0.1};
    Exact exact{model, ladder.betas()};
    States<double> states{levels * ensembles, model.sizes()};
    exact.start(states, 5);
    auto const coupling = couplings(model, states);
    std::vector<double> uniform(levels * ensembles);
    Draws::from_seed(3).uniform(0, 0, std::span{uniform});
    for (std::size_t k = 0; k < levels; k += 2)
        for (std::size_t c = 0; c < ensembles; ++c) {
            std::size_t const a = k * ensembles + c;
            std::size_t const b = a + ensembles;
            double const gain = (ladder.betas()[k] - ladder.betas()[k + 1]) * (coupling[b] - coupling[a]);
            if (!accept(gain, uniform[a])) continue;
            for (std::size_t l = 0; l < model.layers(); ++l)
                std::swap_ranges(states[l].row(a).begin(), states[l].row(a).end(), states[l].row(b).begin());
        }
    return exact.p_value(states);
}

} // namespace

// Each chi-square test of this file rejects a right sampler with probability 1e-4; there are about 90.
TEST_CASE("tempered chains that begin at the product of all distributions stay there",
          "[sampling][statistical][slow]") {
    auto const check = [](auto const& model) {
        for (std::size_t const steps : {1u, 2u, 6u}) {
            TemperedChains<double> chains{ensembles, model.graph(), TemperatureLadder{levels, 0.1}};
            Exact exact{model, chains.ladder().betas()};
            exact.start(chains.states(), 10 + steps);
            Executor executor{Compute{}};
            auto const base = uniform_base(model);
            auto const own = own_base(model);
            for (std::size_t k = 0; k < steps; ++k)
                chains.step(model, own, base, Draws::from_seed(20 * steps + k), executor);
            CHECK(exact.p_value(chains.states()) > 1e-4);

            // Neighbours are independent: 5 standard errors of a covariance, 6e-7 each.
            auto const coupling = couplings(model, chains.states());
            for (std::size_t k = 0; k + 1 < levels; ++k) {
                auto const mean = [&](std::size_t level) {
                    return test::estimate({coupling.begin() + static_cast<std::ptrdiff_t>(level * ensembles),
                                           coupling.begin() + static_cast<std::ptrdiff_t>((level + 1) * ensembles)})
                        .mean;
                };
                double const here = mean(k);
                double const next = mean(k + 1);
                std::vector<double> products(ensembles);
                for (std::size_t c = 0; c < ensembles; ++c)
                    products[c] = (coupling[k * ensembles + c] - here) * (coupling[(k + 1) * ensembles + c] - next);
                auto const found = test::estimate(products);
                CHECK(std::abs(found.mean) < 5 * found.error);
            }
        }
    };
    test::for_each_discrete_model(check);
    check(test::randomised(test::two_visible_tree(), 0.9, 0.5, 11));
}

TEST_CASE("wrong swaps of exactly drawn chains are caught and the right ones are not", "[sampling][statistical]") {
    test::for_each_discrete_model([](auto const& model) {
        CHECK(p_after_swaps(model, [](double gain, double u) { return u < std::exp(gain); }) > 1e-4);
        CHECK(p_after_swaps(model, [](double, double) { return true; }) < 1e-8);
        CHECK(p_after_swaps(model, [](double gain, double u) { return u < std::exp(-gain); }) < 1e-8);
        CHECK(p_after_swaps(model, [](double gain, double u) { return u < std::exp(2 * gain); }) < 1e-6);
    });
}

TEST_CASE("the biases of every layer and of the base take part in swaps", "[sampling][statistical]") {
    // Large biases, two distant temperatures and many ensembles: leaving one of them out of the rule would shift the
    // hidden units' probabilities by more than the noise. Four chi-square tests at 1e-4.
    auto model = test::randomised(test::bernoulli_rbm(3, 3), 2.0, 0.5, 8);
    for (std::size_t j = 0; j < 3; ++j) {
        model.visible().bias()(j) = j % 2 == 0 ? 2.5 : -2.5;
        model.hidden().bias()(j) = j % 2 == 0 ? -2 : 2;
    }
    std::size_t const count = 60000;
    auto base = uniform_base(model);
    Executor executor{Compute{}};
    for (double const size : {0.0, 1.5}) {
        base.biases[0](0) = base.biases[1](1) = size;
        base.biases[0](1) = base.biases[1](2) = -size;
        TemperedChains<double> chains{count, model.graph(), TemperatureLadder{2, 0.3}};
        std::vector<std::vector<double>> exact;
        test::MarkovChain table{model};
        for (std::size_t k = 0; k < 2; ++k) {
            double const beta = chains.ladder().betas()[k];
            auto tempered = test::at_temperature(model, beta);
            for (std::size_t j = 0; j < 3; ++j) {
                tempered.visible().bias()(j) += (1 - beta) * base.biases[0](j);
                tempered.hidden().bias()(j) += (1 - beta) * base.biases[1](j);
            }
            exact.push_back(test::MarkovChain{tempered}.stationary());
            test::copy_rows(table.joint, test::drawn_rows(exact[k], count, 3 + k), LayerSet::all(),
                            chains.states().row_range(k * count, count));
        }
        for (std::size_t k = 0; k < 5; ++k) chains.step(model, own_base(model), base, Draws::from_seed(k), executor);
        test::StateIndex<double> const index{table.joint, LayerSet::all()};
        for (std::size_t k = 0; k < 2; ++k)
            CHECK(test::chi_square_p(index.counts(chains.states().row_range(k * count, count)), exact[k]) > 1e-4);
    }
}

TEST_CASE("tempered chains of models with real-valued units stay where they are", "[sampling][statistical]") {
    test::for_each_gaussian_model([](auto const& model) {
        TemperedChains<double> chains{ensembles, model.graph(), TemperatureLadder{levels, 0.1}};
        LayerSet const odd = model.graph().of_colour(1), even = model.graph().of_colour(0);
        auto const table = test::all_states<double>(model, odd);
        std::vector<std::vector<double>> probabilities;
        for (std::size_t k = 0; k < levels; ++k) {
            auto const tempered = test::at_temperature(model, chains.ladder().betas()[k]);
            probabilities.push_back(test::normalised(log_marginal(tempered, table, even)));
            auto const states = chains.states().row_range(k * ensembles, ensembles);
            test::copy_rows(table, test::drawn_rows(probabilities[k], ensembles, 7 * k + 1), odd, states);
            gibbs_update(tempered, states, 0, Draws::from_seed(50 + k));
        }
        Executor executor{Compute{}};
        auto const base = uniform_base(model);
        for (std::size_t k = 0; k < 4; ++k) chains.step(model, own_base(model), base, Draws::from_seed(k), executor);
        test::StateIndex<double> const index{table, odd};
        for (std::size_t k = 0; k < levels; ++k) {
            auto const states = chains.states().row_range(k * ensembles, ensembles);
            CHECK(test::chi_square_p(index.counts(states), probabilities[k]) > 1e-4);
            auto const tempered = test::at_temperature(model, chains.ladder().betas()[k]);
            gibbs_update(tempered, states, 1, Draws::from_seed(70 + k)); // given the even layers
            CHECK(test::chi_square_p(index.counts(states), probabilities[k]) > 1e-4);
        }
    });
}

TEST_CASE("over the model's own biases only the weights are tempered", "[sampling][statistical]") {
    auto const model = test::randomised(test::bernoulli_dbm(), 1.2, 0.7, 2);
    TemperedChains<double> chains{ensembles, model.graph(), TemperatureLadder{levels}};
    Executor executor{Compute{}};
    auto const own = own_base(model);
    for (std::size_t k = 0; k < 60; ++k) chains.step(model, own, own, Draws::from_seed(k), executor);
    test::MarkovChain chain{model};
    test::StateIndex<double> const index{chain.joint, LayerSet::all()};
    for (std::size_t k = 0; k < levels; ++k) {
        auto tempered = model;
        for (std::size_t l = 0; l < 2; ++l)
            for (auto& w : tempered.weights(l)) w *= chains.ladder().betas()[k];
        auto const counts = index.counts(chains.states().row_range(k * ensembles, ensembles));
        CHECK(test::chi_square_p(counts, test::MarkovChain{tempered}.stationary()) > 1e-4);
    }
}

TEST_CASE("a step draws what plain updates of Tempered fields would, where nothing is swapped", "[sampling]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    auto base = uniform_base(model);
    base.biases[0](1) = 0.7;
    base.biases[2](0) = -0.4;
    TemperedChains<double> chains{5, model.graph(), TemperatureLadder{3}};
    Executor executor{Compute{}};
    auto const own = own_base(model);
    // The second round tries the pair (1, 2) only, so temperature 0 is left alone.
    chains.step(model, own, base, Draws::from_seed(1), executor);
    States<double> expected{15, model.sizes()};
    for (std::size_t l = 0; l < 3; ++l) copy(chains.states()[l], expected[l]);
    chains.step(model, own, base, Draws::from_seed(2), executor);
    auto const rows = expected.blocks().row_range(0, 5);
    auto means = expected;
    Tempered const tempered{model, base, 1.0};
    gibbs_update(tempered, rows, 1, Draws::from_seed(2));
    gibbs_update_with_means(tempered, rows, means.blocks().row_range(0, 5), 0, Draws::from_seed(2));
    for (std::size_t l = 0; l < 3; ++l)
        for (std::size_t i = 0; i < 5; ++i)
            for (std::size_t j = 0; j < rows[l].columns; ++j) {
                CHECK(chains.target_states()[l](i, j) == rows[l](i, j));
                if (l % 2 == 0) CHECK(chains.target_means()[l](i, j) == means[l](i, j));
            }
    // The lowest temperature is that of the base.
    auto const lowest = expected.blocks().row_range(10, 5);
    Tempered const cold{model, base, 0.0};
    gibbs_update(cold, lowest, 0, Draws::from_seed(2).from_row(10));
    for (std::size_t l = 0; l < 3; l += 2)
        for (std::size_t i = 0; i < 5; ++i)
            for (std::size_t j = 0; j < lowest[l].columns; ++j)
                CHECK(chains.states()[l](10 + i, j) == lowest[l](i, j));
}

TEST_CASE("the number of threads does not change tempered chains, and a saved state goes on to the bit",
          "[sampling]") {
    auto const model = test::randomised(test::mixed_dbm<float>(), 0.8, 0.5, 4);
    auto const base = uniform_base(model);
    auto const own = own_base(model);
    auto const fresh = [&] { return TemperedChains<float>{7, model.graph(), TemperatureLadder{5}}; };
    auto const run = [&](TemperedChains<float>& chains, std::size_t from, std::size_t to, std::size_t threads) {
        Executor executor{Compute{.threads = threads, .block_rows = 4}};
        for (std::size_t k = from; k < to; ++k) {
            chains.step(model, own, base, Draws::from_seed(k), executor);
            chains.ladder().adapt(0.5);
        }
        Arrays const arrays = to_arrays(chains);
        std::vector<std::byte> bytes;
        for (auto const& [name, array] : arrays) bytes.insert(bytes.end(), array.bytes.begin(), array.bytes.end());
        return bytes;
    };
    auto one = fresh();
    auto three = fresh();
    auto const whole = run(one, 0, 9, 1);
    CHECK(run(three, 0, 9, 3) == whole);
    auto half = fresh();
    run(half, 0, 3, 1); // an odd number, so that the next pairs are odd ones
    auto rest = fresh();
    from_arrays(to_arrays(half), rest);
    CHECK(run(rest, 3, 9, 2) == whole);
    CHECK(run(one, 9, 10, 1) != whole);
}

TEST_CASE("no ensembles at all, three colours, and models of other layers are refused", "[sampling]") {
    auto const graph = LayerGraph::chain({2, 2});
    CHECK_THROWS_AS((TemperedChains<float>{0, graph, TemperatureLadder{3}}), ValueError);
    CHECK_THROWS_WITH((TemperedChains<double>{1, test::triangle().graph(), TemperatureLadder{3}}),
                      contains_text("3 colours"));
    TemperedChains<double> chains{1, graph, TemperatureLadder{3}};
    Executor executor{Compute{}};
    auto const step = [&](auto const& model, auto const& own, auto const& base) {
        chains.step(model, own_base(own), uniform_base(base), Draws::from_seed(1), executor);
    };
    auto const right = test::bernoulli_rbm(2, 2), wrong = test::bernoulli_rbm(2, 3);
    CHECK_NOTHROW(step(right, right, right));
    CHECK_THROWS_WITH(step(wrong, right, right), contains_text("field has 3 units in layer 1"));
    CHECK_THROWS_WITH(step(right, wrong, right), contains_text("own has 3 units in layer 1"));
    CHECK_THROWS_WITH(step(right, right, test::bernoulli_dbm(2, 2, 2)), contains_text("base has 3 layers"));
}

} // namespace test_tempered_chains
