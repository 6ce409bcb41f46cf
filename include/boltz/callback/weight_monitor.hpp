// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Watches the size of the weights.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/training/training_info.hpp>

#include <cmath>
#include <cstddef>
#include <string>

namespace boltz {

/// Measures "weight_norm_c", the root mean square of the weights of connection c; in an RBM or DBM those between
/// layers c and c + 1.
struct WeightMonitor {
    template <std::floating_point T>
    void on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info) const {
        for (std::size_t c = 0; c < model.weight_connections().size(); ++c) {
            Block<T const> const weights = model.weight_block(c);
            std::size_t const size = weights.rows * weights.columns;
            double const squares = detail::dot(weights.data, weights.data, size);
            info.metrics->push_back(
                {"weight_norm_" + std::to_string(c), std::sqrt(squares / static_cast<double>(size))});
        }
    }
};

} // namespace boltz
