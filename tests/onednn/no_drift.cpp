// SPDX-License-Identifier: MIT
#include "support/bfloat16.hpp"
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"

#include <boltz/detail/packed_weights.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/sampling/gibbs.hpp>

#include <algorithm>
#include <cmath>

namespace test_no_drift {

using namespace boltz;

namespace {

constexpr std::size_t chains = 20000;
constexpr Precision precisions[] = {Precision::float32, Precision::bfloat16};

bool at_hand(Precision precision) {
    return precision == Precision::float32 || boltz::detail::without_bfloat16().empty();
}

/// The model whose distribution products of this precision must sample: W rounded, all else as it is.
template <class M>
M as_read(M model, Precision precision) {
    if (precision == Precision::bfloat16)
        for (std::size_t l = 0; l + 1 < M::depth; ++l)
            for (auto& w : model.weights(l)) w = test::as_bfloat16(w);
    return model;
}

/// W with the rows of each pair exchanged, as if pairs of numbers had been interleaved the wrong way round.
template <class M>
M with_rows_exchanged(M model) {
    for (std::size_t l = 0; l + 1 < M::depth; ++l) {
        Block<float> const weights{model.weights(l)};
        for (std::size_t i = 0; i + 1 < weights.rows; i += 2)
            std::swap_ranges(weights.row(i).begin(), weights.row(i).end(), weights.row(i + 1).begin());
    }
    return model;
}

double p_value(test::MarkovChain<float>& chain, States<float>& states) {
    test::StateIndex<float> const index{chain.joint.blocks(), LayerSet::all()};
    return test::chi_square_p(index.counts(states.blocks()), chain.stationary());
}

/// Chains that begin at exact draws from the model of `chain`, after some sweeps of `field`.
double p_after(test::MarkovChain<float>& chain, AnyField<float> const& model, AnyField<float> const& field,
               std::size_t sweeps, std::uint64_t seed) {
    States<float> states{chains, model.sizes()};
    test::copy_rows<float>(chain.joint.blocks(), test::drawn_rows(chain.stationary(), chains, seed), LayerSet::all(),
                           states.blocks());
    Executor executor{Compute{}};
    gibbs_sweeps(field, states.blocks(), sweeps, Draws::from_seed(seed + 1), executor);
    return p_value(chain, states);
}

/// All joint states of the visible units.
States<float> visible_table(AnyField<float> const& model) {
    return test::all_states(model, model.graph().of_colour(0));
}

} // namespace

// Each chi-square test of this file rejects a right sampler with probability 1e-4; there are about 40.
TEST_CASE("packed products leave the distribution of the model with rounded weights unchanged",
          "[sampling][statistical]") {
    for (Precision const precision : precisions) {
        if (!at_hand(precision)) continue;
        test::for_each_discrete_model<float>([&](auto const& model) {
            auto const rounded = as_read(model, precision);
            test::MarkovChain chain{rounded};
            Prepared const prepared{model, Compute{.precision = precision}};
            for (std::size_t const sweeps : {1u, 4u, 16u}) {
                CAPTURE(to_string(precision), sweeps, prepared.description());
                CHECK(p_after(chain, rounded, prepared, sweeps, 100 + sweeps) > 1e-4);
            }
        });
    }
}

TEST_CASE("weights that are packed in the wrong order are caught", "[sampling][statistical]") {
    for (Precision const precision : precisions) {
        if (!at_hand(precision)) continue;
        test::for_each_discrete_model<float>([&](auto const& model) {
            auto const rounded = as_read(model, precision);
            test::MarkovChain chain{rounded};
            auto const wrong = with_rows_exchanged(model);
            Prepared const prepared{wrong, Compute{.precision = precision}};
            CHECK(p_after(chain, rounded, prepared, 4, 104) < 1e-8);
        });
    }
}

TEST_CASE("hidden units of several panels leave the distribution of the visible ones unchanged",
          "[sampling][statistical]") {
    for (Precision const precision : precisions) {
        if (!at_hand(precision)) continue;
        auto const model = test::randomised(test::bernoulli_rbm<float>(6, 150), 0.25, 0.1, 3);
        auto const rounded = as_read(model, precision);
        auto table = visible_table(rounded);
        auto const p = test::normalised(log_marginal(rounded, table.blocks(), LayerSet::of(1)));
        REQUIRE(*std::max_element(p.begin(), p.end()) < 0.5);
        LayerSet const visible = LayerSet::of(0);
        test::StateIndex<float> const index{table.blocks(), visible};
        auto const p_of = [&](AnyField<float> const& field, std::size_t sweeps) {
            States<float> states{chains, model.sizes()};
            test::copy_rows<float>(table.blocks(), test::drawn_rows(p, chains, sweeps), visible, states.blocks());
            Executor executor{Compute{.threads = 2}};
            gibbs_sweeps(field, states.blocks(), sweeps, Draws::from_seed(sweeps), executor);
            return test::chi_square_p(index.counts(states.blocks()), p);
        };
        Prepared const prepared{model, Compute{.precision = precision}};
        CAPTURE(to_string(precision));
        for (std::size_t const sweeps : {1u, 4u, 16u}) CHECK(p_of(prepared, sweeps) > 1e-4);

        // Without the units of the last panel, and with weights packed before they were what they are.
        auto wrong = model;
        for (std::size_t i = 0; i < 6; ++i)
            for (std::size_t j = 128; j < 150; ++j) wrong.weights()(i, j) = 0;
        Prepared stale{wrong, Compute{.precision = precision}};
        CHECK(p_of(stale, 4) < 1e-8);
        wrong = model;
        CHECK(p_of(stale, 4) < 1e-8);
        Executor executor{Compute{}};
        stale.refresh(executor);
        CHECK(p_of(stale, 4) > 1e-4);
    }
}

} // namespace test_no_drift
