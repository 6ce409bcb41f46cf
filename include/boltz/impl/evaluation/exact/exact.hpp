// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/exact/exact.hpp>

#include <boltz/any_field.hpp>
#include <boltz/evaluation/detail/checked_cases.hpp>
#include <boltz/evaluation/exact/enumeration.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {

template <std::floating_point T>
double exact_log_partition(AnyField<T> const& field, ExactOptions const& options) {
    Executor executor{options.compute};
    return detail::Enumeration<T>{field, {}, options, "exact_log_partition"}.log_sums({}, 1, executor)[0];
}

template <std::floating_point T>
std::vector<double> exact_log_sum(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                                  LayerSet observed, ExactOptions const& options) {
    std::size_t const cases = detail::checked_cases(field, states, observed, "exact_log_sum");
    Executor executor{options.compute};
    return detail::Enumeration<T>{field, observed, options, "exact_log_sum"}.log_sums(states, cases, executor);
}

template <std::floating_point T>
std::vector<double> exact_log_likelihood(AnyField<T> const& field, std::type_identity_t<Block<T const>> data,
                                         ExactOptions const& options) {
    std::vector<Block<T>> blocks(field.layers());
    blocks[0] = detail::for_reading(data);
    StatesView<T const> const states{blocks, 0, data.rows};
    LayerSet const observed = LayerSet::of(0);
    std::size_t const cases = detail::checked_cases(field, states, observed, "exact_log_likelihood");
    Executor executor{options.compute};
    double const log_partition =
        detail::Enumeration<T>{field, {}, options, "exact_log_likelihood"}.log_sums({}, 1, executor)[0];
    std::vector<double> result =
        detail::Enumeration<T>{field, observed, options, "exact_log_likelihood"}.log_sums(states, cases, executor);
    for (double& value : result) value -= log_partition;
    return result;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template double exact_log_partition<T>(AnyField<T> const& field, ExactOptions const& options);                   \
    template std::vector<double> exact_log_sum<T>(AnyField<T> const& field,                                          \
                                                  std::type_identity_t<StatesView<T const>> states,                  \
                                                  LayerSet observed, ExactOptions const& options);                   \
    template std::vector<double> exact_log_likelihood<T>(                                                            \
        AnyField<T> const& field, std::type_identity_t<Block<T const>> data, ExactOptions const& options);
#include <boltz/detail/instantiate.hpp>
