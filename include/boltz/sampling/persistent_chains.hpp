// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What policies with persistent chains share: where the chains begin, and which of their numbers are statistics.

#include <boltz/any_field.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
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
                  StatesView<T> chains, Draws const& draws, std::string_view policy) {
    if (start == PersistentStart::random) return draw_from_biases(field, chains, draws);
    std::size_t const cases = posterior.rows();
    if (cases == 0) fail<ValueError>(policy, ": posterior has 0 rows, but chains begin at cases");
    check_states(field, posterior, LayerSet::first(field.layers()), policy);
    std::size_t const colours = field.graph().colours();
    for (std::size_t first = 0; first < chains.rows(); first += cases) {
        std::size_t const count = std::min(cases, chains.rows() - first);
        for (std::size_t colour = 0; colour == 0 || colour + 1 < colours; ++colour)
            draw_posterior(field, posterior.row_range(0, count), chains.row_range(first, count), colour,
                           draws.from_row(first));
    }
}

/// The phase of chains whose sweeps end with colour 0: of its layers it takes the means unless `statistics` are of
/// samples, of the others the states unless they are of means.
template <std::floating_point T>
void refer_to_chains(LayerGraph const& graph, StatesView<T> states, StatesView<T> means, Statistics statistics,
                     Phase<T>& phase) {
    phase.refer(states, Moment::state);
    for (std::size_t l = 0; l < graph.layers(); ++l) {
        bool const mean = graph.colour(l) == 0 ? statistics != Statistics::samples : statistics == Statistics::means;
        if (!mean) continue;
        phase.blocks[l] = means[l];
        phase.moments[l] = Moment::mean;
    }
}

/// Replaces the states of all layers but those of colour 0 by means, one colour after another from the highest on,
/// each given the newest means of the others: what `Statistics::means` asks for.
template <std::floating_point T>
void replace_by_means(AnyField<T> const& field, StatesView<T> means) {
    for (std::size_t colour = field.graph().colours(); colour-- > 1;) mean_update(field, means, means, colour);
}

} // namespace detail

} // namespace boltz
