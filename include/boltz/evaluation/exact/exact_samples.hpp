// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Exact samples of small models.

#include <boltz/any_field.hpp>
#include <boltz/evaluation/exact/enumeration.hpp>
#include <boltz/executor.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {
namespace detail {

/// Numbers of configurations, drawn independently from the enumerated distribution: the smallest whose cumulative
/// probability exceeds a uniform number. Row i of `draws` serves sample i.
template <std::floating_point T>
std::vector<std::size_t> drawn_configurations(Enumeration<T> const& enumeration, std::size_t count,
                                              Draws const& draws, Executor& executor);

} // namespace detail

/// Independent draws of all layers from the model itself, rows = samples: the enumerated layers from their
/// probabilities, those that are summed out from their distribution given them.
///
/// Two enumerations and a product a connection; the number of workers does not change the samples. Allocates.
/// @throws ValueError if `count` is 0 or more than memory can hold, or as `exact_log_partition`.
template <std::floating_point T>
[[nodiscard]] States<T> exact_samples(AnyField<T> const& field, std::size_t count, Random& random,
                                      ExactOptions const& options = {});

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/exact/exact_samples.hpp>
#endif
