// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/features/reconstruction.hpp>

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
double reconstruction_error(AnyField<T> const& field, TrainingData<T> const& cases, BindInference<T> bind,
                            Compute const& compute, Draws const& draws) {
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

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template double reconstruction_error<T>(AnyField<T> const& field, TrainingData<T> const& cases,                  \
                                            BindInference<T> bind, Compute const& compute, Draws const& draws);      \
    }
#include <boltz/detail/instantiate.hpp>
