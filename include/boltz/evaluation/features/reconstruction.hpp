// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How well cases are reconstructed from what is inferred of them.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/features.hpp>

#include <concepts>

namespace boltz {

namespace detail {

template <std::floating_point T>
[[nodiscard]] double reconstruction_error(AnyField<T> const& field, TrainingData<T> const& cases,
                                          BindInference<T> bind, Compute const& compute, Draws const& draws);

} // namespace detail

/// The mean squared difference, per visible unit, between cases and their reconstructions: the visible means given
/// the inferred means of the hidden layers.
///
/// A cheap indicator of progress, not the training objective. One inference and one product a portion.
/// @throws as `infer_portions`.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] double reconstruction_error(F const& field, Data const& data, Inference const& inference,
                                          Compute const& compute = {}, Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    return detail::reconstruction_error<T>(field, detail::TrainingData<T>{data}, detail::bound_to_field<T>(inference),
                                           compute, draws);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/features/reconstruction.hpp>
#endif
