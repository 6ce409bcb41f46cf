// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The check of observed states.

#include <boltz/any_field.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz::detail {

/// Refuses observed blocks that do not fit; returns the number of cases, 1 if nothing is observed.
template <std::floating_point T>
std::size_t checked_cases(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                          LayerSet observed, char const* function);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/detail/checked_cases.hpp>
#endif
