// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What is wrong with the parameters of a model, as texts.

#include <boltz/any_field.hpp>
#include <boltz/model/parameter_set.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

namespace boltz {

namespace detail {

/// The largest weight of a connection that anything has use for: of units with a few states exp(10,000) is beyond any
/// odds; inputs of a network, which is no field, may be small numbers; real-valued units have scales of their own.
template <std::floating_point T>
double largest_sensible_weight(AnyField<T> const* field, Connection const& connection);

/// The layers below a layer, "layer 0" or "layers 0 and 1", if the layer has two or more units, which have all
/// weights to those and their biases in common; else empty.
template <std::floating_point T>
std::string where_units_are_copies(AnyParametric<T> const& model, std::size_t layer);

} // namespace detail

/// What is wrong with the parameters of a model or network, a sentence each; empty if nothing is.
///
/// Parameters that are not finite numbers; weights of more than 10,000 between units with a few states, which one
/// neighbour alone holds in one state, or of more than 100 million in a network; layers whose units are copies of one
/// another, as before `initialise_weights`: they are sent the same gradient, and stay so where the statistics are
/// means. One or two passes over the parameters.
template <std::floating_point T>
[[nodiscard]] std::vector<std::string> parameter_faults(AnyParametric<T> const& model);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/faults.hpp>
#endif
