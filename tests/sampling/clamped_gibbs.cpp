// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/clamped_models.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"

#include <boltz/sampling/clamped_gibbs.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace test_clamped_gibbs {

using namespace boltz;

namespace {

constexpr std::size_t chains = 20000;

// Runs sweeps from exact draws of the conditional distribution given the clamped units of joint state `given`.
template <class Sweep>
double p_after(BoltzmannMachine<double> const& model, test::MarkovChain<double> const& chain,
               test::ClampedModel<double> const& clamped, std::size_t given, std::uint64_t seed, Sweep&& sweep) {
    auto const conditional = clamped.conditional(chain, given);
    States<double> states{chains, model.sizes()};
    test::copy_rows<double>(chain.joint.blocks(), test::drawn_rows(conditional, chains, seed), LayerSet::all(),
                            states.blocks());
    auto scratch = states;
    auto const masks = clamped.repeated(chains);
    sweep(states, scratch, masks.clamps());
    test::StateIndex<double> const index{chain.joint.blocks(), LayerSet::all()};
    return test::chi_square_p(index.counts(states.blocks()), conditional);
}

} // namespace

// Each chi-square test of this file rejects a right sampler with probability 1e-4; there are about 40.
TEST_CASE("clamped units keep their values and the free ones their conditional distribution",
          "[sampling][statistical]") {
    test::for_each_discrete_model([](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        for (std::uint64_t const pattern : {1u, 2u}) {
            test::ClampedModel const clamped{model, pattern};
            for (std::size_t const sweeps : {1u, 5u}) {
                double const p = p_after(
                    model, chain, clamped, 3 * pattern, sweeps, [&](auto& states, auto& scratch, auto const& clamps) {
                        for (std::size_t k = 0; k < sweeps; ++k)
                            for (std::size_t const colour : {1u, 0u})
                                clamped_update(model, states.blocks(), clamps, 0, scratch.blocks(), colour,
                                               Draws::from_seed(10 * pattern + k));
                    });
                CHECK(p > 1e-4); // a clamped unit that moved would throw or give 0
            }
        }
    });
}

TEST_CASE("an update that keeps its means draws the same states, and means of the conditional",
          "[sampling][statistical]") {
    test::for_each_discrete_model([](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        test::ClampedModel const clamped{model, 1};
        States<double> drawn;
        double const p = p_after(model, chain, clamped, 3, 7, [&](auto& states, auto& scratch, auto const& clamps) {
            auto means = states;
            drawn = states;
            clamped_update(model, drawn.blocks(), clamps, 0, scratch.blocks(), 0, Draws::from_seed(3));
            clamped_update_with_means(model, states.blocks(), means.blocks(), clamps, 0, scratch.blocks(), 0,
                                      Draws::from_seed(3));
            for (std::size_t l = 0; l < model.layers(); ++l)
                for (std::size_t j = 0; j < states[l].columns; ++j) {
                    std::size_t others = 0;
                    std::vector<double> difference(chains); // 5 standard errors: 6e-7 each
                    for (std::size_t i = 0; i < chains; ++i) {
                        others += drawn[l](i, j) != states[l](i, j) ? 1 : 0;
                        difference[i] = states[l](i, j) - means[l](i, j);
                    }
                    auto const found = test::estimate(difference);
                    CHECK(std::abs(found.mean) <= 5 * found.error + 1e-12);
                    CHECK(others == 0);
                }
        });
        CHECK(p > 1e-4);
    });
}

TEST_CASE("a sampler that restores clamped units after a plain draw of their whole group is caught",
          "[sampling][statistical]") {
    // Three trials over three categories, one of which is clamped: when its count is put back after a draw of the
    // whole group, the counts no longer add up, a state that the model does not have.
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    test::MarkovChain chain{model};
    test::ClampedModel const clamped{model, 1};
    auto const restoring = [&](auto& states, auto&, auto const& clamps) {
        auto const before = states;
        gibbs_update(model, states.blocks(), 0, Draws::from_seed(1));
        for (std::size_t l = 0; l < 3; l += 2)
            for (std::size_t i = 0; i < chains; ++i)
                for (std::size_t j = 0; j < states[l].columns; ++j)
                    if (clamps.mask(l, i, 1)(0, j) != 0) states[l](i, j) = before[l](i, j);
    };
    CHECK_THROWS_AS(p_after(model, chain, clamped, 3, 7, restoring), std::out_of_range);
}

