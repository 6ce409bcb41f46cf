// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What policies with persistent chains share: where the chains begin, and which of their numbers are statistics.

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <string_view>

namespace boltz {

/// Where persistent chains begin.
enum class PersistentStart {
    data,  ///< at draws from units whose means are the cases of the first batch and their posterior, in turn
    random ///< at independent draws from the units' biases
};

namespace detail {

/// Draws states for chains to begin at: chain i from case i mod (number of cases), or from the biases. From cases all
/// layers are drawn but those of the highest colour, with which a step of a chain begins. Allocates nothing.
/// @throws ShapeError, ValueError if chains begin at cases and the posterior is not that of at least one.
template <std::floating_point T>
void begin_chains(AnyField<T> const& field, PersistentStart start, StatesView<T const> posterior,
                  StatesView<T> chains, Draws const& draws, std::string_view policy);

/// The phase of chains whose sweeps end with colour 0: of its layers it takes the means unless `statistics` are of
/// samples, of the others the states unless they are of means.
template <std::floating_point T>
void refer_to_chains(LayerGraph const& graph, StatesView<T> states, StatesView<T> means, Statistics statistics,
                     Phase<T>& phase);

/// Replaces the states of all layers but those of colour 0 by means, one colour after another from the highest on,
/// each given the newest means of the others: what `Statistics::means` asks for.
template <std::floating_point T>
void replace_by_means(AnyField<T> const& field, StatesView<T> means);

} // namespace detail

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/persistent_chains.hpp>
#endif
