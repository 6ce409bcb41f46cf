// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The check of states at every public door.

#include <boltz/any_field.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace boltz::detail {

/// Refuses blocks that do not fit the layers `needed`, or have different numbers of rows; returns that number, 0 if
/// no layer is needed.
template <std::floating_point T>
std::size_t check_states(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, LayerSet needed,
                         std::string_view function);

/// Refuses a field of more layers than a visible and a hidden one.
template <std::floating_point T>
void check_two_layers(AnyField<T> const& field, std::string_view function);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/detail/check_states.hpp>
#endif