TEST_CASE("clamped real-valued units leave the others at their conditional distribution", "[sampling][statistical]") {
    // Layer 0: unit 0 clamped, unit 1 free; layer 1: unit 0 clamped. The free units of layers 1 are counted off, all
    // real-valued ones that are free are integrated out.
    test::for_each_gaussian_model([](BoltzmannMachine<double> const& model) {
        double const known = 0.8;
        auto const odd = test::layers_of_parity(1);
        auto table = test::all_states(model, odd);
        std::vector<double> log_weights(table.rows());
        States<double> inputs{table.rows(), model.sizes()};
        auto const precision = [&](std::size_t j) { return model.unit(0).precision(j); };
        model.input(0, table.blocks(), inputs[0]);
        if (model.layers() > 2) {
            model.input(2, table.blocks(), inputs[2]);
            model.unit(2).add_log_partition(inputs[2], std::span{log_weights});
        }
        for (std::size_t i = 0; i < table.rows(); ++i) {
            double const x = inputs[0](i, 1);
            log_weights[i] += inputs[0](i, 0) * known + x * x / (2 * precision(1));
            for (std::size_t j = 0; j < 3; ++j) log_weights[i] += model.layer(1).bias()(j) * table[1](i, j);
            if (table[1](i, 0) != 1) log_weights[i] = -std::numeric_limits<double>::infinity();
        }
        auto const p_odd = test::normalised(log_weights);
        double mean = 0;
        for (std::size_t i = 0; i < table.rows(); ++i) mean += p_odd[i] * inputs[0](i, 1) / precision(1);

        States<double> states{chains, model.sizes()};
        test::copy_rows<double>(table.blocks(), test::drawn_rows(p_odd, chains, 1), odd, states.blocks());
        auto scratch = states;
        std::vector<Matrix<double>> masks(model.layers()); // without rows: free
        for (std::size_t l = 0; l < 2; ++l) masks[l] = xt::zeros<double>({chains, model.sizes()[l]});
        Clamps<double> const clamps{masks, {}};
        for (std::size_t i = 0; i < chains; ++i) {
            states[0](i, 0) = known;
            for (std::size_t l = 0; l < 2; ++l) masks[l](i, 0) = 1;
        }
        for (std::size_t k = 0; k < 5; ++k)
            for (std::size_t const colour : {0u, 1u})
                clamped_update(model, states.blocks(), clamps, 0, scratch.blocks(), colour, Draws::from_seed(k));
        test::StateIndex<double> const index{table.blocks(), odd};
        CHECK(test::chi_square_p(index.counts(states.blocks()), p_odd) > 1e-4);
        clamped_update(model, states.blocks(), clamps, 0, scratch.blocks(), 0, Draws::from_seed(9));
        std::vector<double> values(chains);
        std::size_t moved = 0;
        for (std::size_t i = 0; i < chains; ++i) {
            moved += states[0](i, 0) != known ? 1 : 0;
            values[i] = states[0](i, 1);
        }
        auto const found = test::estimate(values);
        CHECK(std::abs(found.mean - mean) < 5 * found.error);
        CHECK(moved == 0);
    });
}

TEST_CASE("with nothing clamped a sweep draws what a plain one does, and with all clamped nothing", "[sampling]") {
    auto const model = test::randomised(test::mixed_dbm<float>(), 0.8, 0.5, 4);
    States<float> states{20, model.sizes()};
    auto plain = states;
    auto scratch = states;
    for (std::size_t const colour : {1u, 0u}) {
        gibbs_update(model, plain.blocks(), colour, Draws::from_seed(1));
        clamped_update(model, states.blocks(), Clamps<float>{}, 0, scratch.blocks(), colour, Draws::from_seed(1));
    }
    auto const same = [&] {
        for (std::size_t l = 0; l < 3; ++l)
            for (std::size_t i = 0; i < 20; ++i)
                if (!std::ranges::equal(states[l].row(i), plain[l].row(i))) return false;
        return true;
    };
    CHECK(same());
    Clamps<float> const all{{}, {true, true, true}};
    for (std::size_t const colour : {1u, 0u})
        clamped_update(model, states.blocks(), all, 0, scratch.blocks(), colour, Draws::from_seed(2));
    CHECK(same());
}

} // namespace test_clamped_gibbs
