// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Numbers shaped like the parameters of a model.

#include <boltz/types.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>

namespace boltz {

/// One number for each parameter of a model: a gradient, a velocity, an average.
template <std::floating_point T, std::size_t Depth>
struct ParameterSet {
    std::array<Matrix<T>, Depth - 1> weights{};   ///< weights[l] lies between layers l and l + 1
    std::array<Vector<T>, Depth> biases{};        ///< one a unit
    std::array<Vector<double>, Depth> of_units{}; ///< parameters of the units themselves, such as log precisions

    template <class Archive>
    void archive(Archive& archive) {
        for (std::size_t l = 0; l + 1 < Depth; ++l) archive("weights_" + std::to_string(l), weights[l]);
        for (std::size_t l = 0; l < Depth; ++l) archive("bias_" + std::to_string(l), biases[l]);
        for (std::size_t l = 0; l < Depth; ++l) archive("unit_" + std::to_string(l), of_units[l]);
    }
};

/// Some rows of one weight matrix.
struct WeightRows {
    std::size_t pair = 0;  ///< the matrix between layers `pair` and `pair` + 1
    std::size_t first = 0; ///< its first row
    std::size_t count = 0; ///< rows
};

/// What a parameter is; weight decay, for one, concerns weights only.
enum class ParameterKind { weight, bias, of_unit };

/// What a parameter is and the layer it belongs to; weights belong to the layer that they feed.
struct Parameter {
    ParameterKind kind = ParameterKind::weight;
    std::size_t layer = 0; ///< 0 is the visible one
};

} // namespace boltz
