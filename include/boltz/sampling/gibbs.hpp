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
                  Draws const& draws, LayerSet clamped = {});

/// The same, keeping the means in blocks of their own; the states become draws from them.
template <std::floating_point T>
void gibbs_update_with_means(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,
                             std::type_identity_t<StatesView<T>> means, std::size_t colour, Draws const& draws);

/// Writes the means of the layers of one colour given `given`, without drawing; layers that are `clamped` are left
/// alone.
template <std::floating_point T>
void mean_update(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> given,
                 std::type_identity_t<StatesView<T>> means, std::size_t colour, LayerSet clamped = {});

/// Draws the layers of one colour from a factorised posterior whose means are given.
///
/// A unit that cannot draw from its mean alone draws from its natural parameter given the posterior of its
/// neighbours.
template <std::floating_point T>
void draw_posterior(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> posterior,
                    std::type_identity_t<StatesView<T>> states, std::size_t colour, Draws const& draws);

/// Draws every layer from its biases alone, as if there were no weights; layer l draws from stream l of `draws`.
/// Allocates nothing.
template <std::floating_point T>
void draw_from_biases(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, Draws const& draws);

/// Runs `sweeps` full sweeps (from the highest colour down to colour 0) in place, every block of chains through all
/// of them.
///
/// Sweep k draws from stream k of `draws`. Leaves the distribution of the model unchanged.
template <std::floating_point T>
void gibbs_sweeps(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, std::size_t sweeps,
                  Draws const& draws, Executor& executor, LayerSet clamped = {});

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/gibbs.hpp>
#endif
