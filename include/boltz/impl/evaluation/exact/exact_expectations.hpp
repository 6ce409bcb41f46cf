// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/exact/exact_expectations.hpp>

#include <boltz/evaluation/detail/checked_cases.hpp>
#include <boltz/model/any_model.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {

template <std::floating_point T>
ParameterSet<T> exact_expectations(AnyModel<T> const& model, std::type_identity_t<StatesView<T const>> states,
                                   LayerSet observed, ExactOptions const& options) {
    std::size_t const cases = detail::checked_cases(model, states, observed, "exact_expectations");
    if (cases == 0) detail::fail<ValueError>("exact_expectations: states has 0 rows, but needs at least 1");
    Executor executor{options.compute};
    detail::Enumeration<T> const enumeration{model, observed, options, "exact_expectations"};
    std::vector<double> const log_sums = enumeration.log_sums(states, cases, executor);

    ParameterSet<T> result = model.make_gradient();
    Phase<T> phase;
    enumeration.for_each_block(
        states, cases,
        [&](StatesView<T> block, std::span<std::size_t const> case_of, std::span<double const> weights) {
            for (std::size_t l = 0; l < model.layers(); ++l)
                if (enumeration.summed()[l]) model.unit(l).mean(block[l]);
            for (std::size_t i = 0; i < weights.size(); ++i) {
                double const weight = std::exp(weights[i] - log_sums[case_of[i]]) / static_cast<double>(cases);
                phase.refer(block.row_range(i, 1), Moment::state);
                for (std::size_t l = 0; l < model.layers(); ++l)
                    if (enumeration.summed()[l]) phase.moments[l] = Moment::mean;
                model.accumulate(phase, {.factor = weight, .keep = 1}, result, executor);
            }
        });
    return result;
}

template <std::floating_point T>
ParameterSet<T> exact_expectations(AnyModel<T> const& model, ExactOptions const& options) {
    return exact_expectations(model, {}, {}, options);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template ParameterSet<T> exact_expectations<T>(AnyModel<T> const& model,                                         \
                                                   std::type_identity_t<StatesView<T const>> states,                 \
                                                   LayerSet observed, ExactOptions const& options);                  \
    template ParameterSet<T> exact_expectations<T>(AnyModel<T> const& model, ExactOptions const& options);
#include <boltz/detail/instantiate.hpp>
