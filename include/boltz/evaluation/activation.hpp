// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How busy the hidden units are.

#include <boltz/evaluation/features.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace boltz {

/// How busy the units of a layer are over some cases.
struct LayerActivity {
    double mean = 0;      ///< mean of all inferred means
    double dead = 0;      ///< share of units whose mean over the cases is below 0.01
    double saturated = 0; ///< share of units whose mean over the cases is above 0.99
};

/// The activity of every layer over the cases; the observed ones count too. Dead units carry nothing and saturated
/// ones act as biases.
/// @throws as `infer_portions`.
template <concepts::Field F, class Data, class Inference>
[[nodiscard]] std::array<LayerActivity, F::depth> layer_activity(F const& field, Data const& data,
                                                                 Inference const& inference, Draws const& draws,
                                                                 Compute const& compute = {}) {
    std::array<std::vector<double>, F::depth> sums;
    auto const sizes = field.sizes();
    for (std::size_t l = 0; l < F::depth; ++l) sums[l].assign(sizes[l], 0.0);
    double cases = 0;
    infer_portions(field, data, inference, compute, draws, [&](std::size_t, auto const& states) {
        for (std::size_t l = 0; l < F::depth; ++l)
            for (std::size_t i = 0; i < states[l].rows; ++i)
                for (std::size_t j = 0; j < sizes[l]; ++j) sums[l][j] += static_cast<double>(states[l](i, j));
        cases += static_cast<double>(states[0].rows);
    });
    std::array<LayerActivity, F::depth> result{};
    for (std::size_t l = 0; l < F::depth; ++l) {
        auto const units = static_cast<double>(sizes[l]);
        for (double const sum : sums[l]) {
            double const mean = sum / cases;
            result[l].mean += mean / units;
            result[l].dead += mean < 0.01 ? 1 / units : 0;
            result[l].saturated += mean > 0.99 ? 1 / units : 0;
        }
    }
    return result;
}

} // namespace boltz
