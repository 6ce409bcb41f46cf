// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/persistent_chains.hpp>

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

namespace detail {

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

template <std::floating_point T>
void replace_by_means(AnyField<T> const& field, StatesView<T> means) {
    for (std::size_t colour = field.graph().colours(); colour-- > 1;) mean_update(field, means, means, colour);
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void begin_chains<T>(AnyField<T> const& field, PersistentStart start, StatesView<T const> posterior,    \
                                  StatesView<T> chains, Draws const& draws, std::string_view policy);                \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void refer_to_chains<T>(LayerGraph const& graph, StatesView<T> states, StatesView<T> means,             \
                                     Statistics statistics, Phase<T>& phase);                                        \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void replace_by_means<T>(AnyField<T> const& field, StatesView<T> means);                                \
    }
#include <boltz/detail/instantiate.hpp>
