// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inferred means of hidden layers in a half or a quarter of the memory.

#include <boltz/compute.hpp>
#include <boltz/data/beside.hpp>
#include <boltz/data/compact_matrix.hpp>
#include <boltz/evaluation/features.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace boltz {

namespace detail {

/// Matrices side by side, as one source.
template <std::size_t First, std::size_t Count>
[[nodiscard]] auto side_by_side(std::span<CompactMatrix const, Count> matrices) {
    if constexpr (First + 1 == Count)
        return matrices[First];
    else
        return Beside{matrices[First], side_by_side<First + 1>(matrices)};
}

} // namespace detail

/// The same as `features`, as a data source that keeps a number in 16 or 8 bits: `compact_features<1, 2>(dbm, images,
/// MeanField{}, compute)` for MNIST's 60,000 images and 500 and 1000 units takes 180 or 90 MB in place of 360.
///
/// Each layer of each case is scaled by itself, see `CompactMatrix` for the error. Copies of the source are cheap.
/// @throws as `infer_portions`.
template <std::size_t... L, concepts::Field F, class Data, class Inference>
    requires(sizeof...(L) >= 1 && ((L < F::depth) && ...))
[[nodiscard]] auto compact_features(F const& field, Data const& data, Inference const& inference,
                                    Compute const& compute = {},
                                    Compactness compactness = Compactness::sixteen_bits) {
    std::size_t const rows = as_training_data(data).rows();
    auto const sizes = field.sizes();
    std::array<CompactMatrix, sizeof...(L)> layers{CompactMatrix{rows, sizes[L], compactness}...};
    infer_portions(field, data, inference, compute, Draws::from_seed(0), [&](std::size_t first, auto const& states) {
        std::size_t place = 0;
        (layers[place++].store(first, states[L]), ...);
    });
    return detail::side_by_side<0>(std::span<CompactMatrix const, sizeof...(L)>{layers});
}

} // namespace boltz
