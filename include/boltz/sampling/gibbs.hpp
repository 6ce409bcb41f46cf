// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Block Gibbs sampling: all layers of one colour at once, given the others.

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz {

/// What a sampler hands out as the statistics of its chains.
///
/// `mixed` uses means for the layers drawn last, which have no weights in common, and states for the others, as every
/// pair of neighbours then is an unbiased estimate of E[s_k s_l] with less noise than `samples`. `means` also
/// replaces the other layers by means, given the means of those drawn last; this is what Salakhutdinov's program does
/// and it is biased, since a product of means drops their covariance.
enum class Statistics { mixed, samples, means };

/// Draws every layer of one colour (`LayerGraph::colour`) from its distribution given its neighbours, for a block of
/// rows, in place.
///
/// Layers that are `clamped` keep their states. Layer l draws from stream l of `draws`. One product a connection;
/// allocates nothing.
template <std::floating_point T>
void gibbs_update(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, std::size_t colour,
                  Draws const& draws, LayerSet clamped = {}) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour || clamped[l]) continue;
        field.input(l, states, states[l]);
        field.unit(l).sample(states[l], draws.stream(l));
    }
}

/// The same, keeping the means in blocks of their own; the states become draws from them.
template <std::floating_point T>
void gibbs_update_with_means(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,
                             std::type_identity_t<StatesView<T>> means, std::size_t colour, Draws const& draws) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour) continue;
        field.input(l, states, means[l]);
        field.unit(l).mean_and_sample(means[l], states[l], draws.stream(l));
    }
}

/// Writes the means of the layers of one colour given `given`, without drawing; layers that are `clamped` are left
/// alone.
template <std::floating_point T>
void mean_update(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> given,
                 std::type_identity_t<StatesView<T>> means, std::size_t colour, LayerSet clamped = {}) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour || clamped[l]) continue;
        field.input(l, given, means[l]);
        field.unit(l).mean(means[l]);
    }
}

/// Draws the layers of one colour from a factorised posterior whose means are given.
///
/// A unit that cannot draw from its mean alone draws from its natural parameter given the posterior of its
/// neighbours.
template <std::floating_point T>
void draw_posterior(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> posterior,
                    std::type_identity_t<StatesView<T>> states, std::size_t colour, Draws const& draws) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour) continue;
        auto const& unit = field.unit(l);
        if (unit.draws_from_mean()) {
            unit.draw(posterior[l], states[l], draws.stream(l));
        } else {
            field.input(l, posterior, states[l]);
            unit.sample(states[l], draws.stream(l));
        }
    }
}

/// Draws every layer from its biases alone, as if there were no weights; layer l draws from stream l of `draws`.
/// Allocates nothing.
template <std::floating_point T>
void draw_from_biases(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, Draws const& draws) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        field.input(l, states, states[l], {.below = 0, .above = 0});
        field.unit(l).sample(states[l], draws.stream(l));
    }
}

/// Runs `sweeps` full sweeps (from the highest colour down to colour 0) in place, every block of chains through all
/// of them.
///
/// Sweep k draws from stream k of `draws`. Leaves the distribution of the model unchanged.
template <std::floating_point T>
void gibbs_sweeps(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, std::size_t sweeps,
                  Draws const& draws, Executor& executor, LayerSet clamped = {}) {
    executor.for_each_block(states.rows(), [&](std::size_t first, std::size_t count) {
        auto const block = states.row_range(first, count);
        for (std::size_t k = 0; k < sweeps; ++k) {
            Draws const sweep = draws.stream(k).from_row(first);
            for (std::size_t colour = field.graph().colours(); colour-- > 0;)
                gibbs_update(field, block, colour, sweep, clamped);
        }
    });
}

} // namespace boltz
