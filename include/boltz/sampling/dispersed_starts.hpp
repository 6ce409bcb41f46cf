// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where several chains of one case begin: far apart, so that chains that do not mix disagree.

#include <boltz/any_field.hpp>
#include <boltz/sampling/given.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

/// How the free units of a chain are drawn when it begins. Chain c of a case begins in way c modulo the number of
/// ways, so that few chains are the farthest apart; a single chain begins from the biases.
///
/// All are draws of the units without weights, given the known units of their own layer, at natural parameters that
/// differ. A unit is low or high at natural parameter -4 / d or 4 / d, where d is its standard deviation at natural
/// parameter 0: binary units are 0 or 1 but for 3 in 10,000, Gaussian units lie 4 standard deviations from 0. The
/// categories of one multinomial group cannot all be high; they are drawn uniformly instead.
enum class DispersedStart : std::size_t {
    low,      ///< all low
    high,     ///< all high
    biases,   ///< from the biases of the model
    random,   ///< at 4 / d times a standard normal number for each unit: uniform for binary and softmax units
    low_odd,  ///< all layers but those of colour 0 (in a chain, the odd ones) low, then those of colour 0 given them
    high_odd, ///< the same with high ones
};

/// How many ways there are.
inline constexpr std::size_t dispersed_starts = 6;

namespace detail {

/// The standard deviation of every unit of each layer at natural parameter 0, from the slope A''(0) of its mean.
///
/// The slope is taken along alternating signs, since the mean of a multinomial group does not change when all of its
/// natural parameters grow alike. 0 where the unit has no such slope.
template <std::floating_point T>
[[nodiscard]] std::vector<Vector<T>> deviations_at_zero(AnyField<T> const& field);

/// The states at which `chains` chains of each case begin, chain c of case i in row i * chains + c: the known units
/// at their values, the others as `DispersedStart` says. `all` is what is known, repeated for all chains.
template <std::floating_point T>
[[nodiscard]] States<T> begin_given(AnyField<T> const& field, Given<T> const& all, std::size_t chains,
                                    Draws const& draws);

} // namespace detail
} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/dispersed_starts.hpp>
#endif
