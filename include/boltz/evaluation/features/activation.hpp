// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Activity statistics of the layers.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/features.hpp>

#include <concepts>
#include <vector>

namespace boltz {

/// Activity of the units of a layer over some cases.
struct LayerActivity {
    double mean = 0;      ///< mean of all inferred means
    double dead = 0;      ///< share of units whose mean over the cases is below 0.01
    double saturated = 0; ///< share of units whose mean over the cases is above 0.99
};

namespace detail {

template <std::floating_point T>
[[nodiscard]] std::vector<LayerActivity> layer_activity(AnyField<T> const& field, TrainingData<T> const& cases,
                                                        BindInference<T> bind, Compute const& compute,
                                                        Draws const& draws);

} // namespace detail

/// The activity of every layer over the cases, one entry a layer; the observed ones count too. Dead units carry no
/// information and saturated ones act as biases.
/// @throws as `infer_portions`.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] std::vector<LayerActivity> layer_activity(F const& field, Data const& data, Inference const& inference,
                                                        Compute const& compute = {},
                                                        Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    return detail::layer_activity<T>(field, detail::TrainingData<T>{data}, detail::bound_to_field<T>(inference),
                                     compute, draws);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/features/activation.hpp>
#endif
