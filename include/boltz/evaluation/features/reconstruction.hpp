// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How well cases are reconstructed from what is inferred of them.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/features.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

namespace detail {

template <std::floating_point T>
[[nodiscard]] double reconstruction_error(AnyField<T> const& field, TrainingData<T> const& cases,
                                          BindInference<T> bind, Compute const& compute, Draws const& draws) {
    double squares = 0;
    double count = 0;
    Matrix<T> reconstruction = zero_matrix<T>(0, 0);
    infer_portions<T>(field, cases, bind, compute, draws, [&](std::size_t, StatesView<T> states) {
        if (reconstruction.shape(0) < states.rows()) reconstruction = zero_matrix<T>(states.rows(), field.sizes()[0]);
        Block<T> const means = Block{reconstruction}.row_range(0, states.rows());
        field.input(0, states, means);
        field.unit(0).mean(means);
        for (std::size_t i = 0; i < means.rows; ++i) {
            axpy(means.row(i).data(), states[0].row(i).data(), means.columns, T{-1});
            squares += dot(means.row(i).data(), means.row(i).data(), means.columns);
        }
        count += static_cast<double>(means.rows * means.columns);
    });
    return squares / count;
}

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
