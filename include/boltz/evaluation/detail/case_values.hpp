// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A number for each case of some data.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/function_ref.hpp>
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
#include <utility>
#include <vector>

namespace boltz::detail {

/// What writes a number for each of some cases: their states, the first of them, and where the numbers go.
template <std::floating_point T>
using UseCases = FunctionRef<void(StatesView<T>, std::size_t, std::span<double>)>;

/// Loads all cases, a block of rows a worker, and has `use(states, first case, out)` write a number for each.
///
/// Pixels that are drawn at each presentation are those of `infer_portions` with the same draws. `use` is called by
/// several threads at once; the blocks of layers without data hold zeros and may be written.
/// @throws ShapeError or ValueError if the data does not fit the field.
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

/// Whether the units of all these layers have states that can be listed.
template <std::floating_point T>
bool listable(AnyField<T> const& field, LayerSet layers) {
    for (std::size_t l = 0; l < field.layers(); ++l)
        if (layers[l] && !field.unit(l).countable()) return false;
    return true;
}

/// How many cases lie between the states of their observed layers, as grey values in a binary layer do.
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

/// What the cases of some data are as states.
struct CaseStates {
    /// A number for each case that equal ones share, 0 for those that are no states; empty where none can be listed.
    std::vector<std::uint64_t> codes;
    std::size_t between = 0; ///< how many lie between the states of units that take means
};

/// Looks at the states of all cases: as `case_values`, with the same draws.
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

/// Whether data lies on the visible layer and on no other.
template <class D>
inline constexpr bool visible_only = true;
template <NamesLayers D>
inline constexpr bool visible_only<D> = std::same_as<typename D::layers, std::index_sequence<0>>;

} // namespace boltz::detail
