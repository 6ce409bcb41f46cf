// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Log-weights of chains that run from a base to a model, or back.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/annealing/ladder.hpp>
#include <boltz/evaluation/annealing/log_partition.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/tempered.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz::detail {

/// The layers that annealing sums out: of those that it may, the set with most units, since what is summed adds no
/// variance.
[[nodiscard]] LayerSet annealing_sums(LayerGraph const& graph, LayerSet observed);

/// What the chains of an annealing have in common.
template <std::floating_point T>
struct Annealing {
    Ladder const& ladder;
    LayerSet observed{};         ///< layers whose states are given, one row a case
    LayerSet summed{};           ///< layers that are summed out
    StatesView<T const> given{}; ///< a row a case: observed layers, and where chains that run down begin
    std::size_t cases = 1;
    std::size_t chains = 1; ///< chains of each case; those of case c are rows c * chains and on
};

/// Writes what chains `first` and on are given of some layers.
template <std::floating_point T>
void place(Annealing<T> const& annealing, std::size_t first, LayerSet layers, StatesView<T> out);

/// The log-weights of chains from the base, without weights, up to the model: exp(w) has mean Z for each case.
///
/// Neal (2001), equations 3 to 11. Temperature k draws from stream k of `draws`; a block of chains runs through all
/// temperatures by itself.
template <std::floating_point T>
std::vector<double> anneal_up(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base,
                              Annealing<T> const& annealing, Draws const& draws, Executor& executor);

/// The log-weights of chains from given states of the model down to the base: exp(-w) has mean 1 / Z if the states
/// are exact samples. For a base with weights Z stands for the ratio of Z to the base's.
///
/// The chains are the time reversal of those that run up, a last sweep at the model itself included, with which they
/// begin; their weights have the same sign.
template <std::floating_point T>
std::vector<double> anneal_down(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base,
                                Annealing<T> const& annealing, Draws const& draws, Executor& executor);

/// Refuses what cannot be annealed: an energy without a minimum, a base that does not fit, and bfloat16 where states
/// are not counts, for it would round them on one side of a weight only.
template <std::floating_point T>
void check_annealing(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base, Compute const& compute,
                     char const* function);

/// Says of an estimate how it was made, and adds to its error what the number type of the model rounds off: about 8
/// units in the last place of log Z, so that chains of equal weights do not claim to be exact.
template <std::floating_point T>
void describe(LogPartition& result, Ladder const& ladder, AnyField<T> const& field,
              std::type_identity_t<PathBase<T>> base);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/detail/annealing.hpp>
#endif
