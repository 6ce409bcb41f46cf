// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A number for each case of some data.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/row_code.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/executor.hpp>
#include <boltz/states.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/multinomial.hpp>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace boltz::detail {

/// Loads all cases, a block of rows a worker, and has `use(states, first case, out)` write a number for each.
///
/// Pixels that are drawn at each presentation are those of `infer_portions` with the same draws. `use` is called by
/// several threads at once; the blocks of layers without data hold zeros and may be written.
/// @throws ShapeError or ValueError if the data does not fit the field.
template <concepts::Field F, class Data, class Use>
std::vector<double> case_values(F const& field, Data const& data, Compute const& compute, Draws const& draws,
                                char const* function, Use&& use) {
    auto const cases = as_training_data(data);
    cases.check(field, function, draws);
    Executor executor{compute};
    std::vector<double> values(cases.rows());
    executor.for_each_block(values.size(), [&](std::size_t first, std::size_t count) {
        States<typename F::value_type, F::depth> states{count, field.sizes()};
        auto const blocks = states.blocks();
        std::vector<std::size_t> indices(count);
        std::iota(indices.begin(), indices.end(), first);
        cases.load(std::span<std::size_t const>{indices}, blocks, draws.from_row(first));
        use(blocks, first, std::span{values}.subspan(first, count));
    });
    return values;
}

/// Whether the units of all layers with data have states that can be listed.
template <concepts::Field F, class Data>
constexpr bool listable_cases() {
    bool result = true;
    auto const observed = decltype(as_training_data(std::declval<Data const&>()))::template observed<F::depth>();
    for_each_index<F::depth>([&](auto l) { result = result && (!observed[l] || CountsStates<UnitOf<F, l>>); });
    return result;
}

/// Units that take means for data, which are then no states.
template <class U>
inline constexpr bool takes_means = false;
template <>
inline constexpr bool takes_means<Bernoulli> = true;
template <>
inline constexpr bool takes_means<Multinomial> = true;

/// Whether a row of data lies between the states of a unit that takes means, parts of joint units included.
template <class U, std::floating_point T>
bool lies_between_states(U const& unit, std::span<T const> row) {
    if constexpr (requires { U::parts; }) {
        bool result = false;
        unit.each([&](auto const& part, std::size_t p) {
            result = result || lies_between_states(part, row.subspan(unit.offset(p), unit.sizes()[p]));
        });
        return result;
    } else {
        return takes_means<U> && !whole_numbers(row);
    }
}

/// How many cases lie between the states of their observed layers, as grey values in a binary layer do.
template <concepts::Field F>
std::size_t cases_between_states(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                                 Observed<F::depth> const& observed) {
    using T = typename F::value_type;
    std::vector<char> between(states[0].rows, 0);
    for_each_index<F::depth>([&](auto l) {
        for (std::size_t i = 0; observed[l] && i < states[l].rows; ++i)
            if (lies_between_states(field.template layer<l>().unit(), std::span<T const>{states[l].row(i)}))
                between[i] = 1;
    });
    return static_cast<std::size_t>(std::count(between.begin(), between.end(), 1));
}

/// What the cases of some data are as states.
struct CaseStates {
    /// A number for each case that equal ones share, 0 for those that are no states; empty where none can be listed.
    std::vector<std::uint64_t> codes;
    std::size_t between = 0; ///< how many lie between the states of units that take means
};

/// Looks at the states of all cases: as `case_values`, with the same draws.
template <concepts::Field F, class Data>
CaseStates case_states(F const& field, Data const& data, Compute const& compute, Draws const& draws,
                       char const* function) {
    using T = typename F::value_type;
    CaseStates result;
    auto const observed = decltype(as_training_data(data))::template observed<F::depth>();
    if constexpr (listable_cases<F, Data>()) result.codes.resize(as_training_data(data).rows());
    std::atomic<std::size_t> between{0};
    case_values(field, data, compute, draws, function, [&](auto const& states, std::size_t first, auto) {
        between += cases_between_states(field, states, observed);
        for (std::size_t i = 0; i < states[0].rows && !result.codes.empty(); ++i) {
            std::uint64_t code = 0;
            bool listed = true;
            for (std::size_t l = 0; l < F::depth; ++l) {
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
template <class Data, std::size_t Depth>
constexpr bool visible_only() {
    auto observed = decltype(as_training_data(std::declval<Data const&>()))::template observed<Depth>();
    for (std::size_t l = 0; l < Depth; ++l)
        if (observed[l] != (l == 0)) return false;
    return true;
}

} // namespace boltz::detail
