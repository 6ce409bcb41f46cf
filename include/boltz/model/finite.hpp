// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whether parameters are finite numbers.

#include <boltz/any_field.hpp>
#include <boltz/model/parameter_set.hpp>

#include <concepts>
#include <cstddef>
#include <string>

namespace boltz {

namespace detail {

/// "the weights between layers 0 and 1".
inline std::string name_of_weights(Connection const& connection) {
    return "the weights between layers " + std::to_string(connection.lower) + " and " +
           std::to_string(connection.upper);
}

/// Whether the precisions of the real-valued units of a layer are positive, finite numbers.
template <std::floating_point T>
bool precisions_are_finite(AnyField<T> const& field, std::size_t layer);

} // namespace detail

/// Where a model or network has parameters that are not finite numbers, in words: "the weights between layers 0 and
/// 1"; empty if nowhere. The precisions of a model's real-valued units are looked at too. One pass over the
/// parameters.
template <std::floating_point T>
[[nodiscard]] std::string where_not_finite(AnyParametric<T> const& model);

/// Whether every parameter of a model or network is a finite number. One pass over the parameters.
template <std::floating_point T>
[[nodiscard]] bool parameters_are_finite(AnyParametric<T> const& model) {
    return where_not_finite(model).empty();
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/finite.hpp>
#endif
