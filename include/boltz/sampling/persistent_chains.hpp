// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What policies with persistent chains share: where the chains begin, and which of their numbers are statistics.

#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/draw_from_biases.hpp>
#include <boltz/sampling/gibbs.hpp>

#include <algorithm>
#include <cstddef>

namespace boltz {

/// Where persistent chains begin.
enum class PersistentStart {
    data,  ///< at draws from units whose means are the cases of the first batch and their posterior, in turn
    random ///< at independent draws from the units' biases
};

namespace detail {

/// Draws states for chains to begin at: chain i from case i mod (number of cases), or from the biases. From cases
/// only the even layers are drawn, as a step of a chain begins with the odd ones. Allocates nothing.
/// @throws ShapeError, ValueError if chains begin at cases and the posterior is not that of at least one.
template <concepts::Field F>
void begin_chains(F const& field, PersistentStart start,
                  StateBlocks<typename F::value_type, F::depth> const& posterior,
                  StateBlocks<typename F::value_type, F::depth> const& chains, Draws const& draws,
                  char const* policy) {
    if (start == PersistentStart::random) return draw_from_biases(field, chains, draws);
    std::size_t const cases = posterior[0].rows;
    if (cases == 0) fail<ValueError>(policy, ": posterior has 0 rows, but chains begin at cases");
    check_states(field, posterior, all_layers<F::depth>(), policy);
    for (std::size_t first = 0; first < chains[0].rows; first += cases) {
        std::size_t const count = std::min(cases, chains[0].rows - first);
        draw_posterior(field, row_range(posterior, 0, count), row_range(chains, first, count), Parity::even,
                       draws.from_row(first));
    }
}

/// The phase of chains whose steps end with the even layers: of these it takes the means unless `statistics` are of
/// samples, of the odd ones the states unless they are of means.
template <class T, std::size_t Depth>
[[nodiscard]] Phase<T, Depth> chain_phase(StateBlocks<T, Depth> const& states, StateBlocks<T, Depth> const& means,
                                          Statistics statistics) {
    Phase<T, Depth> phase;
    for (std::size_t l = 0; l < Depth; ++l) {
        bool const mean = l % 2 == 0 ? statistics != Statistics::samples : statistics == Statistics::means;
        phase.states[l] = mean ? means[l] : states[l];
        phase.moments[l] = mean ? Moment::mean : Moment::state;
    }
    return phase;
}

} // namespace detail
} // namespace boltz
