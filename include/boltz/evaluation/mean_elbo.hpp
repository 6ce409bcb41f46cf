// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The variational bound of each of many cases, and its mean.

#include <boltz/evaluation/elbo.hpp>
#include <boltz/evaluation/features.hpp>

#include <cstddef>
#include <vector>

namespace boltz {

/// The bound on log p(data) without its log Z of each case of a data source, in nats; for a model with one hidden
/// layer this is exact and is minus the free energy.
///
/// One inference; memory for one number a case.
/// @throws as `infer_portions`.
template <concepts::Field F, class Data, class Inference>
[[nodiscard]] std::vector<double> unnormalised_elbos(F const& field, Data const& data, Inference const& inference,
                                                     Draws const& draws, Compute const& compute = {}) {
    std::vector<double> values;
    values.reserve(as_training_data(data).rows());
    auto const observed = decltype(as_training_data(data))::template observed<F::depth>();
    infer_portions(field, data, inference, compute, draws, [&](std::size_t, auto const& states) {
        auto const portion = unnormalised_elbo(field, states, observed);
        values.insert(values.end(), portion.begin(), portion.end());
    });
    return values;
}

/// The mean of `unnormalised_elbos` over the cases.
template <concepts::Field F, class Data, class Inference>
[[nodiscard]] double mean_unnormalised_elbo(F const& field, Data const& data, Inference const& inference,
                                            Draws const& draws, Compute const& compute = {}) {
    double sum = 0;
    auto const values = unnormalised_elbos(field, data, inference, draws, compute);
    for (double const value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

} // namespace boltz
