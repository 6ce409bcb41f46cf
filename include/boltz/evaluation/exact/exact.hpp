// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The truth about small models, by enumeration.

#include <boltz/any_field.hpp>
#include <boltz/evaluation/exact/enumeration.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <type_traits>
#include <vector>

namespace boltz {

/// log Z = log of the sum (or integral) of exp(-E) over all states, in nats, up to rounding.
///
/// Enumerates one set of layers and sums the others in closed form: exponential in the size of the smaller side. The
/// workers share the configurations; their number does not change the result. Gaussian layers are integrated, so none
/// of them may be neighbours. Allocates.
/// @throws ValueError if there are more than `options.max_states` states, or Gaussian layers are neighbours.
template <std::floating_point T>
[[nodiscard]] double exact_log_partition(AnyField<T> const& field, ExactOptions const& options = {});

/// log of the sum of exp(-E) over the layers that are not observed, for each row of the observed ones, in nats: the
/// log-probability of those rows short of log Z.
///
/// Only the blocks of observed layers are read.
/// @throws ShapeError if a block does not fit its layer; ValueError as `exact_log_partition`, or if a state is
/// impossible.
template <std::floating_point T>
[[nodiscard]] std::vector<double> exact_log_sum(AnyField<T> const& field,
                                                std::type_identity_t<StatesView<T const>> states, LayerSet observed,
                                                ExactOptions const& options = {});

/// log p(v) of each row of `data`, the states of layer 0, in nats: all other layers are summed out.
///
/// Densities where layer 0 is real-valued. Costs one enumeration a row and one for log Z.
/// @throws ShapeError if `data` does not have one column a unit of layer 0; ValueError as `exact_log_partition`, or
/// if a state is impossible.
template <std::floating_point T>
[[nodiscard]] std::vector<double> exact_log_likelihood(AnyField<T> const& field,
                                                       std::type_identity_t<Block<T const>> data,
                                                       ExactOptions const& options = {});

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/exact/exact.hpp>
#endif
