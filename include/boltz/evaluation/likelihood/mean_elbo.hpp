// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The variational bound of each of many cases, and its mean.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/features.hpp>

#include <concepts>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
[[nodiscard]] std::vector<double> unnormalised_elbos(AnyField<T> const& field, TrainingData<T> const& cases,
                                                     BindInference<T> bind, Compute const& compute,
                                                     Draws const& draws);

template <std::floating_point T>
[[nodiscard]] double mean_unnormalised_elbo(AnyField<T> const& field, TrainingData<T> const& cases,
                                            BindInference<T> bind, Compute const& compute, Draws const& draws);

} // namespace detail

/// The bound on log p(data) without its log Z of each case of a data source, in nats; for a model with one hidden
/// layer this is exact and is minus the free energy.
///
/// One inference; memory for one number a case.
/// @throws as `infer_portions`.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] std::vector<double> unnormalised_elbos(F const& field, Data const& data, Inference const& inference,
                                                     Compute const& compute = {},
                                                     Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    return detail::unnormalised_elbos<T>(field, detail::TrainingData<T>{data}, detail::bound_to_field<T>(inference),
                                         compute, draws);
}

/// The mean of `unnormalised_elbos` over the cases.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] double mean_unnormalised_elbo(F const& field, Data const& data, Inference const& inference,
                                            Compute const& compute = {}, Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    return detail::mean_unnormalised_elbo<T>(field, detail::TrainingData<T>{data},
                                             detail::bound_to_field<T>(inference), compute, draws);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/likelihood/mean_elbo.hpp>
#endif
