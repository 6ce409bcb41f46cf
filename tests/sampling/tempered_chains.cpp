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
template <class M>
struct Exact {
    using T = typename M::value_type;

    Exact(M const& model, std::span<double const> betas) : chain{model} {
        for (double const beta : betas)
            probabilities.push_back(test::MarkovChain{test::at_temperature(model, beta)}.stationary());
    }

    // Draws the states of all temperatures independently.
    void start(StateBlocks<T, M::depth> const& states, std::uint64_t seed) {
        for (std::size_t k = 0; k < levels; ++k)
            test::copy_rows<T, M::depth>(
                chain.joint.blocks(), test::drawn_rows(probabilities[k], ensembles, seed + 1000 * k),
                boltz::detail::all_layers<M::depth>(), row_range(states, k * ensembles, ensembles));
    }

    // The smallest p-value of all temperatures.
    double p_value(StateBlocks<T, M::depth> const& states) {
        test::StateIndex<T, M::depth> const index{chain.joint.blocks(), boltz::detail::all_layers<M::depth>()};
        double worst = 1;
        for (std::size_t k = 0; k < levels; ++k)
            worst = std::min(worst, test::chi_square_p(index.counts(row_range(states, k * ensembles, ensembles)),
                                                       probabilities[k]));
        return worst;
    }

    test::MarkovChain<M> chain;
    std::vector<std::vector<double>> probabilities;
};

// L(s) of each row.
template <class M>
std::vector<double> couplings(M const& model, StateBlocks<double, M::depth> const& states) {
    std::vector<double> result = energy(model, states);
    std::vector<double> own(result.size(), 0.0);
    boltz::detail::for_each_index<M::depth>([&](auto l) {
        model.template layer<l>().unit().add_own_term(Block<double const>{states[l]}, std::span{own});
    });
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = own[i] - result[i];
    return result;
}

// Swaps of all pairs (0, 1) and (2, 3), accepted where `accept(gain, uniform)` says so.
template <class M, class Accept>
double p_after_swaps(M const& model, Accept accept) {
    TemperatureLadder const ladder{levels, 0.1};
    Exact<M> exact{model, ladder.betas()};
    States<double, M::depth> states{levels * ensembles, model.sizes()};
    exact.start(states.blocks(), 5);
    auto const coupling = couplings(model, states.blocks());
    std::vector<double> uniform(levels * ensembles);
    Draws::from_seed(3).uniform(0, 0, std::span{uniform});
    for (std::size_t k = 0; k < levels; k += 2)
        for (std::size_t c = 0; c < ensembles; ++c) {
            std::size_t const a = k * ensembles + c;
            std::size_t const b = a + ensembles;
            double const gain = (ladder.betas()[k] - ladder.betas()[k + 1]) * (coupling[b] - coupling[a]);
            if (!accept(gain, uniform[a])) continue;
            for (std::size_t l = 0; l < M::depth; ++l)
                std::swap_ranges(states[l].row(a).begin(), states[l].row(a).end(), states[l].row(b).begin());
        }
    return exact.p_value(states.blocks());
}

} // namespace

// Each chi-square test of this file rejects a right sampler with probability 1e-4; there are about 80.
TEST_CASE("tempered chains that begin at the product of all distributions stay there",
          "[sampling][statistical][slow]") {
    test::for_each_discrete_model([](auto const& model) {
        using M = std::remove_cvref_t<decltype(model)>;
        for (std::size_t const steps : {1u, 2u, 6u}) {
            TemperedChains<double, M::depth> chains{ensembles, model.sizes(), TemperatureLadder{levels, 0.1}};
            Exact<M> exact{model, chains.ladder().betas()};
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
    });
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
        TemperedChains<double, 2> chains{count, model.sizes(), TemperatureLadder{2, 0.3}};
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
            test::copy_rows<double, 2>(table.joint.blocks(), test::drawn_rows(exact[k], count, 3 + k), {true, true},
                                       row_range(chains.states(), k * count, count));
        }
        for (std::size_t k = 0; k < 5; ++k) chains.step(model, own_base(model), base, Draws::from_seed(k), executor);
        test::StateIndex<double, 2> const index{table.joint.blocks(), {true, true}};
        for (std::size_t k = 0; k < 2; ++k)
            CHECK(test::chi_square_p(index.counts(row_range(chains.states(), k * count, count)), exact[k]) > 1e-4);
    }
}

