// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gibbs chains that begin at data.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

namespace detail {

template <std::floating_point T>
[[nodiscard]] States<T> sample_from_data(AnyField<T> const& field, AnySource<T> const& data,
                                         SampleOptions const& options, Random& random, std::size_t clamped_sweeps);

} // namespace detail

/// Samples from a model by Gibbs chains that begin at cases of data, spread evenly over it, where `sample` begins at
/// draws from the biases.
///
/// Layer 0 begins at the cases, and at draws from means where a case holds some (grey values of binary units), and
/// the hidden layers at `clamped_sweeps` sweeps given them; then all layers run free, as `options` say. A model with
/// modes that chains do not cross looks different from the two starts: chains from the biases may end where the model
/// was never trained and has little of its mass. What was learned is seen from here. Returns the states of all layers
/// as `sample` does; allocates.
/// @throws ShapeError if the data has another number of columns than layer 0 has units; ValueError if it is empty, a
/// value in it is impossible for its unit, or as `sample`.
template <std::floating_point T, concepts::DataSource Data>
[[nodiscard]] States<T> sample_from_data(AnyField<T> const& field, Data const& data, SampleOptions const& options,
                                         Random& random, std::size_t clamped_sweeps = 50) {
    return detail::sample_from_data<T>(field, detail::SourceAdapter<Data const&, T>{data}, options, random,
                                       clamped_sweeps);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/sample_from_data.hpp>
#endif
