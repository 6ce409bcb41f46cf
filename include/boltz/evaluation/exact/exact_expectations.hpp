// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Exact statistics of small models, and with them the exact gradient of the log-likelihood.

#include <boltz/evaluation/exact/enumeration.hpp>
#include <boltz/model/any_model.hpp>

#include <concepts>
#include <type_traits>

namespace boltz {

/// The expectation of -dE/d(parameter) under the model given the observed layers, averaged over their rows:
/// E[s_k s_l'] for the weights of a connection (k, l), E[s_l] for biases, E[d(-e)/d(parameter)] for what units learn.
///
/// Exact up to rounding, by two enumerations; one product of a single row for each state and connection, so it is
/// meant for thousands of states. Allocates.
/// @throws ShapeError if a block does not fit its layer; ValueError if there are too many states, Gaussian layers are
/// neighbours, or a state is impossible.
template <std::floating_point T>
[[nodiscard]] ParameterSet<T> exact_expectations(AnyModel<T> const& model,
                                                 std::type_identity_t<StatesView<T const>> states, LayerSet observed,
                                                 ExactOptions const& options = {});

/// The same under the model alone, nothing observed: the negative phase of the likelihood's gradient.
template <std::floating_point T>
[[nodiscard]] ParameterSet<T> exact_expectations(AnyModel<T> const& model, ExactOptions const& options = {});

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/exact/exact_expectations.hpp>
#endif
