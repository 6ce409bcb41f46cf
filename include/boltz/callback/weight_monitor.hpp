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

/// Measures "weight_norm_l", the root mean square of the weights between layers l and l + 1.
struct WeightMonitor {
    template <concepts::Model M>
    void on_epoch_end(M const& model, TrainingInfo const& info) const {
        for (std::size_t l = 0; l + 1 < M::depth; ++l) {
            auto const& weights = model.weights(l);
            double const squares = detail::dot(weights.data(), weights.data(), weights.size());
            info.metrics->push_back(
                {"weight_norm_" + std::to_string(l), std::sqrt(squares / static_cast<double>(weights.size()))});
        }
    }
};

} // namespace boltz
