// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Block Gibbs sampling: all layers of one parity at once, given those of the other.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>

#include <cstddef>
#include <type_traits>

namespace boltz {

/// Which layers a half-sweep draws: layers of one parity are independent given the others.
enum class Parity : std::size_t { even = 0, odd = 1 };

/// What a sampler hands out as the statistics of its chains.
///
/// `mixed` uses means for the layers updated last and states for the others, as every pair of neighbours then is an
/// unbiased estimate of E[s_l s_{l+1}'] with less noise than `samples`. `means` also replaces the hidden layers of
/// the other parity by means, given the means of those updated last; this is what Salakhutdinov's program does and it
/// is biased, since a product of means drops their covariance.
enum class Statistics { mixed, samples, means };

/// Draws every layer of one parity from its distribution given its neighbours, for a block of rows, in place.
///
/// Layers that are `clamped` keep their states. Layer l draws from stream l of `draws`. One product a pair of layers;
/// allocates nothing.
template <concepts::Field F>
void gibbs_half_sweep(F const& field, StateBlocks<typename F::value_type, F::depth> const& states, Parity parity,
                      Draws const& draws, Observed<F::depth> const& clamped = {}) {
    detail::for_each_index<F::depth>([&](auto l) {
        if (l % 2 != static_cast<std::size_t>(parity) || clamped[l]) return;
        field.template input<l>(states, states[l]);
        field.template layer<l>().unit().sample(states[l], draws.stream(l));
    });
}

/// The same, keeping the means in blocks of their own; the states become draws from them.
template <concepts::Field F>
void gibbs_half_sweep_with_means(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                                 StateBlocks<typename F::value_type, F::depth> const& means, Parity parity,
                                 Draws const& draws) {
    detail::for_each_index<F::depth>([&](auto l) {
        if (l % 2 != static_cast<std::size_t>(parity)) return;
        field.template input<l>(states, means[l]);
        detail::mean_and_sample(field.template layer<l>().unit(), means[l], states[l], draws.stream(l));
    });
}

/// Which layers a function concerns.
enum class Layers { all, hidden };

/// Writes the means of the layers of one parity given `given`, without drawing; `Layers::hidden` leaves layer 0
/// alone.
template <concepts::Field F>
void mean_half_sweep(F const& field, StateBlocks<typename F::value_type, F::depth> const& given,
                     StateBlocks<typename F::value_type, F::depth> const& means, Parity parity,
                     Layers which = Layers::all) {
    detail::for_each_index<F::depth>([&](auto l) {
        if (l % 2 != static_cast<std::size_t>(parity) || (l == 0 && which == Layers::hidden)) return;
        field.template input<l>(given, means[l]);
        field.template layer<l>().unit().mean(means[l]);
    });
}

/// Draws the layers of one parity from a factorised posterior whose means are given.
///
/// A unit that cannot draw from its mean alone draws from its natural parameter given the posterior of its
/// neighbours.
template <concepts::Field F>
void draw_posterior(F const& field, StateBlocks<typename F::value_type, F::depth> const& posterior,
                    StateBlocks<typename F::value_type, F::depth> const& states, Parity parity, Draws const& draws) {
    using T = typename F::value_type;
    detail::for_each_index<F::depth>([&](auto l) {
        if (l % 2 != static_cast<std::size_t>(parity)) return;
        auto const& unit = field.template layer<l>().unit();
        if constexpr (detail::DrawsFromMean<std::remove_cvref_t<decltype(unit)>, T>) {
            unit.draw(Block<T const>{posterior[l]}, states[l], draws.stream(l));
        } else {
            field.template input<l>(posterior, states[l]);
            unit.sample(states[l], draws.stream(l));
        }
    });
}

/// Runs `sweeps` full sweeps (odd layers, then even ones) in place, every block of chains through all of them.
///
/// Sweep k draws from stream k of `draws`. Leaves the distribution of the model unchanged.
template <concepts::Field F>
void gibbs_sweeps(F const& field, StateBlocks<typename F::value_type, F::depth> const& states, std::size_t sweeps,
                  Draws const& draws, Executor& executor, Observed<F::depth> const& clamped = {}) {
    executor.for_each_block(states[0].rows, [&](std::size_t first, std::size_t count) {
        auto const block = row_range(states, first, count);
        for (std::size_t k = 0; k < sweeps; ++k) {
            Draws const sweep = draws.stream(k).from_row(first);
            gibbs_half_sweep(field, block, Parity::odd, sweep, clamped);
            gibbs_half_sweep(field, block, Parity::even, sweep, clamped);
        }
    });
}

} // namespace boltz
