// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How well a model gives back what it is shown.

#include <boltz/detail/elementwise.hpp>
#include <boltz/evaluation/features.hpp>

#include <cstddef>

namespace boltz {

/// The mean squared difference, per visible unit, between cases and their reconstructions: the visible means given
/// the inferred means of the hidden layers.
///
/// A handy sign of life that falls as long as a model learns; it is not what training optimises. One inference and
/// one product a portion.
/// @throws as `infer_portions`.
template <concepts::Field F, class Data, class Inference>
[[nodiscard]] double reconstruction_error(F const& field, Data const& data, Inference const& inference,
                                          Draws const& draws, Compute const& compute = {}) {
    using T = typename F::value_type;
    double squares = 0;
    double count = 0;
    Matrix<T> reconstruction = xt::zeros<T>({std::size_t{0}, std::size_t{0}});
    infer_portions(field, data, inference, compute, draws, [&](std::size_t, auto const& states) {
        if (reconstruction.shape(0) < states[0].rows)
            reconstruction = xt::zeros<T>({states[0].rows, states[0].columns});
        Block<T> const means = Block{reconstruction}.row_range(0, states[0].rows);
        field.template input<0>(states, means);
        field.template layer<0>().unit().mean(means);
        for (std::size_t i = 0; i < means.rows; ++i) {
            detail::axpy(means.row(i).data(), states[0].row(i).data(), means.columns, T{-1});
            squares += detail::dot(means.row(i).data(), means.row(i).data(), means.columns);
        }
        count += static_cast<double>(means.rows * means.columns);
    });
    return squares / count;
}

} // namespace boltz
