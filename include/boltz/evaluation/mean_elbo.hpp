// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The mean of the variational bound over cases.

#include <boltz/evaluation/elbo.hpp>
#include <boltz/evaluation/features.hpp>

#include <cstddef>

namespace boltz {

/// The mean over the cases of the bound on log p(data) without its log Z, in nats; for a model with one hidden layer
/// this is exact and is minus the free energy.
template <Field F, class Data, class Inference>
[[nodiscard]] double mean_unnormalised_elbo(F const& field, Data const& data, Inference const& inference,
                                            Draws const& draws, Compute const& compute = {}) {
    double sum = 0;
    double cases = 0;
    auto const observed = decltype(as_training_data(data))::template observed<F::depth>();
    infer_portions(field, data, inference, compute, draws, [&](std::size_t, auto const& states) {
        for (double const value : unnormalised_elbo(field, states, observed)) sum += value;
        cases += static_cast<double>(states[0].rows);
    });
    return sum / cases;
}

} // namespace boltz
