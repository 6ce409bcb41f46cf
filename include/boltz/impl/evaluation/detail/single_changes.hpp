// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/detail/single_changes.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>

namespace boltz {

namespace detail {

template <std::floating_point T>
SingleChanges<T>::SingleChanges(AnyField<T> const& field, char const* function) : field_{field} {
    check_two_layers(field, function);
    std::size_t const units = field.sizes()[0];
    if (!field.unit(0).add_variables(0, units, groups_))
        fail<ValueError>(function, ": the visible layer has ", field.unit(0).name(),
                         " units, but must be made of binary units and multinomial groups");
    for (VariableGroup const& group : groups_) {
        if (group.trials > 0) widest_ = std::max(widest_, group.columns);
        variables_ += group.trials == 0 ? group.columns : group.trials;
        group_of_.insert(group_of_.end(), group.columns, static_cast<std::size_t>(&group - groups_.data()));
    }
    rows_ = zero_matrix<T>(units, field.sizes()[1]);
    bias_ = zero_matrix<T>(1, units);
    field.input(0, {}, Block{bias_}, {.below = 0, .above = 0});
    Matrix<T> one = zero_matrix<T>(std::min(units, strip), units);
    for (std::size_t first = 0; first < units; first += strip) {
        std::size_t const count = std::min(strip, units - first);
        one.fill(0);
        for (std::size_t i = 0; i < count; ++i) one(i, first + i) = 1;
        StateBlocks<T, 2> const states{Block{one}.row_range(0, count), {}};
        field.input(1, states, Block{rows_}.row_range(first, count), {.bias = 0});
    }
}

template <std::floating_point T>
void SingleChanges<T>::check(Block<T const> visible, std::size_t first_case, char const* function) const {
    for (std::size_t i = 0; i < visible.rows; ++i)
        for (std::size_t j = 0; j < visible.columns; ++j)
            if (T const s = visible(i, j); s != std::round(s))
                fail<ValueError>(function, ": case ", first_case + i, " holds ", s, " in column ", j,
                                 ", but must be a state; binarise grey values");
}

template <std::floating_point T>
std::size_t SingleChanges<T>::column(std::span<T const> state, std::size_t index) const {
    for (VariableGroup const& group : groups_) {
        std::size_t const here = group.trials == 0 ? group.columns : group.trials;
        if (index >= here) {
            index -= here;
            continue;
        }
        if (group.trials == 0) return group.first + index;
        auto left = static_cast<double>(index);
        std::size_t j = group.first;
        for (; j + 1 < group.first + group.columns && left >= static_cast<double>(state[j]); ++j)
            left -= static_cast<double>(state[j]);
        return j;
    }
    return 0;
}

template <std::floating_point T>
SingleChanges<T>::Workspace::Workspace(SingleChanges const& changes, StatesView<T const> states)
    : changes_{changes}, visible_{states[0]}, input_{zero_matrix<T>(states.rows(), states[1].columns)},
      changed_{zero_matrix<T>(changes.widest_, states[1].columns)}, sums_(states.rows(), 0.0),
      weights_(changes.widest_, 0.0) {
    changes.field_.input(1, states, Block{input_});
    unit().add_log_partition(Block<T const>{input_}, std::span{sums_});
}

template <std::floating_point T>
double SingleChanges<T>::Workspace::log_conditional(std::size_t i, std::size_t column) {
    VariableGroup const& group = changes_.groups_[changes_.group_of_[column]];
    T const* const bias = changes_.bias_.data();
    std::size_t const values = group.trials == 0 ? 1 : group.columns;
    for (std::size_t k = 0; k < values; ++k) {
        std::copy_n(Block{input_}.row(i).data(), input_.shape(1), Block{changed_}.row(k).data());
        if (group.trials == 0) {
            T const step = visible_(i, column) > 0 ? T{-1} : T{1};
            weights_[k] = static_cast<double>(step) * static_cast<double>(bias[column]);
            move(k, column, step);
        } else {
            std::size_t const other = group.first + k;
            weights_[k] = static_cast<double>(bias[other]) - static_cast<double>(bias[column]);
            if (other == column) continue;
            move(k, column, T{-1});
            move(k, other, T{1});
        }
    }
    unit().add_log_partition(Block<T const>{changed_}.row_range(0, values), std::span{weights_}.first(values));
    double top = 0; // the state as it is weighs 1
    for (std::size_t k = 0; k < values; ++k) top = std::max(top, weights_[k] -= sums_[i]);
    double sum = group.trials == 0 ? std::exp(-top) : 0;
    for (std::size_t k = 0; k < values; ++k) sum += std::exp(weights_[k] - top);
    return -top - std::log(sum);
}

template <std::floating_point T>
void SingleChanges<T>::Workspace::move(std::size_t k, std::size_t column, T step) {
    axpy(Block{changed_}.row(k).data(), Block{changes_.rows_}.row(column).data(), changed_.shape(1), step);
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class SingleChanges<T>;                                                                                 \
    }
#include <boltz/detail/instantiate.hpp>
