// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inferred means of hidden layers, kept in few bits a number.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/side_by_side.hpp>
#include <boltz/evaluation/features/features.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

/// Matrices side by side, as one source.
template <std::size_t First, std::size_t Count>
[[nodiscard]] auto side_by_side(std::span<CompactMatrix const, Count> matrices) {
    if constexpr (First + 1 == Count)
        return matrices[First];
    else
        return SideBySide{matrices[First], side_by_side<First + 1>(matrices)};
}

/// The inferred means of each of some layers.
template <std::floating_point T>
[[nodiscard]] std::vector<CompactMatrix>
compact_features(AnyField<T> const& field, std::span<std::size_t const> layers, TrainingData<T> const& cases,
                 BindInference<T> bind, Compute const& compute, Compactness compactness);

} // namespace detail

/// The same as `features`, as a data source that keeps a number in 16 or 8 bits: `compact_features<1, 2>(dbm, images,
/// MeanField{}, compute)` for MNIST's 60,000 images and 500 and 1000 units takes 180 or 90 MB in place of 360.
///
/// Each layer of each case is scaled by itself, see `CompactMatrix` for the error. Copies of the source are cheap.
/// @throws as `infer_portions`.
template <std::size_t... L, concepts::Field F, class Data, class Inference>
    requires(sizeof...(L) >= 1 && (detail::MayHaveLayer<F, L> && ...) && detail::fits_layers<Data, F> &&
             concepts::InferencePolicy<Inference, F>)
[[nodiscard]] auto compact_features(F const& field, Data const& data, Inference const& inference,
                                    Compute const& compute = {},
                                    Compactness compactness = Compactness::sixteen_bits) {
    using T = typename F::value_type;
    constexpr std::array<std::size_t, sizeof...(L)> layers{L...};
    auto const means = detail::compact_features<T>(field, layers, detail::TrainingData<T>{data},
                                                   detail::bound_to_field<T>(inference), compute, compactness);
    return detail::side_by_side<0>(std::span<CompactMatrix const, sizeof...(L)>{means});
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/features/compact_features.hpp>
#endif
