// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A number for each case of some data.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/draws.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz::detail {

/// What writes a number for each of some cases: their states, the first of them, and where the numbers go.
template <std::floating_point T>
using UseCases = FunctionRef<void(StatesView<T>, std::size_t, std::span<double>)>;

/// Loads all cases, a block of rows a worker, and has `use(states, first case, out)` write a number for each.
///
/// Pixels that are drawn at each presentation are those of `infer_portions` with the same draws. `use` is called by
/// several threads at once; the blocks of layers without data hold zeros and may be written.
/// @throws ShapeError or ValueError if the data does not fit the field.
template <std::floating_point T>
std::vector<double> case_values(AnyField<T> const& field, TrainingData<T> const& cases, Compute const& compute,
                                Draws const& draws, char const* function, UseCases<T> use);

/// Whether the units of all these layers have states that can be listed.
template <std::floating_point T>
bool listable(AnyField<T> const& field, LayerSet layers);

/// How many cases lie between the states of their observed layers, as grey values in a binary layer do.
template <std::floating_point T>
std::size_t cases_between_states(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                                 LayerSet observed);

/// What the cases of some data are as states.
struct CaseStates {
    /// A number for each case that equal ones share, 0 for those that are no states; empty where none can be listed.
    std::vector<std::uint64_t> codes;
    std::size_t between = 0; ///< how many lie between the states of units that take means
};

/// Looks at the states of all cases: as `case_values`, with the same draws.
template <std::floating_point T>
CaseStates case_states(AnyField<T> const& field, TrainingData<T> const& cases, Compute const& compute,
                       Draws const& draws, char const* function);

/// Whether data lies on the visible layer and on no other.
template <class D>
inline constexpr bool visible_only = true;
template <NamesLayers D>
inline constexpr bool visible_only<D> = std::same_as<typename D::layers, std::index_sequence<0>>;

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/detail/case_values.hpp>
#endif