TEST_CASE("tempered chains of models with real-valued units stay where they are", "[sampling][statistical]") {
    test::for_each_gaussian_model([](auto const& model) {
        using M = std::remove_cvref_t<decltype(model)>;
        TemperedChains<double, M::depth> chains{ensembles, model.sizes(), TemperatureLadder{levels, 0.1}};
        auto const odd = test::layers_of_parity<M::depth>(1);
        auto table = test::all_states(model, odd);
        std::vector<std::vector<double>> probabilities;
        for (std::size_t k = 0; k < levels; ++k) {
            auto const tempered = test::at_temperature(model, chains.ladder().betas()[k]);
            probabilities.push_back(test::normalised(log_marginal<0>(tempered, table.blocks())));
            auto const states = row_range(chains.states(), k * ensembles, ensembles);
            test::copy_rows<double, M::depth>(table.blocks(),
                                              test::drawn_rows(probabilities[k], ensembles, 7 * k + 1), odd, states);
            gibbs_half_sweep(tempered, states, Parity::even, Draws::from_seed(50 + k));
        }
        Executor executor{Compute{}};
        auto const base = uniform_base(model);
        for (std::size_t k = 0; k < 4; ++k) chains.step(model, own_base(model), base, Draws::from_seed(k), executor);
        test::StateIndex<double, M::depth> const index{table.blocks(), odd};
        for (std::size_t k = 0; k < levels; ++k) {
            auto const states = row_range(chains.states(), k * ensembles, ensembles);
            CHECK(test::chi_square_p(index.counts(states), probabilities[k]) > 1e-4);
            auto const tempered = test::at_temperature(model, chains.ladder().betas()[k]);
            gibbs_half_sweep(tempered, states, Parity::odd, Draws::from_seed(70 + k)); // hears the even layers
            CHECK(test::chi_square_p(index.counts(states), probabilities[k]) > 1e-4);
        }
    });
}

TEST_CASE("over the model's own biases only the weights are tempered", "[sampling][statistical]") {
    auto const model = test::randomised(test::bernoulli_dbm(), 1.2, 0.7, 2);
    TemperedChains<double, 3> chains{ensembles, model.sizes(), TemperatureLadder{levels}};
    Executor executor{Compute{}};
    auto const own = own_base(model);
    for (std::size_t k = 0; k < 60; ++k) chains.step(model, own, own, Draws::from_seed(k), executor);
    test::MarkovChain chain{model};
    test::StateIndex<double, 3> const index{chain.joint.blocks(), {true, true, true}};
    for (std::size_t k = 0; k < levels; ++k) {
        auto tempered = model;
        for (std::size_t l = 0; l < 2; ++l)
            for (auto& w : tempered.weights(l)) w *= chains.ladder().betas()[k];
        auto const counts = index.counts(row_range(chains.states(), k * ensembles, ensembles));
        CHECK(test::chi_square_p(counts, test::MarkovChain{tempered}.stationary()) > 1e-4);
    }
}

TEST_CASE("a step draws what plain half-sweeps of Tempered fields would, where nothing is swapped", "[sampling]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    auto base = uniform_base(model);
    base.biases[0](1) = 0.7;
    base.biases[2](0) = -0.4;
    TemperedChains<double, 3> chains{5, model.sizes(), TemperatureLadder{3}};
    Executor executor{Compute{}};
    auto const own = own_base(model);
    // The second round tries the pair (1, 2) only, so temperature 0 is left alone.
    chains.step(model, own, base, Draws::from_seed(1), executor);
    States<double, 3> expected{15, model.sizes()};
    for (std::size_t l = 0; l < 3; ++l) copy(chains.states()[l], expected[l]);
    chains.step(model, own, base, Draws::from_seed(2), executor);
    auto const rows = row_range(expected.blocks(), 0, 5);
    auto means = expected;
    Tempered const tempered{model, base, 1.0};
    gibbs_half_sweep(tempered, rows, Parity::odd, Draws::from_seed(2));
    gibbs_half_sweep_with_means(tempered, rows, row_range(means.blocks(), 0, 5), Parity::even, Draws::from_seed(2));
    for (std::size_t l = 0; l < 3; ++l)
        for (std::size_t i = 0; i < 5; ++i)
            for (std::size_t j = 0; j < rows[l].columns; ++j) {
                CHECK(chains.target_states()[l](i, j) == rows[l](i, j));
                if (l % 2 == 0) CHECK(chains.target_means()[l](i, j) == means[l](i, j));
            }
    // The lowest temperature is that of the base.
    auto const lowest = row_range(expected.blocks(), 10, 5);
    Tempered const cold{model, base, 0.0};
    gibbs_half_sweep(cold, lowest, Parity::even, Draws::from_seed(2).from_row(10));
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
    auto const fresh = [&] { return TemperedChains<float, 3>{7, model.sizes(), TemperatureLadder{5}}; };
    auto const run = [&](TemperedChains<float, 3>& chains, std::size_t from, std::size_t to, std::size_t threads) {
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

TEST_CASE("no ensembles at all are refused", "[sampling]") {
    CHECK_THROWS_AS((TemperedChains<float, 2>{0, {2, 2}, TemperatureLadder{3}}), ValueError);
}

} // namespace test_tempered_chains
