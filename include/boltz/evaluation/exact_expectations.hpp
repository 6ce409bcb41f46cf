// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Exact statistics of small models, and with them the exact gradient of the log-likelihood.

#include <boltz/evaluation/exact.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

/// The expectation of -dE/d(parameter) under the model given the observed layers, averaged over their rows:
/// E[s_l s_{l+1}'] for weights, E[s_l] for biases, E[d(-e)/d(parameter)] for what units learn.
///
/// Exact up to rounding, by two enumerations; one product of a single row for each state and pair of layers, so it is
/// meant for thousands of states. Allocates.
/// @throws ShapeError if a block does not fit its layer; ValueError if there are too many states, Gaussian layers are
/// neighbours, or a state is impossible.
template <concepts::Model M>
[[nodiscard]] typename M::Gradient
exact_expectations(M const& model, StateBlocks<typename M::value_type, M::depth> const& states,
                   Observed<M::depth> const& observed, ExactOptions const& options = {}) {
    using T = typename M::value_type;
    std::size_t const cases = detail::checked_cases(model, states, observed, "exact_expectations");
    if (cases == 0) detail::fail<ValueError>("exact_expectations: states has 0 rows, but needs at least 1");
    Executor executor{options.compute};
    detail::Enumeration<M> const enumeration{model, observed, options, "exact_expectations"};
    std::vector<double> const log_sums = enumeration.log_sums(states, cases, executor);

    typename M::Gradient result = model.make_gradient();
    Phase<T, M::depth> phase;
    for (std::size_t l = 0; l < M::depth; ++l)
        phase.moments[l] = enumeration.summed()[l] ? Moment::mean : Moment::state;
    enumeration.for_each_block(states, cases, [&](auto const& block, auto case_of, std::span<double const> weights) {
        detail::for_each_index<M::depth>([&](auto l) {
            if (enumeration.summed()[l]) model.template layer<l>().unit().mean(block[l]);
        });
        for (std::size_t i = 0; i < weights.size(); ++i) {
            double const weight = std::exp(weights[i] - log_sums[case_of[i]]) / static_cast<double>(cases);
            phase.states = row_range(block, i, 1);
            model.accumulate(phase, {.factor = weight, .keep = 1}, result, executor);
        }
    });
    return result;
}

/// The same under the model alone, nothing observed: the negative phase of the likelihood's gradient.
template <concepts::Model M>
[[nodiscard]] typename M::Gradient exact_expectations(M const& model, ExactOptions const& options = {}) {
    return exact_expectations(model, {}, {}, options);
}

} // namespace boltz
