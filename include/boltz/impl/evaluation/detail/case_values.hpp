// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/detail/case_values.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/row_code.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::vector<double> case_values(AnyField<T> const& field, TrainingData<T> const& cases, Compute const& compute,
                                Draws const& draws, char const* function, UseCases<T> use) {
    cases.check(field, function, draws);
    Executor executor{compute};
    std::vector<double> values(cases.rows());
    executor.for_each_block(values.size(), [&](std::size_t first, std::size_t count) {
        States<T> states{count, field.sizes()};
        std::vector<std::size_t> indices(count);
        std::iota(indices.begin(), indices.end(), first);
        cases.load(std::span<std::size_t const>{indices}, states, draws.from_row(first));
        use(states, first, std::span{values}.subspan(first, count));
    });
    return values;
}

template <std::floating_point T>
bool listable(AnyField<T> const& field, LayerSet layers) {
    for (std::size_t l = 0; l < field.layers(); ++l)
        if (layers[l] && !field.unit(l).countable()) return false;
    return true;
}

template <std::floating_point T>
std::size_t cases_between_states(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                                 LayerSet observed) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < states.rows(); ++i) {
        bool between = false;
        for (std::size_t l = 0; l < field.layers() && !between; ++l)
            between = observed[l] && field.unit(l).lies_between_states(states[l].row(i));
        count += between ? 1 : 0;
    }
    return count;
}

template <std::floating_point T>
CaseStates case_states(AnyField<T> const& field, TrainingData<T> const& cases, Compute const& compute,
                       Draws const& draws, char const* function) {
    CaseStates result;
    LayerSet const observed = cases.observed();
    if (listable(field, observed)) result.codes.resize(cases.rows());
    std::atomic<std::size_t> between{0};
    case_values<T>(field, cases, compute, draws, function,
                   [&](StatesView<T> states, std::size_t first, std::span<double>) {
                       between += cases_between_states(field, states, observed);
                       for (std::size_t i = 0; i < states.rows() && !result.codes.empty(); ++i) {
                           std::uint64_t code = 0;
                           bool listed = true;
                           for (std::size_t l = 0; l < field.layers(); ++l) {
                               if (!observed[l]) continue;
                               std::span<T const> const row = states[l].row(i);
                               listed = listed && whole_numbers(row);
                               code = row_code(row, code + l + 1);
                           }
                           result.codes[first + i] = !listed ? 0 : code == 0 ? 1 : code;
                       }
                   });
    result.between = between;
    return result;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::vector<double> case_values<T>(AnyField<T> const& field, TrainingData<T> const& cases,              \
                                                Compute const& compute, Draws const& draws, char const* function,    \
                                                UseCases<T> use);                                                    \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template bool listable<T>(AnyField<T> const& field, LayerSet layers);                                            \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template std::size_t cases_between_states<T>(AnyField<T> const& field,                                           \
                                                 std::type_identity_t<StatesView<T const>> states,                   \
                                                 LayerSet observed);                                                 \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template CaseStates case_states<T>(AnyField<T> const& field, TrainingData<T> const& cases,                       \
                                       Compute const& compute, Draws const& draws, char const* function);            \
    }
#include <boltz/detail/instantiate.hpp>
